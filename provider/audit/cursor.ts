import * as z from "zod";
import { listed } from "../access/messages";
import type { ActivityEntry } from "./entry";

/**
 * The filters and the server that a cursor belongs to, by name. Another run may only continue it with the same ones.
 */
export type Asked = Readonly<Record<string, string | readonly string[]>>;

/** What a cursor remembers of an entry. */
type Seen = readonly [id: string, createdAt: string];

/**
 * How far a log has been forwarded. Everything before `from` is done; from there on it is read again, because entries
 * appear late: PostHog dates an entry when something is done, and shows it once the transaction has ended.
 */
export interface CursorState {
  /** First moment of the next run, ISO 8601, to the millisecond; undefined for the beginning of the log. */
  readonly from?: string;
  /** The entries from that moment on that have been forwarded. */
  readonly seen: readonly Seen[];
}

/** The entries of a page that have not been forwarded yet. */
export function unseen<T extends Pick<ActivityEntry, "id">>({ seen }: CursorState, page: readonly T[]): T[] {
  const ids = new Set(seen.map(([id]) => id));
  return page.filter(({ id }) => !ids.has(id));
}

/**
 * The state after a page, oldest first, has been forwarded.
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
 * The state once everything readable up to a moment has been forwarded.
 *
 * @param until that moment, in milliseconds. It must not be later than the start of reading: what appeared meanwhile
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

/** A cursor as text for its file. */
export function writeCursor(of: Asked, { from, seen }: CursorState): string {
  return `${JSON.stringify({ version: 1, of, from, seen })}\n`;
}

/** The cursor in a file's text, or why it cannot be continued. */
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
