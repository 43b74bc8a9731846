import type { AttributedDifference } from "../../provider/drift/model";
import {
  type DriftReport,
  describeCause,
  describeDifference,
  differenceJson,
  subjectOf,
} from "../../provider/drift/report";
import { markdownTable, markdownText } from "../shared/markdown";
import { colors } from "../shared/terminal";
import type { DriftResult } from "./run";

/** How many things of a kind that nobody manages a report for people lists before it only counts the rest. */
const mostListed = 10;

/** A report as JSON, whole. */
export function printJson({ report, nameOf }: DriftResult): string {
  const tell = (some: readonly AttributedDifference[]) => some.map((one) => differenceJson(one, nameOf));
  const whole = { ...report, differences: tell(report.differences), unmanaged: tell(report.unmanaged) };
  return JSON.stringify(whole, undefined, 2);
}

/** A report for a terminal: a line for what differs, and one for who did it. */
export function printText({ report, nameOf }: DriftResult): string {
  const describe = (mark: string, one: AttributedDifference): string[] => {
    const what = describeDifference(one);
    const rest = what === "" ? "" : `${one.kind === "unmanaged" ? ":" : ""} ${what}`;
    // That the log says nothing of what may be there for years is no news.
    const isSilent = one.kind === "unmanaged" && one.cause.kind === "none";
    return [
      `${mark} ${colors.bold(subjectOf(one))}${rest}`,
      ...(isSilent ? [] : [`    ${describeCause(one.cause, nameOf)}`]),
    ];
  };
  const marks = { changed: colors.yellow("~"), gone: colors.red("-"), unmanaged: colors.cyan("+") };
  const { shown, left } = firstOfEachKind(report.unmanaged);
  return [
    titleOf(report),
    ...paragraph(report.differences.flatMap((one) => describe(marks[one.kind], one))),
    ...paragraph([
      ...(shown.length === 0 ? [] : [unmanagedTitle(report)]),
      ...shown.flatMap((one) => describe(marks.unmanaged, one)),
      ...(left === 0 ? [] : [`... and ${left} more: --format json lists them all`]),
    ]),
    ...paragraph(asides(report).map((line) => colors.dim(line))),
    "",
    verdictLine(report),
  ].join("\n");
}

/** A report as Markdown, for a comment on a pull request or an issue. */
export function printMarkdown({ report, nameOf }: DriftResult): string {
  const line = (one: AttributedDifference): string[] => [
    subjectOf(one),
    describeDifference(one),
    describeCause(one.cause, nameOf),
  ];
  const { shown, left } = firstOfEachKind(report.unmanaged);
  return [
    `### ${markdownText(titleOf(report))}`,
    "",
    `**${verdictLine(report, false)}**`,
    ...markdownTable(["Resource", "Difference", "Who did it"], report.differences.map(line)),
    ...(shown.length === 0 ? [] : ["", unmanagedTitle(report)]),
    ...markdownTable(["What", "Value", "Who made it"], shown.map(line)),
    ...(left === 0 ? [] : ["", `... and ${left} more.`]),
    ...paragraph(asides(report).map((text) => `- ${markdownText(text)}`)),
  ].join("\n");
}

function titleOf({ source, organizations }: DriftReport): string {
  const names = organizations.map(({ name, host }) => `${name} (${host})`).join(", ");
  return `${source} compared with ${names}`;
}

function unmanagedTitle({ unmanaged, countsUnmanaged }: DriftReport): string {
  return `Managed by nobody: ${unmanaged.length}${countsUnmanaged ? "" : ", not counted as drift"}`;
}

function paragraph(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}

/** What there is to know besides the differences. */
function asides({ unread, moved, notes, logSince }: DriftReport): string[] {
  const names = [...new Set(moved.flatMap(({ outputs }) => outputs))].sort();
  return [
    ...unread.map(({ type, name, message, fix }) => `not compared: ${type} ${name}: ${message} Fix: ${fix}`),
    ...(moved.length === 0
      ? []
      : [
          `outputs moved on in ${amount(moved.length, "resource")} (${names.join(", ")}): a refresh shows it, an update does nothing about it`,
        ]),
    ...notes.map((note) => `note: ${note}`),
    ...(logSince === undefined
      ? []
      : [`the activity log was read since ${logSince.slice(0, 10)}; --since reads further back`]),
  ];
}

function verdictLine(
  { verdict, differences, unmanaged, countsUnmanaged, compared, unread }: DriftReport,
  paint = true,
): string {
  const number = differences.length + (countsUnmanaged ? unmanaged.length : 0);
  const of = `${amount(compared, "resource")} compared`;
  const lost = unread.length === 0 ? "" : `, ${unread.length} could not be`;
  const [red, green] = paint ? [colors.red, colors.green] : [String, String];
  if (verdict === "drift") return red(`${amount(number, "difference")}; ${of}${lost}.`);
  return verdict === "none" ? green(`No drift; ${of}.`) : red(`No drift was found; ${of}${lost}.`);
}

function firstOfEachKind(all: readonly AttributedDifference[]): {
  shown: AttributedDifference[];
  left: number;
} {
  const counts = new Map<string, number>();
  const shown = all.filter(({ type }) => {
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    return count <= mostListed;
  });
  return { shown, left: all.length - shown.length };
}

const amount = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? "" : "s"}`;
