import { organizationLevelName } from "../access/levels";
import { listed } from "../access/messages";
import { type Finding, notice } from "../engine/finding";

/** The preview's finding about levels that are written as PostHog's numbers: the names to use instead. */
export function wordsForLevels(levels: readonly unknown[]): Finding[] {
  const numbers = [...new Set(levels.filter((level) => typeof level === "number"))].sort((a, b) => a - b);
  if (numbers.length === 0) return [];
  const words = numbers.map((level) => `"${organizationLevelName(level)}" instead of ${level}`);
  return [notice(`levels have names: write ${listed(words, "and")}`)];
}
