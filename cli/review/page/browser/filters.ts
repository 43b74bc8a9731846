import { counted, formatNumber } from "../../../../provider/access/messages";
import type { FindingIndex } from "../model/findings";
import type { Matrix } from "../model/matrix";
import { isFiltered, type ViewState } from "../model/state";
import type { View } from "../model/view";
import { around, byId, element } from "./dom";

/** Fields of the state that have a control on the page. */
const inputs = ["query", "project"] as const;
const selects = ["level", "finding", "sort", "show"] as const;

/** Applies a choice. */
type Choose = (choice: Partial<ViewState>) => void;

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
      // The button disappears, and the focus would be lost with it.
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
      `${formatNumber(people.length)} of ${counted(subjects.length - keyCount, "person", "people")}`,
      `${formatNumber(keys.length)} of ${counted(keyCount, "key")}`,
      `${formatNumber(columns.length)} of ${counted(projects.length, "project")}`,
    ];
    return `Showing ${parts.join(", ")}`;
  }

  /** Selects a value that the list may lack: an address can contain any value, and the order can be a project. */
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
    const titles = new Map(findings.all.map(({ rule, title }) => [rule, title]));
    const options = [...titles].map(([rule, title]) => element("option", { value: rule }, title));
    byId("finding", HTMLSelectElement).append(...options);
    const names = this.matrix.projects.map(({ name }) => element("option", { value: name }));
    byId("project-names", HTMLDataListElement).append(...names);
  }
}
