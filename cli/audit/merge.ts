import { compareTexts } from "../../provider/access/values";
import { compareMoments } from "../../provider/audit/moments";
import { RecentIds } from "../../provider/audit/recent";
import type { Activity } from "../../provider/posthog/activityLog";

const pageLength = 1000;

/**
 * Merges logs into one of the same order, each entry once. Only one page of each log is in memory.
 *
 * @param oldestFirst the order of all the logs.
 */
export async function* merged(
  logs: readonly AsyncGenerator<Activity[]>[],
  oldestFirst: boolean,
): AsyncGenerator<Activity[]> {
  const heads = (await Promise.all(logs.map(openHead))).filter((head) => head !== undefined);
  const sign = oldestFirst ? 1 : -1;
  const recent = new RecentIds();
  let page: Activity[] = [];
  while (heads.length > 0) {
    const next = heads.reduce((best, head) => (sign * compare(head.entry, best.entry) < 0 ? head : best));
    const { entry } = next;
    if (recent.add(entry.id)) page.push(entry);
    if (!(await step(next))) heads.splice(heads.indexOf(next), 1);
    if (page.length < pageLength) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** The next entry of one log. */
interface Head {
  readonly log: AsyncGenerator<Activity[]>;
  page: readonly Activity[];
  index: number;
  entry: Activity;
}

function compare(left: Activity, right: Activity): number {
  const order = compareMoments(left.created_at, right.created_at);
  return order !== 0 ? order : compareTexts(left.id, right.id);
}

async function openHead(log: AsyncGenerator<Activity[]>): Promise<Head | undefined> {
  const page = await nextPage(log);
  const entry = page?.[0];
  return page === undefined || entry === undefined ? undefined : { log, page, index: 0, entry };
}

/** Moves to the next entry of a log; false at its end. */
async function step(head: Head): Promise<boolean> {
  head.index += 1;
  if (head.index >= head.page.length) {
    head.page = (await nextPage(head.log)) ?? [];
    head.index = 0;
  }
  const entry = head.page[head.index];
  if (entry !== undefined) head.entry = entry;
  return entry !== undefined;
}

/** The next nonempty page. */
async function nextPage(log: AsyncGenerator<Activity[]>): Promise<readonly Activity[] | undefined> {
  for (;;) {
    const { value, done } = await log.next();
    if (done === true) return undefined;
    if (value.length > 0) return value;
  }
}
