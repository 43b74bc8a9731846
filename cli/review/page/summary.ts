import type { AccessReview } from "../../../provider/review/model";
import { escapeHtml } from "./escape";
import { counted, severities } from "./model/messages";

/** The figures at the top of the page; those of findings are buttons that filter by them. */
export function summaryHtml({ people, projects, keys, findings }: AccessReview): string {
  const owners = people.filter(({ level }) => level === "owner").length;
  const figures: [label: string, count: number | undefined][] = [
    ["People", people.length],
    ["Owners", owners],
    ["Projects", projects.length],
    ["API keys", keys?.length],
  ];
  const bySeverity = severities.map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return `<button type="button" class="figure severity" data-finding="${severity}" aria-pressed="false"${count === 0 ? " disabled" : ""}>
<span class="figure-count"><span class="mark ${severity}" aria-hidden="true"></span>${count.toLocaleString("en")}</span>
<span class="figure-label">${severity}<span class="hidden"> severity findings, show only these</span></span></button>`;
  });
  return `<section class="summary" aria-label="Summary">
<dl class="figures">${figures.map(figureHtml).join("")}</dl>
<div class="figures" role="group" aria-label="Findings by severity"><span class="figures-title">Findings</span>${bySeverity.join("")}</div>
</section>`;
}

function figureHtml([label, count]: [label: string, count: number | undefined]): string {
  const text = count === undefined ? "not read" : count.toLocaleString("en");
  const style = count === undefined ? "figure-count is-missing" : "figure-count";
  return `<div class="figure"><dt class="figure-label">${label}</dt><dd class="${style}">${text}</dd></div>`;
}

/** What could not be read: in sight, because the rest of the page says nothing of it. */
export function omissionsHtml({ omissions }: AccessReview): string {
  if (omissions.length === 0) return "";
  const items = omissions.map(
    ({ what, why, fix }) =>
      `<li dir="auto"><strong>${escapeHtml(what)}</strong>: ${escapeHtml(why)} <span class="fix">${escapeHtml(fix)}</span></li>`,
  );
  const names = omissions.map(({ what }) => escapeHtml(what)).join("; ");
  return `<details class="omissions"><summary><span class="mark medium" aria-hidden="true"></span><strong>Not read</strong>
<span class="omitted">${names}</span><span class="more">${counted(omissions.length, "omission")}, why</span></summary><ul>${items.join("")}</ul></details>`;
}
