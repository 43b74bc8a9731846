import type { ReviewedProject } from "../../../../provider/review/model";
import type { Finding } from "../model/findings";
import type { Cell, Matrix, Subject } from "../model/matrix";
import { printPlan } from "../model/paper";
import type { View } from "../model/view";
import { readable } from "../model/wording";
import { bars, tile } from "./cells";
import { element, theirs } from "./dom";
import { explanation } from "./findingList";

/** From more columns than these on, their names are written upwards. */
const wideColumns = 8;

/** Fills the part of the page that is only printed with what the filters leave, as tables that break over pages. */
export function fillPrint(root: HTMLElement, matrix: Matrix, view: View): void {
  const plan = printPlan(view);
  const tables = plan.columnGroups.map((columns) => {
    const projects = columns.flatMap((column) => matrix.projects[column] ?? []);
    return element(
      "table",
      { class: columns.length > wideColumns ? "paper is-tight" : "paper" },
      element("thead", {}, headRow(projects)),
      element("tbody", {}, ...plan.rows.map((subject) => bodyRow(subject, matrix, columns))),
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

function bodyRow(subject: Subject, matrix: Matrix, columns: readonly number[]): HTMLElement {
  const cells = matrix.cellsOf(subject);
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
    ...columns.map((column) => paperCell(cells[column], columns.length <= wideColumns)),
  );
}

/** On paper nobody can point at a cell: where there is room, the reason stands in it. */
function paperCell(cell: Cell | undefined, hasRoom: boolean): HTMLElement {
  if (cell === undefined) return element("td");
  if (!hasRoom) return element("td", {}, tile(cell));
  const reason = cell.level === "none" ? undefined : theirs(cell.through, "through");
  return element("td", {}, tile(cell), bars(cell.resources), reason);
}

function findingParagraph(finding: Finding): HTMLElement {
  return element(
    "section",
    { class: "paper-finding" },
    element(
      "h3",
      {},
      element("span", { class: `mark ${finding.severity}` }),
      `${finding.severity}: ${readable(finding.rule)}`,
    ),
    element("p", {}, theirs(finding.message)),
    ...explanation(finding),
  );
}
