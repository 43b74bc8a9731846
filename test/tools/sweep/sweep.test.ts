import { handlers } from "../../../provider/handlers";
import type { Failing } from "../../../tools/sweep/judgement";
import { parseOptions } from "../../../tools/sweep/options";
import type { FaultPoint } from "../../../tools/sweep/points";
import { sampleOf } from "../../../tools/sweep/sample";
import { changesIn, type Scenario, scenarios } from "../../../tools/sweep/scenarios";
import { complaintsOf, figuresOf, summaryOf, tableOf } from "../../../tools/sweep/summary";
import { SweptScenario, type Verdict } from "../../../tools/sweep/sweep";

/** The total number of fault points, spread over the scenarios; some have two faults. */
const points = 300;
const pairs = 2;
const each = Math.ceil(points / scenarios.length) - pairs;
const seed = 20_261_128;
const verdicts: Verdict[] = [];

test("every kind of resource is swept", () => {
  for (const some of [
    scenarios.filter(({ siblings }) => siblings === undefined),
    scenarios.filter(({ siblings }) => siblings !== undefined),
  ]) {
    const types = new Set(some.flatMap((scenario) => changesIn(scenario).map(({ type }) => type)));
    if (some[0]?.siblings === undefined) expect([...types].sort()).toEqual([...handlers.keys()].sort());
    else expect(types.size).toBeGreaterThan(10);
  }
});

describe("the next runs repair a run that meets a fault", () => {
  test.each(scenarios)(
    "$name",
    async (scenario) => {
      const swept = await SweptScenario.start(scenario);
      try {
        const own: Verdict[] = [];
        const drawn = [...sampleOf(swept.points(), each, seed), ...swept.pairs(pairs, seed)];
        for (const point of drawn) own.push(await swept.judge(point));
        verdicts.push(...own);
        const { converged, unavoidable } = figuresOf(own);
        expect(converged + unavoidable === own.length ? [] : complaintsOf(own)).toEqual([]);
      } finally {
        await swept.close();
      }
    },
    60_000,
  );

  test("unavoidable results are rare", () => {
    expect(verdicts.length).toBeGreaterThanOrEqual(points);
    expect(complaintsOf(verdicts)).toEqual([]);
  });
});

describe("the verdict", () => {
  const role = scenarios.find(({ type }) => type === "Role") as Scenario;
  const verdict = (failings: Failing[], over: Partial<FaultPoint> = {}): Verdict => ({
    point: {
      scenario: role,
      phase: "create",
      request: 0,
      fault: { name: "killed", options: { kind: "dropAfter" } },
      sequel: "destroy",
      order: 0,
      ...over,
    },
    failings,
    details: ["more role Team"],
  });

  test("is unavoidable only in the combinations of the table", () => {
    expect(figuresOf([verdict(["orphans"])])).toMatchObject({ converged: 0, orphans: 0, unavoidable: 1 });
    expect(figuresOf([verdict(["duplicates"])])).toMatchObject({ duplicates: 1, unavoidable: 0 });
    const refused = verdict(["orphans"], { fault: { name: "403", options: { kind: "status" } } });
    expect(figuresOf([refused])).toMatchObject({ orphans: 1, unavoidable: 0 });
  });

  test("is summarized in total, by resource and by fault", () => {
    const late = verdict(["duplicates"], { fault: { name: "403", options: { kind: "status" } } });
    const keys = {
      fault_points: 2,
      converged: 0,
      duplicates: 1,
      orphans: 0,
      unclear_errors: 0,
      unavoidable: 1,
      other_failures: 0,
    };
    const summary = summaryOf([late, verdict(["orphans"])]);
    expect(summary).toEqual({
      ...keys,
      by_resource: { Role: keys },
      by_fault: {
        "403": { ...keys, fault_points: 1, unavoidable: 0 },
        killed: { ...keys, fault_points: 1, duplicates: 0 },
      },
    });
    expect(tableOf(summary).at(-1)).toBe("in all  2 points, 0 as without, 1 unavoidable, 1 defects");
  });

  test("with two faults may be unavoidable for either of them", () => {
    const refused = { name: "403", options: { kind: "status" } } as const;
    const killed = { name: "killed", options: { kind: "dropAfter" } } as const;
    const second = { during: "the next command", request: 0, fault: killed } as const;
    const both = verdict(["orphans"], { fault: refused, second, sequel: "up" });
    expect(figuresOf([both])).toMatchObject({ orphans: 0, unavoidable: 1 });
    expect(figuresOf([{ ...both, failings: ["duplicates"] }])).toMatchObject({ duplicates: 1 });
  });

  test("is a complaint with its place if it is a defect, or if too much is unavoidable", () => {
    expect(complaintsOf([verdict(["duplicates"])])).toEqual([
      "Role: create, request 0, killed, then destroy: duplicates\n    more role Team",
    ]);
    expect(complaintsOf([verdict(["orphans"])])).toEqual(["1 of 1 fault points are called unavoidable"]);
    expect(complaintsOf([verdict([])])).toEqual([]);
  });
});

describe("the options", () => {
  test("are read", () => {
    expect(parseOptions(["--points", "3", "--only", "Role", "--engine"])).toEqual({
      points: 3,
      pairs: 100,
      seed: 1,
      only: "Role",
      json: undefined,
      engine: true,
    });
    expect(parseOptions(["--help"])).toBe("help");
  });

  test.each([[["--points", "0"]], [["--seed", "x"]], [["--what"]]])(
    "that are wrong show the usage: %j",
    (args) => {
      expect(() => parseOptions(args)).toThrow(/npm run sweep -- --points N/);
    },
  );
});
