import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import pc from "picocolors";
import { type Emulator, startEmulator } from "../emulator";
import { formatDuration, runCommand, startStep } from "../tools/command";
import { type Engine, ensureEngine } from "../tools/engine";
import type { StackOptions } from "../tools/stack";
import { COMMANDS, type Figures, figuresOf, type Life, medianTime, type Verdict, verdicts } from "./figures";
import { live, unlimitedConfig } from "./life";
import { measureOrganization, type OrganizationFigures, organizationVerdicts } from "./organization";
import { MEMBERS_PROGRAM, MEMBERS_SEED, RESOURCES, STOCK_PROGRAM } from "./programs";
import { measureReview, type ReviewFigures, reviewVerdicts } from "./review";

const ROUNDS = 3;

interface Measurements {
  readonly ours: readonly Life[];
  readonly stock: readonly Life[];
}

/** Both kinds in turn, so that whatever else the machine does meets both alike. */
async function measure(emulator: Emulator, engine: Engine, signal: AbortSignal): Promise<Measurements> {
  const ours: Life[] = [];
  const stock: Life[] = [];
  const round = async (title: string, lives: Life[], options: StackOptions): Promise<void> => {
    const step = startStep(`${title}, round ${lives.length + 1} of ${ROUNDS}`);
    const life = await live({ ...options, engine, signal }, () => emulator.requests.length);
    step.done(
      COMMANDS.map((command) => `${command} ${formatDuration(life.milliseconds[command])}`).join(", "),
    );
    lives.push(life);
  };
  for (let index = 0; index < ROUNDS; index++) {
    emulator.reset();
    await round(`${RESOURCES} stock no-op resources`, stock, { program: STOCK_PROGRAM });
    await round(`${RESOURCES} project members      `, ours, {
      program: MEMBERS_PROGRAM,
      config: unlimitedConfig(emulator),
    });
  }
  return { ours, stock };
}

function report({ ours, stock }: Measurements, figures: Figures & OrganizationFigures): void {
  console.log(`\nMedians of ${ROUNDS}, ${RESOURCES} resources each:\n`);
  console.log(pc.dim(`${"".padEnd(10)}${"pulumi-posthog".padStart(16)}${"stock no-op".padStart(14)}`));
  for (const command of COMMANDS) {
    const times = [ours, stock].map((lives) => formatDuration(medianTime(lives, command)));
    console.log(`${command.padEnd(10)}${times[0]?.padStart(16)}${times[1]?.padStart(14)}`);
  }
  const bytes = [figures.state_bytes_per_resource, figures.stock_state_bytes_per_resource].map(
    (count) => `${count} B`,
  );
  console.log(`${"state each".padEnd(10)}${bytes[0]?.padStart(16)}${bytes[1]?.padStart(14)}\n`);
  reportVerdicts([...verdicts(figures), ...organizationVerdicts(figures)]);
}

function reportVerdicts(all: readonly Verdict[]): void {
  for (const { title, value, target, reached } of all) {
    const mark = reached ? pc.green("✓") : pc.red("✗");
    console.log(`${mark} ${title.padEnd(38)}${value.padStart(10)}   ${pc.dim(target)}`);
  }
}

/** `npm run bench`, `npm run bench -- --json FILE`, `npm run bench -- --only review`. */
void runCommand(async (signal) => {
  const { values } = parseArgs({ options: { json: { type: "string" }, only: { type: "string" } } });
  if (values.only !== undefined && values.only !== "review") {
    throw new Error(`unknown part of the benchmark: ${values.only}. --only takes review.`);
  }
  const figures = {
    ...(values.only === undefined ? await measureStacks(signal) : {}),
    ...(await reviewFigures()),
  };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
});

async function measureStacks(signal: AbortSignal): Promise<Figures & OrganizationFigures> {
  const engine = await ensureEngine({ signal });
  const emulator = await startEmulator({ seed: MEMBERS_SEED });
  try {
    const measurements = await measure(emulator, engine, signal);
    const resources = figuresOf(measurements.ours, measurements.stock, RESOURCES);
    const organization = await measureOrganization(engine, signal);
    const figures = { ...resources, ...organization };
    report(measurements, figures);
    return figures;
  } finally {
    await emulator.close();
  }
}

async function reviewFigures(): Promise<ReviewFigures> {
  const figures = await measureReview();
  reportVerdicts(reviewVerdicts(figures));
  return figures;
}
