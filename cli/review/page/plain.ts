import { formatNumber } from "../../../provider/access/messages";
import type { AccessReview, ReviewedAccess } from "../../../provider/review/model";
import { reviewRules } from "../../../provider/review/rules";
import { escapeHtml } from "./escape";
import { levelNames } from "./model/messages";

/** More cells would make the page several times larger, for the few who read it without its script. */
const mostCells = 8_000;
const mostFindings = 400;

const titles = new Map(reviewRules.map(({ id, title }) => [id, title]));

/** What a browser without scripts shows: the findings, and a table of people and keys by project. */
export function plainHtml(review: AccessReview): string {
  const { projects, people, keys = [] } = review;
  const subjects = [
    ...people.map(({ email, access }) => ({ title: email, access })),
    ...keys.map(({ label, maskValue, access }) => ({ title: `Key ${label ?? maskValue ?? ""}`, access })),
  ];
  const shown = subjects.slice(0, Math.floor(mostCells / Math.max(1, projects.length)));
  const heads = projects.map(({ name }) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  const rows = shown.map(({ title, access }) => rowHtml(title, access, review));
  const rest =
    shown.length === subjects.length
      ? ""
      : `<p>These are the first ${formatNumber(shown.length)} of ${formatNumber(subjects.length)} people and keys. <code>pulumi-posthog review --format csv</code> has all.</p>`;
  return `<div class="plain"><h2>Findings</h2>${findingsHtml(review)}
<h2>Who can do what</h2>${rest}<table><thead><tr><th scope="col">Person or key</th>${heads}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function rowHtml(title: string, access: readonly ReviewedAccess[], { projects }: AccessReview): string {
  const levels = new Map(access.map(({ projectId, level }) => [projectId, level]));
  const cells = projects.map(({ projectId }) => `<td>${levelNames[levels.get(projectId) ?? "none"]}</td>`);
  return `<tr><th scope="row">${escapeHtml(title)}</th>${cells.join("")}</tr>`;
}

function findingsHtml({ findings }: AccessReview): string {
  if (findings.length === 0) return "<p>No findings.</p>";
  const items = findings
    .slice(0, mostFindings)
    .map(
      ({ rule, severity, message, fix }) =>
        `<li><strong>${escapeHtml(titles.get(rule) ?? rule)}</strong> (${severity}): ${escapeHtml(message)} ${escapeHtml(fix)}</li>`,
    );
  const rest =
    items.length === findings.length
      ? ""
      : `<p>These are the first ${formatNumber(items.length)} of ${formatNumber(findings.length)} findings.</p>`;
  return `${rest}<ul>${items.join("")}</ul>`;
}
