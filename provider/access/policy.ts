import type { NamedGrant } from "./grants";
import { projectLevelOf } from "./levels";
import { compareTexts, sameSet } from "./values";

/** A level by name, or as one of the old numbers 1 for member and 8 for admin. */
type WrittenLevel = string | 1 | 8;

/** What people or roles may do, keyed as the program writes them. */
export type LevelsByName = Readonly<Record<string, WrittenLevel>>;

/** Rules on one type of resource in a project. */
interface TypePolicy {
  /** The default for everyone without their own rule. */
  readonly default?: WrittenLevel;
  /** What people may do, by e-mail address or user UUID. */
  readonly members?: LevelsByName;
  /** What roles may do, by name or id. */
  readonly roles?: LevelsByName;
}

/** The access policy of a project as a program writes it. */
export interface Policy {
  /** The project's default for everyone without their own rule. */
  readonly defaultAccess?: WrittenLevel;
  /** What people may do in the project, by e-mail address or user UUID. */
  readonly members?: LevelsByName;
  /** What roles may do in the project, by name or id. */
  readonly roles?: LevelsByName;
  /** Rules on types of resource, by type. */
  readonly resources?: Readonly<Record<string, TypePolicy>>;
}

/** A grant as a program declares it. */
export interface DeclaredGrant extends NamedGrant {
  /** The argument that declares it, such as `members.ann@acme.com`. */
  readonly property: string;
}

/** Every grant that a policy declares, people and roles as written. */
export function declaredGrants({ defaultAccess, members, roles, resources }: Policy): DeclaredGrant[] {
  return [
    ...grantsOn("project", { default: defaultAccess, members, roles }),
    ...Object.entries(resources ?? {}).flatMap(([resource, policy]) => grantsOn(resource, policy)),
  ];
}

/** The policy that declares exactly these grants; its order does not depend on theirs. */
export function policyOf(grants: readonly NamedGrant[]): Policy {
  const types = new Set(grants.map(({ resource }) => resource).filter((resource) => resource !== "project"));
  const { default: defaultAccess, members, roles } = typePolicyOf(grants, "project");
  const resources = Object.fromEntries([...types].sort().map((type) => [type, typePolicyOf(grants, type)]));
  return { defaultAccess, members, roles, resources };
}

/** Whether two policies declare the same grants; the case of names and the old numbers of levels do not matter. */
export function samePolicy(one: Policy, other: Policy): boolean {
  return sameSet(comparable(one), comparable(other));
}

function grantsOn(resource: string, { default: everybody, members, roles }: TypePolicy): DeclaredGrant[] {
  const path = resource === "project" ? "" : `resources.${resource}.`;
  const named = (kind: "user" | "role", argument: "members" | "roles", levels: LevelsByName = {}) =>
    Object.entries(levels).map(([name, level]) => ({
      resource,
      subject: `${kind}/${name}`,
      level: levelName(level),
      property: `${path}${argument}.${name}`,
    }));
  const property = resource === "project" ? "defaultAccess" : `${path}default`;
  return [
    ...(everybody === undefined
      ? []
      : [{ resource, subject: "default", level: levelName(everybody), property }]),
    ...named("user", "members", members),
    ...named("role", "roles", roles),
  ];
}

function typePolicyOf(grants: readonly NamedGrant[], type: string): TypePolicy {
  const here = grants.filter(({ resource }) => resource === type);
  const everybody = here.find(({ subject }) => subject === "default");
  const members = levelsOf(here, "user/");
  const roles = levelsOf(here, "role/");
  return {
    ...(everybody === undefined ? {} : { default: everybody.level }),
    ...(members === undefined ? {} : { members }),
    ...(roles === undefined ? {} : { roles }),
  };
}

function levelsOf(grants: readonly NamedGrant[], prefix: string): LevelsByName | undefined {
  const named = grants
    .filter(({ subject }) => subject.startsWith(prefix))
    .map(({ subject, level }) => [subject.slice(prefix.length), level] as const)
    .sort(([left], [right]) => compareTexts(left, right));
  return named.length === 0 ? undefined : Object.fromEntries(named);
}

function comparable(policy: Policy): string[] {
  return declaredGrants(policy).map(
    ({ resource, subject, level }) => `${resource}/${subject.toLowerCase()}: ${level}`,
  );
}

function levelName(level: WrittenLevel): string {
  return typeof level === "number" ? projectLevelOf(level) : level;
}
