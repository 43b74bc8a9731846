import type { Finding } from "../model/findings";
import { counted, readable } from "../model/messages";
import { button, element, theirs } from "./dom";

/** How many findings of one rule are shown at first, and how many more with each click. */
const first = 3;
const more = 50;

/** Leads from a finding to the rows that it is about. */
export type ShowFinding = (finding: Finding) => void;

/** Findings, worst first, those of one rule together. */
export function findingList(findings: readonly Finding[], onShow: ShowFinding): HTMLElement {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.rule}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return element(
    "div",
    { class: "findings" },
    ...[...groups.values()].map((group) => groupSection(group, onShow)),
  );
}

function groupSection(group: readonly Finding[], onShow: ShowFinding): HTMLElement {
  const { severity, rule } = group[0] ?? { severity: "low", rule: "" };
  const heading = element(
    "h3",
    { class: "rule" },
    element("span", { class: `mark ${severity}`, "aria-hidden": "true" }),
    readable(rule),
    element("span", { class: "hidden" }, `, ${severity} severity `),
    group.length > 1 ? element("span", { class: "count" }, group.length.toLocaleString("en")) : undefined,
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

/** One finding; evidence and fix unfold. */
export function findingItem(finding: Finding, onShow: ShowFinding): HTMLElement {
  return element(
    "details",
    { class: "finding" },
    element("summary", {}, theirs(finding.message)),
    ...explanation(finding),
    isInMatrix(finding) ? button("Show in matrix", "link", () => onShow(finding)) : undefined,
  );
}

/** What shows a finding, and what to do about it. */
export function explanation({ evidence, fix }: Finding): HTMLElement[] {
  const items = evidence.map((text) => element("li", {}, theirs(text)));
  const list = items.length === 0 ? [] : [element("ul", { class: "evidence" }, ...items)];
  return [...list, element("p", { class: "fix" }, theirs(fix))];
}

function isInMatrix({ row, column, concerns }: Finding): boolean {
  return row !== undefined || column !== undefined || concerns.length > 0;
}
