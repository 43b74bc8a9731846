import { allPages } from "../../../provider/posthog/paging";

/** Reads a list whose pages are answered by their address. */
function listOf<T>(pages: Readonly<Record<string, { results: T[]; next: string | null }>>): Promise<T[]> {
  const read = async (path: string) => {
    const page = pages[path];
    if (page === undefined) throw new Error(`There is no page ${path}.`);
    return page;
  };
  return allPages(read, "/api/things/", "listing things");
}

const second = "/api/things/?offset=2";

test("what moves to the next page while it is read is there once", async () => {
  const [a, b, c] = ["a", "b", "c"].map((id) => ({ id }));
  await expect(
    listOf({
      "/api/things/": { results: [a, b], next: `https://us.posthog.com${second}` },
      [second]: { results: [b, c], next: null },
    }),
  ).resolves.toEqual([a, b, c]);
});

test("what has no id is not taken for something else", async () => {
  const keys = [{ owner: "a" }, { owner: "a" }];
  await expect(listOf({ "/api/things/": { results: keys, next: null } })).resolves.toEqual(keys);
});

test.each([
  ["to itself", { "/api/things/": { results: [{ id: 1 }], next: "/api/things/" } }, /form a loop/],
  ["on without end", { "/api/things/": { results: [], next: second } }, /empty page links to another/],
  ["to nowhere", { "/api/things/": { results: [{ id: 1 }], next: "https://[" } }, /cannot be read/],
])("a page that leads %s is no end of the list", async (_, pages, message) => {
  await expect(listOf(pages)).rejects.toThrow(message);
});

test("a link to another host is followed on this one: the key stays here", async () => {
  const pages = {
    "/api/things/": { results: [{ id: 1 }], next: `https://other.test${second}` },
    [second]: { results: [{ id: 2 }], next: null },
  };
  await expect(listOf(pages)).resolves.toEqual([{ id: 1 }, { id: 2 }]);
});
