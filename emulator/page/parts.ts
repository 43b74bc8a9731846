export type Tone = "strong" | "plain" | "weak" | "good" | "bad";

/** A short word in a colored frame. */
export function badge(text: string, tone: Tone = "plain"): Markup {
  return html`<span class="badge ${tone}">${text}</span>`;
}

export function levelBadge(level: string): Markup {
  const tones: Record<string, Tone> = { owner: "strong", admin: "strong", none: "weak" };
  return badge(level, tones[level] ?? "plain");
}

export function section(title: string, note: string, body: Content, wide = false): Markup {
  return html`<section class="${wide ? "wide" : ""}"><h2>${title} <small>${note}</small></h2>${body}</section>`;
}

/** How much of a large organization is shown. */
export interface Extent {
  /** Rows in a table. */
  readonly rows: number;
  /** Projects in a table. */
  readonly columns: number;
  /** The most tables. */
  readonly tables: number;
}

/** What a person can still read, and a browser draws at once. */
export const SCREEN: Extent = { rows: 60, columns: 12, tables: 1 };

/** Everything, no wider than a sheet of paper. */
export const PAPER: Extent = { rows: Number.POSITIVE_INFINITY, columns: 8, tables: Number.POSITIVE_INFINITY };

interface TableContents<T> {
  readonly heads: readonly Content[];
  readonly items: readonly T[];
  /** Makes an item's row. Called only for items that are shown. */
  readonly row: (item: T) => Markup;
  /** The sentence that replaces a table without rows. */
  readonly empty: string;
}

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

/** Names what the screen leaves out. */
export function left(what: string): Markup {
  return html`<p class="empty">and ${what}, which a print shows</p>`;
}

/** A row of a table. The page highlights it briefly when it is new or has changed. */
export function row(key: string, cells: readonly Content[]): Markup {
  return html`<tr data-key="${key}">${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
}

/** A timestamp with the time of day first, which readers look for. */
export function moment(iso: string | null): Markup {
  return iso === null
    ? html`<span class="dim">never</span>`
    : html`<time datetime="${iso}"><b>${iso.slice(11, 19)}</b> ${iso.slice(0, 10)}</time>`;
}

/** Short items on one line. */
export function list(items: readonly Content[], empty: string): Markup {
  return items.length === 0
    ? html`<span class="dim">${empty}</span>`
    : html`<span class="list">${items.map((item) => html`<span>${item}</span>`)}</span>`;
}

/** A number with its noun in the singular or plural. */
export function count(number: number, one: string, several: string): string {
  return `${number} ${number === 1 ? one : several}`;
}

/** A piece of HTML in which every text is already escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

/** The contents of HTML. Texts are escaped, and `null` is empty. */
type Content = Markup | string | number | null | readonly Content[];

/** Makes HTML from a template. Escapes everything inserted that is not {@link Markup} already. */
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
