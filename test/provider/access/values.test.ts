import { counted } from "../../../provider/access/messages";
import { isUuid, sameSet } from "../../../provider/access/values";

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

describe("isUuid", () => {
  test("accepts UUIDs of any version and case, and nothing around them", () => {
    expect(isUuid("0189A6C1-0000-0000-7000-00000000000f")).toBe(true);
    expect(isUuid("0189a6c1-0000-0000-7000-00000000000")).toBe(false);
    expect(isUuid("x0189a6c1-0000-0000-7000-00000000000f")).toBe(false);
    expect(isUuid("0189a6c1000000007000-00000000000f")).toBe(false);
  });
});

describe("counted", () => {
  test("takes the right form of the noun and English digits", () => {
    expect(counted(1, "grant")).toBe("1 grant");
    expect(counted(0, "grant")).toBe("0 grants");
    expect(counted(1200, "person", "people")).toBe("1,200 people");
  });
});
