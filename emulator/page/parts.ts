/** What the pieces of the page look at. */
export type Tone = "strong" | "plain" | "weak" | "good" | "bad";

/** A short word in a colored frame. */
export function badge(text: string, tone: Tone = "plain"): Markup {
  return html`<span class="badge ${tone}">${text}</span>`;
}

/** A level of access as a badge. */
export function levelBadge(level: string): Markup {
  const tones: Record<string, Tone> = { owner: "strong", admin: "strong", none: "weak" };
  return badge(level, tones[level] ?? "plain");
}

/** One of the page's boxes. */
export function section(title: string, note: string, body: Content, wide = false): Markup {
  return html`<section class="${wide ? "wide" : ""}"><h2>${title} <small>${note}</small></h2>${body}</section>`;
}

/** How many rows a table shows, so that a large organization still makes a page that can be read. */
const MOST_ROWS = 60;

/** A table, or a sentence in its place when it has no rows. */
export function table(heads: readonly Content[], rows: readonly Markup[], empty: string): Markup {
  if (rows.length === 0) {
    return html`<p class="empty">${empty}</p>`;
  }
  if (rows.length > MOST_ROWS) {
    const rest = html`<p class="empty">and ${rows.length - MOST_ROWS} more</p>`;
    return html`${[table(heads, rows.slice(0, MOST_ROWS), empty), rest]}`;
  }
  const head = html`<tr>${heads.map((one) => html`<th>${one}</th>`)}</tr>`;
  return html`<div class="scroll" tabindex="0"><table><thead>${head}</thead><tbody>${rows}</tbody></table></div>`;
}

/** A row of a table. The page highlights it briefly when it is new or has changed. */
export function row(key: string, cells: readonly Content[]): Markup {
  return html`<tr data-key="${key}">${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
}

/** A moment as a reader wants it: the time of the day first. */
export function moment(iso: string | null): Markup {
  return iso === null
    ? html`<span class="dim">never</span>`
    : html`<time datetime="${iso}"><b>${iso.slice(11, 19)}</b> ${iso.slice(0, 10)}</time>`;
}

/** A list of short things in one line. */
export function list(items: readonly Content[], empty: string): Markup {
  return items.length === 0
    ? html`<span class="dim">${empty}</span>`
    : html`<span class="list">${items.map((item) => html`<span>${item}</span>`)}</span>`;
}

/** A number with its noun. */
export function count(number: number, one: string, several: string): string {
  return `${number} ${number === 1 ? one : several}`;
}

/** A piece of HTML in which every text is already escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What HTML can contain; texts are escaped, `null` is nothing. */
type Content = Markup | string | number | null | readonly Content[];

/** Makes HTML of a template; whatever is put in is escaped unless it is {@link Markup} itself. */
export function html(strings: TemplateStringsArray, ...contents: Content[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...contents.map(render)));
}

function render(content: Content): string {
  if (content instanceof Markup) {
    return content.text;
  }
  if (typeof content === "string" || typeof content === "number") {
    return escapeText(String(content));
  }
  return content === null ? "" : content.map(render).join("");
}

function escapeText(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
