import { printable } from "../access/messages";
import { shortened } from "../audit/printable";

/** Why something failed and how to fix it, for a person. */
export interface Remedy {
  /** The cause. */
  readonly why: string;
  /** The fix: a setting, a scope, a command. */
  readonly fix: string;
}

/**
 * The base of every error that this package raises: what failed, why, and the fix.
 *
 * Its message never contains a credential, a stack or a raw body.
 */
export class PosthogError extends Error {
  /** What was tried and what happened, on one line. */
  readonly summary: string;
  readonly remedy: Remedy;

  constructor(summary: string, { why, fix }: Remedy) {
    const [said, because, instead] = [printable(summary), printable(why), printable(fix)];
    super(`${said}\n  why: ${because}\n  fix: ${instead}`);
    this.name = new.target.name;
    this.summary = said;
    this.remedy = { why: because, fix: instead };
  }
}

/** The configuration, or a flag, misses something or has an invalid value. */
export class ConfigurationError extends PosthogError {}

/** This package declined to do something that would lock people out or lose something. */
export class RefusedError extends PosthogError {}

/** The requested object does not exist, or cannot be distinguished from others. */
export class NotFoundError extends PosthogError {}

/** An object that existed is gone. */
export class GoneError extends PosthogError {}

/** PostHog's response, reduced to what may be shown. */
export interface Answer {
  readonly status: number;
  /** PostHog's `code`, e.g. `permission_denied`; empty if the response did not come from PostHog. */
  readonly code: string;
  /** PostHog's `detail` sentence; empty if the response did not come from PostHog. */
  readonly detail: string;
  /** The body field that PostHog names, if any. */
  readonly attr?: string;
}

/** How much of PostHog's text a message repeats, in characters. */
const longestDetail = 2_000;

/** PostHog responded with an error. */
export class ApiError extends PosthogError {
  readonly answer: Answer;

  constructor(what: string, answer: Answer, remedy: Remedy) {
    const reply = [String(answer.status), shortened(answer.code, longestDetail)]
      .filter((part) => part !== "")
      .join(" ");
    const detail = answer.detail === "" ? "" : `: ${shortened(answer.detail, longestDetail)}`;
    super(`${what} failed: PostHog answered ${reply}${detail}`, remedy);
    this.answer = answer;
  }
}

/** There was no response, or none that PostHog would send. */
export class ConnectionError extends PosthogError {
  /** Whether the request may have been carried out anyway. */
  readonly mayHaveArrived: boolean;

  constructor(summary: string, remedy: Remedy, mayHaveArrived: boolean) {
    super(summary, remedy);
    this.mayHaveArrived = mayHaveArrived;
  }
}

/**
 * Whether a write that failed like this may have been carried out anyway: there was no response, it was unreadable, or
 * the server or a proxy in front of it failed. PostHog's own rejections are definite.
 */
export function mayHaveArrived(error: unknown): boolean {
  if (error instanceof ApiError) return error.answer.status >= 500 || error.answer.status === 408;
  return error instanceof ConnectionError && error.mayHaveArrived;
}

/** Whether PostHog responded with this status. */
export function answered(error: unknown, status: number, code?: string): error is ApiError {
  return (
    error instanceof ApiError &&
    error.answer.status === status &&
    (code === undefined || error.answer.code === code)
  );
}

/** Whether the server lacks the address itself: PostHog uses these words for addresses, and never for an object. */
export function lacksRoute(error: unknown): error is ApiError {
  return answered(error, 404) && error.answer.detail === "Endpoint not found.";
}

/** Whether PostHog has no such object, or does not show it: the address exists, but nothing was found. */
export function isMissing(error: unknown): error is ApiError {
  return answered(error, 404) && !lacksRoute(error);
}

/** The server is older than the requested feature. */
export class OlderServerError extends NotFoundError {
  /**
   * @param lacks the missing feature: `project secret API keys`.
   * @param age until when servers are without it.
   */
  constructor(lacks: string, age = "August 2025") {
    super(`this server (of about ${age}) has no ${lacks}`, {
      why: "PostHog does not have the address: later versions do.",
      fix: "Update PostHog, or leave out what needs it.",
    });
  }
}

/** Passes a response through; if the server lacks the address itself, the error says what it is too old for. */
export async function onNewerServers<T>(lacks: string, answer: Promise<T>, age?: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw lacksRoute(error) ? new OlderServerError(lacks, age) : error;
  }
}

/** The message of anything thrown; errors from outside this package appear without their stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
