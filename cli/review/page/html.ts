import type { AccessLevel } from "../../../provider/access/levels";
import { formatNumber, printable } from "../../../provider/access/messages";
import type { AccessReview } from "../../../provider/review/model";
import { historyNote } from "../messages";
import { escapeHtml } from "./escape";
import { heights, letters, levelNames, moment, severities } from "./model/messages";
import { plainHtml } from "./plain";

/** The parts of a page. */
interface PageParts {
  readonly review: AccessReview;
  readonly style: string;
  readonly script: string;
  /** The packed review as JSON that is safe in HTML. */
  readonly data: string;
  /** The page's content security policy. */
  readonly policy: string;
}

const icons = {
  theme: "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z",
  print:
    "M4.5 6V1.5h7V6M4.5 12h-2a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h11a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1h-2M4.5 9.5h7v5h-7z",
};

export function pageHtml({ review, style, script, data, policy }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(review.organization.name)}: access review</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#matrix">Skip to the matrix</a>
${headerHtml(review)}
<section class="history" aria-label="What is not recorded"><p>${escapeHtml(historyNote)}</p></section>
${summaryHtml(review)}
${omissionsHtml(review)}
${toolbarHtml(review)}
<noscript>${plainHtml(review)}</noscript>
<main class="main">
<div class="matrix-box"><div id="matrix" class="matrix" role="grid" aria-label="Who can do what: people and keys by project"></div>
<p id="nothing" class="empty matrix-empty" hidden></p></div>
<aside id="panel" class="panel" aria-label="Findings and details"></aside>
</main>
<div id="tooltip" class="tooltip" role="tooltip" hidden></div>
<div id="print" class="print"></div>
<script id="data" type="application/json">${data}</script>
<script>${script}</script>
</body>
</html>
`;
}

function headerHtml({ organization, readAt }: AccessReview): string {
  return `<header class="header"><div class="title"><p class="eyebrow">Access review</p>
<h1 dir="auto">${escapeHtml(organization.name)}</h1></div>
<dl class="source"><div><dt>Read</dt><dd><time datetime="${escapeHtml(readAt)}">${escapeHtml(moment(readAt))}</time></dd></div>
<div><dt>From</dt><dd>${escapeHtml(organization.host.replace(/^https?:\/\//, ""))}</dd></div></dl>
<div class="actions"><button type="button" id="theme" class="icon">${icon(icons.theme)}<span id="theme-name"></span></button>
<button type="button" id="print-page" class="icon" aria-label="Print">${icon(icons.print)}<span>Print</span></button></div></header>`;
}

function icon(path: string): string {
  return `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg>`;
}

/** The figures at the top of the page; those of findings are buttons that filter by severity. */
function summaryHtml({ people, projects, keys, findings }: AccessReview): string {
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
<span class="figure-count"><span class="mark ${severity}" aria-hidden="true"></span>${formatNumber(count)}</span>
<span class="figure-label">${severity}<span class="hidden"> severity findings, show only these</span></span></button>`;
  });
  return `<section class="summary" aria-label="Summary">
<dl class="figures">${figures.map(figureHtml).join("")}</dl>
<div class="figures" role="group" aria-label="Findings by severity"><span class="figures-title">Findings</span>${bySeverity.join("")}</div>
</section>`;
}

function figureHtml([label, count]: [label: string, count: number | undefined]): string {
  const text = count === undefined ? "not read" : formatNumber(count);
  const style = count === undefined ? "figure-count is-missing" : "figure-count";
  return `<div class="figure"><dt class="figure-label">${label}</dt><dd class="${style}">${text}</dd></div>`;
}

/** The unreadable parts, at the top, because the rest of the page does not show them. */
function omissionsHtml({ omissions }: AccessReview): string {
  if (omissions.length === 0) return "";
  const items = omissions.map(
    ({ what, why, fix }) =>
      `<li dir="auto"><strong>${escapeHtml(what)}</strong>: ${escapeHtml(why)} <span class="fix">${escapeHtml(fix)}</span></li>`,
  );
  const names = omissions.map(({ what }) => escapeHtml(what)).join("; ");
  return `<details class="omissions"><summary><span class="mark medium" aria-hidden="true"></span><strong>Not read</strong>
<span class="omitted">${names}</span><span class="more">Why?</span></summary><ul>${items.join("")}</ul></details>`;
}

const searchIcon = "M11 11l3.5 3.5M12.5 7.5a5 5 0 1 1-10 0 5 5 0 0 1 10 0z";

/** The filters, the order and the legend. The script adds what depends on the review. */
function toolbarHtml(review: AccessReview): string {
  return `<form class="toolbar" role="search" aria-label="Filters" id="filters">
<label class="field grow"><span class="field-label">Search</span>
<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${searchIcon}"/></svg>
<input id="query" type="search" placeholder="Person, role or key" autocomplete="off" spellcheck="false" aria-keyshortcuts="/"><kbd aria-hidden="true">/</kbd></label>
<label class="field"><span class="field-label">Project</span>
<input id="project" type="search" placeholder="Name or number" list="project-names" autocomplete="off" spellcheck="false"><datalist id="project-names"></datalist></label>
${selectHtml("level", "Level", [
  ["", "Any level"],
  ["org:owner", "Organization owners"],
  ["org:admin", "Organization admins"],
  ["org:member", "Organization members"],
  ["admin", "Admin of a project"],
  ["member", "Member of a project"],
  ["none", "No access to a project"],
  ...keyLevels(review).map((level): [string, string] => [level, `Key: ${levelNames[level].toLowerCase()}`]),
])}
${selectHtml("finding", "Findings", [
  ["", "With or without findings"],
  ["any", "With findings"],
  ["high", "High severity"],
  ["medium", "Medium severity"],
  ["low", "Low severity"],
])}
${selectHtml("sort", "Sort", [
  ["email", "By e-mail"],
  ["name", "By name"],
  ["level", "Owners first"],
  ["findings", "Worst findings first"],
  ["reach", "Most access first"],
])}
${selectHtml("show", "Rows", [
  ["all", "People and keys"],
  ["people", "People only"],
  ["keys", "Keys only"],
])}
<button type="button" id="clear" class="quiet" hidden>Clear filters</button>
</form>
<section class="legend-line" aria-label="Legend"><p id="status" role="status"></p>${legendHtml(review)}</section>`;
}

function selectHtml(id: string, label: string, options: [value: string, text: string][]): string {
  const choices = options.map(([value, text]) => `<option value="${value}">${text}</option>`);
  return `<label class="field choice"><span class="field-label">${label}</span><select id="${id}">${choices.join("")}</select></label>`;
}

/** The levels that only keys can have on a whole project. */
function keyLevels({ keys = [] }: AccessReview): AccessLevel[] {
  const used = new Set(keys.flatMap(({ access }) => access.map(({ level }) => level)));
  return (["manager", "editor", "viewer"] as const).filter((level) => used.has(level));
}

function legendHtml(review: AccessReview): string {
  const tileItem = (level: AccessLevel, look: string = level): string =>
    `<li><span class="tile ${look}" aria-hidden="true">${letters[level]}</span>${levelNames[level]}</li>`;
  const tiles = (["admin", "member", "none"] as const).map((level) => tileItem(level));
  const ofKeys = keyLevels(review).map((level) => tileItem(level, `${level} of-key`));
  const keys = ofKeys.length === 0 ? "" : `<ul><li class="legend-title">Keys</li>${ofKeys.join("")}</ul>`;
  const bars = (["manager", "editor", "viewer", "none"] as const).map(
    (level) => `<li><i class="bar h${heights[level]}" aria-hidden="true"></i>${levelNames[level]}</li>`,
  );
  return `<div class="legend"><ul>${tiles.join("")}</ul>${keys}
<ul class="legend-bars"><li class="legend-title">Types of resource</li>${bars.join("")}</ul>
<ul class="legend-notch"><li><i class="notch" aria-hidden="true"></i>Rules on types of resource</li></ul>
<ul><li><span class="flag high" aria-hidden="true"></span>Finding</li></ul></div>`;
}

/** A value as JSON in a `<script>` element, which it cannot close; its texts are printable. */
export function embedJson(value: unknown): string {
  const texts = (_: string, part: unknown): unknown => (typeof part === "string" ? printable(part) : part);
  return JSON.stringify(value, texts).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
