import { setTimeout as sleep } from "node:timers/promises";
import { advance, type CursorState, settle, unseen } from "../../provider/audit/cursor";
import type { Activity } from "../../provider/posthog/activity";
import { ApiError, ConnectionError } from "../../provider/posthog/errors";
import type { Format } from "./formats";
import type { Names } from "./names";
import type { Notes } from "./notes";
import type { Output } from "./output";
import type { Progress } from "./progress";
import type { LogQuery, LogSource } from "./source";

/** What a run does besides reading once. */
export interface PollOptions {
  /** How late an entry may appear, in milliseconds. */
  readonly overlap: number;
  /** Milliseconds between two looks at the log; undefined to look once. */
  readonly interval?: number;
}

/** What a run works with. */
export interface RunContext {
  readonly source: LogSource;
  readonly names: Names;
  readonly format: Format;
  readonly output: Output;
  readonly progress: Progress;
  readonly notes: Notes;
  /** Ends the run after the page that is being written. */
  readonly stop: AbortSignal;
  /** Settles when the signal comes: one for the whole run, because each listener of a signal stays. */
  readonly stopping: Promise<void>;
  /** How many entries there were, and how many of them of a kind that people should know of. */
  readonly count: { all: number; staff: number; system: number };
}

/** Somebody ended the run before the log was. */
export class StoppedError extends Error {}

/** Passes everything on that is asked for, once, in the order that is asked for. */
export async function forward(place: RunContext, query: LogQuery): Promise<void> {
  for await (const page of unlessStopped(place, place.source.pages(query))) await print(place, page);
}

/**
 * Passes on what appeared since the cursor, oldest first, and moves the cursor after each page that was written. Only
 * entries up to the latest one at the beginning are read: what appears meanwhile is for the next run.
 */
export async function forwardSince(
  place: RunContext,
  query: LogQuery,
  start: CursorState,
  { overlap }: PollOptions,
  save: (state: CursorState) => void,
): Promise<CursorState> {
  const latest = await orStopped(place, place.source.latest());
  if (latest === undefined) return start;
  let state = start;
  const since = { ...query, startDate: state.from, endDate: latest, oldestFirst: true };
  for await (const page of unlessStopped(place, place.source.pages(since))) {
    await print(place, unseen(state, page));
    state = advance(state, page, overlap);
    save(state);
  }
  state = settle(state, Date.parse(latest), overlap);
  save(state);
  return state;
}

/** Looks at the log again and again until it is stopped. Passing failures are waited out. */
export async function follow(
  place: RunContext,
  query: LogQuery,
  start: CursorState,
  course: PollOptions & { readonly interval: number },
  save: (state: CursorState) => void,
): Promise<void> {
  let state = start;
  const keep = (next: CursorState): void => {
    state = next;
    save(next);
  };
  while (!place.stop.aborted) {
    try {
      await forwardSince(place, query, state, course, keep);
    } catch (error) {
      if (error instanceof StoppedError) return;
      if (!isPassing(error)) throw error;
      place.notes.warn(`${error.summary}. Trying again in ${course.interval / 1000} s.`);
    }
    await sleepUnlessStopped(course.interval, place.stop);
  }
}

async function sleepUnlessStopped(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    // Being stopped is no failure.
  }
}

/** The state from which only what appears from now on is passed on. */
export async function fromNow(source: LogSource, query: LogQuery, overlap: number): Promise<CursorState> {
  const latest = await source.latest();
  if (latest === undefined) return { seen: [] };
  let state = settle({ seen: [] }, Date.parse(latest), overlap);
  for await (const page of source.pages({
    ...query,
    startDate: state.from,
    endDate: latest,
    oldestFirst: true,
  })) {
    state = advance(state, page, overlap);
  }
  return settle(state, Date.parse(latest), overlap);
}

async function print(place: RunContext, entries: readonly Activity[]): Promise<void> {
  const last = entries.at(-1);
  if (last === undefined) return;
  const text = place.format.print(entries, await place.names.for(entries));
  place.progress.clear();
  await place.output.write(text);
  place.count.all += entries.length;
  place.count.staff += entries.filter(({ was_impersonated }) => was_impersonated === true).length;
  place.count.system += entries.filter(({ is_system }) => is_system === true).length;
  place.progress.at(place.count.all, last.created_at);
}

const isPassing = (error: unknown): error is ApiError | ConnectionError =>
  error instanceof ConnectionError ||
  (error instanceof ApiError && (error.answer.status >= 500 || error.answer.status === 429));

/** The pages until the run is ended. */
async function* unlessStopped(
  place: RunContext,
  pages: AsyncGenerator<Activity[]>,
): AsyncGenerator<Activity[]> {
  for (;;) {
    const next = await orStopped(place, pages.next());
    if (next.done === true) return;
    yield next.value;
  }
}

/** An answer, which is not waited for any longer when the run is ended. */
function orStopped<T>({ stopping }: RunContext, answer: Promise<T>): Promise<T> {
  const stopped = stopping.then((): never => {
    throw new StoppedError();
  });
  return Promise.race([stopped, answer]);
}

/** A promise that settles when a signal comes, or has come. */
export function signaled(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
