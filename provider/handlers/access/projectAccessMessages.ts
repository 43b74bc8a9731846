import { changeLine, describeChange, type PersonChange } from "../../access/change";
import { malformedProject, rulesOf } from "../../access/grants";
import { organizationAdmin } from "../../access/levels";
import { counted, listed } from "../../access/messages";
import type { PolicyPlan } from "../../access/plan";
import { judgeResourceType } from "../../access/resourceTypes";
import { judgeRules } from "../../access/ruleEffect";
import type { AccessSnapshot, Person } from "../../access/snapshot";
import { type Finding, notice, warning } from "../../engine/finding";
import type { ResolvedPolicy, Stored } from "./projectAccessPolicy";

/** How many people a preview names before it only counts the rest. */
const mostPeople = 25;
/** How many grants a line names before it only counts the rest. */
const mostGrants = 5;

/**
 * How many grants change, and who gains and loses what, one line per person.
 *
 * @param isWhole whether the members of every role of the policy are known.
 */
export function reportChanges(
  plan: PolicyPlan,
  before: AccessSnapshot,
  after: AccessSnapshot,
  isWhole: boolean,
): Finding[] {
  if (plan.steps.length === 0) return reportAccessChanges(before, after);
  const people = describeChange(before, after);
  const nobody = people.length === 0 && isWhole ? "; nobody's access changes" : "";
  return [
    `${writesOf(plan)}${nobody}`,
    ...linesOf(people, "gain or lose access"),
    ...(people.some(becomesAdmin) ? [ruledAdmins] : []),
  ].map(notice);
}

/** What else an admin by a rule may do; PostHog's own default, which makes everyone an admin, does not allow it. */
export const ruledAdmins =
  "an admin of the project by a rule may change the access rules of every object in it";

function becomesAdmin({ changes }: PersonChange): boolean {
  return changes.some(
    ({ direction, after }) => direction === "gains" && after?.level === "admin" && "rule" in after.reason,
  );
}

/** Who gains and loses what, one line per person. */
export function reportAccessChanges(before: AccessSnapshot, after: AccessSnapshot): Finding[] {
  return linesOf(describeChange(before, after), "gain or lose access").map(notice);
}

/**
 * Who can open a project that does not exist yet: the people in the policy, directly or through a role, and everyone
 * else.
 */
export function reportNewAccess(plan: PolicyPlan, after: AccessSnapshot): Finding[] {
  if (plan.steps.length === 0) return [];
  const isNamed = ({ changes }: PersonChange): boolean =>
    changes.some(({ after: now }) => now?.reason.kind === "ownRule" || now?.reason.kind === "roleRule");
  const everybody = describeChange({ ...after, projects: [], rules: [] }, after);
  const named = everybody.filter(isNamed);
  const uuids = new Set(named.map(({ person }) => person.userUuid));
  const other = after.people.find(({ userUuid, level }) => level < organizationAdmin && !uuids.has(userUuid));
  return [
    writesOf(plan),
    ...linesOf(named, "gain access"),
    ...(other === undefined ? [] : [everybodyElseLine(other, everybody, after)]),
  ].map(notice);
}

/** The roles of the policy whose members after the update are not known yet. */
export function reportOpenRoles(roles: readonly string[]): Finding[] {
  if (roles.length === 0) return [];
  const [which, its] = roles.length === 1 ? ["role", "its"] : ["roles", "their"];
  return [
    notice(
      `the members of ${which} ${listed(roles, "and")} are not known yet; anyone who joins gains ${its} access`,
    ),
  ];
}

function writesOf({ steps, removed }: PolicyPlan): string {
  const writes = steps.flat();
  const fresh = writes.filter(({ was }) => was === undefined).length;
  const counts = [
    [fresh, "new"],
    [writes.length - fresh - removed, "changed"],
    [removed, "removed"],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  return `grants: ${counts.join(", ")}`;
}

function linesOf(people: readonly PersonChange[], what: string): string[] {
  const rest = people.length - mostPeople;
  return [
    ...people.slice(0, mostPeople).map(changeLine),
    ...(rest > 0 ? [`and ${rest} more people ${what}`] : []),
  ];
}

/** The access of everyone that the policy does not list, which is the same for all of them. */
function everybodyElseLine(
  { userUuid, email }: Person,
  everybody: readonly PersonChange[],
  after: AccessSnapshot,
): string {
  const whole = everybody.find(({ person }) => person.userUuid === userUuid);
  return whole === undefined
    ? `nobody else can open ${after.projects[0]?.name}, except organization admins and owners`
    : `everybody else ${changeLine(whole).slice(email.length + 1)}`;
}

/** The undeclared grants that stay. */
export function reportUndeclared(policy: ResolvedPolicy, { unmanaged }: PolicyPlan): Finding[] {
  if (unmanaged.length === 0) return [];
  return [notice(`keeps undeclared grants: ${some(policy.lines(unmanaged))}`)];
}

/** The declared grants that have no effect, by reason. */
export function reportIneffective(policy: ResolvedPolicy, after: AccessSnapshot): Finding[] {
  const { stored, desired } = policy;
  if (!after.enforcesRules) {
    return [
      warning(
        `the plan of ${stored.directory.organization.name} lacks access_control: PostHog keeps the rules, but does not enforce them`,
      ),
    ];
  }
  const judge = judgeRules(after);
  const ineffective = new Map<string, string[]>();
  for (const grant of desired) {
    // Validation has already warned about these.
    if (judgeResourceType(grant.resource).ignored === true) continue;
    const [rule] = rulesOf(stored.projectId, [grant]);
    const reason = rule === undefined ? undefined : judge(rule);
    if (reason !== undefined)
      ineffective.set(reason, [...(ineffective.get(reason) ?? []), ...policy.lines([grant])]);
  }
  return [...ineffective].map(([reason, lines]) =>
    warning(`${some(lines)} ${lines.length === 1 ? "has" : "have"} no effect: ${reason}`),
  );
}

/** Malformed rules of the project, and entries of `ignore` that match nothing. */
export function reportAnomalies({ live }: Stored, unknownUsers: readonly string[]): Finding[] {
  const malformed = live.filter(({ resource }) => resource === malformedProject).length;
  return [
    ...(malformed === 0
      ? []
      : [
          warning(
            `the project has ${counted(malformed, "malformed rule")}, which may open it even though its default is closed; mode: "exclusive" removes them`,
          ),
        ]),
    ...unknownUsers.map((name) => warning(`ignore lists ${name}, but no person or role has that name`)),
  ];
}

function some(lines: readonly string[]): string {
  const rest = lines.length - mostGrants;
  return rest > 0 ? `${lines.slice(0, mostGrants).join(", ")} and ${rest} more` : listed(lines, "and");
}
