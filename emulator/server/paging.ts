import { notFound } from "./errors";

const DEFAULT_LIMIT = 100;

/** One page of a list (PostHog: limit/offset pagination). */
interface Page<T> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly T[];
}

/**
 * Cuts a page out of a list. Like Django REST framework, ignores values of `limit` and `offset` that are not counting
 * numbers, and a limit of 0. Links are absolute, with their parameters in order.
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
    target.searchParams.sort();
    return target.href;
  };
  return {
    count: rows.length,
    next: offset + limit < rows.length ? link(offset + limit) : null,
    previous: offset > 0 ? link(offset - limit) : null,
    results: rows.slice(offset, offset + limit).map(render),
  };
}

/** The usual number of rows in numbered pages, and the most that `page_size` can ask for. */
interface PageSizes {
  readonly usual: number;
  readonly most: number;
}

/** The page of a list with the number in `page`; 404 after the last one. */
export function paginateByNumber<T, R>(
  rows: readonly T[],
  url: URL,
  sizes: PageSizes,
  render: (row: T) => R,
): Page<R> {
  const size = pageSize(url, sizes);
  const last = Math.max(1, Math.ceil(rows.length / size));
  const number = countingNumber(url.searchParams.get("page") ?? "1") ?? 0;
  if (number < 1 || number > last) {
    throw notFound("Invalid page.");
  }
  const link = (page: number) => {
    const target = new URL(url);
    target.searchParams.set("page", String(page));
    if (page === 1) {
      target.searchParams.delete("page");
    }
    target.searchParams.sort();
    return target.href;
  };
  return {
    count: rows.length,
    next: number < last ? link(number + 1) : null,
    previous: number > 1 ? link(number - 1) : null,
    results: rows.slice((number - 1) * size, number * size).map(render),
  };
}

/** The page size that a URL asks for. Ignores values that are not counting numbers. */
export function pageSize(url: URL, { usual, most }: PageSizes): number {
  return Math.min(countingNumber(url.searchParams.get("page_size")) || usual, most);
}

function countingNumber(text: string | null): number | undefined {
  return text !== null && /^\s*\d+\s*$/.test(text) ? Number(text) : undefined;
}
