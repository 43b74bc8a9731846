import { notFound } from "../server/errors";
import type { ActivityRow } from "../store/entities";

export const ACTIVITY_PAGE = { usual: 100, most: 1000 };

/** A page between two cursors. Unlike a numbered page, it has no count. */
interface CursorPage<R> {
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly R[];
}

/** A position in the log: next to a row, or before the first row if the texts are empty. */
interface Cursor {
  readonly created_at: string;
  readonly id: string;
  /** Whether the page comes before the position instead of after it. */
  readonly backward: boolean;
}

const START: Cursor = { created_at: "", id: "", backward: false };

/**
 * Cuts out the page that `cursor` points to. Rows are given oldest first and come back in `ordering`. With `follow`
 * the last page of an ascending order still has a next page, which fills as rows arrive.
 */
export function paginateByCursor<R>(
  rows: readonly ActivityRow[],
  url: URL,
  { ascending, follow, size }: { ascending: boolean; follow: boolean; size: number },
  render: (row: ActivityRow) => R,
): CursorPage<R> {
  const ordered = ascending ? rows : [...rows].reverse();
  const cursor = readCursor(url.searchParams.get("cursor"));
  const { start, end } = boundsOf(ordered, cursor, size, ascending);
  const page = ordered.slice(start, end);
  const [first, last] = [page[0], page.at(-1)];
  const hasNext = end < ordered.length || (ascending && follow);
  return {
    next: hasNext ? link(url, last === undefined ? cursor : { ...last, backward: false }) : null,
    previous: start > 0 && first !== undefined ? link(url, { ...first, backward: true }) : null,
    results: page.map(render),
  };
}

function boundsOf(
  ordered: readonly ActivityRow[],
  cursor: Cursor,
  size: number,
  ascending: boolean,
): { start: number; end: number } {
  const place = ordered.findIndex(({ id }) => id === cursor.id);
  // If the row was deleted since, the page begins at the row's old position.
  const direction = ascending ? 1 : -1;
  const isBeyond = (row: ActivityRow) => compareTexts(row.created_at, cursor.created_at) * direction > 0;
  const beyond = cursor === START ? 0 : ordered.findIndex(isBeyond);
  const gap = beyond === -1 ? ordered.length : beyond;
  if (cursor.backward) {
    const end = place === -1 ? gap : place;
    return { start: Math.max(0, end - size), end };
  }
  const start = place === -1 ? gap : place + 1;
  return { start, end: Math.min(start + size, ordered.length) };
}

function link(url: URL, { created_at, id, backward }: Cursor): string {
  const place = new URLSearchParams({ ...(backward ? { r: "1" } : {}), p: created_at, i: id });
  const target = new URL(url);
  target.searchParams.set("cursor", Buffer.from(place.toString()).toString("base64url"));
  return target.href;
}

function readCursor(text: string | null): Cursor {
  if (text === null) {
    return START;
  }
  const place = new URLSearchParams(Buffer.from(text, "base64url").toString());
  const [created_at, id] = [place.get("p"), place.get("i")];
  if (created_at === null || id === null) {
    throw notFound("Invalid cursor");
  }
  return id === "" ? START : { created_at, id, backward: place.has("r") };
}

/** Compares two texts. PostHog's timestamps sort as text. */
export function compareTexts(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
