import type { AccessReview } from "../../../provider/review/model";
import { escapeHtml } from "./escape";
import { moment } from "./model/messages";
import { omissionsHtml, summaryHtml } from "./summary";
import { toolbarHtml } from "./toolbar";

/** What a page is made of. */
export interface PageParts {
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

/** The whole page. */
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
${summaryHtml(review)}
${omissionsHtml(review)}
${toolbarHtml(review)}
<noscript><p class="empty">The matrix and the findings need JavaScript, which is switched off here. Nothing on this page uses the network.</p></noscript>
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
<button type="button" id="print-page" class="icon">${icon(icons.print)}<span>Print</span></button></div></header>`;
}

function icon(path: string): string {
  return `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg>`;
}
