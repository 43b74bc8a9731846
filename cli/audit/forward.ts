import { setTimeout as sleep } from "node:timers/promises";
import { advance, type CursorState, settle, unseen } from "../../provider/audit/cursor";
import type { Activity } from "../../provider/posthog/activityLog";
import { ApiError, ConnectionError } from "../../provider/posthog/errors";
import type { Format } from "./formats";
import type { Names } from "./names";
import type { Notes } from "./notes";
import type { Output, Progress } from "./output";
import type { LogQuery } from "./query";
import type { LogSource } from "./source";

/** How often, and how far back, the log is read again. */
interface PollOptions {
  /** How late an entry may appear, in milliseconds. */
  readonly overlap: number;
  /** Milliseconds between two reads of the log; undefined to read once. */
  readonly interval?: number;
}

/** Everything that a run uses. */
export interface RunContext {
  readonly source: LogSource;
  readonly names: Names;
  readonly format: Format;
  readonly output: Output;
  readonly progress: Progress;
  readonly notes: Notes;
  /** Ends the run once the current page is written. */
  readonly stop: AbortSignal;
  /** How many entries were printed, and how many of them came from PostHog's staff or from PostHog itself. */
  readonly count: { all: number; staff: number; system: number };
}

/** Someone stopped the run before the end of the log. */
export class StoppedError extends Error {}

/** Prints the entries of a query once, in its order. */
export async function forward(run: RunContext, query: LogQuery): Promise<void> {
  for await (const page of unlessStopped(run, run.source.pages(query))) await print(run, page);
}

/**
 * Prints the entries since the cursor, oldest first, and moves the cursor after each page. Reads only entries up to the
 * latest one at the start: the next run reads what appears in the meantime.
 */
export async function forwardSince(
  run: RunContext,
  query: LogQuery,
  start: CursorState,
  { overlap }: PollOptions,
  save: (state: CursorState) => void,
): Promise<CursorState> {
  const latest = await orStopped(run, run.source.latest());
  if (latest === undefined) return start;
  let state = start;
  const since = { ...query, startDate: state.from, endDate: latest, oldestFirst: true };
  for await (const page of unlessStopped(run, run.source.pages(since))) {
    await print(run, unseen(state, page));
    state = advance(state, page, overlap);
    save(state);
  }
  state = settle(state, Date.parse(latest), overlap);
  save(state);
  return state;
}

/** Reads the log repeatedly until stopped. Waits out temporary failures. */
export async function follow(
  run: RunContext,
  query: LogQuery,
  start: CursorState,
  options: PollOptions & { readonly interval: number },
  save: (state: CursorState) => void,
): Promise<void> {
  let state = start;
  const keep = (next: CursorState): void => {
    state = next;
    save(next);
  };
  while (!run.stop.aborted) {
    try {
      await forwardSince(run, query, state, options, keep);
    } catch (error) {
      if (error instanceof StoppedError) return;
      if (!isTemporary(error)) throw error;
      run.notes.warn(`${error.summary}. Trying again in ${options.interval / 1000} s.`);
    }
    await sleepUnlessStopped(options.interval, run.stop);
  }
}

async function sleepUnlessStopped(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    // A stop is not a failure.
  }
}

/** The state that skips everything up to now. */
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

async function print(run: RunContext, entries: readonly Activity[]): Promise<void> {
  const last = entries.at(-1);
  if (last === undefined) return;
  const text = run.format.print(entries, await run.names.for(entries));
  run.progress.clear();
  await run.output.write(text);
  run.count.all += entries.length;
  run.count.staff += entries.filter(({ was_impersonated }) => was_impersonated === true).length;
  run.count.system += entries.filter(({ is_system }) => is_system === true).length;
  run.progress.at(run.count.all, last.created_at);
}

const isTemporary = (error: unknown): error is ApiError | ConnectionError =>
  error instanceof ConnectionError ||
  (error instanceof ApiError && (error.answer.status >= 500 || error.answer.status === 429));

async function* unlessStopped(
  run: RunContext,
  pages: AsyncGenerator<Activity[]>,
): AsyncGenerator<Activity[]> {
  for (;;) {
    const next = await orStopped(run, pages.next());
    if (next.done === true) return;
    yield next.value;
  }
}

/** A response, unless the run is stopped first. It leaves no listener on the signal, which lives as long as the run. */
function orStopped<T>({ stop }: RunContext, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => reject(new StoppedError());
    if (stop.aborted) return stopped();
    stop.addEventListener("abort", stopped, { once: true });
    answer.then(resolve, reject).finally(() => stop.removeEventListener("abort", stopped));
  });
}
