import type { PosthogError } from "../../provider/posthog/errors";
import type { Outcome } from "./facts";

/** What `doctor` says of one thing. */
export interface Check {
  /** What was looked at. */
  readonly name: string;
  /** A problem makes the command fail; a warning does not; skipped is what could not be looked at. */
  readonly status: "ok" | "warning" | "problem" | "skipped";
  /** What was found, in one sentence. */
  readonly message: string;
  /** Single cases, one a line. */
  readonly details?: readonly string[];
  /** What to do about it. */
  readonly fix?: string;
}

/** All is well. */
export const fine = (name: string, message: string, details?: readonly string[]): Check => ({
  name,
  status: "ok",
  message,
  details,
});

/** Something that works, and may not be what one wants. */
export const caution = (name: string, message: string, fix: string, details?: readonly string[]): Check => ({
  name,
  status: "warning",
  message,
  details,
  fix,
});

/** Something that does not work. */
export const broken = (name: string, message: string, fix: string, details?: readonly string[]): Check => ({
  name,
  status: "problem",
  message,
  details,
  fix,
});

/** Something that could not be looked at, and why. */
export const skipped = (name: string, message: string): Check => ({ name, status: "skipped", message });

/** An error that this package explains, as a check. */
export function failed(
  name: string,
  { summary, remedy }: PosthogError,
  status: "problem" | "warning" = "problem",
): Check {
  return { name, status, message: summary, details: [remedy.why], fix: remedy.fix };
}

/** Judges an answer; where there is none, says why, or that something before it failed. */
export function judge<T>(
  name: string,
  outcome: Outcome<T> | undefined,
  judgment: (value: T) => Check,
  otherwise: "problem" | "warning" = "warning",
): Check {
  if (outcome === undefined) return skipped(name, "not looked at, because of what failed before");
  return outcome.ok ? judgment(outcome.value) : failed(name, outcome.error, otherwise);
}
