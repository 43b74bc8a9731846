import type { ReviewRule } from "./rule";

/** Everything that a review looks for, in the order of how much it matters. */
export const reviewRules: readonly ReviewRule[] = [];
