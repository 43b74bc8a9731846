import { counted, formatNumber } from "../../../../provider/access/messages";
import type { Finding, FindingIndex } from "../model/findings";
import type { Cell, Matrix, Principal } from "../model/matrix";
import { day, levelNames, readable } from "../model/messages";
import { levelCounts } from "../model/view";
import { bars, openness, tile } from "./cells";
import { button, element, theirs } from "./dom";
import { findingItem, findingList, type ShowFinding } from "./findingList";
import type { Spot } from "./grid";

type Fact = readonly [label: string, value: string | undefined];

/** The side of the page: the findings, or everything about one cell of the matrix. */
export class Panel {
  isOpen = false;
  private isFolded = false;

  constructor(
    private readonly root: HTMLElement,
    private readonly matrix: Matrix,
    private readonly findings: FindingIndex,
    private readonly onShow: ShowFinding,
    private readonly onClose: () => void,
  ) {}

  showFindings(findings: readonly Finding[]): void {
    this.setOpen(false);
    const heading = element(
      "h2",
      { tabindex: -1 },
      "Findings ",
      element("span", { class: "count" }, formatNumber(findings.length)),
    );
    const nothing = element("p", { class: "empty" }, "No findings.");
    const content = findings.length === 0 ? nothing : findingList(findings, this.onShow);
    const fold = button("", "quiet", () => this.fold(!this.isFolded, fold));
    this.root.replaceChildren(element("div", { class: "panel-head" }, heading, fold), content);
    this.fold(this.isFolded, fold);
  }

  /** Collapses the panel to its heading, which leaves the room to the matrix. */
  private fold(isFolded: boolean, by: HTMLElement): void {
    this.isFolded = isFolded;
    this.root.classList.toggle("is-folded", isFolded);
    by.textContent = isFolded ? "Show" : "Hide";
    by.setAttribute("aria-label", `${by.textContent} the findings`);
    by.setAttribute("aria-expanded", String(!isFolded));
  }

  showPlace({ subject, column }: Spot, withFocus: boolean): void {
    const parts =
      subject === undefined
        ? this.projectParts(column ?? 0)
        : column === undefined
          ? this.subjectParts(subject)
          : this.cellParts(subject, column);
    this.setOpen(true);
    const [title, ...content] = parts;
    const close = button("", "icon close", this.onClose);
    close.setAttribute("aria-label", "Close details (Esc)");
    const heading = element("h2", { tabindex: -1 }, title);
    this.root.replaceChildren(element("div", { class: "panel-head" }, heading, close), ...content);
    this.root.scrollTop = 0;
    if (withFocus) heading.focus();
  }

  /** On narrow screens, the open panel covers the bottom of the page. */
  private setOpen(isOpen: boolean): void {
    this.isOpen = isOpen;
    this.root.classList.toggle("is-open", isOpen);
    if (isOpen) this.root.classList.remove("is-folded");
  }

  private cellParts(subject: Principal, column: number): HTMLElement[] {
    const project = this.matrix.projects[column];
    const cell = this.matrix.cellsOf(subject)[column];
    if (project === undefined || cell === undefined) return [element("span")];
    return [
      theirs(subject.title),
      element("p", { class: "panel-where" }, "in ", theirs(project.name), ` · ${openness(project)}`),
      levelLine(cell, subject),
      ...resourceList(cell, subject),
      ...this.about(this.findings.ofCell(subject.index, column)),
      element("hr"),
      ...this.subjectFacts(subject),
    ];
  }

  private subjectParts(subject: Principal): HTMLElement[] {
    const cells = this.matrix.cellsOf(subject);
    const list = this.matrix.projects.flatMap((project, column) => {
      const cell = cells[column];
      return cell === undefined || cell.level === "none" ? [] : [reachLine(project.name, cell, subject)];
    });
    const reached = `Reaches ${counted(list.length, "project")} of ${formatNumber(cells.length)}`;
    return [
      theirs(subject.title),
      ...this.subjectFacts(subject),
      ...this.about(this.findings.ofRow(subject.index)),
      element("h3", {}, reached),
      element("ul", { class: "reach" }, ...list),
    ];
  }

  private projectParts(column: number): HTMLElement[] {
    const project = this.matrix.projects[column];
    if (project === undefined) return [element("span", {}, "People and keys")];
    const people = this.matrix.subjects.filter(({ person }) => person !== undefined);
    const cells = people.flatMap((subject) => this.matrix.cellsOf(subject)[column] ?? []);
    const counts = [...levelCounts(cells)].map(([level, count]) =>
      element("li", {}, tile({ level }), `${levelNames[level]}: ${counted(count, "person", "people")}`),
    );
    return [
      theirs(project.name),
      facts([
        ["Everybody else", openness(project)],
        ["ID", String(project.projectId)],
      ]),
      element("ul", { class: "reach" }, ...counts),
      ...this.about(this.findings.ofColumn(column)),
    ];
  }

  private subjectFacts({ person, key, detail, roles }: Principal): HTMLElement[] {
    if (key !== undefined) {
      return [
        facts([
          ["Kind", key.kind === "personal" ? "Personal API key" : "Project secret API key"],
          ["Owner", key.owner],
          ["Created by", key.creator],
          ["No access", key.withoutAccess],
          ["Value", key.maskValue],
          ["Created", key.createdAt && day(key.createdAt)],
          ["Last used", key.lastUsedAt && day(key.lastUsedAt)],
          ["Last rotated", key.lastRolledAt && day(key.lastRolledAt)],
        ]),
        element("h3", {}, "Scopes"),
        element("ul", { class: "scopes" }, ...key.scopes.map((scope) => element("li", {}, theirs(scope)))),
      ];
    }
    if (person === undefined) return [];
    return [
      facts([
        ["E-mail", detail === "" ? undefined : detail],
        ["Organization", person.level],
        ["Roles", roles.length === 0 ? "none" : roles.join(", ")],
        ["Joined", person.joinedAt && day(person.joinedAt)],
        ["Last sign-in", person.lastLogin && day(person.lastLogin)],
        ["Two-factor", yesOrNo(person.has2fa)],
        ["SSO enforced", yesOrNo(person.ssoEnforced)],
      ]),
    ];
  }

  private about(findings: readonly Finding[]): HTMLElement[] {
    if (findings.length === 0) return [];
    const items = findings.map((finding) => {
      const item = findingItem(finding, this.onShow);
      item.querySelector("summary")?.prepend(element("span", { class: `mark ${finding.severity}` }));
      return item;
    });
    return [
      element("h3", {}, counted(findings.length, "finding")),
      element("div", { class: "findings" }, ...items),
    ];
  }
}

function levelLine(cell: Cell, subject: Principal): HTMLElement {
  const words = element("span", {}, element("strong", {}, levelNames[cell.level]));
  if (cell.through !== "") words.append(element("br"), theirs(cell.through, "through"));
  return element("p", { class: "level-line" }, tile(cell, subject), words);
}

function resourceList({ resources }: Cell, { key }: Principal): HTMLElement[] {
  if (resources.length === 0) return [];
  const rows = resources.map(({ resource, level, through }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, theirs(readable(resource)), theirs(through, "through")),
      element("td", {}, bars([{ resource, level, through }]), levelNames[level]),
    ),
  );
  return [
    element("h3", {}, key === undefined ? "Types of resource with rules" : "Types of resource in its scopes"),
    element("table", { class: "resources" }, element("tbody", {}, ...rows)),
  ];
}

function reachLine(name: string, cell: Cell, subject: Principal): HTMLElement {
  const words = element("span", {}, theirs(name));
  if (cell.through !== "") words.append(theirs(cell.through, "through"));
  return element("li", {}, tile(cell, subject), words);
}

function facts(those: readonly Fact[]): HTMLElement {
  const pairs = those.flatMap(([label, value]) =>
    value === undefined || value === ""
      ? []
      : [element("div", {}, element("dt", {}, label), element("dd", {}, theirs(value)))],
  );
  return element("dl", { class: "facts" }, ...pairs);
}

function yesOrNo(value: boolean | undefined): string | undefined {
  if (value === undefined) return undefined;
  return value ? "yes" : "no";
}
