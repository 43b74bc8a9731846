import fc from "fast-check";
import { allowedRemovals, tooManyRemovals } from "../../../provider/access/plan";

describe("the largest share that one update may remove", () => {
  test.each([
    [20, 0.25, 5],
    [19, 0.25, 4],
    [100, 0.29, 29],
    [3, 0.25, 1],
    [1, 0.25, 1],
    [0, 0.25, 1],
    [8, 1, 8],
    [8, 0, 0],
  ])("of %i with a limit of %f is %i", (existing, limit, allowed) => {
    expect(allowedRemovals({ existing, limit })).toBe(allowed);
  });

  test("is refused with the numbers, and with the limit that would be enough", () => {
    expect(tooManyRemovals({ existing: 30, removed: 10, limit: 0.25 }, "grants")).toEqual({
      why: "Exceeds removalLimit: it would remove 10 of 30 grants, and removalLimit 0.25 allows 7.",
      fix: "If you want this, set removalLimit: 0.34 for this update, and remove it afterwards.",
    });
    expect(tooManyRemovals({ existing: 30, removed: 7, limit: 0.25 }, "grants")).toBeUndefined();
  });

  test("can be exceeded on purpose with the limit that the refusal proposes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2000 }), (existing, some) => {
        const removed = Math.min(existing, some);
        const refused = tooManyRemovals({ existing, removed, limit: 0 }, "grants");
        const limit = Number(/removalLimit: ([\d.]+)/.exec(refused?.fix ?? "")?.[1]);
        expect(tooManyRemovals({ existing, removed, limit }, "grants")).toBeUndefined();
      }),
    );
  });
});
