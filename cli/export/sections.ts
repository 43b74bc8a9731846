import { type NamedGrant, subjectParts } from "../../provider/access/grants";
import { type OrganizationLevel, organizationLevelName } from "../../provider/access/levels";
import { type Policy, policyOf } from "../../provider/access/policy";
import type { Properties } from "../../provider/engine/state";
import { construct, Expression, render } from "./code";
import type { Lists } from "./lists";
import { Names } from "./names";
import { byText, type Spell } from "./people";
import type { ProjectRules } from "./rules";
import type { Portrait, PortrayedProject } from "./snapshot";

/** What a section of the program has besides its things. */
export interface Context {
  readonly spell: Spell;
  readonly lists: Lists;
  /** The entry of `posthog:accounts` that every resource names; missing for the top level. */
  readonly account?: string;
  /** Ids of the roles by name. */
  readonly roleIds: ReadonlyMap<string, string>;
}

/** A project or role of the program, as other resources refer to it. */
export interface Declared {
  /** The resource's name. */
  readonly name: string;
  readonly variable: string;
}

/** The levels of an organization, the highest first. */
const levels: readonly OrganizationLevel[] = ["owner", "admin", "member"];

/** Names for every project and role; projects of one name get their number, roles the beginning of their id. */
export function nameThings({ projects, live }: Portrait): {
  projects: Map<number, Declared>;
  roles: Map<string, Declared>;
} {
  const [variables, ofProjects, ofRoles] = [new Names(), new Names(), new Names()];
  const declare = (names: Names, name: string, id: string, kind: string): Declared => {
    const resource = names.resource(name, id, kind.toLowerCase());
    return { name: resource, variable: variables.variable(resource, kind) };
  };
  const roles = [...live.access.roles].sort((left, right) => byText(left.name, right.name));
  return {
    projects: new Map(projects.map(({ id, name }) => [id, declare(ofProjects, name, String(id), "Project")])),
    roles: new Map(roles.map(({ id, name }) => [id, declare(ofRoles, name, id.slice(0, 8), "Role")])),
  };
}

/** The projects, each a variable where `isNamed` says that something refers to it. */
export function projectSection(
  projects: readonly PortrayedProject[],
  declared: ReadonlyMap<number, Declared>,
  isNamed: (id: number) => boolean,
  context: Context,
): string[] {
  return projects.flatMap(({ id, name, timezone, settings }) => {
    const one = declared.get(id);
    if (one === undefined) return [];
    const args = { name, ...defined({ timezone }), ...(settings && { settings }), ...common(context) };
    return [construct("Project", [one.name, args], isNamed(id) ? `const ${one.variable} = ` : "")];
  });
}

/** Everybody in the organization, by level. */
export function peopleSection({ live }: Portrait, { spell, lists, account }: Context): string[] {
  const at = (level: OrganizationLevel): string[] =>
    live.members
      .filter((person) => organizationLevelName(person.level) === level)
      .map(spell)
      .sort(byText);
  const people = Object.fromEntries(levels.map((level) => [level, at(level)]));
  const type = "Record<(typeof levels)[number], string[]>";
  const constant = lists.put(
    "everybody",
    `Record<"owner" | "admin" | "member", string[]>`,
    people,
    "Everybody in the organization, by level.",
  );
  const own = account === undefined ? "" : `, account: ${JSON.stringify(account)}`;
  const value = constant instanceof Expression ? constant.text : render(constant, 0, 1000);
  return [
    `const levels = ["owner", "admin", "member"] as const;\nconst people: ${type} = ${value};`,
    "for (const level of levels) {\n" +
      "  for (const user of people[level]) {\n" +
      `    new posthog.OrganizationMember(user.toLowerCase(), { user, level${own} });\n` +
      "  }\n}",
  ];
}

/** The roles with their people. */
export function roleSection(
  { live }: Portrait,
  declared: ReadonlyMap<string, Declared>,
  isNamed: (id: string) => boolean,
  context: Context,
): string[] {
  const { spell, lists } = context;
  return [...declared].flatMap(([id, { name: resource, variable }]) => {
    const role = live.access.roles.find((one) => one.id === id);
    if (role === undefined) return [];
    const inRole = new Set(role.userUuids);
    const people = live.members
      .filter(({ userUuid }) => inRole.has(userUuid))
      .map(spell)
      .sort(byText);
    const about = `Who is in the role ${JSON.stringify(role.name)}.`;
    const members = lists.put(`${variable}Members`, "string[]", people, about);
    const args = { name: role.name, members, ...common(context) };
    return [construct("Role", [resource, args], isNamed(id) ? `const ${variable} = ` : "")];
  });
}

/** The access policy of each project that has rules. */
export function accessSection(
  rules: readonly ProjectRules[],
  projects: ReadonlyMap<number, Declared>,
  roleNamed: (name: string) => Declared | undefined,
  context: Context,
): string[] {
  return rules.flatMap(({ project, grants }) => {
    const one = projects.get(project.id);
    if (one === undefined || grants.length === 0) return [];
    const args = {
      projectId: new Expression(`${one.variable}.projectId`),
      ...policyArgs(grants, one, context),
      ...common(context),
    };
    const dependsOn = rolesIn(grants).flatMap((name) => roleNamed(name)?.variable ?? []);
    const options = { dependsOn: dependsOn.map((variable) => new Expression(variable)) };
    return [construct("ProjectAccess", [one.name, args, ...(dependsOn.length === 0 ? [] : [options])])];
  });
}

function policyArgs(
  grants: readonly NamedGrant[],
  { variable }: Declared,
  { lists, roleIds }: Context,
): Properties {
  const spelled = grants.map((grant) => ({ ...grant, subject: keptSubject(grant.subject, roleIds) }));
  const { defaultAccess, members = {}, roles = {}, resources = {} }: Policy = policyOf(spelled);
  const people = lists.put(
    `${variable}People`,
    "Record<string, posthog.ProjectAccessLevel>",
    members,
    `What people may do in the project ${JSON.stringify(variable)} by rules of their own.`,
  );
  return {
    ...defined({ defaultAccess }),
    ...(Object.keys(members).length === 0 ? {} : { members: people }),
    ...(Object.keys(roles).length === 0 ? {} : { roles }),
    ...(Object.keys(resources).length === 0
      ? {}
      : {
          resources: Object.fromEntries(
            Object.entries(resources).map(([type, policy]) => [type, defined({ ...policy })]),
          ),
        }),
  };
}

/** Fields that every object inherits do not get through Pulumi, so a role of such a name is named by its id. */
function keptSubject(subject: string, roleIds: ReadonlyMap<string, string>): string {
  const who = subjectParts(subject);
  if (who?.kind !== "role" || !(who.name in Object.prototype)) return subject;
  return `role/${roleIds.get(who.name) ?? who.name}`;
}

/** The names of the roles that grants are about, each once. */
export function rolesIn(grants: readonly NamedGrant[]): string[] {
  const names = grants.flatMap(({ subject }) => {
    const who = subjectParts(subject);
    return who?.kind === "role" ? [who.name] : [];
  });
  return [...new Set(names)];
}

/** Single sign-on of every domain. */
export function domainSection({ domains }: Portrait, context: Context): string[] {
  return domains.map(({ domain, args }) =>
    construct("OrgSsoSettings", [domain, { domain, ...args, ...common(context) }]),
  );
}

/** The settings of the organization. */
export function settingsSection(
  { settings }: Portrait,
  roles: ReadonlyMap<string, Declared>,
  context: Context,
): string[] {
  if (settings === undefined) return [];
  const { defaultRoleId, ...rest } = settings;
  const role = typeof defaultRoleId === "string" ? roles.get(defaultRoleId) : undefined;
  const own = role === undefined ? {} : { defaultRoleId: new Expression(`${role.variable}.roleId`) };
  return [construct("OrganizationSettings", ["organization", { ...rest, ...own, ...common(context) }])];
}

const common = ({ account }: Context): Properties => defined({ account });

function defined(values: Properties): Properties {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
