import * as z from "zod";
import { listed } from "../access/messages";
import type { ActivityEntry } from "./entry";

/** What a cursor belongs to: place and filters by name. Another run may continue it only when it asks for the same. */
export type Asked = Readonly<Record<string, string | readonly string[]>>;

/** What of an entry a cursor remembers. */
type Seen = readonly [id: string, createdAt: string];

/**
 * How far a log has been passed on. Everything before `from` is settled; from there on it is read again, because
 * entries appear late: PostHog dates an entry when something is done, and shows it once the transaction has ended.
 */
export interface CursorState {
  /** First moment of the next run, ISO 8601, to the millisecond; undefined for the beginning of the log. */
  readonly from?: string;
  /** The entries from that moment on that have been passed on. */
  readonly seen: readonly Seen[];
}

/** The entries of a page that have not been passed on yet. */
export function unseen<T extends Pick<ActivityEntry, "id">>({ seen }: CursorState, page: readonly T[]): T[] {
  const ids = new Set(seen.map(([id]) => id));
  return page.filter(({ id }) => !ids.has(id));
}

/**
 * The state after a page, oldest first, has been passed on.
 *
 * @param overlap how late an entry may appear, in milliseconds.
 */
export function advance(
  state: CursorState,
  page: readonly Pick<ActivityEntry, "id" | "created_at">[],
  overlap: number,
): CursorState {
  const passed = unseen(state, page).map(({ id, created_at }): Seen => [id, created_at]);
  const last = page.reduce((latest, { created_at }) => Math.max(latest, Date.parse(created_at)), 0);
  return settle({ ...state, seen: [...state.seen, ...passed] }, last, overlap);
}

/**
 * The state when everything up to a moment has been passed on that was there to be read.
 *
 * @param until that moment, in milliseconds. It must not be later than when reading began: what appeared meanwhile
 *   may be older than what was read last.
 */
export function settle({ from, seen }: CursorState, until: number, overlap: number): CursorState {
  const start = Math.max(from === undefined ? 0 : Date.parse(from), until - overlap);
  if (start <= 0) return { from, seen };
  return {
    from: new Date(start).toISOString(),
    seen: seen.filter(([, createdAt]) => Date.parse(createdAt) >= start),
  };
}

const moment = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const fileSchema = z.object({
  version: z.literal(1),
  of: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  from: moment.optional(),
  seen: z.array(z.tuple([z.string().min(1), moment])),
});

/** A cursor as a file holds it. */
export function writeCursor(of: Asked, { from, seen }: CursorState): string {
  return `${JSON.stringify({ version: 1, of, from, seen })}\n`;
}

/** What a cursor's file says, or why it cannot be continued. */
export function readCursor(text: string, of: Asked): CursorState | { readonly problem: string } {
  const file = fileSchema.safeParse(jsonOf(text));
  if (!file.success) {
    return {
      problem: text.trim() === "" ? "it is empty" : "it is damaged, or not a cursor of this version",
    };
  }
  const differences = differing(of, file.data.of);
  if (differences.length > 0)
    return { problem: `it belongs to a different query: ${listed(differences, "and")}` };
  return { from: file.data.from, seen: file.data.seen };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function differing(asked: Asked, stored: Asked): string[] {
  const shown = (value: string | readonly string[] | undefined): string =>
    value === undefined ? "any" : typeof value === "string" ? value : value.join(",");
  return [...new Set([...Object.keys(asked), ...Object.keys(stored)])]
    .filter((name) => shown(asked[name]) !== shown(stored[name]))
    .map((name) => `${name} is ${shown(stored[name])} there and ${shown(asked[name])} here`);
}
