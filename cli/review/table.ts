import { counted, formatNumber, printable } from "../../provider/access/messages";
import type { AccessReview, ReviewedAccess, Severity } from "../../provider/review/model";
import { type FindingGroup, groupFindings } from "../../provider/review/rules";
import { colors, textTable, wrapped } from "../common/terminal";
import {
  commonFix,
  describeAccess,
  describeKey,
  describeScopes,
  headline,
  historyNote,
  keyOwner,
  keyTitle,
  projectLabels,
  verdict,
} from "./messages";

/** How many people, and how many keys, are listed; other formats list all. */
const listedRows = 30;
/** For at most this many people, access is shown type by type. */
const closeUp = 3;
/** How many findings of one rule are listed. */
const listedFindings = 3;
/** Indentation of the lines of a finding. */
const indent = "        ";

const marks: Readonly<Record<Severity, (text: string) => string>> = {
  high: colors.red,
  medium: colors.yellow,
  low: colors.dim,
};

/** A review for a terminal of that width. */
export function reviewTable(review: AccessReview, width: number): string {
  const { people, keys = [], findings, omissions } = review;
  const wrap = (text: string): string[] => wrapped(text, width);
  return [
    ...wrap(headline(review)).map(colors.bold),
    ...wrap(historyNote).map(colors.dim),
    "",
    ...peopleLines(review, width),
    ...(people.length <= closeUp
      ? people.flatMap(({ email, access }) => typeLines(email, access, review, width))
      : []),
    "",
    ...keyLines(review, width),
    ...(people.length <= closeUp && keys.length <= listedRows
      ? keys.flatMap((key) => typeLines(keyTitle(key), key.access, review, width))
      : []),
    ...(keys.length > 0 ? [""] : []),
    ...groupFindings(findings).flatMap((group) => [...findingLines(group, width), ""]),
    ...omissions.flatMap(({ what, why, fix }) => [
      ...wrap(`not read: ${what}. ${why}`),
      ...wrap(`fix: ${fix}`),
      "",
    ]),
    colors.bold(verdict(findings)),
  ].join("\n");
}

function peopleLines(review: AccessReview, width: number): string[] {
  const shown = review.people.slice(0, listedRows);
  const rows = shown.map((person) => [person.email, person.level, describeAccess(person, review)]);
  const rest = review.people.length - shown.length;
  const more = `and ${counted(rest, "other person", "other people")}: --person shows one, --output review.html shows all`;
  return [
    ...textTable(["PERSON", "LEVEL", "CAN DO"], rows, width),
    ...(rest > 0 ? wrapped(more, width) : []),
  ];
}

function keyLines(review: AccessReview, width: number): string[] {
  const { keys = [] } = review;
  const rows = keys
    .slice(0, listedRows)
    .map((key) => [
      keyTitle(key),
      keyOwner(key),
      `${describeKey(key, review)} (scopes: ${describeScopes(key)})`,
    ]);
  const rest = keys.length - rows.length;
  const more = `and ${counted(rest, "other key")}: --person shows those of one person, --output review.html shows all`;
  return [
    ...textTable(["API KEY", "OWNER", "CAN DO"], rows, width),
    ...(rest > 0 ? wrapped(more, width) : []),
  ];
}

/** What someone can do, type by type, in projects that they can open and that have such rules. */
function typeLines(
  who: string,
  access: readonly ReviewedAccess[],
  { projects }: AccessReview,
  width: number,
): string[] {
  const names = projectLabels(projects);
  const rows = access.flatMap(({ projectId, level, resources }) =>
    level === "none"
      ? []
      : resources.map((one) => [
          names.get(projectId) ?? String(projectId),
          one.resource,
          `${one.level} ${one.through}`,
        ]),
  );
  if (rows.length === 0) return [];
  return ["", `${printable(who)}, type by type`, ...textTable(["PROJECT", "TYPE", "LEVEL"], rows, width)];
}

function findingLines({ rule, severity, title, findings }: FindingGroup, width: number): string[] {
  const below = (text: string): string[] =>
    wrapped(text, width - indent.length).map((line) => `${indent}${line}`);
  const isMany = findings.length > listedFindings;
  const shown = findings.slice(0, listedFindings);
  const common = commonFix(shown);
  const [first = "", ...others] = [
    ...(isMany ? below(`${title} (${formatNumber(findings.length)})`) : []),
    ...shown.flatMap(({ message, evidence, fix }) => [
      ...below(message),
      ...(isMany ? [] : below(evidence.join("; ")).map(colors.dim)),
      ...(common === undefined ? below(`fix: ${fix}`) : []),
    ]),
    ...(isMany ? below(`and ${formatNumber(findings.length - shown.length)} more`) : []),
  ];
  return [
    `${marks[severity](severity.padEnd(indent.length))}${first.slice(indent.length)}`,
    ...others,
    ...(common === undefined ? [] : below(`fix: ${common}`)),
    ...below(`rule: ${rule}`).map(colors.dim),
  ];
}
