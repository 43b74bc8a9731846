import type * as z from "zod";
import { objectRoutes } from "../access/resourceTypes";
import type { Connection } from "../posthog/connection";
import { listMembers, memberOf } from "../posthog/members";
import { addressOfObject } from "../posthog/objects";
import { organizationId } from "../posthog/organizations";
import { listRoles, roleOf } from "../posthog/roles";
import type { Aliases, ArgsOf, Definition, Program } from "./definition";
import { type Finding, problem } from "./finding";
import type { Host } from "./host";

/** Knows only the program's own spelling; enough for resources that do not change. */
const asWritten: Aliases = {
  user: async (user) => [user.toLowerCase()],
  role: async (role) => [role.toLowerCase()],
  object: async (_projectId, _resource, object) => [object],
};

/** The spellings of people, roles and objects that PostHog knows. */
function resolved(connection: Connection): Aliases {
  const lower = (texts: readonly string[]): string[] => texts.map((text) => text.toLowerCase());
  return {
    async user(user) {
      const members = await listMembers(connection);
      const found = memberOf(user, members)?.user;
      if (found === undefined) return asWritten.user(user);
      const [email = "", ...others] = lower(members.map((member) => member.user.email)).filter(
        (one) => one === found.email.toLowerCase(),
      );
      // If someone else has the same address in another case, it does not identify one person.
      return lower([found.uuid, ...(others.length === 0 ? [email] : [])]);
    },
    async role(role) {
      const found = roleOf(role, await listRoles(connection));
      return found === undefined ? asWritten.role(role) : lower([found.id, found.name]);
    },
    async object(projectId, resource, object) {
      const route = objectRoutes.get(resource);
      if (route === undefined) return asWritten.object(projectId, resource, object);
      return [object, await addressOfObject(connection, { projectId, resource, route }, object)];
    },
  };
}

/** An error if another resource of the program manages the same thing. */
export async function claim<Shape extends z.ZodRawShape>(
  host: Host,
  definition: Definition<Shape>,
  connection: Connection,
  resource: string,
  scope: string,
  { args, unknown, changes }: { args: Partial<ArgsOf<Shape>>; unknown: readonly string[]; changes: boolean },
): Promise<Finding[]> {
  const aliases = changes && connection.configuration.preflight ? resolved(connection) : asWritten;
  const addresses = (await definition.claims?.(args, aliases, unknown)) ?? [];
  const name = nameOf(definition.type, resource);
  const owner = host.claims.claim(scope, name, addresses);
  if (owner === undefined) return [];
  return [
    problem(undefined, `${name} and ${owner} manage the same thing: ${definition.title(args)}`, {
      fix: "keep one of the two; each undoes the other, and deleting one deletes both",
    }),
  ];
}

/**
 * The rest of the program, as far as previews have seen it.
 *
 * @param organization the scope of claims.
 * @param dependencies the resources that this one depends on, as messages name them. A host that does not know them
 *   still previews a resource after them, so any resource that was previewed before may be among them.
 */
export function programOf(
  { claims, expectedRoles, expectedNames }: Host,
  organization: string,
  { type }: Pick<Definition<z.ZodRawShape>, "type">,
  resource: string,
  dependencies: readonly string[] | undefined,
): Program {
  const name = nameOf(type, resource);
  const namesOfKind = `${type} ${organization}`;
  return {
    inProgram: (address) => claims.isClaimed(organization, address),
    expectedRoles: () => expectedRoles.of(organization),
    expectRole: (role) => expectedRoles.expect(organization, name, role),
    expectedNames: () =>
      expectedNames
        .of(namesOfKind)
        .filter((other) => other.resource !== name)
        .map((other) => ({ ...other, comesFirst: dependencies?.includes(other.resource) ?? true })),
    expectName: (names) => expectedNames.expect(namesOfKind, name, { ...names, resource: name }),
  };
}

const nameOf = (type: string, resource: string): string => `${type} "${resource}"`;

/**
 * The scope of claims: one organization of one server, however the program names it and whichever account it uses.
 * Without `preflight`, or if the organization cannot be read (which the preview says elsewhere), the spelling counts.
 */
export async function claimsScope(connection: Connection): Promise<string> {
  const { host: server, organizationId: named, apiKey, preflight } = connection.configuration;
  const spelled = named?.toLowerCase() ?? apiKey ?? "";
  const organization = preflight ? await organizationId(connection).catch(() => spelled) : spelled;
  return `${server} ${organization}`;
}
