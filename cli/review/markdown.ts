import type { AccessReview } from "../../provider/review/model";
import { groupFindings } from "../../provider/review/rules";
import { markdownTable, markdownText } from "../shared/markdown";
import {
  accessInWords,
  commonFix,
  counted,
  headline,
  keyInWords,
  keyOwner,
  keyTitle,
  scopesInWords,
  verdict,
} from "./messages";

/** So many findings of one rule are told one by one. */
const toldFindings = 5;
/** So many people, and half as many keys, are listed: comments and pages of Markdown have an end. */
const listedPeople = 200;
const listedKeys = 100;

/** A review as a page of Markdown. */
export function reviewMarkdown(review: AccessReview): string {
  const { organization, people, findings, omissions } = review;
  const rest = people.length - listedPeople;
  return [
    `# Access review of ${markdownText(organization.name)}`,
    "",
    `${markdownText(headline(review))}.`,
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
          accessInWords(person, review),
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
        .map((key) => [keyTitle(key), keyOwner(key), scopesInWords(key), keyInWords(key, review)]),
    ),
    ...(rest > 0 ? ["", `And ${counted(rest, "other key")}.`] : []),
  ];
}

function findingRows({ severity, title, findings }: ReturnType<typeof groupFindings>[number]): string[][] {
  if (findings.length <= toldFindings) {
    return findings.map(({ message, evidence, fix }) => [severity, message, evidence.join("; "), fix]);
  }
  const shown = findings.slice(0, toldFindings);
  const more = findings.length - shown.length;
  const common = commonFix(shown);
  const examples = [
    ...shown.map(({ message, fix }) => (common === undefined ? `${message} Fix: ${fix}` : message)),
    `and ${more.toLocaleString("en")} more`,
  ];
  return [
    [
      severity,
      `${title}: ${findings.length.toLocaleString("en")} times`,
      examples.join(" "),
      common ?? "One by one, as said beside each.",
    ],
  ];
}
