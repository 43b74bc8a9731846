import { counted } from "../../../../provider/access/messages";
import type { ReviewedProject } from "../../../../provider/review/model";
import { type Finding, type FindingIndex, worst } from "../model/findings";
import type { Cell, Principal, Resource } from "../model/matrix";
import { heights, letters, levelWithReason } from "../model/messages";
import { element, theirs } from "./dom";

/** More bars would be too thin. */
const mostBars = 10;

/** Whether there are so many columns that they only have room for tiles: no bars, and vertical names. */
export function areNarrow(columns: number): boolean {
  return columns > 10;
}

/** A level as color, shape and letter. A key's tile is round, because its level is not a person's. */
export function tile({ level }: Pick<Cell, "level">, subject?: Principal): HTMLElement {
  const ofKey = subject?.key === undefined ? "" : " of-key";
  return element("span", { class: `tile ${level}${ofKey}`, "aria-hidden": "true" }, letters[level]);
}

/** The levels on types of resource as a row of bars. */
export function bars(resources: readonly Resource[]): HTMLElement | undefined {
  if (resources.length === 0) return undefined;
  const each = resources
    .slice(0, mostBars)
    .map(({ level }) => element("i", { class: `bar h${heights[level]}` }));
  return element("span", { class: "bars", "aria-hidden": "true" }, ...each);
}

/** Creates the cells of the matrix by copying one cell of each kind. */
export class CellMaker {
  /** Whether columns are too narrow for bars. */
  private isNarrow = false;
  private patterns = newPatterns();

  constructor(private readonly findings: FindingIndex) {}

  /** Sets the width of the cells to create. */
  fit(isNarrow: boolean): void {
    if (this.isNarrow === isNarrow) return;
    this.isNarrow = isNarrow;
    this.patterns = newPatterns();
  }

  cell(cell: Cell, subject: Principal, column: number): HTMLElement {
    const created = this.pattern(cell, subject).cloneNode(true);
    if (!(created instanceof HTMLElement)) throw new Error("A copied cell is not an element.");
    mark(created, this.findings.ofCell(subject.index, column));
    return created;
  }

  /** The first cell of a row: the person or key. */
  subject(subject: Principal): HTMLElement {
    const { person, title, detail, index } = subject;
    const level = person && person.level !== "member" ? person.level : undefined;
    const created = element(
      "div",
      { role: "rowheader", class: "who", tabindex: -1 },
      element(
        "span",
        { class: "who-text" },
        theirs(title, "who-title"),
        detail === "" ? undefined : theirs(detail, "who-detail"),
      ),
      level === undefined ? undefined : element("span", { class: `badge ${level}` }, level),
    );
    mark(created, this.findings.ofRow(index));
    return created;
  }

  project(project: ReviewedProject, column: number, isSorted: boolean): HTMLElement {
    const created = element(
      "div",
      {
        role: "columnheader",
        class: "project",
        tabindex: -1,
        "aria-sort": isSorted ? "descending" : undefined,
      },
      theirs(project.name, "project-name"),
      element(
        "span",
        { class: "project-default" },
        isPrivate(project) ? "private" : `open: ${project.defaultAccess}`,
      ),
    );
    mark(created, this.findings.ofColumn(column));
    return created;
  }

  private pattern(cell: Cell, subject: Principal): HTMLElement {
    const patterns = subject.key === undefined ? this.patterns.people : this.patterns.keys;
    const known = patterns.get(cell);
    if (known !== undefined) return known;
    // Anyone who cannot open the project cannot use anything in it.
    const resources = cell.level === "none" ? [] : cell.resources;
    const types = resources.length === 0 ? "" : `; ${typesCounted(cell, subject)}`;
    const hasRules = resources.length > 0 && subject.key === undefined;
    const created = element(
      "div",
      {
        role: "gridcell",
        class: hasRules ? "cell has-rules" : "cell",
        tabindex: -1,
        "aria-label": levelWithReason(cell.level, cell.through) + types,
      },
      tile(cell, subject),
      this.isNarrow ? undefined : bars(resources),
    );
    patterns.set(cell, created);
    return created;
  }
}

/** How many types of resource a cell has: those with rules for a person, those in the scopes for a key. */
export function typesCounted({ resources }: Cell, { key }: Principal): string {
  return `${counted(resources.length, "type")} of resource ${key === undefined ? "with rules" : "in its scopes"}`;
}

function newPatterns() {
  return { people: new Map<Cell, HTMLElement>(), keys: new Map<Cell, HTMLElement>() };
}

/** Everyone's access to a project. */
export function openness(project: ReviewedProject): string {
  return isPrivate(project) ? "private by default" : `${project.defaultAccess} by default`;
}

function isPrivate({ defaultAccess }: ReviewedProject): boolean {
  return defaultAccess === "none";
}

function mark(place: HTMLElement, findings: readonly Finding[]): void {
  const severity = worst(findings);
  if (severity === undefined) return;
  const text = `, ${counted(findings.length, "finding")}: ${[...new Set(findings.map(({ title }) => title))].join(", ")}`;
  const label = place.getAttribute("aria-label");
  place.append(
    element(
      "span",
      { class: `flag ${severity}` },
      element("span", { class: "hidden" }, label === null ? text : ""),
    ),
  );
  if (label !== null) place.setAttribute("aria-label", label + text);
}
