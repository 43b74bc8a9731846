import { makePages, PLOTS_FOLDER, RESULTS_PATH } from "../../bench/page";
import { parts, partsNamed } from "../../bench/parts";
import { parseResults, type Results } from "../../bench/results";
import { filesIn, textOf } from "../support/sources";

test("the page and its plots match the stored results", () => {
  const made = makePages(parseResults(textOf(RESULTS_PATH)), parts);
  expect([...made.keys(), RESULTS_PATH].sort()).toEqual(
    ["docs/benchmarks.md", ...filesIn(PLOTS_FOLDER)].sort(),
  );
  expect([...made].filter(([path, text]) => textOf(path) !== text).map(([path]) => path)).toEqual([]);
});

const sections = [
  { name: "one", title: "The first", text: "\nWhat is measured.\n" },
  { name: "two", title: "The second", text: "Something else." },
];
const machine = { date: "2026-11-29", cores: 2, node: "20.19.0", engine: "3.220.0" };

function pageOf(results: Results["parts"]): string {
  return makePages({ parts: results }, sections).get("docs/benchmarks.md") ?? "";
}

describe("the page", () => {
  test("has a section with text, figures and bars for each part that was measured, in the order of the parts", () => {
    const figures = [{ name: "some_figure", title: "a | figure", value: 1 }];
    const text = pageOf({ two: { figures, machine }, one: { figures: [], machine } });
    expect(text).toMatch(
      /## The first\n\nWhat is measured\.\n\n## The second\n\nSomething else\.\n\n\| What/,
    );
    expect(text).toContain("| a \\| figure | 1 |");
    expect(text).toContain("| The second | 2026-11-29 | 2 | 20.19.0 | 3.220.0 |");
  });

  test("omits what was not measured, and removed parts", () => {
    const text = pageOf({ one: { figures: [], machine }, gone: { figures: [], machine } });
    expect(text).not.toContain("The second");
    expect(text).not.toContain("gone");
  });

  test.each([
    [{ value: 0.98, bar: 1 }, "| 0.98 | 1 | yes |"],
    [{ value: 1.02, bar: 1 }, "| 1.02 | 1 | **no** |"],
    [{ value: 5000 }, "| 5,000 |   |   |"],
    [{ value: 181.5, unit: "MB", bar: 200 }, "| 182 MB | 200 MB | yes |"],
    [{ value: 3400, unit: "ms", bar: 10_000 }, "| 34 % of the bar | 10 s | yes |"],
    [{ value: true, bar: true }, "| yes | yes | yes |"],
    [{ value: false, bar: true }, "| no | yes | **no** |"],
  ] as const)("shows %j as %s", (values, cells) => {
    // A second figure with a bar keeps the columns if the first has none.
    const figures = [
      { name: "some_figure", title: "figure", ...values },
      { name: "other_figure", title: "other", value: 1, bar: 1 },
    ];
    expect(pageOf({ one: { figures, machine } })).toContain(`| figure ${cells}`);
  });

  test("shows a plot, with its values below it", () => {
    const axis = { label: "Grants", scale: "log" } as const;
    const plot = {
      file: "growth",
      title: "Growth",
      x: axis,
      y: { ...axis, label: "Times" },
      panels: [
        {
          title: "0 ms",
          series: [
            { name: "Policy", points: [[10, 1] as [number, number], [5000, 40] as [number, number]] },
            { name: "Single", points: [[10, 2] as [number, number]] },
          ],
        },
      ],
    };
    const pages = makePages({ parts: { one: { figures: [], plots: [plot], machine } } }, sections);
    const text = pages.get("docs/benchmarks.md");
    expect(text).toContain("![Growth](benchmarks/growth.svg)");
    expect(text).toContain("| 0 ms | 10 | 1 | 2 |\n| 0 ms | 5,000 | 40 |   |");
    expect(pages.get("docs/benchmarks/growth.svg")).toContain("<svg");
    const twice = { figures: [], plots: [plot, plot], machine };
    expect(() => makePages({ parts: { one: twice } }, sections)).toThrow("one file name");
  });
});

test.each([
  ["{}", "parts"],
  ['{"parts": {"one": {"figures": [{"name": "Bad Name", "title": "x", "value": 1}]}}}', "machine"],
])("results of a different shape are rejected: %s", (text, path) => {
  expect(() => parseResults(text)).toThrow(path);
});

test("parts are chosen by name, and an unknown name is rejected with the valid ones", () => {
  expect(partsNamed(undefined)).toBe(parts);
  expect(partsNamed("review, members").map(({ name }) => name)).toEqual(["review", "members"]);
  expect(() => partsNamed("toast")).toThrow(parts.map(({ name }) => name).join(", "));
  expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length);
});
