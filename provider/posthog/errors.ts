import { printable } from "../access/messages";
import { shortened } from "../audit/printable";

/** Why something failed and what to do about it, in words for a person. */
export interface Remedy {
  /** What lies behind it. */
  readonly why: string;
  /** What to do: a setting, a scope, a command. */
  readonly fix: string;
}

/**
 * The base of every error that this package raises: what failed, why, and the fix.
 *
 * Its message never holds a credential, a stack or a raw body.
 */
export class PosthogError extends Error {
  /** What was tried and what happened, in one line. */
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

/** The configuration, or a flag, is missing something or has a value that is invalid. */
export class ConfigurationError extends PosthogError {}

/** This package declined to do something that would lock people out or lose something. */
export class RefusedError extends PosthogError {}

/** What is asked for does not exist, or cannot be distinguished from others. */
export class NotFoundError extends PosthogError {}

/** An object that was there is gone. */
export class GoneError extends PosthogError {}

/** PostHog's answer, reduced to what may be shown. */
export interface Answer {
  readonly status: number;
  /** PostHog's `code`, e.g. `permission_denied`; empty when the answer was not PostHog's. */
  readonly code: string;
  /** PostHog's `detail` sentence; empty when the answer was not PostHog's. */
  readonly detail: string;
  /** The body field that PostHog names, if any. */
  readonly attr?: string;
}

/** How much of what PostHog says is repeated, in characters. */
const longestDetail = 2_000;

/** PostHog answered with an error. */
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

/** There was no answer, or none that PostHog would give. */
export class ConnectionError extends PosthogError {
  /** Whether the request may have been carried out all the same. */
  readonly mayHaveArrived: boolean;

  constructor(summary: string, remedy: Remedy, mayHaveArrived: boolean) {
    super(summary, remedy);
    this.mayHaveArrived = mayHaveArrived;
  }
}

/**
 * Whether a write that failed like this may have been carried out all the same: there was no answer, none that can be
 * read, or the server, or a proxy in front of it, failed. A refusal of PostHog's own is definite.
 */
export function mayHaveArrived(error: unknown): boolean {
  if (error instanceof ApiError) return error.answer.status >= 500 || error.answer.status === 408;
  return error instanceof ConnectionError && error.mayHaveArrived;
}

/** Whether PostHog answered with this status. */
export function answered(error: unknown, status: number, code?: string): error is ApiError {
  return (
    error instanceof ApiError &&
    error.answer.status === status &&
    (code === undefined || error.answer.code === code)
  );
}

/** Whether the server lacks the address itself: PostHog says so in these words, and never of an object. */
export function lacksRoute(error: unknown): error is ApiError {
  return answered(error, 404) && error.answer.detail === "Endpoint not found.";
}

/** Whether PostHog has no such object, or does not show it: it has the address, and found nothing there. */
export function isMissing(error: unknown): error is ApiError {
  return answered(error, 404) && !lacksRoute(error);
}

/** The server is older than what is asked for. */
export class OlderServerError extends NotFoundError {
  /**
   * @param lacks what it does not have: `project secret API keys`.
   * @param age until when servers are without it.
   */
  constructor(lacks: string, age = "August 2025") {
    super(`this server (of about ${age}) has no ${lacks}`, {
      why: "PostHog does not have the address: later versions do.",
      fix: "Update PostHog, or leave out what needs it.",
    });
  }
}

/** Passes an answer on; where the server lacks the address itself, the error says what it is too old for. */
export async function onNewerServers<T>(lacks: string, answer: Promise<T>, age?: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw lacksRoute(error) ? new OlderServerError(lacks, age) : error;
  }
}

/** The message of anything thrown; errors that are not this package's own are named without their stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
