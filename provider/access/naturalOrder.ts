import { compareTexts } from "./values";

const collator = new Intl.Collator("en", { numeric: true });

/** Orders names as people do: `Team 2` before `Team 10`, and capitals among the others. */
export function compareNames(left: string, right: string): number {
  return collator.compare(left, right) || compareTexts(left, right);
}
