import { readdirSync } from "node:fs";
import { type Emulator, startEmulator } from "../../emulator";
import { Comparison } from "./comparison";
import { ListedDifferences } from "./listed";
import { Player } from "./player";
import { SymbolFinder } from "./symbols";
import { readJson, readScenarios, readTape, readWorld, recording, type Step, TAPES } from "./tape";

const MOST_HIDDEN = 120;

const listed = new ListedDifferences(readJson("differences.json"));

describe.each(TAPES)("the emulator answers as on the tape %s", (name, worldName, options) => {
  const scenarios = readTape(name);
  const world = readWorld(worldName);
  let emulator: Emulator;

  beforeAll(async () => {
    emulator = await startEmulator({ ...options, seed: recording("seeds", `emulator.${worldName}.json`) });
  });
  beforeEach(() => emulator.reset());
  afterAll(() => emulator.close());

  for (const { name: scenario, steps } of scenarios) {
    test(`in the scenario ${scenario}`, () => expectSameAnswers(scenario, steps));
  }

  async function expectSameAnswers(scenario: string, steps: readonly Step[]): Promise<void> {
    const player = new Player(emulator.url, world);
    const comparison = new Comparison(new SymbolFinder(world, emulator.url));
    const found: string[] = [];
    for (const [index, step] of steps.entries()) {
      const differences = comparison.differences(step, await player.play(step));
      for (const difference of differences.filter((one) => !listed.hides(scenario, step, one))) {
        const { kind, at, recorded, answered } = difference;
        const request = `${index + 1} ${step.as} ${step.method} ${step.path}`;
        found.push(`${request}: ${kind} ${at}: ${JSON.stringify(recorded)} | ${JSON.stringify(answered)}`);
      }
    }
    expect(found).toEqual([]);
  }

  test("which has every step of every scenario", () => {
    const written = readdirSync(recording("scenarios")).flatMap((file) => readScenarios(file));
    const requests = scenarios.map(({ name: scenario, steps }) => ({
      name: scenario,
      steps: steps.map(({ answer: _answer, skipped: _skipped, ...request }) => request),
    }));
    expect(new Map(requests.map((one) => [one.name, one]))).toEqual(
      new Map(written.map((one) => [one.name, one])),
    );
  });
});

test("each listed difference hides its stated number, and all together few", () => {
  expect(listed.miscounted()).toEqual([]);
  expect(listed.total()).toBeLessThanOrEqual(MOST_HIDDEN);
});
