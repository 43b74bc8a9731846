import { counted, listed, quoted } from "../../../provider/access/messages";
import {
  compareTexts,
  dateOf,
  daysBetween,
  emailDomain,
  groupBy,
  groupPairs,
  isUuid,
  sameSet,
} from "../../../provider/access/values";

describe("sameSet", () => {
  test("ignores order and repetition", () => {
    expect(sameSet(["a:read", "b:read"], ["b:read", "a:read", "a:read"])).toBe(true);
    expect(sameSet([1, 2], [2, 1])).toBe(true);
    expect(sameSet([], [])).toBe(true);
  });

  test("sees an entry that only one of the lists has", () => {
    expect(sameSet(["a"], ["a", "b"])).toBe(false);
    expect(sameSet(["a", "b"], ["a"])).toBe(false);
    expect(sameSet(["a"], ["b"])).toBe(false);
    expect(sameSet([1], ["1"])).toBe(false);
  });

  test("compares lists only", () => {
    expect(sameSet("a", "a")).toBe(false);
    expect(sameSet(undefined, [])).toBe(false);
    expect(sameSet([], undefined)).toBe(false);
  });
});

describe("groups", () => {
  test("keep the order in which their items come", () => {
    expect([...groupBy([3, 4, 1, 2], (number) => number % 2)]).toEqual([
      [1, [3, 1]],
      [0, [4, 2]],
    ]);
    expect(groupPairs([["a", 1] as const, ["b", 2] as const, ["a", 3] as const]).get("a")).toEqual([1, 3]);
  });
});

describe("isUuid", () => {
  test("accepts UUIDs of any version and case, and nothing around them", () => {
    expect(isUuid("0189A6C1-0000-0000-7000-00000000000f")).toBe(true);
    expect(isUuid("0189a6c1-0000-0000-7000-00000000000")).toBe(false);
    expect(isUuid("x0189a6c1-0000-0000-7000-00000000000f")).toBe(false);
    expect(isUuid("0189a6c1000000007000-00000000000f")).toBe(false);
  });
});

describe("texts", () => {
  test("are ordered by code units", () => {
    expect(["b", "a", "B"].sort(compareTexts)).toEqual(["B", "a", "b"]);
  });

  test("are quoted on one line, and cut when long", () => {
    expect(quoted('a "b"\nc')).toBe('"a \\"b\\"\\nc"');
    expect(quoted("x".repeat(90))).toBe(`"${"x".repeat(80)}..."`);
  });

  test("are listed as a sentence lists words", () => {
    expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map((words) => listed(words, "and"))).toEqual([
      "",
      "a",
      "a and b",
      "a, b and c",
    ]);
  });

  test("the domain of an e-mail address comes after its last @", () => {
    expect(emailDomain('"a@b"@Acme.COM')).toBe("acme.com");
  });
});

describe("counted", () => {
  test("uses the right form of the noun and English digits", () => {
    expect(counted(1, "grant")).toBe("1 grant");
    expect(counted(0, "grant")).toBe("0 grants");
    expect(counted(1200, "person", "people")).toBe("1,200 people");
  });
});

describe("days", () => {
  test("a date is the moment's in UTC", () => {
    expect(dateOf(new Date("2026-12-31T23:30:00-02:00"))).toBe("2027-01-01");
    expect(dateOf("2026-12-31T10:00:00Z")).toBe("2026-12-31");
  });

  test("days are whole, and negative if the other moment is earlier", () => {
    expect(daysBetween("2026-12-30", "2026-12-31")).toBe(1);
    expect(daysBetween("2026-12-30T12:00:00Z", "2026-12-31T11:00:00Z")).toBe(0);
    expect(daysBetween(Date.parse("2026-12-31T12:00:00Z"), "2026-12-31")).toBe(-1);
  });
});
