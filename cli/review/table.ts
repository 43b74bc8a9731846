import { printable } from "../../provider/audit/printable";
import type { AccessReview, ReviewedAccess, Severity } from "../../provider/review/model";
import { type FindingGroup, groupFindings } from "../../provider/review/rules";
import { colors, textTable, wrapped } from "../shared/terminal";
import {
  accessInWords,
  commonFix,
  counted,
  headline,
  keyInWords,
  keyOwner,
  keyTitle,
  projectLabels,
  scopesInWords,
  verdict,
} from "./messages";

/** So many people, and so many keys, are listed; of more the other formats tell. */
const listedRows = 30;
/** Of so few people it is told type by type what they can do. */
const closeUp = 3;
/** So many findings of one rule are told one by one. */
const toldFindings = 3;
/** What stands before the lines below a finding. */
const indent = "        ";

const marks: Readonly<Record<Severity, (text: string) => string>> = {
  high: colors.red,
  medium: colors.yellow,
  low: colors.dim,
};

/** A review for a terminal of that width. */
export function reviewTable(review: AccessReview, width: number): string {
  const { people, keys = [], findings, omissions } = review;
  const wrap = (text: string): string[] => wrapped(printable(text), width);
  return [
    ...wrap(headline(review)).map(colors.bold),
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
  const rows = shown.map((person) => [
    printable(person.email),
    person.level,
    printable(accessInWords(person, review)),
  ]);
  const rest = review.people.length - shown.length;
  const more = `and ${counted(rest, "other person", "other people")}: --person names one, --output review.html tells all`;
  return [
    ...textTable(["PERSON", "LEVEL", "CAN DO"], rows, width),
    ...(rest > 0 ? wrapped(more, width) : []),
  ];
}

function keyLines(review: AccessReview, width: number): string[] {
  const { keys = [] } = review;
  const rows = keys
    .slice(0, listedRows)
    .map((key) =>
      [keyTitle(key), keyOwner(key), `${keyInWords(key, review)} (scopes: ${scopesInWords(key)})`].map(
        printable,
      ),
    );
  const rest = keys.length - rows.length;
  const more = `and ${counted(rest, "other key")}: --person names whose, --output review.html tells all`;
  return [
    ...textTable(["API KEY", "OWNER", "CAN DO"], rows, width),
    ...(rest > 0 ? wrapped(more, width) : []),
  ];
}

/** What somebody can do type by type, in the projects that they can enter and that have such rules. */
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
      : resources.map((one) =>
          [names.get(projectId) ?? String(projectId), one.resource, `${one.level} ${one.through}`].map(
            printable,
          ),
        ),
  );
  if (rows.length === 0) return [];
  return ["", `${printable(who)}, type by type`, ...textTable(["PROJECT", "TYPE", "LEVEL"], rows, width)];
}

function findingLines({ rule, severity, title, findings }: FindingGroup, width: number): string[] {
  const below = (text: string): string[] =>
    wrapped(printable(text), width - indent.length).map((line) => `${indent}${line}`);
  const isMany = findings.length > toldFindings;
  const shown = findings.slice(0, toldFindings);
  const common = commonFix(shown);
  const [first = "", ...others] = [
    ...(isMany ? below(`${title}: ${findings.length.toLocaleString("en")} times`) : []),
    ...shown.flatMap(({ message, evidence, fix }) => [
      ...below(message),
      ...(isMany ? [] : below(evidence.join("; ")).map(colors.dim)),
      ...(common === undefined ? below(`fix: ${fix}`) : []),
    ]),
    ...(isMany ? below(`and ${(findings.length - shown.length).toLocaleString("en")} more`) : []),
  ];
  return [
    `${marks[severity](severity.padEnd(indent.length))}${first.slice(indent.length)}`,
    ...others,
    ...(common === undefined ? [] : below(`fix: ${common}`)),
    ...below(`rule: ${rule}`).map(colors.dim),
  ];
}
