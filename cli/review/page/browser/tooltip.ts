import { counted } from "../../../../provider/access/messages";
import type { ReviewedProject } from "../../../../provider/review/model";
import type { Finding, FindingIndex } from "../model/findings";
import type { Cell, Matrix, Principal } from "../model/matrix";
import { levelNames, readable } from "../model/messages";
import { openness, tile, typesCounted } from "./cells";
import { element, theirs } from "./dom";
import type { Spot } from "./grid";

/** A few lines about a cell, next to it. */
export class Tooltip {
  constructor(
    private readonly box: HTMLElement,
    private readonly matrix: Matrix,
    private readonly findings: FindingIndex,
  ) {}

  show(spot: Spot | undefined, at: HTMLElement | undefined): void {
    const lines = spot && this.linesFor(spot);
    if (lines === undefined || at === undefined) {
      this.hide();
      return;
    }
    this.box.replaceChildren(...lines);
    this.box.hidden = false;
    this.placeAt(at.getBoundingClientRect());
  }

  hide(): void {
    this.box.hidden = true;
  }

  private linesFor({ subject, column }: Spot): HTMLElement[] | undefined {
    const project = column === undefined ? undefined : this.matrix.projects[column];
    if (subject === undefined) return project && this.projectLines(project, column ?? 0);
    return column === undefined ? this.subjectLines(subject) : this.cellLines(subject, column);
  }

  private cellLines(subject: Principal, column: number): HTMLElement[] | undefined {
    const project = this.matrix.projects[column];
    const cell = this.matrix.cellsOf(subject)[column];
    if (project === undefined || cell === undefined) return undefined;
    const level = element(
      "p",
      { class: "tip-level" },
      tile(cell, subject),
      element("strong", {}, levelNames[cell.level]),
    );
    if (cell.through !== "") level.append(theirs(cell.through));
    return [
      element("p", { class: "tip-head" }, theirs(subject.title), " in ", theirs(project.name)),
      level,
      ...(cell.level === "none" ? [] : typeLines(cell, subject)),
      ...findingLines(this.findings.ofCell(subject.index, column)),
    ];
  }

  private subjectLines({ title, detail, roles, index }: Principal): HTMLElement[] {
    const about = [detail, ...roles.map((role) => `role ${role}`)].filter(Boolean);
    return [
      element("p", {}, element("strong", {}, theirs(title))),
      ...about.map(line),
      ...findingLines(this.findings.ofRow(index)),
    ];
  }

  private projectLines(project: ReviewedProject, column: number): HTMLElement[] {
    return [
      element("p", {}, element("strong", {}, theirs(project.name))),
      line(openness(project)),
      ...findingLines(this.findings.ofColumn(column)),
    ];
  }

  /** Below the cell, or above it if there is no room. */
  private placeAt(place: DOMRect): void {
    const { width, height } = this.box.getBoundingClientRect();
    const gap = 8;
    const left = Math.min(Math.max(gap, place.left + place.width / 2 - width / 2), innerWidth - width - gap);
    const below = place.bottom + gap;
    const top = below + height > innerHeight ? place.top - height - gap : below;
    this.box.style.left = `${Math.max(gap, left)}px`;
    this.box.style.top = `${Math.max(gap, top)}px`;
  }
}

/** The types of resource with their levels; a long list counts the rest. */
function typeLines(cell: Cell, subject: Principal): HTMLElement[] {
  const most = 8;
  if (cell.resources.length === 0) return [];
  const named = cell.resources.slice(0, most);
  const more = cell.resources.length - named.length;
  return [
    line(typesCounted(cell, subject)),
    ...named.map(({ resource, level }) => line(`${readable(resource)}: ${levelNames[level]}`)),
    ...(more > 0 ? [line(counted(more, "more", "more"))] : []),
  ];
}

function line(text: string): HTMLElement {
  return element("p", { class: "tip-more" }, theirs(text));
}

/** The titles of some findings; a long list counts the rest. */
function findingLines(findings: readonly Finding[]): HTMLElement[] {
  const most = 4;
  const lines = findings
    .slice(0, most)
    .map(({ severity, title }) =>
      element("p", { class: "tip-finding" }, element("span", { class: `mark ${severity}` }), title),
    );
  return findings.length > most ? [...lines, line(counted(findings.length - most, "more", "more"))] : lines;
}
