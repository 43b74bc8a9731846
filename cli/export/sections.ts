import { type NamedGrant, subjectParts } from "../../provider/access/grants";
import { type OrganizationLevel, organizationLevelName } from "../../provider/access/levels";
import { type Policy, policyOf } from "../../provider/access/policy";
import type { Properties } from "../../provider/engine/state";
import { construct, Expression, type Lists, render } from "./code";
import type { ExportSnapshot, ProjectSnapshot } from "./gather";
import type { Declared } from "./names";
import { byText, type ProjectRules, type Spell } from "./rules";

/** What every section of the program needs. */
export interface Context {
  readonly spell: Spell;
  readonly lists: Lists;
  /** The entry of `posthog:accounts` for every resource; missing for the top level. */
  readonly account?: string;
  /** Ids of the roles by name. */
  readonly roleIds: ReadonlyMap<string, string>;
}

const levels: readonly OrganizationLevel[] = ["owner", "admin", "member"];

/** The projects, each as a variable if something refers to it. */
export function projectSection(
  projects: readonly ProjectSnapshot[],
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

/** The members of the organization, by level. */
export function peopleSection({ live }: ExportSnapshot, { spell, lists, account }: Context): string[] {
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

/** The roles with their members. */
export function roleSection(
  { live }: ExportSnapshot,
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
    `Access of single people to the project ${JSON.stringify(variable)}.`,
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

/** Pulumi drops fields with inherited names, so a role with such a name is written by its id. */
function keptSubject(subject: string, roleIds: ReadonlyMap<string, string>): string {
  const who = subjectParts(subject);
  if (who?.kind !== "role" || !(who.name in Object.prototype)) return subject;
  return `role/${roleIds.get(who.name) ?? who.name}`;
}

/** The names of the roles in some grants, each once. */
export function rolesIn(grants: readonly NamedGrant[]): string[] {
  const names = grants.flatMap(({ subject }) => {
    const who = subjectParts(subject);
    return who?.kind === "role" ? [who.name] : [];
  });
  return [...new Set(names)];
}

export function domainSection({ domains }: ExportSnapshot, context: Context): string[] {
  return domains.map(({ domain, args }) =>
    construct("OrgSsoSettings", [domain, { domain, ...args, ...common(context) }]),
  );
}

export function settingsSection(
  { settings }: ExportSnapshot,
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
