import { counted, formatNumber, printable } from "../../provider/access/messages";
import { groupBy } from "../../provider/access/values";
import { reportText } from "../common/json";
import { colors } from "../common/terminal";
import type { Outcome } from "./find";
import { adoptSchema } from "./json";
import type { AdoptReport } from "./run";

/** How many resources a line lists before it only counts the rest. */
const mostNames = 10;

/** The report for people. */
export function describeAdoption(report: AdoptReport): string {
  const { stack, dryRun, kept, adopted, left, later, backup } = report;
  const differing = adopted.filter(({ differs }) => differs.length > 0);
  const declared = kept + adopted.length + left.length + later.length;
  return [
    `Stack ${printable(stack)}: the program declares ${counted(declared, "PostHog resource")}; the state has ${formatNumber(kept)}.`,
    ...section(dryRun ? "Would be adopted" : "Adopted", adopted, byKind(adopted)),
    ...section(
      "Different in the program, as pulumi preview shows",
      differing,
      differing.map((outcome) => `${titled(outcome)}: ${differencesOf(outcome).join("; ")}`),
    ),
    ...section("Would be checked after that, because they refer to adopted resources", later, byKind(later)),
    ...section(dryRun ? "Would not be adopted" : "Not adopted", left, byReason(left)),
    "",
    ...(backup === undefined ? [] : [`The previous state is in ${backup}, which git ignores.`]),
    next(report),
  ].join("\n");
}

/** The report for programs. */
export function adoptionAsJson({ stack, dryRun, kept, adopted, left, later, backup }: AdoptReport): string {
  const named = ({ planned }: Pick<Outcome, "planned">) => ({ kind: planned.kind, name: planned.name });
  return reportText(adoptSchema, {
    stack,
    dryRun,
    kept,
    adopted: adopted.map((one) => ({ ...named(one), id: one.observed?.id, differs: differencesOf(one) })),
    left: left.map((one) => ({ ...named(one), why: one.why })),
    later: later.map(named),
    backup,
  });
}

/** How PostHog differs from the program; for a secret, only that it does. */
function differencesOf({ planned, observed, differs }: Outcome): string[] {
  return differs.map((name) =>
    planned.secrets.has(name)
      ? `${name} differs`
      : describeDifference(name, observed?.outputs[name], planned.args[name]),
  );
}

function next({ dryRun, adopted, left }: AdoptReport): string {
  if (dryRun) return "Dry run: nothing was written.";
  if (adopted.length > 0) return "Check it: pulumi preview --refresh";
  return left.length === 0 ? "There was nothing to adopt." : "Nothing was written.";
}

function section(title: string, outcomes: readonly Outcome[], lines: readonly string[]): string[] {
  if (outcomes.length === 0) return [];
  return [
    "",
    colors.bold(`${title} (${formatNumber(outcomes.length)}):`),
    ...lines.map((line) => `  ${printable(line)}`),
  ];
}

function byKind(outcomes: readonly Outcome[]): string[] {
  return [...groupBy(outcomes, ({ planned }) => planned.kind)].map(
    ([kind, those]) => `${formatNumber(those.length)} ${kind}: ${names(those)}`,
  );
}

function byReason(outcomes: readonly Outcome[]): string[] {
  return [...groupBy(outcomes, ({ planned, why }) => `${planned.kind}\n${why}`)].map(([, those]) => {
    const [first] = those;
    const who =
      those.length === 1
        ? titled(first)
        : `${formatNumber(those.length)} ${first.planned.kind} (${names(those)})`;
    return `${who}: ${first.why}`;
  });
}

function names(outcomes: readonly Outcome[]): string {
  const shown = outcomes.slice(0, mostNames).map(({ planned }) => planned.name);
  const rest = outcomes.length - shown.length;
  return rest > 0 ? `${shown.join(", ")} and ${formatNumber(rest)} more` : shown.join(", ");
}

const titled = ({ planned }: Pick<Outcome, "planned">): string => `${planned.kind} "${planned.name}"`;

/** How many entries of a list a difference shows before it only counts the rest. */
const mostNamed = 5;
/** A longer value is not shown. */
const longestValue = 60;

/** How an argument differs: `timezone is "UTC", not "Europe/Berlin"`. */
export function describeDifference(name: string, live: unknown, declared: unknown): string {
  if (isTexts(live) && isTexts(declared)) return `${name} ${describeLists(live, declared)}`;
  const [is, wanted] = [shown(live), shown(declared)];
  return is === undefined || wanted === undefined ? `${name} differs` : `${name} is ${is}, not ${wanted}`;
}

function describeLists(live: readonly string[], declared: readonly string[]): string {
  const lower = (texts: readonly string[]): Set<string> => new Set(texts.map((text) => text.toLowerCase()));
  const [there, wanted] = [lower(live), lower(declared)];
  const missing = declared.filter((text) => !there.has(text.toLowerCase()));
  const more = live.filter((text) => !wanted.has(text.toLowerCase()));
  const parts = [
    ...(missing.length === 0 ? [] : [`lacks ${some(missing)}`]),
    ...(more.length === 0 ? [] : [`also has ${some(more)}`]),
  ];
  return parts.length === 0 ? "differs" : parts.join(" and ");
}

function some(texts: readonly string[]): string {
  const rest = texts.length - mostNamed;
  return `${texts.slice(0, mostNamed).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** A value if it is short enough for a line. */
function shown(value: unknown): string | undefined {
  if (value === undefined || value === null) return "nothing";
  const text = JSON.stringify(value);
  return text.length <= longestValue ? text : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
