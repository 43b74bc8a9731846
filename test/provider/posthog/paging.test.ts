import { allPages } from "../../../provider/posthog/paging";

/** Reads a list whose pages are given by their address. */
function listOf<T>(pages: Readonly<Record<string, { results: T[]; next: string | null }>>): Promise<T[]> {
  const read = async (path: string) => {
    const page = pages[path];
    if (page === undefined) throw new Error(`There is no page ${path}.`);
    return page;
  };
  return allPages(read, "/api/things/", "listing things");
}

const second = "/api/things/?offset=2";

test("an item that moves to the next page during a read appears once, as it is there", async () => {
  const [a, b, c] = ["a", "b", "c"].map((id) => ({ id, name: id }));
  const renamed = { id: "b", name: "renamed" };
  await expect(
    listOf({
      "/api/things/": { results: [a, b], next: `https://us.posthog.com${second}` },
      [second]: { results: [renamed, c], next: null },
    }),
  ).resolves.toEqual([a, renamed, c]);
});

test("items without an id are not confused", async () => {
  const keys = [{ owner: "a" }, { owner: "a" }];
  await expect(listOf({ "/api/things/": { results: keys, next: null } })).resolves.toEqual(keys);
});

test.each([
  ["to itself", { "/api/things/": { results: [{ id: 1 }], next: "/api/things/" } }, /form a loop/],
  ["on without end", { "/api/things/": { results: [], next: second } }, /empty page links to another/],
  ["to nowhere", { "/api/things/": { results: [{ id: 1 }], next: "https://[" } }, /cannot be read/],
])("a page that leads %s does not end the list", async (_, pages, message) => {
  await expect(listOf(pages)).rejects.toThrow(message);
});

test("a link to another host is followed on this one, so that the key stays here", async () => {
  const pages = {
    "/api/things/": { results: [{ id: 1 }], next: `https://other.test${second}` },
    [second]: { results: [{ id: 2 }], next: null },
  };
  await expect(listOf(pages)).resolves.toEqual([{ id: 1 }, { id: 2 }]);
});
