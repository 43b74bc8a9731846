import type { Properties } from "./state";

/** What previews call things, so that everything that one run says of a thing has one title. */
export class Titles {
  private readonly titles = new Map<string, string>();

  /** Remembers a title; of two for the same, none counts. */
  remember(without: string, title: string): void {
    const known = this.titles.get(without);
    this.titles.set(without, known === undefined || known === title ? title : without);
  }

  of(without: string): string {
    return this.titles.get(without) ?? without;
  }
}

/** What messages call an object; things of several accounts and organizations may otherwise be called the same. */
export function inPlace(title: string, { account, organizationId: organization }: Properties): string {
  const places = Object.entries({ account, organization }).flatMap(([kind, place]) =>
    typeof place === "string" && place !== "" ? [`${kind} ${place}`] : [],
  );
  return places.length === 0 ? title : `${title} (${places.join(", ")})`;
}
