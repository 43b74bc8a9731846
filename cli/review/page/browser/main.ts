import type { PageData } from "../model/data";
import { type Finding, indexFindings } from "../model/findings";
import { unpack } from "../model/matrix";
import { hashOf, initialState, stateOf, type ViewState, withoutFilters } from "../model/state";
import { makeView } from "../model/view";
import { CellMaker } from "./cells";
import { button, byId } from "./dom";
import { Filters } from "./filters";
import { Grid, type Spot } from "./grid";
import { Panel } from "./panel";
import { fillPrint } from "./print";
import { Tooltip } from "./tooltip";

/** The order of the theme button. */
const themeNames = new Map([
  ["system", "Auto"],
  ["light", "Light"],
  ["dark", "Dark"],
]);
const themes = [...themeNames.keys()];

/** The running page: every choice changes the state, and the page shows the state. */
class Page {
  private state = stateOf(location.hash);
  private readonly matrix;
  private readonly findings;
  private readonly grid: Grid;
  private readonly panel: Panel;
  private readonly tooltip: Tooltip;
  private readonly filters: Filters;
  private readonly nothing = byId("nothing", HTMLElement);
  private view;

  constructor(data: PageData) {
    this.matrix = unpack(data);
    this.findings = indexFindings(data, this.matrix);
    this.view = makeView(this.matrix, this.findings, this.state);
    this.tooltip = new Tooltip(byId("tooltip", HTMLElement), this.matrix, this.findings);
    this.panel = new Panel(
      byId("panel", HTMLElement),
      this.matrix,
      this.findings,
      (finding) => this.showFinding(finding),
      () => this.closePanel(),
    );
    this.filters = new Filters(
      this.matrix,
      this.findings,
      (choice) => this.choose(choice),
      () => this.choose(withoutFilters(this.state)),
    );
    this.grid = new Grid(byId("matrix", HTMLElement), this.matrix, new CellMaker(this.findings), {
      onPoint: (spot, at) => this.tooltip.show(spot, at),
      onOpen: (spot, byKeyboard) => this.open(spot, byKeyboard),
    });
  }

  start(): void {
    this.show();
    addEventListener("hashchange", () => {
      this.state = stateOf(location.hash);
      this.show();
    });
    addEventListener("keydown", (event) => this.onKey(event));
    addEventListener("beforeprint", () => fillPrint(byId("print", HTMLElement), this.matrix, this.view));
    addEventListener("afterprint", () => byId("print", HTMLElement).replaceChildren());
    byId("print-page", HTMLElement).addEventListener("click", () => print());
    byId("theme", HTMLElement).addEventListener("click", () => {
      const next = themes[(themes.indexOf(this.state.theme) + 1) % themes.length];
      this.choose({ theme: next ?? initialState.theme });
    });
  }

  private choose(choice: Partial<ViewState>): void {
    this.state = { ...this.state, ...choice };
    history.replaceState(null, "", location.href.replace(/#.*$/, "") + hashOf(this.state));
    this.show(Object.keys(choice).some((name) => name !== "theme"));
  }

  private show(fromTop = false): void {
    const { theme, sort } = this.state;
    document.documentElement.dataset.theme = theme;
    const name = themeNames.get(theme) ?? theme;
    byId("theme-name", HTMLElement).textContent = name;
    byId("theme", HTMLElement).setAttribute("aria-label", `${name} colors. Change`);
    this.view = makeView(this.matrix, this.findings, this.state);
    this.filters.show(this.state, this.view);
    this.tooltip.hide();
    this.grid.show(this.view, sort, fromTop);
    this.showNothing();
    if (!this.panel.isOpen) this.panel.showFindings(this.view.findings);
  }

  /** Says why the matrix is empty. */
  private showNothing(): void {
    const { people, keys, columns } = this.view;
    const { subjects, projects } = this.matrix;
    const isEmpty = (people.length === 0 && keys.length === 0) || columns.length === 0;
    this.nothing.hidden = !isEmpty;
    if (!isEmpty) return;
    if (subjects.length === 0) this.nothing.replaceChildren("This organization has no members.");
    else if (projects.length === 0) this.nothing.replaceChildren("This organization has no projects.");
    else {
      const clear = button("Clear filters", "link", () => {
        this.choose(withoutFilters(this.state));
        this.filters.focus();
      });
      this.nothing.replaceChildren("No matches. ", clear);
    }
  }

  private open(spot: Spot, byKeyboard: boolean): void {
    const project = spot.column === undefined ? undefined : this.matrix.projects[spot.column];
    this.tooltip.hide();
    if (spot.subject === undefined && project === undefined) {
      this.choose({ sort: this.state.sort === "name" ? "email" : "name" });
      if (byKeyboard) this.grid.refocus();
      return;
    }
    this.panel.showPlace(spot, byKeyboard);
    if (spot.subject !== undefined || project === undefined) return;
    const sort = `project:${project.projectId}`;
    this.choose({ sort: this.state.sort === sort ? initialState.sort : sort });
  }

  private closePanel(): void {
    const hadFocus = byId("panel", HTMLElement).contains(document.activeElement);
    this.panel.showFindings(this.view.findings);
    if (hadFocus) this.grid.refocus();
  }

  /** Goes to the part that a finding is about, and clears filters that hide it. */
  private showFinding({ row, column, search }: Finding): void {
    if (row === undefined && column === undefined) {
      this.choose({ ...withoutFilters(this.state), query: search ?? "" });
      return;
    }
    if (this.grid.reveal(row, column)) return;
    this.choose(withoutFilters(this.state));
    this.grid.reveal(row, column);
  }

  private onKey(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.filters.focus();
    }
    if (event.key !== "Escape") return;
    this.tooltip.hide();
    if (isTyping) this.grid.refocus();
    else if (this.panel.isOpen) this.closePanel();
  }
}

const data: PageData = JSON.parse(byId("data", HTMLScriptElement).text);
new Page(data).start();
