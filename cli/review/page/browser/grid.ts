import { counted, formatNumber } from "../../../../provider/access/messages";
import type { ReviewedProject } from "../../../../provider/review/model";
import {
  type CellPosition,
  moved,
  type Range,
  type Size,
  scrollFor,
  visibleRange,
  within,
} from "../model/keyboard";
import type { Matrix, Principal } from "../model/matrix";

import type { View } from "../model/view";
import { areNarrow, type CellMaker } from "./cells";
import { around, element } from "./dom";

const rowHeight = 40;

/** The subject and project of a cell. */
export interface Spot {
  readonly subject?: Principal;
  /** Position of the project. */
  readonly column?: number;
}

/** What the matrix reports to the page. */
interface GridEvents {
  /** The place that someone points at or focuses; undefined if they leave it. */
  onPoint(spot: Spot | undefined, at: HTMLElement | undefined): void;
  /** Someone opens the details of a place. */
  onOpen(spot: Spot, byKeyboard: boolean): void;
}

type Entry = { readonly title: string } | { readonly subject: Principal };

/** The matrix: the page contains only the visible rows and the focused one. */
export class Grid {
  private view: View = { people: [], keys: [], columns: [], findings: [] };
  private sort = "";
  private entries: Entry[] = [];
  private active: CellPosition = { row: 0, column: 0 };
  private readonly head = element("div", { role: "rowgroup", class: "matrix-head" });
  private readonly body = element("div", { role: "rowgroup", class: "matrix-body" });
  private readonly rows = new Map<number, HTMLElement>();
  private isFramePending = false;

  constructor(
    private readonly root: HTMLElement,
    private readonly matrix: Matrix,
    private readonly maker: CellMaker,
    private readonly events: GridEvents,
  ) {
    root.append(this.head, this.body);
    root.addEventListener("scroll", () => this.renderSoon(), { passive: true });
    addEventListener("scroll", () => this.renderSoon(), { passive: true });
    new ResizeObserver(() => this.renderSoon()).observe(root);
    root.addEventListener("keydown", (event) => this.onKey(event));
    root.addEventListener("click", (event) => this.onClick(event));
    root.addEventListener("focusin", (event) => this.onFocus(event));
    root.addEventListener("focusout", () => events.onPoint(undefined, undefined));
    root.addEventListener("pointerover", (event) => this.onPointer(event));
    root.addEventListener("pointerleave", () => events.onPoint(undefined, undefined));
  }

  /** @param fromTop Whether the selection or order has changed, so that the matrix starts from the top. */
  show(view: View, sort: string, fromTop: boolean): void {
    const hadFocus = this.root.contains(document.activeElement);
    this.view = view;
    this.sort = sort;
    this.entries = entriesOf(view);
    this.active = within(this.active, this.size());
    const isNarrow = areNarrow(view.columns.length);
    document.body.classList.toggle("is-narrow", isNarrow);
    this.maker.fit(isNarrow);
    this.root.style.setProperty("--columns", String(view.columns.length));
    this.root.setAttribute("aria-rowcount", String(this.entries.length + 1));
    this.root.setAttribute("aria-colcount", String(view.columns.length + 1));
    this.body.style.height = `${this.entries.length * rowHeight}px`;
    this.head.replaceChildren(this.headRow());
    this.rows.clear();
    this.body.replaceChildren();
    if (fromTop) {
      this.root.scrollTop = 0;
      if (this.root.getBoundingClientRect().top < 0) this.root.scrollIntoView();
      this.active = { row: 0, column: this.active.column };
    }
    if (hadFocus) this.focus(this.active);
    else this.render();
  }

  /** Scrolls to a cell and focuses it; false if filters hide it. */
  reveal(subject: number | undefined, column: number | undefined): boolean {
    const row =
      subject === undefined
        ? 0
        : this.entries.findIndex((entry) => "subject" in entry && entry.subject.index === subject) + 1;
    const at = column === undefined ? 0 : this.view.columns.indexOf(column) + 1;
    if ((subject !== undefined && row === 0) || (column !== undefined && at === 0)) return false;
    this.focus({ row, column: at });
    return true;
  }

  /** Focuses the last focused cell. */
  refocus(): void {
    this.focus(this.active);
  }

  /** The visible range of rows: of a matrix that scrolls, or on narrow screens, where the page scrolls, of the page. */
  private window(): { readonly top: number; readonly height: number } {
    const head = this.head.offsetHeight;
    const height = this.root.clientHeight - head;
    if (height <= innerHeight) return { top: this.root.scrollTop, height };
    return { top: Math.max(0, -this.root.getBoundingClientRect().top - head), height: innerHeight };
  }

  private size(): Size {
    const page = Math.max(1, Math.floor(this.window().height / rowHeight) - 1);
    return { rows: this.entries.length, columns: this.view.columns.length, page };
  }

  private renderSoon(): void {
    if (this.isFramePending) return;
    this.isFramePending = true;
    requestAnimationFrame(() => {
      this.isFramePending = false;
      this.render();
    });
  }

  private render(): void {
    const { top, height } = this.window();
    const range = visibleRange(top, height, rowHeight, this.entries.length);
    for (const [row, created] of this.rows) {
      if (this.isNeeded(row, range)) continue;
      created.remove();
      this.rows.delete(row);
    }
    for (let row = range.first; row < range.last; row += 1) this.ensure(row);
    this.placeTabStop();
  }

  /** The focused row stays even when scrolled away, otherwise the focus would be lost. */
  private isNeeded(row: number, { first, last }: Range): boolean {
    return (row >= first && row < last) || row === this.active.row - 1;
  }

  private ensure(row: number): void {
    const entry = this.entries[row];
    if (entry === undefined || this.rows.has(row)) return;
    const created =
      "subject" in entry
        ? this.subjectRow(entry.subject)
        : sectionRow(entry.title, this.view.columns.length + 1);
    created.setAttribute("aria-rowindex", String(row + 2));
    created.style.top = `${row * rowHeight}px`;
    this.rows.set(row, created);
    // Screen readers read rows in the order of the page, not of the screen.
    const next = [...this.rows.keys()].filter((other) => other > row).sort((one, other) => one - other)[0];
    this.body.insertBefore(created, next === undefined ? null : (this.rows.get(next) ?? null));
  }

  private subjectRow(subject: Principal): HTMLElement {
    const cells = this.matrix.cellsOf(subject);
    const created = element("div", { role: "row", class: "row" }, this.maker.subject(subject));
    for (const column of this.view.columns) {
      const cell = cells[column];
      if (cell !== undefined) created.append(this.maker.cell(cell, subject, column));
    }
    return created;
  }

  private headRow(): HTMLElement {
    const row = element("div", { role: "row", class: "row", "aria-rowindex": 1 });
    const { people, keys, columns } = this.view;
    const title =
      people.length === 0 && keys.length > 0
        ? counted(keys.length, "key")
        : counted(people.length, "person", "people");
    row.append(element("div", { role: "columnheader", class: "corner", tabindex: -1 }, title));
    for (const column of columns) {
      const project = this.matrix.projects[column];
      if (project !== undefined) row.append(this.maker.project(project, column, this.isSortedBy(project)));
    }
    return row;
  }

  private isSortedBy({ projectId }: ReviewedProject): boolean {
    return this.sort === `project:${projectId}`;
  }

  private cellAt({ row, column }: CellPosition): HTMLElement | undefined {
    const found = row === 0 ? this.head.firstElementChild : this.rows.get(row - 1);
    const cell = found?.children[column] ?? found?.children[0];
    return cell instanceof HTMLElement ? cell : undefined;
  }

  private placeOf(cell: HTMLElement): CellPosition | undefined {
    const row = cell.parentElement;
    if (row === null) return undefined;
    const column = Array.prototype.indexOf.call(row.children, cell);
    return { row: Number(row.getAttribute("aria-rowindex")) - 1, column };
  }

  /** The subject and project of a cell; undefined for titles of sections. */
  private spotAt({ row, column }: CellPosition): Spot | undefined {
    const entry = this.entries[row - 1];
    if (entry !== undefined && "title" in entry) return undefined;
    return { subject: entry?.subject, column: this.view.columns[column - 1] };
  }

  private openAt(place: CellPosition, byKeyboard: boolean): void {
    const spot = this.spotAt(place);
    if (spot !== undefined) this.events.onOpen(spot, byKeyboard);
  }

  /** The tab key reaches one cell; the arrow keys reach all others. */
  private placeTabStop(): void {
    for (const cell of this.root.querySelectorAll<HTMLElement>('[tabindex="0"]')) cell.tabIndex = -1;
    const cell = this.cellAt(this.active) ?? this.cellAt({ row: 0, column: this.active.column });
    if (cell !== undefined) cell.tabIndex = 0;
  }

  private focus(place: CellPosition): void {
    this.active = within(place, this.size());
    if (this.active.row > 0) {
      const height = this.root.clientHeight - this.head.offsetHeight;
      this.root.scrollTop = scrollFor(this.active.row - 1, rowHeight, this.root.scrollTop, height);
      this.ensure(this.active.row - 1);
    }
    this.render();
    const cell = this.cellAt(this.active);
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.openAt(this.active, true);
      return;
    }
    const place = moved(
      this.active,
      { key: event.key, ctrlKey: event.ctrlKey || event.metaKey },
      this.size(),
    );
    if (place === undefined) return;
    event.preventDefault();
    this.focus(place);
  }

  private onClick(event: Event): void {
    const cell = around(event, "[role$=header], [role=gridcell]");
    const place = cell && this.placeOf(cell);
    if (cell === undefined || place === undefined) return;
    this.active = place;
    this.placeTabStop();
    cell.focus({ preventScroll: true });
    this.openAt(place, false);
  }

  private onFocus(event: Event): void {
    const cell = around(event, "[role$=header], [role=gridcell]");
    const place = cell && this.placeOf(cell);
    if (place === undefined) return;
    this.active = place;
    this.events.onPoint(this.spotAt(place), cell);
  }

  private onPointer(event: Event): void {
    const cell = around(event, "[role$=header], [role=gridcell]");
    const place = cell && this.placeOf(cell);
    this.events.onPoint(place && this.spotAt(place), cell);
  }
}

function entriesOf({ people, keys }: View): Entry[] {
  const subjects = (those: readonly Principal[]): Entry[] => those.map((subject) => ({ subject }));
  if (keys.length === 0 || people.length === 0) return subjects([...people, ...keys]);
  return [...subjects(people), { title: `API keys · ${formatNumber(keys.length)}` }, ...subjects(keys)];
}

function sectionRow(title: string, width: number): HTMLElement {
  return element(
    "div",
    { role: "row", class: "row section-row" },
    element(
      "div",
      { role: "rowheader", class: "section", tabindex: -1, "aria-colspan": width },
      element("span", {}, title),
    ),
  );
}
