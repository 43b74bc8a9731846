import { paginate } from "../../../emulator/server/paging";

const rows = Array.from({ length: 250 }, (_, index) => index);
const page = (query: string) => paginate(rows, new URL(`http://posthog.test/api/things/${query}`), String);
const link = (query: string) => `http://posthog.test/api/things/${query}`;

test.each([
  ["", 100, "0", link("?limit=100&offset=100"), null],
  ["?limit=2", 2, "0", link("?limit=2&offset=2"), null],
  ["?limit=2&offset=2", 2, "2", link("?limit=2&offset=4"), link("?limit=2")],
  ["?limit=2&offset=3", 2, "3", link("?limit=2&offset=5"), link("?limit=2&offset=1")],
  ["?limit=2&offset=1", 2, "1", link("?limit=2&offset=3"), link("?limit=2")],
  ["?limit=1000", 250, "0", null, null],
  ["?offset=200", 50, "200", null, link("?limit=100&offset=100")],
  ["?search=a&limit=2", 2, "0", link("?limit=2&offset=2&search=a"), null],
])("%s has %d rows from %s, then %s, before %s", (query, length, first, next, previous) => {
  const { count, results, ...links } = page(query);
  expect(count).toBe(250);
  expect([results.length, results[0]]).toEqual([length, first]);
  expect(links).toEqual({ next, previous });
});

test.each(["?limit=all", "?limit=-5", "?limit=0", "?limit=", "?limit=1.5", "?offset=last"])(
  "%s is ignored",
  (query) => {
    expect(page(query).results).toHaveLength(100);
  },
);

test("pages beyond the end are empty", () => {
  expect(page("?offset=300")).toMatchObject({ results: [], next: null });
});
