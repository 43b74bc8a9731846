import * as z from "zod";
import { ConnectionError } from "./errors";

/** How many items to request at once: PostHog sets no maximum, and its default is 100. */
export const pageSize = 1000;

/** One page of a limit/offset or cursor list. */
interface Page<T> {
  readonly results: T[];
  readonly next: string | null;
}

export function pageOf<T>(item: z.ZodType<T>): z.ZodType<Page<T>> {
  return z.object({
    results: z.array(item),
    next: z
      .string()
      .nullish()
      .transform((next) => next ?? null),
  });
}

function broken(what: string, how: string): ConnectionError {
  return new ConnectionError(
    `${what} failed: ${how}`,
    {
      why: "A truncated list would make things look deleted, so it is not used.",
      fix: "Run again. If the error persists, a proxy between here and PostHog changes the answers.",
    },
    false,
  );
}

/**
 * Path and query of a `next` link. Only these are followed: behind a proxy PostHog may name a host that is not
 * reachable from here. An unreadable link is an error, never the end of the list; so is a path that would send the key
 * to another host.
 */
function nextPath(next: string, what: string): string {
  try {
    const url = new URL(next, "http://page.invalid");
    if (/^\/(?!\/)/.test(url.pathname)) return url.pathname + url.search;
  } catch {
    // Reported below.
  }
  throw broken(what, "PostHog's link to the next page cannot be read");
}

/** The pages of a list, one after the other, each read on demand. */
export async function* pagesOf<T>(
  read: (path: string) => Promise<Page<T>>,
  first: string,
  what: string,
): AsyncGenerator<readonly T[]> {
  const seen = new Set<string>();
  let path: string | null = first;
  while (path !== null) {
    if (seen.has(path)) throw broken(what, "PostHog's links to the next page form a loop");
    seen.add(path);
    const page: Page<T> = await read(path);
    if (page.results.length === 0 && page.next !== null)
      throw broken(what, "an empty page links to another one");
    yield page.results;
    path = page.next === null ? null : nextPath(page.next, what);
  }
}

/**
 * Reads a list page by page to its end. An item that moves to the next page, because something before it is new,
 * appears twice; it is kept once, in its latest version.
 */
export async function allPages<T>(
  read: (path: string) => Promise<Page<T>>,
  first: string,
  what: string,
): Promise<T[]> {
  const items = new Map<unknown, T>();
  for await (const page of pagesOf(read, first, what)) for (const item of page) items.set(idOf(item), item);
  return [...items.values()];
}

/** The id of a listed item, or the item itself if it has none. */
function idOf(item: unknown): unknown {
  return typeof item === "object" && item !== null && "id" in item ? item.id : item;
}
