import { enginePoints, sweepEngine } from "../../tools/sweep/engine";
import { describePoint, type FaultPoint } from "../../tools/sweep/points";
import { defectsOf } from "../../tools/sweep/summary";
import type { Verdict } from "../../tools/sweep/sweep";

/** `npm run sweep -- --engine` runs 150 of them, and everything without the engine. */
const [points, seed] = [6, 20_261_128];
let drawn: FaultPoint[] = [];

beforeAll(async () => {
  drawn = await enginePoints(points, seed);
});

test("every third point is a kill", () => {
  expect(drawn.map(({ fault }) => fault.kills ?? false)).toEqual([true, false, false, true, false, false]);
});

test.each(Array.from({ length: points }, (_, at) => at))(
  "on the real engine, the next runs recover from a fault or a kill: point %d of the sample",
  async (at) => {
    const verdicts: Verdict[] = [];
    await sweepEngine(drawn.slice(at, at + 1), new AbortController().signal, (verdict) =>
      verdicts.push(verdict),
    );
    expect(verdicts.map(({ point }) => describePoint(point))).toHaveLength(1);
    expect(defectsOf(verdicts)).toEqual([]);
  },
);
