import { posix } from "node:path";
import { filesIn, type Import, importsOf, textOf } from "../support/sources";

const roots = ["provider", "cli", "emulator", "tools", "bench"];
const sources = roots.flatMap(filesIn).filter((path) => path.endsWith(".ts"));
const imports = sources.flatMap(importsOf).filter(({ to }) => sources.includes(to));

/** One row of CONTRIBUTING's layout table that has a rank. */
interface Place {
  /** A folder, or a file with a different rank from its folder. */
  readonly path: string;
  /** Its rank: it imports only lower ranks. */
  readonly rank: number;
}

const layout = [...textOf("CONTRIBUTING.md").matchAll(/^\| (\d+) \| `([^`]+)` \|/gm)].map(
  ([, rank, path = ""]): Place => ({ path, rank: Number(rank) }),
);

/** A source's own row, else its folder's. */
function placeOf(source: string): Place | undefined {
  const row = (path: string): Place | undefined => layout.find((place) => place.path === path);
  return row(source) ?? row(posix.dirname(source));
}

/** Imports of a higher rank, or of the same rank outside the importing folder. */
function climbing({ from, to }: Pick<Import, "from" | "to">): boolean {
  const [above, below] = [placeOf(from), placeOf(to)];
  return above !== undefined && below !== undefined && above !== below && above.rank <= below.rank;
}

describe("the layout in CONTRIBUTING", () => {
  test("has a row for every source folder, and no other rows", () => {
    expect(sources.filter((path) => placeOf(path) === undefined)).toEqual([]);
    const used = new Set(sources.map(placeOf));
    expect(layout.filter((place) => !used.has(place))).toEqual([]);
  });

  test("ranks them: a source imports only from its own folder and from lower ranks, types included", () => {
    expect(imports.filter(climbing).map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
    expect(climbing({ from: "provider/access/levels.ts", to: "provider/posthog/http.ts" })).toBe(true);
    expect(climbing({ from: "provider/posthog/http.ts", to: "provider/access/levels.ts" })).toBe(false);
  });
});

test("a unit test is in the folder that mirrors what it tests, or in one that the layout names", () => {
  const own = [...textOf("CONTRIBUTING.md").matchAll(/^\| \| `test\/([^`]+)` \|/gm)].map(
    ([, folder]) => folder,
  );
  const folders = new Set([...sources.map((path) => posix.dirname(path)), ...own]);
  const misplaced = roots
    .flatMap((root) => filesIn(`test/${root}`))
    .filter((path) => path.endsWith(".test.ts") && !folders.has(posix.dirname(path).slice("test/".length)));
  expect(misplaced).toEqual([]);
});

describe("circles", () => {
  test("are found, however long they are", () => {
    const chain = (...paths: string[]) => paths.slice(1).map((to, at) => ({ from: paths[at] ?? "", to }));
    expect(circles(chain("a", "b", "c", "a", "d"))).toEqual(["a, b, c"]);
    expect(circles([...chain("a", "b", "a"), ...chain("b", "c", "d", "c")])).toEqual(["a, b", "c, d"]);
    expect(circles(chain("a", "b", "c"))).toEqual([]);
  });

  test("do not exist: no source imports itself through others, types included", () => {
    expect(circles(imports)).toEqual([]);
  });
});

/** Groups of sources that import each other, one line each. */
function circles(edges: readonly Pick<Import, "from" | "to">[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to]);
  const reach = new Map([...targets.keys()].map((start) => [start, reachedFrom(start, targets)]));
  const reaches = (one: string, other: string): boolean => reach.get(one)?.has(other) ?? false;
  const groups = [...targets.keys()]
    .filter((path) => reaches(path, path))
    .map((path) =>
      [...targets.keys()].filter((other) => reaches(path, other) && reaches(other, path)).sort(),
    );
  return [...new Set(groups.map((group) => group.join(", ")))];
}

function reachedFrom(start: string, targets: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const to of targets.get(path) ?? []) {
      if (!reached.has(to)) open.push(to);
      reached.add(to);
    }
  }
  return reached;
}
