/** The page's style sheet; light or dark, as the reader's system is. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f4f1; --box: #ffffff; --line: #dcdcd6; --text: #1b1c1f; --dim: #5d6068;
  --accent: #c2410c; --good: #12703c; --good-box: #dff3e6; --bad: #a8201a; --bad-box: #fbe3e1;
  --strong: #ffffff; --strong-box: #1d4ed8; --plain: #1e3a8a; --plain-box: #dfe8fb; --weak-box: #ececE8;
  --fresh: #fff1bf;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14151a; --box: #1d1f26; --line: #343742; --text: #eceef2; --dim: #a3a7b3;
    --accent: #fb923c; --good: #86efac; --good-box: #143524; --bad: #fca5a5; --bad-box: #431c1c;
    --strong: #0b1020; --strong-box: #8fb4ff; --plain: #bfd3ff; --plain-box: #24304d; --weak-box: #2a2c35;
    --fresh: #4a3f14;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
}
header {
  display: flex; flex-wrap: wrap; align-items: baseline; gap: .4rem 1.4rem;
  padding: 1.1rem 1.6rem; background: var(--box); border-bottom: 3px solid var(--accent);
}
h1 { margin: 0; font-size: 1.75rem; letter-spacing: -.01em; }
header .stand-in { color: var(--accent); font-weight: 700; }
header nav a { color: inherit; margin-right: .8rem; }
header nav a[aria-current] { font-weight: 700; text-decoration: none; }
main {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(34rem, 100%), 1fr));
  gap: 1.1rem; padding: 1.1rem 1.6rem 2rem;
}
section { min-width: 0; background: var(--box); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem 1rem; }
section.wide { grid-column: 1 / -1; }
h2 { margin: 0 0 .5rem; font-size: 1.2rem; }
small { color: var(--dim); font-weight: 400; font-size: .85rem; }
.scroll { overflow-x: auto; }
.line-of-own { display: block; }
th:first-child, td:first-child { position: sticky; left: 0; z-index: 1; background: var(--box); }
table { width: 100%; border-collapse: collapse; }
table + table, .scroll + .scroll { margin-top: .9rem; }
th { text-align: left; font-size: .9rem; color: var(--dim); font-weight: 600; padding: .25rem .7rem .35rem 0; white-space: nowrap; }
td { vertical-align: top; padding: .42rem .7rem .42rem 0; border-top: 1px solid var(--line); overflow-wrap: break-word; }
td code { overflow-wrap: anywhere; }
.line, time b { white-space: nowrap; }
.facts { grid-column: 1 / -1; margin: 0; }
.facts .badge { margin-left: .35rem; }
th small { display: block; font-size: .8rem; }
tr.fresh > td { animation: fresh 4s ease-out; }
@keyframes fresh { from, 35% { background: var(--fresh); } }
@media (prefers-reduced-motion: reduce) { tr.fresh > td { animation: none; } }
.badge {
  display: inline-block; padding: .02rem .5rem; border-radius: 99px; font-size: .88rem; font-weight: 600;
  white-space: nowrap; color: var(--plain); background: var(--plain-box);
}
.badge.strong { color: var(--strong); background: var(--strong-box); }
.badge.weak { color: var(--dim); background: var(--weak-box); }
.badge.good { color: var(--good); background: var(--good-box); }
.badge.bad { color: var(--bad); background: var(--bad-box); }
.why, .dim, time { color: var(--dim); font-size: .92rem; }
time b { color: var(--text); font-weight: 600; }
.list > span { display: inline-block; margin: 0 .45rem .15rem 0; }
.list > span:not(:last-child)::after { content: ","; }
.list > span:has(.badge)::after, .list > span:has(code)::after { content: none !important; }
code { font: .92em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
.empty { margin: .2rem 0; color: var(--dim); }
@page { size: a4 landscape; margin: 10mm; }
@media print {
  main { display: block; padding: 0; }
  section { margin-bottom: 1rem; }
  .scroll { overflow: visible; }
  table { font-size: .7rem; }
  th, td { white-space: normal; overflow-wrap: anywhere; }
  th:first-child, td:first-child { position: static; }
  tr { break-inside: avoid; }
  nav { display: none; }
}
`;

/**
 * Keeps the page current: fetches the body at intervals, replaces it if it differs, and briefly highlights rows that
 * are new or changed. A print shows everything, so the script waits for the full body: what arrives later would not
 * be on the paper.
 */
export const SCRIPT = `
const main = document.querySelector("main");
const known = () => {
  const rows = new Map();
  for (const row of main.querySelectorAll("[data-key]")) {
    const copy = row.cloneNode(true);
    for (const quiet of copy.querySelectorAll("[data-quiet]")) quiet.remove();
    rows.set(row.dataset.key, copy.textContent);
  }
  return rows;
};
let shown = null;
let isPrinting = false;
const refresh = async () => {
  try {
    const answer = await fetch("/_emulator/page" + location.search);
    const body = await answer.text();
    if (answer.ok && body !== shown && !isPrinting) {
      const before = known();
      main.innerHTML = body;
      if (shown !== null) for (const [key, text] of known())
        if (before.get(key) !== text) main.querySelector('[data-key="' + CSS.escape(key) + '"]').classList.add("fresh");
      shown = body;
    }
    document.title = document.title.replace(/ \\(ended\\)$/, "");
  } catch {
    if (!document.title.endsWith("(ended)")) document.title += " (ended)";
  }
  setTimeout(refresh, 1500);
};
addEventListener("beforeprint", () => {
  const request = new XMLHttpRequest();
  const query = new URLSearchParams(location.search);
  query.set("print", "");
  request.open("GET", "/_emulator/page?" + query, false);
  isPrinting = true;
  try {
    request.send();
    if (request.status === 200) main.innerHTML = request.responseText;
  } catch {}
});
addEventListener("afterprint", () => {
  isPrinting = false;
  if (shown !== null) main.innerHTML = shown;
});
refresh();
`;
