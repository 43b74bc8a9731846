import type { Properties } from "./state";

/** One thing that PostHog requires of the caller who applies a resource. */
export type Need =
  /** A scope of the API key; `<argument>` in it stands for the argument's value. */
  | { readonly scope: string }
  /** The lowest organization level of the key's owner: 8 admin, 15 owner. */
  | { readonly level: 8 | 15 }
  /** A plan feature, by PostHog's key. */
  | { readonly feature: string }
  /**
   * A plan feature that PostHog requires to change a value, but not to declare one that is already set. The resource's
   * own preview says which values change; the documentation lists these with the others.
   */
  | { readonly featureToChange: string }
  /** A signed-in person, because PostHog refuses API keys. */
  | { readonly session: true };

/**
 * `given`: the argument is set. `filled`: it has at least one entry. Otherwise one of these values, or text of this
 * form or of any other.
 */
type Condition =
  | "given"
  | "filled"
  | readonly (string | number | boolean)[]
  | { readonly like: RegExp }
  | { readonly unlike: RegExp };

/** Needs that come with an argument. */
export interface ConditionalNeeds<Argument extends string = string> {
  /** An argument, or a member of each of its entries: `resources.*.roles`. */
  readonly argument: Argument | `${Argument}.*.${string}`;
  readonly is: Condition;
  /** Conditions on other arguments that also have to hold. */
  readonly and?: { readonly [Name in Argument]?: Condition };
  readonly needs: readonly Need[];
  /** The text of the condition in the documentation; by default made from the argument and its values. */
  readonly text?: string;
}

/** What PostHog requires of the caller. Previews, `doctor` and the documentation read it. */
export interface DeclaredNeeds<Argument extends string = string> {
  readonly always: readonly Need[];
  readonly when?: readonly ConditionalNeeds<Argument>[];
}

export interface Needs {
  readonly scopes: readonly string[];
  readonly level?: 8 | 15;
  readonly features: readonly string[];
  readonly featuresToChange: readonly string[];
  readonly session: boolean;
}

/** What applying a resource with these arguments needs; unknown arguments are missing and need nothing. */
export function resolveNeeds({ always, when = [] }: DeclaredNeeds, args: Properties): Needs {
  const due = when.filter(
    ({ argument, is, and = {} }) =>
      valuesAt(args, argument).some((value) => meets(value, is)) &&
      Object.entries(and).every(([name, other]) => other === undefined || meets(args[name], other)),
  );
  const needs = byKind([...always, ...due.flatMap(({ needs }) => needs)]);
  const scopes = needs.scopes.map((scope) => scope.replace(/<(\w+)>/, (_, name) => String(args[name])));
  return { ...needs, scopes };
}

function valuesAt(args: Properties, path: string): unknown[] {
  const [argument = "", , member] = path.split(".");
  const value = args[argument];
  if (member === undefined) return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).map((entry: unknown) =>
    typeof entry === "object" && entry !== null
      ? Object.entries(entry).find(([name]) => name === member)?.[1]
      : undefined,
  );
}

function meets(value: unknown, is: Condition): boolean {
  if (value === undefined) return false;
  if (is === "given") return true;
  if (is === "filled") return typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if ("like" in is) return is.like.test(String(value));
  if ("unlike" in is) return !is.unlike.test(String(value));
  return is.some((one) => one === value);
}

function byKind(needs: readonly Need[]): Needs {
  const all = <T>(pick: (need: Need) => T | undefined): T[] => [
    ...new Set(needs.map(pick).filter((item) => item !== undefined)),
  ];
  return {
    scopes: all((need) => ("scope" in need ? need.scope : undefined)),
    level: all((need) => ("level" in need ? need.level : undefined)).sort((one, other) => other - one)[0],
    features: all((need) => ("feature" in need ? need.feature : undefined)),
    featuresToChange: all((need) => ("featureToChange" in need ? need.featureToChange : undefined)),
    session: needs.some((need) => "session" in need),
  };
}

/** A row of a table of needs. */
export interface NeedsRow {
  /** The condition; empty for what is always needed. */
  readonly when: string;
  readonly needs: Needs;
  /** Whether a scope's name contains the value of an argument. */
  readonly isOpen: boolean;
}

/** Everything that a resource may need, one row for each condition. */
export function needsRows({ always, when = [] }: DeclaredNeeds): NeedsRow[] {
  const rows = new Map([["", always], ...when.map((one) => [one.text ?? textOf(one), one.needs] as const)]);
  return [...rows].map(([text, needs]) => ({
    when: text,
    needs: byKind(needs),
    isOpen: needs.some((need) => "scope" in need && need.scope.includes("<")),
  }));
}

function textOf({ argument, is }: ConditionalNeeds): string {
  return Array.isArray(is)
    ? `${argument}: ${is.map((value) => JSON.stringify(value)).join(" | ")}`
    : argument;
}

/** The resources of one kind that a program declares, and the minimum that each of them needs. */
export interface PlannedKind {
  readonly kind: string;
  readonly count: number;
  readonly needs: Needs;
}
