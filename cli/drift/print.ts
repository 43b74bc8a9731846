import { counted, formatNumber, printable } from "../../provider/access/messages";
import { dateOf } from "../../provider/access/values";
import { unrecordedSentence } from "../../provider/audit/unrecorded";
import type { AttributedDifference } from "../../provider/drift/model";
import {
  type DriftReport,
  describeCause,
  describeDifference,
  differenceJson,
  subjectOf,
} from "../../provider/drift/report";
import { reportText } from "../common/json";
import { markdownTable, markdownText } from "../common/markdown";

import { colors } from "../common/terminal";
import { driftSchema } from "./json";
import type { DriftResult } from "./run";

/** How many unmanaged objects of a kind a report for people lists before it only counts the rest. */
const mostListed = 10;

/** The whole report as JSON. */
export function printJson({ report, nameOf }: DriftResult): string {
  const json = (some: readonly AttributedDifference[]) => some.map((one) => differenceJson(one, nameOf));
  return reportText(driftSchema, {
    ...report,
    differences: json(report.differences),
    unmanaged: json(report.unmanaged),
  });
}

/** A report for a terminal: a line for each difference, and one for who caused it. */
export function printText({ report, nameOf }: DriftResult): string {
  const describe = (mark: string, one: AttributedDifference): string[] => {
    const what = describeDifference(one);
    const rest = what === "" ? "" : `${one.kind === "unmanaged" ? ":" : ""} ${what}`;
    // An unmanaged object may be older than the log.
    const isSilent = one.kind === "unmanaged" && one.cause.kind === "none";
    return [
      `${mark} ${colors.bold(subjectOf(one))}${rest}`,
      ...(isSilent ? [] : [`    ${printable(describeCause(one.cause, nameOf))}`]),
    ];
  };
  const marks = { changed: colors.yellow("~"), gone: colors.red("-"), unmanaged: colors.cyan("+") };
  const { shown, left } = firstOfEachKind(report.unmanaged);
  return [
    printable(titleOf(report)),
    ...paragraph(unrecordedNote(report).map((note) => colors.dim(`note: ${note}`))),
    ...paragraph(report.differences.flatMap((one) => describe(marks[one.kind], one))),
    ...paragraph([
      ...(shown.length === 0 ? [] : [unmanagedTitle(report)]),
      ...shown.flatMap((one) => describe(marks.unmanaged, one)),
      ...(left === 0 ? [] : [`... and ${formatNumber(left)} more: --format json lists all`]),
    ]),
    ...paragraph(asides(report).map((line) => colors.dim(printable(line)))),
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
    ...paragraph(unrecordedNote(report).map(markdownText)),
    ...markdownTable(["Resource", "Difference", "Who did it"], report.differences.map(line)),
    ...(shown.length === 0 ? [] : ["", unmanagedTitle(report)]),
    ...markdownTable(["What", "Value", "Who made it"], shown.map(line)),
    ...(left === 0 ? [] : ["", `... and ${formatNumber(left)} more.`]),
    ...paragraph(asides(report).map((text) => `- ${markdownText(text)}`)),
  ].join("\n");
}

function titleOf({ source, organizations }: DriftReport): string {
  const names = organizations.map(({ name, host }) => `${name} (${host})`).join(", ");
  return `${source} compared with ${names}`;
}

/** Changes whose cause cannot be known, mentioned before the rest. */
function unrecordedNote({ differences, unmanaged }: DriftReport): string[] {
  const count = [...differences, ...unmanaged].filter(({ cause }) => cause.kind === "unrecorded").length;
  const sentence = count === 0 ? undefined : unrecordedSentence();
  return sentence === undefined
    ? []
    : [`${sentence} Who made ${formatNumber(count)} of what follows is therefore unknown.`];
}

function unmanagedTitle({ unmanaged, countsUnmanaged }: DriftReport): string {
  return `Unmanaged: ${formatNumber(unmanaged.length)}${countsUnmanaged ? "" : ", not counted as drift"}`;
}

function paragraph(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}

/** Everything except the differences. */
function asides({ unread, moved, notes, logSince }: DriftReport): string[] {
  const names = [...new Set(moved.flatMap(({ outputs }) => outputs))].sort();
  return [
    ...unread.map(({ type, name, message, fix }) => `not compared: ${type} ${name}: ${message} Fix: ${fix}`),
    ...(moved.length === 0
      ? []
      : [
          `outputs changed in ${counted(moved.length, "resource")} (${names.join(", ")}): a refresh shows this, an update does not change it`,
        ]),
    ...notes.map((note) => `note: ${note}`),
    ...(logSince === undefined
      ? []
      : [`the activity log was read since ${dateOf(logSince)}; --since reads further back`]),
  ];
}

function verdictLine(
  { verdict, differences, unmanaged, countsUnmanaged, compared, unread }: DriftReport,
  paint = true,
): string {
  const number = differences.length + (countsUnmanaged ? unmanaged.length : 0);
  const of = `${counted(compared, "resource")} compared`;
  const lost = unread.length === 0 ? "" : `, ${formatNumber(unread.length)} could not be compared`;
  const [red, green] = paint ? [colors.red, colors.green] : [String, String];
  if (verdict === "drift") return red(`${counted(number, "difference")}; ${of}${lost}.`);
  return verdict === "none" ? green(`No drift; ${of}.`) : red(`No drift found; ${of}${lost}.`);
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
