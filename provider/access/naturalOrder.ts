import { compareTexts } from "./values";

/** Created on first use: it takes as long as everything else that a provider process sets up. */
let collator: Intl.Collator | undefined;

/** Orders names as people do: `Team 2` before `Team 10`, and regardless of case. */
export function compareNames(left: string, right: string): number {
  collator ??= new Intl.Collator("en", { numeric: true });
  return collator.compare(left, right) || compareTexts(left, right);
}
