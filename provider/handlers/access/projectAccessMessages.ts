import { changeLine, describeChange, type PersonChange } from "../../access/change";
import { malformedProject, rulesOf } from "../../access/grants";
import { organizationAdmin } from "../../access/levels";
import { listed } from "../../access/messages";
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
 * How much is written, and who gains and loses what by it, one line a person.
 *
 * @param isWhole whether it is known of all its roles who is in them.
 */
export function sayWhatChanges(
  plan: PolicyPlan,
  before: AccessSnapshot,
  after: AccessSnapshot,
  isWhole: boolean,
): Finding[] {
  if (plan.steps.length === 0) return sayWhatMoves(before, after);
  const people = describeChange(before, after);
  const nobody = people.length === 0 && isWhole ? "; nobody's access changes with it" : "";
  return [`${writesOf(plan)}${nobody}`, ...linesOf(people, "gain or lose something")].map(notice);
}

/** Who gains and loses what although no grant is written, one line a person. */
export function sayWhatMoves(before: AccessSnapshot, after: AccessSnapshot): Finding[] {
  return linesOf(describeChange(before, after), "gain or lose something").map(notice);
}

/** Who gets into a project that is still to be made: whom the policy names, themselves or by a role, and what is left to others. */
export function sayWhoGetsIn(plan: PolicyPlan, after: AccessSnapshot): Finding[] {
  if (plan.steps.length === 0) return [];
  const isNamed = ({ changes }: PersonChange): boolean =>
    changes.some(({ after: now }) => now?.reason.kind === "ownRule" || now?.reason.kind === "roleRule");
  const everybody = describeChange({ ...after, projects: [], rules: [] }, after);
  const named = everybody.filter(isNamed);
  const uuids = new Set(named.map(({ person }) => person.userUuid));
  const other = after.people.find(({ userUuid, level }) => level < organizationAdmin && !uuids.has(userUuid));
  return [
    writesOf(plan),
    ...linesOf(named, "gain something"),
    ...(other === undefined ? [] : [othersLine(other, everybody, after)]),
  ].map(notice);
}

/** The roles of the policy of which it is not known yet who is in them after the update. */
export function sayWhoIsOpen(roles: readonly string[]): Finding[] {
  if (roles.length === 0) return [];
  const which = roles.length === 1 ? "role" : "roles";
  return [
    notice(`who is in ${which} ${listed(roles, "and")} is not known yet; whoever joins gains what it gives`),
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
  return `${writes.length} grant${writes.length === 1 ? "" : "s"}: ${counts.join(", ")}`;
}

function linesOf(people: readonly PersonChange[], what: string): string[] {
  const rest = people.length - mostPeople;
  return [
    ...people.slice(0, mostPeople).map(changeLine),
    ...(rest > 0 ? [`and ${rest} more people ${what}`] : []),
  ];
}

/** What everybody has whom nothing names: the same as one of them. */
function othersLine(
  { userUuid, email }: Person,
  everybody: readonly PersonChange[],
  after: AccessSnapshot,
): string {
  const whole = everybody.find(({ person }) => person.userUuid === userUuid);
  return whole === undefined
    ? `nobody else gets into ${after.projects[0]?.name}, but organization admins and owners`
    : `everybody else ${changeLine(whole).slice(email.length + 1)}`;
}

/** What stays although nobody declared it. */
export function sayWhatStays(policy: ResolvedPolicy, { unmanaged }: PolicyPlan): Finding[] {
  if (unmanaged.length === 0) return [];
  return [notice(`leaves alone what is not declared: ${some(policy.lines(unmanaged))}`)];
}

/** Which of the declared grants decide nothing, by reason. */
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
  const vain = new Map<string, string[]>();
  for (const grant of desired) {
    // Of these the validation has spoken.
    if (judgeResourceType(grant.resource).ignored === true) continue;
    const [rule] = rulesOf(stored.projectId, [grant]);
    const reason = rule === undefined ? undefined : judge(rule);
    if (reason !== undefined) vain.set(reason, [...(vain.get(reason) ?? []), ...policy.lines([grant])]);
  }
  return [...vain].map(([reason, lines]) =>
    warning(`${some(lines)} ${lines.length === 1 ? "has" : "have"} no effect: ${reason}`),
  );
}

/** What somebody should look at, though it is not this policy's. */
export function sayWhatIsOdd({ live }: Stored, strangers: readonly string[]): Finding[] {
  const malformed = live.filter(({ resource }) => resource === malformedProject).length;
  return [
    ...(malformed === 0
      ? []
      : [
          warning(
            `the project has ${malformed} malformed rule${malformed === 1 ? "" : "s"} that may open it although its default is closed; mode: "exclusive" removes them`,
          ),
        ]),
    ...strangers.map((name) =>
      warning(`ignore names ${name}, and there is neither such a person nor such a role`),
    ),
  ];
}

function some(lines: readonly string[]): string {
  const rest = lines.length - mostGrants;
  return rest > 0 ? `${lines.slice(0, mostGrants).join(", ")} and ${rest} more` : listed(lines, "and");
}
