import { join } from "node:path";
import pc from "picocolors";
import { type Engine, ensureEngine } from "../engine";
import { onInterrupt, runCommand } from "../interrupt";
import { formatDuration } from "../progress";
import { repositoryRoot } from "../repository";
import { PulumiStack } from "../stack";
import { keepUp } from "./keep";
import { type DemoOptions, parseOptions, USAGE } from "./options";
import { counted, Show } from "./show";
import { play, type Tally } from "./story";
import { findSurroundings, type Surroundings } from "./target";

const PROGRAM = { folder: join(repositoryRoot(), "examples", "quickstart"), main: "index.ts" };

/** `npm run demo`: the quickstart program, from nothing to nothing, on the real engine. */
async function demo(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const started = Date.now();
  const engine = await ensureEngine({ signal });
  const surroundings = await findSurroundings(options, process.env);
  try {
    greet(engine, surroundings);
    const tally = await playOnce(engine, surroundings, signal);
    console.log(`\n${summaryLines(tally, surroundings, Date.now() - started).join("\n")}`);
    if (options.keep && surroundings.emulator) await keepUp(surroundings.emulator, engine, signal);
  } finally {
    await surroundings.close();
  }
}

async function playOnce(engine: Engine, surroundings: Surroundings, signal: AbortSignal): Promise<Tally> {
  const { config, env, emulator } = surroundings;
  const stop = new AbortController();
  const stack = await PulumiStack.create({
    program: PROGRAM,
    name: "quickstart",
    engine,
    config,
    env,
    signal: stop.signal,
  });
  // The embedded PostHog just goes. In somebody's own nothing may be forgotten: the engine is to save what it made,
  // which is destroyed below; only a second Ctrl-C ends that too.
  onInterrupt((times) => (emulator !== undefined || times > 1 ? stop.abort() : stack.interrupt()));
  try {
    return await play({ stack, surroundings, show: new Show(), leaving: signal });
  } catch (error) {
    if (emulator === undefined) await clearUp(stack);
    throw error;
  } finally {
    await stack.close();
  }
}

async function clearUp(stack: PulumiStack): Promise<void> {
  console.log("\nDestroying what was made so far (Ctrl-C once more leaves it there) ...");
  await stack.destroy();
}

function greet(engine: Engine, { url, emulator }: Surroundings): void {
  console.log(pc.bold("Two projects, their members, three scoped keys and single sign-on, as code."));
  const where =
    emulator === undefined ? `PostHog at ${url}` : `embedded PostHog at ${url} (open it to watch)`;
  console.log(`${pc.dim("program")}  examples/quickstart/index.ts`);
  console.log(`${pc.dim("engine")}   Pulumi ${engine.version}`);
  console.log(`${pc.dim("target")}   ${where}`);
}

function summaryLines(tally: Tally, { emulator }: Surroundings, milliseconds: number): string[] {
  const deeds = `${tally.created} resources created, ${tally.repaired} repaired, ${tally.deleted} deleted`;
  const lines = [`${pc.green("✓")} ${deeds} in ${formatDuration(milliseconds)}.`];
  if (emulator === undefined) return lines;
  const own = emulator.requests.filter(({ userAgent }) => userAgent?.startsWith("pulumi-posthog/"));
  const methods = new Map<string, number>();
  for (const { method } of own) methods.set(method, (methods.get(method) ?? 0) + 1);
  const parts = [...methods].map(([method, count]) => `${count} ${method}`);
  return [...lines, `  ${counted(own.length, "request")} to PostHog: ${parts.join(", ")}.`];
}

void runCommand(async (signal) => {
  const options = parseOptions(process.argv.slice(2));
  if (options === "help") console.log(USAGE);
  else await demo(options, signal);
});
