import { handlers } from "../../../provider/handlers";
import { parseOptions } from "../../../tools/sweep/options";
import { sampleOf } from "../../../tools/sweep/sample";
import { type Scenario, scenarios } from "../../../tools/sweep/scenarios";
import { complaintsOf, figuresOf } from "../../../tools/sweep/summary";
import { type Failing, type FaultPoint, SweptScenario, type Verdict } from "../../../tools/sweep/sweep";

/** Fault points in all, spread over the scenarios. */
const points = 300;
const each = Math.ceil(points / scenarios.length);
const verdicts: Verdict[] = [];

test("every kind of resource is swept", () => {
  expect([...new Set(scenarios.map(({ type }) => type))].sort()).toEqual([...handlers.keys()].sort());
});

describe("a run that meets a fault is put right by the next ones", () => {
  test.each(scenarios)(
    "$name",
    async (scenario) => {
      const swept = await SweptScenario.start(scenario);
      try {
        const own: Verdict[] = [];
        for (const point of sampleOf(swept.points(), each, 20_261_128)) own.push(await swept.judge(point));
        verdicts.push(...own);
        const { converged, unavoidable } = figuresOf(own);
        expect(converged + unavoidable === own.length ? [] : complaintsOf(own)).toEqual([]);
      } finally {
        await swept.close();
      }
    },
    60_000,
  );

  test("and what is unavoidable is rare", () => {
    expect(verdicts.length).toBeGreaterThanOrEqual(points);
    expect(complaintsOf(verdicts)).toEqual([]);
  });
});

describe("what is judged", () => {
  const role = scenarios.find(({ type }) => type === "Role") as Scenario;
  const verdict = (failings: Failing[], over: Partial<FaultPoint> = {}): Verdict => ({
    point: {
      scenario: role,
      phase: "create",
      request: 0,
      fault: { name: "killed", options: { kind: "dropAfter" } },
      sequel: "destroy",
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
    expect(parseOptions(["--points", "3", "--only", "Role"])).toEqual({
      points: 3,
      seed: 1,
      only: "Role",
      json: undefined,
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
