import fc from "fast-check";
import { escapeHtml } from "../../../cli/review/page/escape";
import { embedJson } from "../../../cli/review/page/html";
import { moved, scrollFor, visibleRange, within } from "../../../cli/review/page/model/keyboard";
import { day, levelWithReason, moment, readable } from "../../../cli/review/page/model/messages";
import { printable } from "../../../provider/access/messages";

describe("keys move through the matrix", () => {
  const size = { rows: 100, columns: 5, page: 10 };
  const key = (name: string, ctrlKey = false) => ({ key: name, ctrlKey });

  test.each([
    ["ArrowUp", false, { row: 39, column: 3 }],
    ["ArrowDown", false, { row: 41, column: 3 }],
    ["ArrowLeft", false, { row: 40, column: 2 }],
    ["ArrowRight", false, { row: 40, column: 4 }],
    ["PageUp", false, { row: 30, column: 3 }],
    ["PageDown", false, { row: 50, column: 3 }],
    ["Home", false, { row: 40, column: 0 }],
    ["End", false, { row: 40, column: 5 }],
    ["Home", true, { row: 0, column: 0 }],
    ["End", true, { row: 100, column: 5 }],
  ])("%s (with Ctrl: %s)", (name, ctrl, place) => {
    expect(moved({ row: 40, column: 3 }, key(name, ctrl), size)).toEqual(place);
  });

  test.each(["a", "Tab", "Escape", "Enter", "F5"])(
    "%s moves nothing, and keeps its usual meaning",
    (name) => {
      expect(moved({ row: 40, column: 3 }, key(name), size)).toBeUndefined();
    },
  );

  test("no sequence of keys leaves the grid, however small", () => {
    const names = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"];
    const sizes = fc.record({ rows: fc.nat(30), columns: fc.nat(5), page: fc.integer({ min: 1, max: 12 }) });
    const ways = fc.array(fc.record({ key: fc.constantFrom(...names), ctrlKey: fc.boolean() }));
    fc.assert(
      fc.property(sizes, ways, (limits, way) => {
        const end = way.reduce((place, stroke) => moved(place, stroke, limits) ?? place, {
          row: 0,
          column: 0,
        });
        expect(within(end, limits)).toEqual(end);
      }),
    );
  });
});

describe("only visible rows are on the page", () => {
  test.each([
    ["at the top", 0, { first: 0, last: 21 }],
    ["in the middle", 40_000, { first: 994, last: 1021 }],
    ["at the end", 199_400, { first: 4979, last: 5000 }],
    ["beyond the end, after filters shortened the list", 999_999, { first: 5000, last: 5000 }],
  ])("%s", (_, scrollTop, range) => expect(visibleRange(scrollTop, 600, 40, 5_000)).toEqual(range));

  test.each([
    ["a visible row stays where it is", 10, 200, 200],
    ["a row above comes to the top", 2, 200, 80],
    ["a row below comes to the bottom", 30, 200, 640],
  ])("%s", (_, row, scrollTop, expected) => expect(scrollFor(row, 40, scrollTop, 600)).toBe(expected));
});

describe("texts", () => {
  test.each([
    ["feature_flag", "Feature flag"],
    ["", ""],
  ])("%j is read as %j", (name, text) => expect(readable(name)).toBe(text));

  test("times are shown in UTC, and other texts do not change", () => {
    expect(moment("2026-11-03T14:05:09.123Z")).toBe("3 Nov 2026, 14:05 UTC");
    expect(moment("2026-11-03T14:05:09+02:00")).toBe("3 Nov 2026");
    expect([day("2026-01-31T23:59:59Z"), day("2026-13-01"), day("never")]).toEqual([
      "31 Jan 2026",
      "2026-13-01",
      "never",
    ]);
  });

  test("a level is shown with its reason if there is one", () => {
    expect(levelWithReason("admin", "through role Analysts")).toBe("Admin, through role Analysts");
    expect(levelWithReason("none", "")).toBe("No access");
  });
});

describe("texts in the page", () => {
  test("are not markup, in elements and in attributes", () => {
    expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).toBe(
      "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;",
    );
  });

  test("survive being embedded as JSON, printable", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = embedJson({ text });
        expect(json).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(json)).toEqual({ text: printable(text) });
      }),
    );
  });
});
