import { type Emulator, SYSTEM } from "../../emulator";
import type { World } from "./driver";
import { type AcmeOptions, acmeWorld } from "./seeds";

/** An access rule as a seed writes it: on the project itself unless it names a resource type. */
export interface SeededRule {
  readonly member?: string;
  readonly role?: string;
  readonly resource?: string;
  readonly resourceId?: string;
  readonly level: string;
}

/** A world of organization Acme with the developer in the role Analysts, and with access rules. */
export function accessWorld(rules: readonly SeededRule[] = [], options: AcmeOptions = {}) {
  return acmeWorld({
    ...options,
    organization: {
      roles: [{ name: "Analysts", members: ["developer@acme.test"] }],
      accessRules: rules.map((rule) => ({ project: "Default project", ...rule })),
      ...options.organization,
    },
  });
}

/** PostHog's access rules as sorted lines such as `project user analyst@acme.test: member`. */
export function rulesIn({ store }: Emulator): string[] {
  return store.accessRules
    .all()
    .map(({ resource, resource_id, organization_member, role, access_level }) => {
      const membership = store.memberships.get(organization_member ?? "");
      const person = store.users.get(membership?.user_id ?? 0)?.email;
      const group = store.roles.get(role ?? "")?.name;
      const who = person !== undefined ? `user ${person}` : group === undefined ? "default" : `role ${group}`;
      const object = resource === "project" || resource_id === null ? "" : ` ${resource_id}`;
      return `${resource}${object} ${who}: ${access_level}`;
    })
    .sort();
}

/** Sets or, with null, removes a rule on project 1 as someone would in PostHog's settings. */
export async function setByHand(
  { url, apiKey, store }: Emulator,
  { member, role, level, resource }: Omit<SeededRule, "level"> & { readonly level: string | null },
): Promise<void> {
  const user = store.users.where("email", member ?? "")[0];
  const membership = store.memberships.where("user_id", user?.id ?? 0)[0];
  const path = resource === undefined ? "access_controls" : "resource_access_controls";
  const response = await fetch(`${url}/api/projects/1/${path}/`, {
    method: "PUT",
    headers: { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" },
    body: JSON.stringify({
      access_level: level,
      resource,
      organization_member: membership?.id,
      role: store.roles.all().find(({ name }) => name === role)?.id,
    }),
  });
  if (response.status >= 300) throw new Error(`setting a rule by hand was answered with ${response.status}`);
}

/** Changes a person's e-mail address. */
export function renamePerson({ store }: Emulator, from: string, to: string): void {
  const user = store.users.where("email", from)[0];
  store.users.update(user?.id ?? 0, { email: to }, SYSTEM);
}

/** The writes since the last run. */
export function writesOf({ requests }: World): string[] {
  return requests().filter((request) => !request.startsWith("GET"));
}
