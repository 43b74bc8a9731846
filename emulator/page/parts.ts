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

/** How much of a large organization is shown. */
export interface Extent {
  /** How many rows of a table. */
  readonly rows: number;
  /** How many projects one table has. */
  readonly columns: number;
  /** How many tables of so many projects there are. */
  readonly tables: number;
}

/** What one can still read, and a browser draws at once. */
export const SCREEN: Extent = { rows: 60, columns: 12, tables: 1 };

/** Everything, no wider than a sheet of paper. */
export const PAPER: Extent = { rows: Number.POSITIVE_INFINITY, columns: 8, tables: Number.POSITIVE_INFINITY };

/** What a table shows. */
interface TableContents<T> {
  readonly heads: readonly Content[];
  readonly items: readonly T[];
  /** Makes an item's row; only for the items that are shown. */
  readonly row: (item: T) => Markup;
  /** The sentence instead of the table if it has no rows. */
  readonly empty: string;
}

/** A table, or a sentence in its place when it has no rows. */
export function table<T>({ heads, items, row, empty }: TableContents<T>, { rows }: Extent): Markup {
  if (items.length === 0) {
    return html`<p class="empty">${empty}</p>`;
  }
  const head = html`<tr>${heads.map((one) => html`<th>${one}</th>`)}</tr>`;
  const body = items.slice(0, rows).map(row);
  return html`<div class="scroll" tabindex="0"><table><thead>${head}</thead><tbody>${body}</tbody></table></div>${
    items.length > rows ? left(`${items.length - rows} more`) : null
  }`;
}

/** What a screen leaves out. */
export function left(what: string): Markup {
  return html`<p class="empty">and ${what}, which a print shows</p>`;
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
