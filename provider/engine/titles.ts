import type { Properties } from "./state";

/** What previews call things, so that one run uses one title for each thing. */
export class Titles {
  private readonly titles = new Map<string, string>();

  /** Remembers a title; if two share the same short form, neither is used. */
  remember(without: string, title: string): void {
    const known = this.titles.get(without);
    this.titles.set(without, known === undefined || known === title ? title : without);
  }

  of(without: string): string {
    return this.titles.get(without) ?? without;
  }
}

/** What messages call an object, with its account and organization: the titles alone may be the same in several. */
export function inPlace(title: string, { account, organizationId: organization }: Properties): string {
  const places = Object.entries({ account, organization }).flatMap(([kind, place]) =>
    typeof place === "string" && place !== "" ? [`${kind} ${place}`] : [],
  );
  return places.length === 0 ? title : `${title} (${places.join(", ")})`;
}
