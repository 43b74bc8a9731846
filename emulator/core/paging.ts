const DEFAULT_LIMIT = 100;

/** One page of a list (PostHog: limit/offset pagination). */
export interface Page<T> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly T[];
}

/**
 * Cuts a page out of a list. Values of `limit` and `offset` that are not counting numbers are ignored, and a
 * limit of 0 too, as Django REST framework does; links are absolute.
 */
export function paginate<T, R>(rows: readonly T[], url: URL, render: (row: T) => R): Page<R> {
  const limit = countingNumber(url.searchParams.get("limit")) || DEFAULT_LIMIT;
  const offset = countingNumber(url.searchParams.get("offset")) ?? 0;
  const link = (start: number) => {
    const target = new URL(url);
    target.searchParams.set("limit", String(limit));
    target.searchParams.set("offset", String(start));
    if (start <= 0) {
      target.searchParams.delete("offset");
    }
    return target.href;
  };
  return {
    count: rows.length,
    next: offset + limit < rows.length ? link(offset + limit) : null,
    previous: offset > 0 ? link(offset - limit) : null,
    results: rows.slice(offset, offset + limit).map(render),
  };
}

function countingNumber(text: string | null): number | undefined {
  return text !== null && /^\s*\d+\s*$/.test(text) ? Number(text) : undefined;
}
