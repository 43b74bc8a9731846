import fc from "fast-check";
import { type Grant, type GrantTarget, targetKey } from "../../../provider/access/grants";
import {
  allowedRemovals,
  applyWrites,
  type GrantWrite,
  type PolicySituation,
  planPolicy,
  tooManyRemovals,
  type Writer,
} from "../../../provider/access/plan";

const ann = { resource: "project", membershipId: "ann" };
const bob = { resource: "project", membershipId: "bob" };
const analysts = { resource: "project", roleId: "analysts" };
const everybody = { resource: "project" };
const flags = { resource: "feature_flag" };

/** Nothing exists and nothing is wanted. */
const blank: PolicySituation = {
  live: [],
  desired: [],
  managed: new Set(),
  exclusive: false,
  isIgnored: () => false,
};
const keys = (...places: GrantTarget[]): Set<string> => new Set(places.map(targetKey));

function described({ level, was, ...place }: GrantWrite): string {
  return `${targetKey(place)}: ${was ?? "nothing"} to ${level ?? "nothing"}`;
}

function steps(situation: Partial<PolicySituation>): string[][] {
  return planPolicy({ ...blank, ...situation }).steps.map((step) => step.map(described));
}

describe("what a policy writes", () => {
  test("is nothing if everything matches", () => {
    expect(
      steps({ live: [{ ...ann, level: "admin" }], desired: [{ ...ann, level: "admin" }], exclusive: true }),
    ).toEqual([]);
  });

  test("is what is missing or has a different level", () => {
    expect(
      steps({
        live: [{ ...ann, level: "member" }],
        desired: [
          { ...bob, level: "member" },
          { ...ann, level: "admin" },
        ],
      }),
    ).toEqual([["project/user/ann: member to admin", "project/user/bob: nothing to member"]]);
  });

  test("removes only what it managed and no longer declares", () => {
    const live = [
      { ...ann, level: "admin" },
      { ...bob, level: "admin" },
    ];
    expect(steps({ live, managed: keys(ann) })).toEqual([["project/user/ann: admin to nothing"]]);
    expect(planPolicy({ ...blank, live, managed: keys(ann) }).unmanaged).toEqual([
      { ...bob, level: "admin" },
    ]);
  });

  test("removes what nobody declared in exclusive mode", () => {
    const live = [
      { ...bob, level: "admin" },
      { ...flags, level: "manager" },
    ];
    expect(steps({ live, exclusive: true })).toEqual([
      ["feature_flag/default: manager to nothing"],
      ["project/user/bob: admin to nothing"],
    ]);
  });

  test("leaves an undeclared default of the project alone, even in exclusive mode, and reports it", () => {
    const live = [{ ...everybody, level: "none" }];
    const plan = planPolicy({ ...blank, live, exclusive: true });
    expect(plan).toMatchObject({ steps: [], unmanaged: live, removed: 0, removable: 0 });
  });

  test("removes a default of the project that it managed", () => {
    const live = [{ ...everybody, level: "none" }];
    expect(steps({ live, managed: keys(everybody) })).toEqual([["project/default: none to nothing"]]);
  });

  test("neither removes nor reports what another writer owns, even where it managed it before", () => {
    const live = [{ ...ann, level: "admin" }];
    const plan = planPolicy({
      ...blank,
      live,
      managed: keys(ann),
      exclusive: true,
      isIgnored: ({ membershipId }) => membershipId === "ann",
    });
    expect(plan).toMatchObject({ steps: [], unmanaged: [], removable: 0 });
  });

  test("counts what it could remove: in additive mode what it manages, in exclusive mode everything", () => {
    const live = [
      { ...ann, level: "admin" },
      { ...bob, level: "admin" },
      { ...analysts, level: "admin" },
    ];
    const desired = [{ ...ann, level: "member" }];
    expect(planPolicy({ ...blank, live, desired, managed: keys(bob) })).toMatchObject({
      removable: 2,
      removed: 1,
    });
    expect(planPolicy({ ...blank, live, desired, exclusive: true })).toMatchObject({
      removable: 3,
      removed: 2,
    });
  });
});

describe("the order of writes", () => {
  test("adds personal grants before closing the project, and removes grants afterwards", () => {
    expect(
      steps({
        live: [
          { ...bob, level: "admin" },
          { ...everybody, level: "member" },
        ],
        desired: [
          { ...everybody, level: "none" },
          { ...ann, level: "member" },
          { ...analysts, level: "none" },
        ],
        managed: keys(bob),
      }),
    ).toEqual([
      ["project/user/ann: nothing to member"],
      ["project/default: member to none"],
      ["project/role/analysts: nothing to none", "project/user/bob: admin to nothing"],
    ]);
  });

  test("treats a first default as closing if PostHog's own default is higher", () => {
    expect(
      steps({
        desired: [
          { ...everybody, level: "member" },
          { ...ann, level: "member" },
        ],
      }),
    ).toEqual([["project/user/ann: nothing to member"], ["project/default: nothing to member"]]);
  });

  test("opens the default before anyone loses a grant of their own", () => {
    expect(
      steps({
        live: [
          { ...everybody, level: "none" },
          { ...ann, level: "member" },
        ],
        managed: keys(everybody, ann),
      }),
    ).toEqual([["project/default: none to nothing"], ["project/user/ann: member to nothing"]]);
  });

  test("removes the writer last", () => {
    const writer: Writer = { membershipId: "ann", roleIds: new Set(["analysts"]) };
    const live = [ann, bob, analysts].map((place) => ({ ...place, level: "admin" }));
    expect(steps({ live, managed: keys(ann, bob, analysts), writer })).toEqual([
      ["project/user/bob: admin to nothing"],
      ["project/role/analysts: admin to nothing", "project/user/ann: admin to nothing"],
    ]);
  });

  test("treats a level that this version does not know as the highest", () => {
    expect(
      steps({
        live: [{ ...ann, level: "superuser" }],
        desired: [{ ...ann, level: "admin" }],
        exclusive: true,
      }),
    ).toEqual([["project/user/ann: superuser to admin"]]);
  });
});

/** Small worlds, so that the same targets repeat often. */
const place = fc.oneof(
  fc.record({
    resource: fc.constantFrom("project", "feature_flag"),
    membershipId: fc.constantFrom("a", "b"),
  }),
  fc.record({ resource: fc.constantFrom("project", "feature_flag"), roleId: fc.constantFrom("r", "s") }),
  fc.record({ resource: fc.constantFrom("project", "feature_flag") }),
);
const grants = fc
  .array(fc.tuple(place, fc.constantFrom("none", "member", "admin")))
  .map((pairs): Grant[] => [
    ...new Map(pairs.map(([at, level]) => [targetKey(at), { ...at, level }])).values(),
  ]);
const situation = fc
  .record({
    live: grants,
    desired: grants,
    managed: fc.array(place),
    exclusive: fc.boolean(),
    ignored: fc.array(place),
    writer: fc.option(fc.record({ membershipId: fc.constant("a"), roleIds: fc.constant(new Set(["r"])) }), {
      nil: undefined,
    }),
  })
  .map(({ managed, ignored, ...rest }): PolicySituation => {
    const left = keys(...ignored);
    return { ...rest, managed: keys(...managed), isIgnored: (at) => left.has(targetKey(at)) };
  });

describe("any plan", () => {
  test("turns the existing grants into the declared ones, and leaves what it must not touch", () => {
    fc.assert(
      fc.property(situation, (given) => {
        const plan = planPolicy(given);
        expect(applyWrites(given.live, plan.steps.flat())).toEqual(plan.after);
        const after = new Map(plan.after.map((grant) => [targetKey(grant), grant.level]));
        const desired = new Map(given.desired.map((grant) => [targetKey(grant), grant.level]));
        for (const [key, level] of desired) expect(after.get(key)).toBe(level);
        for (const grant of given.live) {
          const key = targetKey(grant);
          if (desired.has(key)) continue;
          const kept =
            given.isIgnored(grant) ||
            (!given.managed.has(key) && (!given.exclusive || key === "project/default"));
          expect(after.get(key)).toBe(kept ? grant.level : undefined);
        }
        const known = new Set([...desired.keys(), ...given.live.map(targetKey)]);
        expect([...after.keys()].filter((key) => !known.has(key))).toEqual([]);
      }),
    );
  });

  test("writes nothing after it is applied", () => {
    fc.assert(
      fc.property(situation, (given) => {
        const again = planPolicy({ ...given, live: planPolicy(given).after });
        expect(again.steps).toEqual([]);
        expect(again.removed).toBe(0);
      }),
    );
  });

  test("completes an interrupted run from any point", () => {
    fc.assert(
      fc.property(situation, fc.nat(12), (given, count) => {
        const whole = planPolicy(given);
        const broken = applyWrites(given.live, whole.steps.flat().slice(0, count));
        expect(planPolicy({ ...given, live: broken }).after).toEqual(whole.after);
      }),
    );
  });

  test("touches each grant once, and counts what it removes", () => {
    fc.assert(
      fc.property(situation, (given) => {
        const { steps: planned, removed, removable } = planPolicy(given);
        const writes = planned.flat();
        expect(new Set(writes.map(targetKey)).size).toBe(writes.length);
        expect(writes.filter(({ level }) => level === null)).toHaveLength(removed);
        expect(removed).toBeLessThanOrEqual(removable);
      }),
    );
  });

  test("lowers a default only after every grant, and the writer's own access last", () => {
    fc.assert(
      fc.property(situation, (given) => {
        const writes = planPolicy(given).steps.flat();
        const gives = writes.map(({ level, was, ...at }) =>
          at.membershipId === undefined && at.roleId === undefined
            ? undefined
            : order.indexOf(level ?? "none") > order.indexOf(was ?? "none"),
        );
        const lastGift = gives.lastIndexOf(true);
        const firstLoss = gives.indexOf(false);
        if (lastGift >= 0 && firstLoss >= 0) expect(lastGift).toBeLessThan(firstLoss);
        for (const [at, gift] of gives.entries()) {
          if (gift === undefined) {
            expect(lastGift).toBeLessThan(at);
            if (firstLoss >= 0) expect(at).toBeLessThan(firstLoss);
          }
        }
        const { writer } = given;
        if (writer === undefined) return;
        const own = writes.map(
          ({ membershipId, roleId }, at) =>
            gives[at] === false && (membershipId === writer.membershipId || writer.roleIds.has(roleId ?? "")),
        );
        const first = own.indexOf(true);
        if (first >= 0) expect(own.slice(first)).not.toContain(false);
      }),
    );
  });
});

const order = ["none", "member", "admin"];

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

  test("can be raised to the value that the error suggests", () => {
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
