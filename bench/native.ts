import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../emulator";
import { startStep } from "../tools/command";
import { bundlePlugin } from "../tools/plugin/bundle";
import { repositoryRoot } from "../tools/repository";
import { PulumiStack, type StackOptions } from "../tools/stack";
import { figure, median, ratio } from "./figures";
import { COMMANDS, type Command, unlimitedConfig } from "./life";
import type { Part, Run } from "./part";
import { MEMBERS_PROGRAM, MEMBERS_SEED, NATIVE_MEMBERS_PROGRAM, RESOURCES } from "./programs";
import type { Figure } from "./results";

const ROUNDS = 5;

/** CPU time of each command, in milliseconds. */
export type Times = Readonly<Record<Command, number>>;

/** The same resources through the plugin and as dynamic resources. */
export const native: Part = {
  name: "native",
  title: "The plugin, next to dynamic resources",
  text: `
${RESOURCES} \`ProjectMember\`s of a program for Node, once through [the plugin](native-provider.md) and once as dynamic resources, in turn, ${ROUNDS} times. The figures are medians of the CPU time of the engine and all that it starts.
`,
  async measure(run) {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-posthog-bench-"));
    try {
      await bundlePlugin(repositoryRoot(), folder);
      return { figures: nativeFigures(await measureRounds(folder, run)) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Rounds {
  readonly plugin: readonly Times[];
  readonly dynamic: readonly Times[];
}

/** Measures both forms in turn, each first in every other round, so that other load affects both alike. */
async function measureRounds(plugins: string, { engine, signal, isQuick }: Run): Promise<Rounds> {
  const emulator = await startEmulator({ seed: MEMBERS_SEED });
  const rounds = isQuick ? 1 : ROUNDS;
  const measured: { plugin: Times[]; dynamic: Times[] } = { plugin: [], dynamic: [] };
  try {
    for (let round = 1; round <= rounds; round++) {
      const forms = ["plugin", "dynamic"] as const;
      for (const form of round % 2 === 0 ? forms : [...forms].reverse()) {
        emulator.reset();
        const own =
          form === "plugin" ? { program: NATIVE_MEMBERS_PROGRAM, plugins } : { program: MEMBERS_PROGRAM };
        const step = startStep(`${RESOURCES} project members (${form}), round ${round} of ${rounds}`);
        const options = {
          ...own,
          engine,
          signal,
          config: unlimitedConfig(emulator),
          // The plugin refreshes and destroys from the state, which contains no credentials.
          env: { POSTHOG_API_KEY: emulator.apiKey },
        };
        measured[form].push(await timesOf(options));
        step.done();
      }
    }
    return measured;
  } finally {
    await emulator.close();
  }
}

async function timesOf(options: StackOptions): Promise<Times> {
  const stack = await PulumiStack.create(options);
  const times = { up: 0, preview: 0, refresh: 0, destroy: 0 };
  try {
    for (const command of COMMANDS) {
      const before = childrenTime();
      await stack[command]();
      times[command] = childrenTime() - before;
    }
    return times;
  } finally {
    await stack.close();
  }
}

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

/** CPU time of all ended descendants of this process, in milliseconds. Only on Linux. */
function childrenTime(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  // The program's name comes second, in parentheses, and may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user, system] = [fields[13], fields[14]].map(Number);
  if (user === undefined || system === undefined || Number.isNaN(user + system))
    throw new Error("/proc/self/stat does not tell the CPU time of processes.");
  return (user + system) * TICK_MS;
}

export function nativeFigures({ plugin, dynamic }: Rounds): Figure[] {
  return COMMANDS.map((command) => {
    const [ours, other] = [plugin, dynamic].map((rounds) => median(rounds.map((times) => times[command])));
    return figure(
      `native_${command}_ratio`,
      `${command}, share of the dynamic resources' CPU time`,
      ratio(ours ?? Number.NaN, other ?? Number.NaN),
      1.05,
    );
  });
}
