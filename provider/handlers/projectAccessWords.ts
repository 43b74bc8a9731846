import { changeLine, describeChange } from "../access/change";
import { malformedProject } from "../access/grants";
import type { PolicyPlan } from "../access/plan";
import { judgeResourceType } from "../access/resourceTypes";
import { judgeRules } from "../access/ruleEffect";
import { rulesOf } from "../access/ruleGrants";
import type { AccessSnapshot } from "../access/snapshot";
import { listed } from "../access/wording";
import { type Finding, notice, warning } from "../engine/finding";
import type { ProjectPolicy, Stored } from "./projectAccessPolicy";

/** How many people a preview names before it only counts the rest. */
const mostPeople = 25;
/** How many grants a line names before it only counts the rest. */
const mostGrants = 5;

/** How much is written, and who gains and loses what by it, one line a person. */
export function sayWhatChanges(plan: PolicyPlan, before: AccessSnapshot, after: AccessSnapshot): Finding[] {
  const writes = plan.steps.flat();
  if (writes.length === 0) return [];
  const fresh = writes.filter(({ was }) => was === undefined).length;
  const counts = [
    [fresh, "new"],
    [writes.length - fresh - plan.removed, "changed"],
    [plan.removed, "removed"],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  const people = describeChange(before, after);
  const lines = people.slice(0, mostPeople).map(changeLine);
  const rest = people.length - lines.length;
  const nobody = people.length === 0 ? "; nobody's access changes with it" : "";
  return [
    `${writes.length} grant${writes.length === 1 ? "" : "s"}: ${counts.join(", ")}${nobody}`,
    ...lines,
    ...(rest > 0 ? [`and ${rest} more people gain or lose something`] : []),
  ].map(notice);
}

/** What stays although nobody declared it. */
export function sayWhatStays(policy: ProjectPolicy, { unmanaged }: PolicyPlan): Finding[] {
  if (unmanaged.length === 0) return [];
  return [notice(`leaves alone what is not declared: ${some(policy.lines(unmanaged))}`)];
}

/** Which of the declared grants decide nothing, by reason. */
export function sayWhatIsVain(policy: ProjectPolicy, after: AccessSnapshot): Finding[] {
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
