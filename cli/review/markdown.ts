import { counted, formatNumber } from "../../provider/access/messages";
import type { AccessReview } from "../../provider/review/model";
import { groupFindings } from "../../provider/review/rules";
import { markdownTable, markdownText } from "../common/markdown";
import {
  commonFix,
  describeAccess,
  describeKey,
  describeScopes,
  headline,
  historyNote,
  keyOwner,
  keyTitle,
  verdict,
} from "./messages";

/** How many findings of one rule are listed. */
const listedFindings = 5;
/** How many people, and how many keys, are listed: comments have a maximum length. */
const listedPeople = 200;
const listedKeys = 100;

/** A review as a page of Markdown. */
export function reviewMarkdown(review: AccessReview): string {
  const { organization, people, findings, omissions } = review;
  const rest = people.length - listedPeople;
  return [
    `# Access review of ${markdownText(organization.name)}`,
    "",
    `${markdownText(headline(review))}. ${markdownText(historyNote)}`,
    "",
    "## Findings",
    "",
    markdownText(verdict(findings)),
    ...markdownTable(
      ["Severity", "Finding", "Evidence", "Fix"],
      groupFindings(findings).flatMap(findingRows),
    ),
    "",
    "## Who can do what",
    ...markdownTable(
      ["Person", "Level", "Roles", "Can do"],
      people
        .slice(0, listedPeople)
        .map((person) => [
          person.email,
          person.level,
          person.roles.join(", "),
          describeAccess(person, review),
        ]),
    ),
    ...(rest > 0 ? ["", `And ${counted(rest, "other person", "other people")}.`] : []),
    ...keyLines(review),
    ...(omissions.length === 0 ? [] : ["", "## Not read", ""]),
    ...omissions.map(({ what, why, fix }) => `- ${markdownText(`${what}: ${why} Fix: ${fix}`)}`),
    "",
  ].join("\n");
}

function keyLines(review: AccessReview): string[] {
  const { keys = [] } = review;
  if (keys.length === 0) return [];
  const rest = keys.length - listedKeys;
  return [
    "",
    "## What API keys can do",
    ...markdownTable(
      ["Key", "Owner", "Scopes", "Can do"],
      keys
        .slice(0, listedKeys)
        .map((key) => [keyTitle(key), keyOwner(key), describeScopes(key), describeKey(key, review)]),
    ),
    ...(rest > 0 ? ["", `And ${counted(rest, "other key")}.`] : []),
  ];
}

function findingRows({ severity, title, findings }: ReturnType<typeof groupFindings>[number]): string[][] {
  if (findings.length <= listedFindings) {
    return findings.map(({ message, evidence, fix }) => [severity, message, evidence.join("; "), fix]);
  }
  const shown = findings.slice(0, listedFindings);
  const more = findings.length - shown.length;
  const common = commonFix(shown);
  const examples = [
    ...shown.map(({ message, fix }) => (common === undefined ? `${message} Fix: ${fix}` : message)),
    `and ${formatNumber(more)} more`,
  ];
  return [
    [
      severity,
      `${title} (${formatNumber(findings.length)})`,
      examples.join(" "),
      common ?? "See each finding.",
    ],
  ];
}
