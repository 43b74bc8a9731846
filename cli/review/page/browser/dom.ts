type Attributes = Readonly<Record<string, string | number | undefined>>;
type Child = Node | string | undefined;

/** A new element. Texts become text nodes, never markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) created.setAttribute(key, String(value));
  }
  created.append(...children.filter((child) => child !== undefined));
  return created;
}

/** An element that the page always has. */
export function byId<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`The page has no ${type.name} #${id}.`);
}

/** The nearest element around the target of an event. */
export function around(event: Event, selector: string): HTMLElement | undefined {
  if (!(event.target instanceof Element)) return undefined;
  const found = event.target.closest(selector);
  return found instanceof HTMLElement ? found : undefined;
}

/** A button with a text. */
export function button(text: string, className: string, onClick: () => void): HTMLButtonElement {
  const created = element("button", { type: "button", class: className }, text);
  created.addEventListener("click", onClick);
  return created;
}

/** A foreign text, which may run from right to left without affecting the text around it. */
export function theirs(text: string, className?: string): HTMLElement {
  return element("bdi", { class: className }, text);
}
