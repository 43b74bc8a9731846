import type { ReviewedProject } from "../../../../provider/review/model";
import type { Finding } from "../model/findings";
import type { Cell, Matrix, Principal } from "../model/matrix";
import { printPlan, type View } from "../model/view";
import { areNarrow, bars, tile } from "./cells";
import { element, theirs } from "./dom";
import { explanation } from "./findingList";

/** Fills the printed part of the page with the visible rows, as tables that break over pages. */
export function fillPrint(root: HTMLElement, matrix: Matrix, view: View): void {
  const plan = printPlan(view);
  const isTight = areNarrow(view.columns.length);
  const tables = plan.columnGroups.map((columns) => {
    const projects = columns.flatMap((column) => matrix.projects[column] ?? []);
    return element(
      "table",
      { class: isTight ? "paper is-tight" : "paper" },
      element("thead", {}, headRow(projects)),
      element(
        "tbody",
        {},
        ...plan.rows.map((subject) =>
          bodyRow(
            subject,
            columns.map((column) => matrix.cellsOf(subject)[column]),
            isTight,
          ),
        ),
      ),
    );
  });
  for (const folded of document.querySelectorAll<HTMLDetailsElement>(".omissions")) folded.open = true;
  root.replaceChildren(
    ...plan.notes.map((note) => element("p", { class: "paper-note" }, note)),
    ...tables,
    element("h2", {}, "Findings"),
    ...plan.findings.map(findingParagraph),
  );
}

function headRow(projects: readonly ReviewedProject[]): HTMLElement {
  const names = projects.map(({ name }) => element("th", { scope: "col" }, theirs(name)));
  return element("tr", {}, element("th", { scope: "col" }, "Person or key"), ...names);
}

function bodyRow(subject: Principal, cells: readonly (Cell | undefined)[], isTight: boolean): HTMLElement {
  const { title, detail, person } = subject;
  const level = person && person.level !== "member" ? ` (${person.level})` : "";
  return element(
    "tr",
    {},
    element(
      "th",
      { scope: "row" },
      theirs(title),
      level,
      detail === "" ? undefined : theirs(detail, "who-detail"),
    ),
    ...cells.map((cell) => paperCell(cell, subject, isTight)),
  );
}

/** Paper has no tooltips: a cell shows its reason if there is room. */
function paperCell(cell: Cell | undefined, subject: Principal, isTight: boolean): HTMLElement {
  if (cell === undefined) return element("td");
  if (isTight) return element("td", {}, tile(cell, subject));
  const reason = cell.level === "none" ? undefined : theirs(cell.through, "through");
  return element("td", {}, tile(cell, subject), bars(cell.resources), reason);
}

function findingParagraph(finding: Finding): HTMLElement {
  return element(
    "section",
    { class: "paper-finding" },
    element(
      "h3",
      {},
      element("span", { class: `mark ${finding.severity}` }),
      `${finding.severity}: ${finding.title}`,
    ),
    element("p", {}, theirs(finding.message)),
    ...explanation(finding),
  );
}
