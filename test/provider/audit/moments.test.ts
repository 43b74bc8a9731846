import fc from "fast-check";
import {
  compareMoments,
  readDuration,
  readMoment,
  retentionOf,
  shownMoment,
} from "../../../provider/audit/moments";
import { csvRow } from "../../../provider/audit/printable";

const now = new Date("2026-06-15T12:00:00Z");

describe("a moment", () => {
  const cases: [string, string | undefined, string | undefined][] = [
    ["7d", "2026-06-08T12:00:00.000Z", "2026-06-08T12:00:00.000Z"],
    ["90m", "2026-06-15T10:30:00.000Z", "2026-06-15T10:30:00.000Z"],
    ["2w", "2026-06-01T12:00:00.000Z", "2026-06-01T12:00:00.000Z"],
    ["2026-06-01", "2026-06-01T00:00:00.000Z", "2026-06-01T23:59:59.999999Z"],
    ["2026-06-01T10:00", "2026-06-01T10:00:00.000Z", "2026-06-01T10:00:00.000Z"],
    ["2026-06-01 10:00:30", "2026-06-01T10:00:30.000Z", "2026-06-01T10:00:30.000Z"],
    ["2026-06-01T10:00:00.5+02:00", "2026-06-01T08:00:00.500Z", "2026-06-01T08:00:00.500Z"],
    ["2026-02-30", undefined, undefined],
    ["2026-06-01T25:00", undefined, undefined],
    ["yesterday", undefined, undefined],
    ["7", undefined, undefined],
    ["-7d", undefined, undefined],
    ["", undefined, undefined],
  ];
  test.each(cases)("%s is read, as the beginning and as the end of something", (text, start, end) => {
    expect([readMoment(text, now, "start"), readMoment(text, now, "end")]).toEqual([start, end]);
  });

  test("is compared to the microsecond, which PostHog omits if it is zero", () => {
    const inOrder = [
      "2026-06-01T10:00:00Z",
      "2026-06-01T10:00:00.000001Z",
      "2026-06-01T10:00:00.001Z",
      "2026-06-01T10:00:00.001002Z",
    ];
    for (const [index, earlier] of inOrder.entries()) {
      for (const later of inOrder.slice(index + 1)) expect(compareMoments(earlier, later)).toBeLessThan(0);
      expect(compareMoments(earlier, earlier)).toBe(0);
    }
    expect(compareMoments("2026-06-01T12:00:00+02:00", "2026-06-01T10:00:00Z")).toBe(0);
  });

  test("is shown in UTC, or unchanged if it cannot be parsed", () => {
    expect(shownMoment("2026-06-01T12:00:00.123456+02:00")).toBe("2026-06-01 10:00:00");
    expect(shownMoment("soon")).toBe("soon");
  });
});

test("a length of time is a number with one unit", () => {
  expect(["30s", "15m", "12h", "7d", "2w"].map(readDuration)).toEqual([
    30_000, 900_000, 43_200_000, 604_800_000, 1_209_600_000,
  ]);
  expect(["", "s", "1", "1.5h", "1h30m", "1y", "1e3s", "99999999d"].map(readDuration)).toEqual(
    Array(8).fill(undefined),
  );
});

describe("a row of CSV", () => {
  const cases: [string, Parameters<typeof csvRow>[0], string][] = [
    ["plain cells", ["a", 1, true, undefined], "a,1,true,"],
    ["commas, quotes and line ends", ["a,b", 'say "x"', "a\nb"], '"a,b","say ""x""","a\nb"'],
    ["a formula", ["=1+1", "+1", "-1", "@SUM(A1)"], "'=1+1,'+1,'-1,'@SUM(A1)"],
    ["a formula behind spaces or tabs", ["  =1", "\t=1", "\r=1"], `'  =1,"'\t'=1","'\r'=1"`],
    [
      "a formula behind another separator",
      ["a;=1", "b\t+1", "c\n@x", 'd; "=1"'],
      `"a;'=1","b\t'+1","c\n'@x","d; ""'=1"""`,
    ],
    ["text behind another separator", ["a; b"], '"a; b"'],
    ["a formula in wide signs", ["＝1", "＠x"], "'＝1,'＠x"],
    ["a formula with quotes", ['=HYPERLINK("x","y")'], '"\'=HYPERLINK(""x"",""y"")"'],
    ["numbers, which are no formulas", [-1, 0], "-1,0"],
  ];
  test.each(cases)("holds %s", (_, cells, expected) => expect(csvRow(cells)).toBe(`${expected}\r\n`));

  test("has no formula, whatever separates its cells", () => {
    const text = fc.string({ unit: fc.constantFrom(..."=+-@;,\t\r\n\"' ab|") });
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1 }),
        fc.constantFrom(/[;\r\n]/, /[\t\r\n]/),
        (cells, separator) => {
          for (const part of csvRow(cells).split(separator)) expect(part).not.toMatch(/^[\s"]*[=+\-@|]/);
        },
      ),
    );
  });
});

describe("how far back a plan shows the log", () => {
  const kept = (limit: number | null, unit: string | null) =>
    retentionOf([{ key: "saml" }, { key: "audit_logs", limit, unit }], now);

  test.each([
    [10, "days", "2026-06-05T12:00:00.000Z"],
    [1, "Day", "2026-06-14T12:00:00.000Z"],
    [2, "month", "2026-04-16T12:00:00.000Z"],
    [1, "years", "2025-06-15T12:00:00.000Z"],
  ])("is given by %d %s", (limit, unit, start) => {
    expect(kept(limit, unit)).toEqual({ words: `${limit} ${unit}`, start });
  });

  test("is not known where the plan does not say it", () => {
    expect([kept(null, "days"), kept(3, null), kept(3, "moons"), retentionOf([], now)]).toEqual(
      Array(4).fill(undefined),
    );
  });
});
