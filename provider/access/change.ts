import { type EffectiveAccess, indexAccess } from "./effective";
import { compareLevels, organizationLevelName } from "./levels";
import { listed, seesItself } from "./messages";
import { compareNames } from "./naturalOrder";
import { seesClosedProject } from "./ruleEffect";
import type { AccessRule, AccessSnapshot, Person, ProjectName } from "./snapshot";
import { groupBy } from "./values";

/** Whether someone can do more, the same for another reason, or less. */
export type Direction = "loses" | "keeps" | "gains";

export interface AccessChange {
  readonly direction: Direction;
  readonly project: ProjectName;
  /** Type of resource; `project` for the project as a whole. */
  readonly resource: string;
  /** Missing if the person or the project did not exist. */
  readonly before?: EffectiveAccess;
  /** Missing if the person or the project no longer exists. */
  readonly after?: EffectiveAccess;
  /** Whether someone who has lost access still sees the project itself. */
  readonly staysVisible?: boolean;
}

/** Everything that changes for one person; losses first. */
export interface PersonChange {
  readonly person: Person;
  readonly changes: readonly AccessChange[];
}

/** How many different changes a line lists for one person before it only counts the rest. */
const longestLine = 4;
/** How many projects a line names before it only counts the rest. */
const namedProjects = 3;
/** How many types of resource a line names at once before it only counts the rest. */
const namedTypes = 5;
const closed = "projectClosed";

const order: readonly Direction[] = ["loses", "keeps", "gains"];

/**
 * What a change of rules, roles, levels or people does to each person: what they gain, what they lose, and what they
 * keep through something else. Lists only people who are affected; those who lose something come first.
 */
export function describeChange(before: AccessSnapshot, after: AccessSnapshot): PersonChange[] {
  const compare = comparison(before, after);
  return everybody(before, after)
    .map(([was, is]) => ({ person: is ?? was, changes: compare(was, is) }))
    .flatMap(({ person, changes }) =>
      person === undefined || changes.length === 0 ? [] : [{ person, changes }],
    )
    .sort(byDirectionThenEmail);
}

/** A person's changes as one line: `ann@acme.com loses admin on Production, keeps member through role Analysts`. */
export function changeLine({ person, changes }: PersonChange): string {
  const listed = changes.filter((one) => !goesWithProject(one));
  const ofType = [...groupBy(listed, (one) => `${one.resource} ${phraseFor(one, person, "")}`).values()].map(
    (same) => ({
      change: same[0],
      projects: someOf(
        same.map(({ project }) => project.name),
        namedProjects,
        "projects",
      ),
    }),
  );
  const sameEverywhere = groupBy(ofType, ({ change, projects }) =>
    phraseFor(change, person, whereOf(change.resource === "project" ? [] : [""], projects)),
  );
  const phrases = [...sameEverywhere.values()].map((same) => {
    const [{ change, projects }] = same;
    const types = same.flatMap(({ change: { resource } }) => (resource === "project" ? [] : [resource]));
    return phraseFor(change, person, whereOf(types, projects));
  });
  const more = phrases.length - longestLine;
  const shown = phrases.slice(0, longestLine).join("; ");
  return `${person.email} ${shown}${more > 0 ? `; and ${more} more` : ""}`;
}

/** Where a level comes from, as the end of a sentence: `through role Analysts`. */
export function throughWhat({ reason }: EffectiveAccess, person: Person): string {
  if (reason.kind === "organizationAdmin") return `as organization ${organizationLevelName(person.level)}`;
  if (reason.kind === "ownRule") return "through their own rule";
  if (reason.kind === "roleRule") return `through role ${reason.roleName}`;
  if (reason.kind === "defaultRule") return "through the rule for everybody";
  if (reason.kind === "notEnforced") return "because the plan does not enforce access rules";
  if (reason.kind === "projectClosed") return "because the project is closed to them";
  return "by PostHog's default";
}

type Pair = readonly [Person | undefined, Person | undefined];

function everybody(before: AccessSnapshot, after: AccessSnapshot): Pair[] {
  const were = new Map(before.people.map((person) => [person.userUuid, person]));
  const are = new Map(after.people.map((person) => [person.userUuid, person]));
  return [...new Set([...were.keys(), ...are.keys()])].map((uuid) => [were.get(uuid), are.get(uuid)]);
}

function comparison(before: AccessSnapshot, after: AccessSnapshot) {
  const [old, young] = [indexAccess(before), indexAccess(after)];
  const wasThere = new Set(before.projects.map(({ id }) => id));
  const isThere = new Set(after.projects.map(({ id }) => id));
  const projects = [
    ...new Map([...before.projects, ...after.projects].map((project) => [project.id, project])).values(),
  ];
  const types = new Map(
    projects.map(({ id }) => [
      id,
      [...new Set([...old.typesWithRules(id), ...young.typesWithRules(id)])].sort(),
    ]),
  );
  const stillGives = lastingReasons(after);
  return (was: Person | undefined, is: Person | undefined): AccessChange[] =>
    projects
      .flatMap((project) => {
        const first = was && wasThere.has(project.id) ? was : undefined;
        const then = is && isThere.has(project.id) ? is : undefined;
        const changed = change(
          project,
          "project",
          first && old.onProject(first, project.id),
          then && young.onProject(then, project.id),
        );
        const onProject =
          changed !== undefined && then !== undefined && seesClosedProject(young, then, project.id)
            ? { ...changed, staysVisible: true }
            : changed;
        const compareTypes = onProject !== undefined && entersOrLeaves(onProject) ? ruled : change;
        const onTypes = (types.get(project.id) ?? []).flatMap(
          (type) =>
            compareTypes(
              project,
              type,
              first && old.onType(first, project.id, type),
              then && young.onType(then, project.id, type),
            ) ?? [],
        );
        return onProject === undefined ? onTypes : [onProject, ...onTypes];
      })
      // Someone with the same through two roles keeps it through either: nothing changes when one joins the other.
      .filter(({ direction, before, after: now }) => direction !== "keeps" || !stillGives(is, before, now))
      .sort((left, right) => rankOf(left) - rankOf(right));
}

function change(
  project: ProjectName,
  resource: string,
  before: EffectiveAccess | undefined,
  after: EffectiveAccess | undefined,
): AccessChange | undefined {
  const difference = compareLevels(after?.level ?? "none", before?.level ?? "none");
  if (difference !== 0)
    return { direction: difference > 0 ? "gains" : "loses", project, resource, before, after };
  const isWithoutReason = before === undefined || after === undefined || before.level === "none";
  return isWithoutReason || sameReason(before, after)
    ? undefined
    : { direction: "keeps", project, resource, before, after };
}

/** Whether someone keeps what a role gave them because another role now gives them the same. */
function lastingReasons(after: AccessSnapshot) {
  const membersOf = new Map(after.roles.map(({ id, userUuids }) => [id, new Set(userUuids)]));
  const identity = ({ projectId, resource, resourceId, roleId, level }: AccessRule): string =>
    [projectId, resource, resourceId, roleId, level].join(" ");
  const rules = new Set(after.rules.map(identity));
  return (person?: Person, before?: EffectiveAccess, now?: EffectiveAccess): boolean => {
    if (before?.reason.kind !== "roleRule" || now?.reason.kind !== "roleRule") return false;
    const { rule } = before.reason;
    const isMember = person !== undefined && membersOf.get(rule.roleId ?? "")?.has(person.userUuid) === true;
    return isMember && rules.has(identity(rule));
  };
}

function entersOrLeaves({ before, after }: AccessChange): boolean {
  return (before?.level ?? "none") === "none" || (after?.level ?? "none") === "none";
}

/**
 * What happens to a type of resource for someone who enters or leaves the project. They gain or lose everything in it,
 * so only what a rule decides is listed in addition.
 */
function ruled(
  project: ProjectName,
  resource: string,
  before: EffectiveAccess | undefined,
  after: EffectiveAccess | undefined,
): AccessChange | undefined {
  const byRule = [before, after].some(
    (access) => access !== undefined && ["ownRule", "roleRule", "defaultRule"].includes(access.reason.kind),
  );
  if (!byRule) return undefined;
  return change(project, resource, before, after) ?? { direction: "keeps", project, resource, before, after };
}

/** Whether a type of resource goes because the whole project does, which is already listed. */
function goesWithProject({ direction, resource, after }: AccessChange): boolean {
  return direction !== "gains" && resource !== "project" && (after?.reason.kind ?? closed) === closed;
}

function sameReason({ reason: one }: EffectiveAccess, { reason: other }: EffectiveAccess): boolean {
  if (one.kind !== other.kind) return false;
  return one.kind !== "roleRule" || other.kind !== "roleRule" || one.rule.roleId === other.rule.roleId;
}

/** Gains of no access come after real gains. */
function rankOf({ direction, after }: AccessChange): number {
  const keepsNothing = direction === "keeps" && (after?.level ?? "none") === "none";
  return keepsNothing ? order.length : order.indexOf(direction);
}

function byDirectionThenEmail(left: PersonChange, right: PersonChange): number {
  const rank = ({ changes }: PersonChange) => order.indexOf(changes[0]?.direction ?? "gains");
  return rank(left) - rank(right) || compareNames(left.person.email, right.person.email);
}

function phraseFor(
  { direction, before, after, staysVisible }: AccessChange,
  person: Person,
  where: string,
): string {
  const to = after?.level ?? "none";
  const reason = after === undefined ? "" : throughWhat(after, person);
  const through = staysVisible === true ? `${reason}, ${seesItself}` : reason;
  if (direction === "gains") return `gains ${to} ${where} ${through}`;
  if (direction === "keeps")
    return to === "none" ? `gets none ${where} ${through}` : `keeps ${to} ${where}, now ${through}`;
  const lost = `loses ${before?.level} ${where}`;
  if (after === undefined) return lost;
  return to === "none" ? `${lost}, now none ${through}` : `${lost}, keeps ${to} ${through}`;
}

function whereOf(types: readonly string[], projects: string): string {
  return types.length === 0 ? `on ${projects}` : `of ${someOf(types, namedTypes, "types")} in ${projects}`;
}

function someOf(names: readonly string[], most: number, what: string): string {
  if (names.length <= most) return listed(names, "and");
  return `${names.slice(0, most - 1).join(", ")} and ${names.length - most + 1} other ${what}`;
}
