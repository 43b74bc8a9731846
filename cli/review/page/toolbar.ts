import type { AccessLevel } from "../../../provider/access/levels";
import type { AccessReview } from "../../../provider/review/model";
import { heights, letters, levelNames } from "./model/messages";

const lookups = { search: "M11 11l3.5 3.5M12.5 7.5a5 5 0 1 1-10 0 5 5 0 0 1 10 0z" };

/** The filters, the order and the legend. The script fills in what depends on the review. */
export function toolbarHtml(review: AccessReview): string {
  return `<form class="toolbar" role="search" aria-label="Filters" id="filters">
<label class="field grow"><span class="hidden">Person, role or key</span>
<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${lookups.search}"/></svg>
<input id="query" type="search" placeholder="Person, role or key" autocomplete="off" spellcheck="false" aria-keyshortcuts="/"><kbd aria-hidden="true">/</kbd></label>
<label class="field"><span class="hidden">Project</span>
<input id="project" type="search" placeholder="Project" list="project-names" autocomplete="off" spellcheck="false"><datalist id="project-names"></datalist></label>
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
${selectHtml("sort", "Order", [
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
<div class="legend-line"><p id="status" role="status"></p>${legendHtml(review)}</div>`;
}

function selectHtml(id: string, label: string, options: [value: string, text: string][]): string {
  const choices = options.map(([value, text]) => `<option value="${value}">${text}</option>`);
  return `<label class="field choice"><span class="hidden">${label}</span><select id="${id}">${choices.join("")}</select></label>`;
}

/** The levels that only keys have on a whole project, as far as one has them. */
function keyLevels({ keys = [] }: AccessReview): AccessLevel[] {
  const used = new Set(keys.flatMap(({ access }) => access.map(({ level }) => level)));
  return (["manager", "editor", "viewer"] as const).filter((level) => used.has(level));
}

/** What letters, bars and marks mean. */
function legendHtml(review: AccessReview): string {
  const tileItem = (level: AccessLevel, look: string = level): string =>
    `<li><span class="tile ${look}" aria-hidden="true">${letters[level]}</span>${levelNames[level]}</li>`;
  const tiles = (["admin", "member", "none"] as const).map((level) => tileItem(level));
  const ofKeys = keyLevels(review).map((level) => tileItem(level, `${level} of-key`));
  const keys = ofKeys.length === 0 ? "" : `<ul><li class="legend-title">Keys</li>${ofKeys.join("")}</ul>`;
  const bars = (["manager", "editor", "viewer", "none"] as const).map(
    (level) => `<li><i class="bar h${heights[level]}" aria-hidden="true"></i>${levelNames[level]}</li>`,
  );
  return `<div class="legend" aria-label="Legend"><ul>${tiles.join("")}</ul>${keys}
<ul class="legend-bars"><li class="legend-title">Types of resource</li>${bars.join("")}</ul>
<ul class="legend-notch"><li><i class="notch" aria-hidden="true"></i>Rules on types of resource</li></ul>
<ul><li><span class="flag high" aria-hidden="true"></span>Finding</li></ul></div>`;
}
