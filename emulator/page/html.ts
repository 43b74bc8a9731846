/** A piece of HTML in which every text is already escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What can stand inside HTML; texts are escaped, `null` is nothing. */
export type Content = Markup | string | number | null | readonly Content[];

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
