import type { PosthogError } from "../../provider/posthog/errors";
import type { Outcome } from "./facts";

/** The result of one check. */
export interface Check {
  /** What was checked. */
  readonly name: string;
  /** A problem makes the command fail; a warning does not; a skipped check could not run. */
  readonly status: "ok" | "warning" | "problem" | "skipped";
  /** What was found, in one sentence. */
  readonly message: string;
  /** Details, one per line. */
  readonly details?: readonly string[];
  readonly fix?: string;
}

export const ok = (name: string, message: string, details?: readonly string[]): Check => ({
  name,
  status: "ok",
  message,
  details,
});

/** Something that works, but may be unintended. */
export const warning = (name: string, message: string, fix: string, details?: readonly string[]): Check => ({
  name,
  status: "warning",
  message,
  details,
  fix,
});

export const problem = (name: string, message: string, fix: string, details?: readonly string[]): Check => ({
  name,
  status: "problem",
  message,
  details,
  fix,
});

export const skipped = (name: string, message: string): Check => ({ name, status: "skipped", message });

/** A check that ended with an error. */
export function failed(
  name: string,
  { summary, remedy }: PosthogError,
  status: "problem" | "warning" = "problem",
): Check {
  return { name, status, message: summary, details: [remedy.why], fix: remedy.fix };
}

/** Evaluates a response from PostHog. Without one, the check reports the error, or that an earlier check failed. */
export function judge<T>(
  name: string,
  outcome: Outcome<T> | undefined,
  judgment: (value: T) => Check,
  otherwise: "problem" | "warning" = "warning",
): Check {
  if (outcome === undefined) return skipped(name, "skipped: depends on a failed check");
  return outcome.ok ? judgment(outcome.value) : failed(name, outcome.error, otherwise);
}
