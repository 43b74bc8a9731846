import { writeFileSync } from "node:fs";
import pc from "picocolors";
import { handlers } from "../../provider/handlers";
import { runCommand, startStep } from "../command";
import { editedKinds, judgeEdits } from "./edits";
import { enginePoints, sweepEngine } from "./engine";
import { judgeInputs } from "./inputs";
import { parseOptions, type SweepOptions, USAGE } from "./options";
import { sampleOf } from "./sample";
import { type Scenario, scenarios } from "./scenarios";
import { complaintsOf, defectsOf, figuresOf, summaryOf, tableOf } from "./summary";
import { SweptScenario, type Verdict } from "./sweep";

/** Invalid inputs per schema. */
const inputs = 10_000;
/** Sequences of edits per kind of resource. */
const sequences = 20;

async function sweepScenario(
  scenario: Scenario,
  { points: count, pairs, seed }: SweepOptions,
  signal: AbortSignal,
): Promise<Verdict[]> {
  const step = startStep(scenario.name);
  const swept = await SweptScenario.start(scenario);
  try {
    const all = swept.points();
    const singles = count === undefined ? all : sampleOf(all, count, seed);
    const points = [...singles, ...swept.pairs(pairs, seed)];
    const verdicts: Verdict[] = [];
    for (const point of points) {
      signal.throwIfAborted();
      verdicts.push(await swept.judge(point));
      step.update(`${verdicts.length} of ${points.length}`);
    }
    const { converged, unavoidable, fault_points } = figuresOf(verdicts);
    const result = `${fault_points} fault points, ${converged} as without the fault, ${unavoidable} unavoidable`;
    if (converged + unavoidable === fault_points) step.done(result);
    else {
      step.fail(result);
      for (const complaint of defectsOf(verdicts)) console.log(`${pc.red("✗")} ${complaint}`);
    }
    return verdicts;
  } finally {
    await swept.close();
  }
}

async function sweepHandlers(options: SweepOptions, signal: AbortSignal): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const scenario of scenarios.filter(({ name }) => name.includes(options.only))) {
    verdicts.push(...(await sweepScenario(scenario, options, signal)));
  }
  return verdicts;
}

/** What is wrong with the inputs and edits of all kinds of resources. */
async function sweepProperties({ only, seed }: SweepOptions, signal: AbortSignal): Promise<string[]> {
  const complaints: string[] = [];
  const show = (step: ReturnType<typeof startStep>, found: readonly string[], result: string): void => {
    if (found.length === 0) step.done(result);
    else step.fail(result);
    complaints.push(...found);
  };
  for (const type of [...handlers.keys()].filter((name) => name.includes(only))) {
    signal.throwIfAborted();
    const step = startStep(`Invalid inputs of ${type}`);
    const { refused, complaints: found } = await judgeInputs(type, inputs, seed);
    const few = refused < inputs ? [`${type}: only ${refused} invalid inputs were found`] : [];
    show(step, [...found, ...few], `${refused} refused`);
  }
  for (const kind of editedKinds.filter(({ type }) => type.includes(only))) {
    signal.throwIfAborted();
    const step = startStep(`Edits of ${kind.type}`);
    show(step, await judgeEdits(kind, sequences, seed), `${sequences} sequences`);
  }
  return complaints;
}

async function sweepTheEngine(
  { points = 150, seed, only }: SweepOptions,
  signal: AbortSignal,
): Promise<Verdict[]> {
  const step = startStep("The real engine");
  const drawn = await enginePoints(points, seed, only);
  const verdicts: Verdict[] = [];
  await sweepEngine(drawn, signal, (verdict) => {
    verdicts.push(verdict);
    step.update(`${verdicts.length} of ${drawn.length}`);
    for (const defect of defectsOf([verdict])) console.log(`${pc.red("✗")} ${defect}`);
  });
  step.done(`${drawn.length} fault points`);
  return verdicts;
}

async function main(signal: AbortSignal): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === "help") return console.log(USAGE);
  const verdicts = options.engine
    ? await sweepTheEngine(options, signal)
    : await sweepHandlers(options, signal);
  const ofProperties = options.engine ? [] : await sweepProperties(options, signal);
  const summary = summaryOf(verdicts);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(summary, undefined, 2)}\n`);
  console.log(`\n${tableOf(summary).join("\n")}`);
  // The limit is for all scenarios together. Under the engine, kills are drawn more often than other faults.
  const isLimited = !options.engine && options.only === "";
  const complaints = [...(isLimited ? complaintsOf : defectsOf)(verdicts), ...ofProperties];
  if (complaints.length === 0) return;
  for (const complaint of complaints) console.log(`${pc.red("✗")} ${complaint}`);
  throw new Error(`The sweep found ${complaints.length} defects.`);
}

void runCommand(main);
