import { join } from "node:path";
import pc from "picocolors";
import { formatDuration, onInterrupt, runCommand } from "../command";
import { type Engine, ensureEngine } from "../engine";
import { repositoryRoot } from "../repository";
import { PulumiStack } from "../stack";
import { type DemoOptions, parseOptions, USAGE } from "./options";
import { counted, Show } from "./show";
import { play, type Tally } from "./story";
import { findTarget, keepUp, type Target } from "./target";

const PROGRAM = { folder: join(repositoryRoot(), "examples", "quickstart"), main: "index.ts" };

/** `npm run demo`: runs the quickstart program through its full lifecycle on the real engine. */
async function demo(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const started = Date.now();
  const engine = await ensureEngine({ signal });
  const target = await findTarget(options, process.env);
  try {
    greet(engine, target);
    const tally = await playOnce(engine, target, signal);
    console.log(`\n${summaryLines(tally, target, Date.now() - started).join("\n")}`);
    if (options.keep && target.emulator) await keepUp(target.emulator, engine, signal);
  } finally {
    await target.close();
  }
}

async function playOnce(engine: Engine, target: Target, signal: AbortSignal): Promise<Tally> {
  const { config, env, emulator } = target;
  const stop = new AbortController();
  const stack = await PulumiStack.create({
    program: PROGRAM,
    name: "quickstart",
    engine,
    config,
    env,
    signal: stop.signal,
  });
  // An emulator can just stop. In a PostHog of `--host` nothing may stay behind: the engine saves what it created, and
  // the code below destroys it. A second Ctrl-C stops that too.
  onInterrupt((times) => (emulator !== undefined || times > 1 ? stop.abort() : stack.interrupt()));
  try {
    return await play({ stack, target, show: new Show(), signal });
  } catch (error) {
    if (emulator === undefined) await cleanUp(stack);
    throw error;
  } finally {
    await stack.close();
  }
}

async function cleanUp(stack: PulumiStack): Promise<void> {
  console.log("\nDestroying what was created so far (Ctrl-C again leaves it there) ...");
  await stack.destroy();
}

function greet(engine: Engine, { url, emulator }: Target): void {
  console.log(pc.bold("Two projects, their members, three scoped keys and single sign-on, as code."));
  const where = emulator === undefined ? `PostHog at ${url}` : `emulator at ${url} (open it to watch)`;
  console.log(`${pc.dim("program")}  examples/quickstart/index.ts`);
  console.log(`${pc.dim("engine")}   Pulumi ${engine.version}`);
  console.log(`${pc.dim("target")}   ${where}`);
}

function summaryLines(tally: Tally, { emulator }: Target, milliseconds: number): string[] {
  const changes = `${tally.created} resources created, ${tally.repaired} repaired, ${tally.deleted} deleted`;
  const lines = [`${pc.green("✓")} ${changes} in ${formatDuration(milliseconds)}.`];
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
