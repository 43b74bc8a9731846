import type { Outcome } from "./player";
import { isUuid, itemKey, type Occurrence, type Place, readSymbols, type SymbolFinder } from "./symbols";
import type { Answer, Step } from "./tape";

/** How an answer differs from the recorded one. */
type DifferenceKind =
  | "skipped"
  | "status"
  | "header"
  | "missing keys"
  | "extra keys"
  | "type"
  | "length"
  | "value"
  | "identity";

export interface Difference {
  readonly kind: DifferenceKind;
  /** The header, or the path in the body. */
  readonly at: string;
  readonly recorded: unknown;
  readonly answered: unknown;
}

/** Headers whose presence must match the recording. Their values may vary. */
const PRESENT_HEADERS = ["retry-after", "deprecation", "sunset", "link"];

/**
 * Lists that PostHog makes from sets, with the key of their items: two servers of one age, and even one server in two
 * runs, return them in different orders.
 */
const WITHOUT_ORDER: Readonly<Record<string, string>> = { changes: "field", fields: "name" };

/** Compares the responses of one scenario, in order. A symbol always stands for the same value. */
export class Comparison {
  private readonly valueOf = new Map<string, string>();
  private readonly symbolOf = new Map<string, string>();

  constructor(private readonly symbols: SymbolFinder) {}

  /** The differences between a step's outcome and the recorded one. */
  differences(step: Step, outcome: Outcome): Difference[] {
    const found: Difference[] = [];
    const { answer: recorded } = step;
    if (recorded === undefined || "skipped" in outcome) {
      if ((recorded === undefined) !== "skipped" in outcome) {
        const answered = "skipped" in outcome ? `needs ${outcome.skipped}` : "played";
        found.push({ kind: "skipped", at: "", recorded: step.skipped ?? "played", answered });
      }
      return found;
    }
    this.compareAnswers(recorded, outcome.answer, outcome.path, found);
    return found;
  }

  private compareAnswers(recorded: Answer, answered: Answer, request: string, found: Difference[]): void {
    if (recorded.status !== answered.status) {
      found.push({ kind: "status", at: "", recorded: recorded.status, answered: answered.status });
    }
    found.push(...headerDifferences(recorded, answered));
    if (recorded.status < 400 !== answered.status < 400) {
      found.push({ kind: "value", at: "(whole)", recorded: recorded.body, answered: answered.body });
      return;
    }
    this.compare(recorded.body, answered.body, "", { key: "", parent: "", request }, found);
  }

  private compare(recorded: unknown, answered: unknown, at: string, place: Place, found: Difference[]): void {
    const differs = (kind: DifferenceKind) => found.push({ kind, at, recorded, answered });
    if (typeof recorded === "string" && recorded.startsWith("{{opaque:")) {
      if (recorded !== `{{opaque:${typeName(answered)}}}`) {
        differs("type");
      }
    } else if (Array.isArray(recorded)) {
      if (Array.isArray(answered)) {
        this.compareLists(recorded, answered, at, place, found);
      } else {
        differs("type");
      }
    } else if (typeof recorded === "object" && recorded !== null) {
      if (typeName(answered) === "object" && typeof answered === "object" && answered !== null) {
        this.compareObjects(recorded, answered, at, place, found);
      } else {
        differs("type");
      }
    } else {
      this.compareValues(recorded, answered, at, place, found);
    }
  }

  private compareLists(
    recorded: readonly unknown[],
    answered: readonly unknown[],
    at: string,
    { key, request }: Place,
    found: Difference[],
  ): void {
    if (recorded.length !== answered.length) {
      found.push({ kind: "length", at, recorded: recorded.length, answered: answered.length });
    }
    const place = { key: itemKey(key), parent: key, request };
    const inOrder = sorted(answered, WITHOUT_ORDER[key]);
    for (const [index, item] of sorted(recorded, WITHOUT_ORDER[key]).slice(0, answered.length).entries()) {
      this.compare(item, inOrder[index], `${at}[${index}]`, place, found);
    }
  }

  private compareObjects(
    recorded: object,
    answered: object,
    at: string,
    { key, parent, request }: Place,
    found: Difference[],
  ): void {
    const missing = Object.keys(recorded).filter((name) => !name.startsWith("{{") && !(name in answered));
    const extra = Object.keys(answered).filter((name) => !isUuid(name) && !(name in recorded));
    if (missing.length > 0) {
      found.push({ kind: "missing keys", at, recorded: missing.join(" "), answered: "" });
    }
    if (extra.length > 0) {
      found.push({ kind: "extra keys", at, recorded: "", answered: extra.join(" ") });
    }
    for (const [name, value] of Object.entries(recorded)) {
      if (name in answered) {
        const place = { key: name, parent: key === "" ? parent : key, request };
        this.compare(value, Reflect.get(answered, name), at === "" ? name : `${at}.${name}`, place, found);
      }
    }
  }

  private compareValues(
    recorded: unknown,
    answered: unknown,
    at: string,
    place: Place,
    found: Difference[],
  ): void {
    const pieces = this.symbols.find(answered, place);
    if (typeof recorded !== "string" || pieces === undefined) {
      if (recorded !== answered) {
        const kind = typeName(recorded) === typeName(answered) ? "value" : "type";
        found.push({ kind, at, recorded, answered });
      }
      return;
    }
    const expected = readSymbols(recorded);
    const alike = expected.every((piece, index) => {
      const other = pieces[index];
      return typeof piece === "string" ? piece === other : isOccurrence(other) && other.kind === piece.kind;
    });
    if (!alike || expected.length !== pieces.length) {
      const isSameType = typeof answered === "string" || recorded.startsWith("{{n-");
      found.push({ kind: isSameType ? "value" : "type", at, recorded, answered });
      return;
    }
    for (const [index, piece] of expected.entries()) {
      const occurrence = pieces[index];
      if (typeof piece !== "string" && isOccurrence(occurrence) && !this.isSame(piece.tag, occurrence)) {
        found.push({
          kind: "identity",
          at,
          recorded: piece.tag,
          answered: occurrence.name ?? occurrence.value,
        });
      }
    }
  }

  /** Whether the symbol has this value. A number that is new gets this value. */
  private isSame(tag: string, { kind, value, name }: Occurrence): boolean {
    if (tag === "" || !/^\d+$/.test(tag)) {
      return tag === "" || name === tag;
    }
    const [symbol, found] = [`${kind}:${tag}`, `${kind}:${value}`];
    if (!this.valueOf.has(symbol) && !this.symbolOf.has(found)) {
      this.valueOf.set(symbol, found);
      this.symbolOf.set(found, symbol);
    }
    return this.valueOf.get(symbol) === found;
  }
}

function sorted(items: readonly unknown[], name: string | undefined): readonly unknown[] {
  if (name === undefined) {
    return items;
  }
  const called = (item: unknown) => String(typeof item === "object" && item ? Reflect.get(item, name) : item);
  return [...items].sort((left, right) => called(left).localeCompare(called(right)));
}

function headerDifferences(recorded: Answer, answered: Answer): Difference[] {
  const found: Difference[] = [];
  const differs = (name: string, was: string | undefined, is: string | undefined) =>
    found.push({ kind: "header", at: name, recorded: was, answered: is });
  for (const name of PRESENT_HEADERS) {
    const [was, is] = [recorded.headers[name], answered.headers[name]];
    if ((was === undefined) !== (is === undefined)) {
      differs(name, was, is);
    }
  }
  const [was, is] = [mediaType(recorded), mediaType(answered)];
  if (was !== is) {
    differs("content-type", was, is);
  }
  // PostHog sends `Allow` with every answer. It only matters if the method was refused.
  const refusesMethod = [recorded.status, answered.status].includes(405);
  if (refusesMethod && recorded.headers.allow !== answered.headers.allow) {
    differs("allow", recorded.headers.allow, answered.headers.allow);
  }
  return found;
}

function mediaType({ headers }: Answer): string | undefined {
  return headers["content-type"]?.split(";")[0];
}

function typeName(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
}

function isOccurrence(piece: string | Occurrence | undefined): piece is Occurrence {
  return typeof piece === "object";
}
