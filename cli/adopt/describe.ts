import { colors } from "../shared/terminal";
import { describeDifference } from "./difference";
import type { Outcome } from "./find";
import type { AdoptReport } from "./run";

/** How many resources a line names before it only counts the rest. */
const mostNames = 10;

/** The report for people. */
export function describeAdoption(report: AdoptReport): string {
  const { stack, dryRun, kept, adopted, left, later, backup } = report;
  const differing = adopted.filter(({ differs }) => differs.length > 0);
  const declared = kept + adopted.length + left.length + later.length;
  return [
    `Stack ${stack}: the program declares ${count(declared)} of PostHog, of which the state has ${number(kept)}.`,
    ...section(dryRun ? "Would be adopted" : "Adopted, as PostHog has them", adopted, byKind(adopted)),
    ...section(
      "Of these the program says otherwise, and the next pulumi preview shows the update",
      differing,
      differing.map((outcome) => `${titled(outcome)}: ${differencesOf(outcome).join("; ")}`),
    ),
    ...section("Would be looked for then, because they refer to these", later, byKind(later)),
    ...section(dryRun ? "Would not be adopted" : "Not adopted", left, byReason(left)),
    "",
    ...(backup === undefined ? [] : [`The state from before is in ${backup}.`]),
    next(report),
  ].join("\n");
}

/** The report for programs. */
export function adoptionAsJson({ stack, dryRun, kept, adopted, left, later, backup }: AdoptReport): string {
  const named = ({ planned }: Pick<Outcome, "planned">) => ({ kind: planned.kind, name: planned.name });
  const report = {
    stack,
    dryRun,
    kept,
    adopted: adopted.map((one) => ({ ...named(one), id: one.observed?.id, differs: differencesOf(one) })),
    left: left.map((one) => ({ ...named(one), why: one.why })),
    later: later.map(named),
    backup,
  };
  return JSON.stringify(report, undefined, 2);
}

/** How PostHog differs from the program; of a secret only that it does. */
function differencesOf({ planned, observed, differs }: Outcome): string[] {
  return differs.map((name) =>
    planned.secrets.has(name)
      ? `${name} differs`
      : describeDifference(name, observed?.outputs[name], planned.args[name]),
  );
}

function next({ dryRun, adopted, left }: AdoptReport): string {
  if (dryRun) return "Nothing was written: that was a dry run.";
  if (adopted.length > 0) return "Check it: pulumi preview --refresh";
  return left.length === 0 ? "There was nothing to adopt." : "Nothing was written.";
}

function section(title: string, outcomes: readonly Outcome[], lines: readonly string[]): string[] {
  if (outcomes.length === 0) return [];
  return ["", colors.bold(`${title} (${number(outcomes.length)}):`), ...lines.map((line) => `  ${line}`)];
}

function byKind(outcomes: readonly Outcome[]): string[] {
  return [...grouped(outcomes, ({ planned }) => planned.kind)].map(
    ([kind, those]) => `${number(those.length)} ${kind}: ${names(those)}`,
  );
}

function byReason(outcomes: readonly Outcome[]): string[] {
  return [...grouped(outcomes, ({ planned, why }) => `${planned.kind}\n${why}`)].map(([, those]) => {
    const [first] = those;
    if (first === undefined) return "";
    const who =
      those.length === 1 ? titled(first) : `${number(those.length)} ${first.planned.kind} (${names(those)})`;
    return `${who}: ${first.why}`;
  });
}

function grouped(outcomes: readonly Outcome[], key: (outcome: Outcome) => string): Map<string, Outcome[]> {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const group = groups.get(key(outcome));
    if (group === undefined) groups.set(key(outcome), [outcome]);
    else group.push(outcome);
  }
  return groups;
}

function names(outcomes: readonly Outcome[]): string {
  const shown = outcomes.slice(0, mostNames).map(({ planned }) => planned.name);
  const rest = outcomes.length - shown.length;
  return rest > 0 ? `${shown.join(", ")} and ${number(rest)} more` : shown.join(", ");
}

const titled = ({ planned }: Pick<Outcome, "planned">): string => `${planned.kind} "${planned.name}"`;
const number = (count: number): string => count.toLocaleString("en");
const count = (resources: number): string =>
  `${number(resources)} ${resources === 1 ? "resource" : "resources"}`;
