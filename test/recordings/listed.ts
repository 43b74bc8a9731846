import * as z from "zod";
import type { Difference } from "./comparison";
import type { Step } from "./tape";

const Entry = z.strictObject({
  scenario: z.string(),
  /** The step's path, as scenarios write it. */
  path: z.string(),
  kind: z.enum(["header", "missing keys", "extra keys", "type", "length", "value", "identity"]),
  /** The difference's place. A place that ends in `*` matches every place with that beginning. */
  at: z.string(),
  reason: z.string().min(20),
  /** The number of differences that it hides, on all tapes together. */
  hides: z.int().positive(),
});

/** A difference that is intended, or cannot be removed, with its reason. */
type Entry = z.output<typeof Entry>;

/** The listed differences, and how many each has hidden so far. */
export class ListedDifferences {
  private readonly entries: readonly Entry[];
  private readonly hidden = new Map<Entry, number>();

  constructor(data: unknown) {
    this.entries = z.array(Entry).parse(data);
  }

  /** Whether a difference is listed. Status and error code never are. */
  hides(scenario: string, step: Step, difference: Difference): boolean {
    const { kind, at } = difference;
    const isVerdict = kind === "status" || kind === "skipped" || at === "(whole)";
    const isErrorCode = at === "code" && (step.answer?.status ?? 0) >= 400;
    const entry = this.entries.find(
      (one) =>
        one.scenario === scenario && one.path === step.path && one.kind === kind && isPlace(one.at, at),
    );
    if (isVerdict || isErrorCode || entry === undefined) {
      return false;
    }
    this.hidden.set(entry, (this.hidden.get(entry) ?? 0) + 1);
    return true;
  }

  /** The entries whose number of hidden differences is wrong. */
  miscounted(): (Entry & { readonly found: number })[] {
    return this.entries
      .map((entry) => ({ ...entry, found: this.hidden.get(entry) ?? 0 }))
      .filter(({ hides, found }) => hides !== found);
  }

  /** The total number of hidden differences. */
  total(): number {
    return this.entries.reduce((sum, { hides }) => sum + hides, 0);
  }
}

function isPlace(pattern: string, at: string): boolean {
  return pattern.endsWith("*") ? at.startsWith(pattern.slice(0, -1)) : at === pattern;
}
