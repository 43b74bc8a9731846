import { counted, formatNumber } from "../../../../provider/access/messages";
import { groupBy } from "../../../../provider/access/values";
import type { Finding } from "../model/findings";
import { button, element, theirs } from "./dom";

/** How many findings of a rule are shown at first, and how many more on each click. */
const first = 3;
const more = 50;

/** Shows the rows of a finding. */
export type ShowFinding = (finding: Finding) => void;

/** Findings by rule, worst first. */
export function findingList(findings: readonly Finding[], onShow: ShowFinding): HTMLElement {
  const groups = groupBy(findings, ({ severity, rule }) => `${severity} ${rule}`);
  return element(
    "div",
    { class: "findings" },
    ...[...groups.values()].map((group) => groupSection(group, onShow)),
  );
}

function groupSection(group: readonly [Finding, ...Finding[]], onShow: ShowFinding): HTMLElement {
  const [{ severity, title }] = group;
  const heading = element(
    "h3",
    { class: "rule" },
    element("span", { class: `mark ${severity}`, "aria-hidden": "true" }),
    title,
    element("span", { class: "hidden" }, `, ${severity} severity `),
    group.length > 1 ? element("span", { class: "count" }, formatNumber(group.length)) : undefined,
  );
  const list = element("div", { class: "rule-findings" });
  const section = element("section", { class: "rule-group" }, heading, list);
  let shown = 0;
  const rest = button("", "quiet", () => extend(more));
  const extend = (by: number): void => {
    list.append(...group.slice(shown, shown + by).map((finding) => findingItem(finding, onShow)));
    shown = Math.min(shown + by, group.length);
    rest.textContent = `${counted(group.length - shown, "more", "more")}`;
    rest.hidden = shown === group.length;
  };
  extend(first);
  section.append(rest);
  return section;
}

/** One finding, with collapsed evidence and fix. */
export function findingItem(finding: Finding, onShow: ShowFinding): HTMLElement {
  return element(
    "details",
    { class: "finding" },
    element("summary", {}, theirs(finding.message)),
    ...explanation(finding),
    isInMatrix(finding) ? button("Show in matrix", "link", () => onShow(finding)) : undefined,
  );
}

/** The evidence and the fix of a finding. */
export function explanation({ evidence, fix }: Finding): HTMLElement[] {
  const items = evidence.map((text) => element("li", {}, theirs(text)));
  const list = items.length === 0 ? [] : [element("ul", { class: "evidence" }, ...items)];
  return [...list, element("p", { class: "fix" }, theirs(fix))];
}

function isInMatrix({ row, column, concerns }: Finding): boolean {
  return row !== undefined || column !== undefined || concerns.length > 0;
}
