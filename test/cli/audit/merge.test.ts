import * as fc from "fast-check";
import { merged } from "../../../cli/audit/merge";
import type { Activity } from "../../../provider/posthog/activityLog";

const entry = (id: string, second: number): Activity => ({
  id,
  created_at: new Date(Date.UTC(2026, 5, 1) + second * 1000).toISOString(),
  activity: "updated",
  scope: "Role",
});

/** A log in pages of a few entries, some of them empty. */
async function* pagesOf(entries: readonly Activity[], size: number): AsyncGenerator<Activity[]> {
  yield [];
  for (let start = 0; start < entries.length; start += size) {
    yield entries.slice(start, start + size);
    yield [];
  }
}

const logs = fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 }), { maxLength: 5 });

test.each([true, false])(
  "logs in one order become one log in that order, with each entry once (oldest first: %s)",
  (oldestFirst) =>
    fc.assert(
      fc.asyncProperty(logs, fc.integer({ min: 1, max: 4 }), async (seconds, size) => {
        const sign = oldestFirst ? 1 : -1;
        // Every log contains the organization's own entry, as projects' logs can.
        const all = seconds.map((log, index) => [
          entry("shared", 10),
          ...log.map((second, place) => entry(`${index}-${place}`, second)),
        ]);
        const sorted = all.map((log) =>
          log.sort((left, right) => sign * left.created_at.localeCompare(right.created_at)),
        );
        const result: Activity[] = [];
        for await (const page of merged(
          sorted.map((log) => pagesOf(log, size)),
          oldestFirst,
        ))
          result.push(...page);
        const ids = result.map(({ id }) => id);
        expect([...ids].sort()).toEqual([...new Set(all.flat().map(({ id }) => id))].sort());
        for (const [index, { created_at }] of result.slice(1).entries()) {
          expect(sign * created_at.localeCompare(result[index]?.created_at ?? "")).toBeGreaterThanOrEqual(0);
        }
      }),
    ),
);

test("a log that fails ends the whole read with an error: a log that ends early would look complete", async () => {
  async function* failing(): AsyncGenerator<Activity[]> {
    yield [entry("a", 1)];
    throw new Error("lost");
  }
  const read = async (): Promise<void> => {
    for await (const _page of merged([failing(), pagesOf([entry("b", 2), entry("c", 3)], 1)], true));
  };
  await expect(read()).rejects.toThrow("lost");
});
