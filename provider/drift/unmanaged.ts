import { organizationLevelName } from "../access/levels";
import type { LiveKey, LiveOrganization } from "../access/liveOrganization";
import { quoted } from "../access/messages";
import type { AccessRule, AccessSnapshot } from "../access/snapshot";
import { identities } from "./identity";
import type { Managed } from "./managed";
import type { Difference } from "./model";
import { ruleTrace } from "./traces/access";
import { inRole } from "./traces/people";
import type { Trace } from "./traces/trace";

/** Kinds of things that can exist unmanaged, by the flag's value. */
export const unmanagedKinds = [
  "grants",
  "roleMembers",
  "roles",
  "members",
  "invites",
  "projects",
  "keys",
  "domains",
] as const;

export type UnmanagedKind = (typeof unmanagedKinds)[number];

type Lister = (live: LiveOrganization, managed: Managed) => Difference[];

/** Everything in the organization that the stack or the matrix does not manage, by kind. */
export function unmanagedIn(
  live: LiveOrganization,
  managed: Managed,
  kinds: readonly UnmanagedKind[] = unmanagedKinds,
): Difference[] {
  return unmanagedKinds
    .filter((kind) => kinds.includes(kind))
    .flatMap((kind) => listers[kind](live, managed));
}

/** What people read about a thing, and what identifies it. */
interface Named {
  readonly title: string;
  readonly identity: string;
}

function unmanaged(type: string, named: Named, actual: unknown, traces: readonly Trace[]): Difference {
  return { kind: "unmanaged", type, ...named, ...(actual === undefined ? {} : { actual }), traces };
}

const listers: Readonly<Record<UnmanagedKind, Lister>> = {
  grants: ({ access }, managed) =>
    access.rules
      .filter((rule) => !managed.hasRule(rule))
      .map((rule) => {
        const { projectId, resource, membershipId, roleId, level } = rule;
        const address = {
          projectId,
          resource,
          membershipId: membershipId ?? undefined,
          roleId: roleId ?? undefined,
        };
        return unmanaged("grant", grantNames(rule, access), level, [ruleTrace(address, level)]);
      }),
  roleMembers: ({ access }, managed) =>
    access.roles.flatMap((role) => {
      const inIt = new Set(role.userUuids);
      return access.people
        .filter((person) => inIt.has(person.userUuid) && !managed.hasRoleMember(role.id, person))
        .map(({ email }) =>
          unmanaged(
            "role membership",
            {
              title: `${email} in role ${quoted(role.name)}`,
              identity: identities.roleMembership(email, role.name),
            },
            undefined,
            inRole({ id: role.id, names: [role.name] }, email, true),
          ),
        );
    }),
  roles: ({ access }, { roles }) =>
    access.roles
      .filter(({ id }) => !roles.has(id))
      .map(({ id, name }) =>
        unmanaged("role", { title: `role ${quoted(name)}`, identity: identities.role(name) }, undefined, [
          { scope: "Role", activities: ["created", "scim_provisioned"], itemIds: [id] },
        ]),
      ),
  members: ({ members }, { people }) =>
    members
      .filter(({ email, userUuid }) => ![email, userUuid].some((name) => people.has(name.toLowerCase())))
      .map(({ email, membershipId, level }) =>
        unmanaged(
          "member",
          { title: `member ${email}`, identity: identities.member(email) },
          organizationLevelName(level),
          [{ scope: "OrganizationMembership", activities: ["created"], itemIds: [membershipId] }],
        ),
      ),
  invites: ({ invites }, { people }) =>
    (invites ?? [])
      .filter(({ email }) => !people.has(email.toLowerCase()))
      .map(({ id, email, level }) =>
        unmanaged(
          "invite",
          { title: `invite of ${email}`, identity: identities.invite(email) },
          organizationLevelName(level),
          [{ scope: "OrganizationInvite", activities: ["created"], itemIds: [id] }],
        ),
      ),
  projects: ({ access }, { projects }) =>
    access.projects
      .filter(({ id }) => !projects.has(id))
      .map(({ id, name }) =>
        unmanaged(
          "project",
          { title: `project ${quoted(name)} (${id})`, identity: identities.project(name, id) },
          undefined,
          [
            { scope: "Project", activities: ["created"], itemIds: [String(id)] },
            { scope: "Team", activities: ["created"], itemIds: [String(id)] },
          ],
        ),
      ),
  keys: ({ keys }, managed) =>
    (keys ?? [])
      .filter(({ maskValue }) => maskValue === undefined || !managed.keys.has(maskValue))
      .map((key) =>
        unmanaged(
          "key",
          { title: keyTitle(key), identity: identities.key(key) },
          key.scopes.join(", "),
          keyTraces(key),
        ),
      ),
  domains: ({ domains }, managed) =>
    (domains ?? [])
      .filter(({ domain }) => !managed.domains.has(domain.toLowerCase()))
      .map(({ domain, enforcement }) =>
        unmanaged(
          "domain",
          { title: `domain ${domain}`, identity: identities.domain(domain) },
          `enforcement ${enforcement}`,
          [{ scope: "OrganizationDomain", activities: ["created"], mentions: [domain] }],
        ),
      ),
};

function grantNames(
  { projectId, resource, membershipId, roleId }: AccessRule,
  access: AccessSnapshot,
): Named {
  const member = access.people.find((one) => one.membershipId === membershipId)?.email;
  const person = membershipId == null ? undefined : (member ?? `membership ${membershipId}`);
  const role = roleId == null ? undefined : (access.roles.find(({ id }) => id === roleId)?.name ?? roleId);
  const project = access.projects.find(({ id }) => id === projectId)?.name ?? String(projectId);
  const inProject = `${resource} in project ${quoted(project)}`;
  const who = role === undefined ? person : `role ${quoted(role)}`;
  const what = resource === "project" ? `project ${quoted(project)}` : inProject;
  const byDefault = `default access on ${resource === "project" ? quoted(project) : inProject}`;
  return {
    title: who === undefined ? byDefault : `grant of ${who} on ${what}`,
    identity: identities.grant({ person, role }, resource, project),
  };
}

function keyTitle({ kind, owner, label, maskValue, projectIds }: LiveKey): string {
  const name = label === undefined ? (maskValue ?? "without a name") : quoted(label);
  const whose = kind === "personal" ? ` of ${owner ?? "someone"}` : ` of project ${projectIds.join(", ")}`;
  return `${kind === "personal" ? "personal API key" : "project secret API key"} ${name}${whose}`;
}

/** PostHog does not show a key's id here; the log has its label and creation date. */
function keyTraces({ kind, label }: LiveKey): Trace[] {
  if (label === undefined) return [];
  const scope = kind === "personal" ? "PersonalAPIKey" : "ProjectSecretAPIKey";
  return [{ scope, activities: ["created"], mentions: [label], isIndirect: true }];
}
