import type { FindingIndex } from "../model/findings";
import type { Matrix } from "../model/matrix";
import { counted, readable } from "../model/messages";
import { isFiltered, type ViewState } from "../model/state";
import type { View } from "../model/view";
import { around, byId, element } from "./dom";

/** Names of the fields of the state that a control of the page stands for. */
const inputs = ["query", "project"] as const;
const selects = ["level", "finding", "sort", "show"] as const;

/** What somebody chose. */
export type Choose = (choice: Partial<ViewState>) => void;

/** The controls above the matrix. */
export class Filters {
  private readonly clear = byId("clear", HTMLButtonElement);
  private readonly status = byId("status", HTMLElement);
  private readonly query = byId("query", HTMLInputElement);

  constructor(
    private readonly matrix: Matrix,
    findings: FindingIndex,
    choose: Choose,
    onClear: () => void,
  ) {
    this.fillIn(findings);
    byId("filters", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
    for (const name of inputs) {
      const input = byId(name, HTMLInputElement);
      input.addEventListener("input", () => choose({ [name]: input.value }));
    }
    for (const name of selects) {
      const select = byId(name, HTMLSelectElement);
      select.addEventListener("change", () => choose({ [name]: select.value }));
    }
    this.clear.addEventListener("click", () => {
      onClear();
      // The button is gone now, and would take the focus with it.
      this.focus();
    });
    document.addEventListener("click", (event) => {
      const pressed = around(event, "[data-finding]");
      if (pressed === undefined) return;
      const isPressed = pressed.getAttribute("aria-pressed") === "true";
      choose({ finding: isPressed ? "" : pressed.dataset.finding });
    });
  }

  focus(): void {
    this.query.focus();
    this.query.select();
  }

  show(state: ViewState, view: View): void {
    for (const name of inputs) {
      const input = byId(name, HTMLInputElement);
      if (input.value !== state[name]) input.value = state[name];
      input.classList.toggle("is-set", state[name] !== "");
    }
    for (const name of selects) this.choice(byId(name, HTMLSelectElement), state[name]);
    for (const pressed of document.querySelectorAll<HTMLElement>("[data-finding]")) {
      pressed.setAttribute("aria-pressed", String(pressed.dataset.finding === state.finding));
    }
    this.clear.hidden = !isFiltered(state);
    this.status.textContent = isFiltered(state) ? this.shown(view) : "";
  }

  private shown({ people, keys, columns }: View): string {
    const { subjects, projects } = this.matrix;
    const keyCount = subjects.filter(({ key }) => key !== undefined).length;
    const parts = [
      `${people.length.toLocaleString("en")} of ${counted(subjects.length - keyCount, "person", "people")}`,
      `${keys.length.toLocaleString("en")} of ${counted(keyCount, "key")}`,
      `${columns.length.toLocaleString("en")} of ${counted(projects.length, "project")}`,
    ];
    return `Shown: ${parts.join(", ")}`;
  }

  /** Shows a value that the list may not have: an address can say anything, and a project can be sorted by. */
  private choice(select: HTMLSelectElement, value: string): void {
    if (![...select.options].some((option) => option.value === value)) {
      const projectId = /^project:(.*)$/.exec(value)?.[1];
      const project = this.matrix.projects.find((one) => String(one.projectId) === projectId);
      select.append(
        element("option", { value }, project === undefined ? value : `By access to ${project.name}`),
      );
    }
    select.value = value;
    select.classList.toggle("is-set", select.selectedIndex > 0);
  }

  private fillIn(findings: FindingIndex): void {
    const rules = [...new Set(findings.all.map(({ rule }) => rule))];
    const options = rules.map((rule) => element("option", { value: rule }, readable(rule)));
    byId("finding", HTMLSelectElement).append(...options);
    const names = this.matrix.projects.map(({ name }) => element("option", { value: name }));
    byId("project-names", HTMLDataListElement).append(...names);
  }
}
