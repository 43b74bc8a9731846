import { type Emulator, startEmulator } from "../emulator";
import { formatDuration, startStep } from "../tools/command";
import type { StackOptions } from "../tools/stack";
import { figure, median, ratio, rounded } from "./figures";
import { COMMANDS, type Command, type Life, live, unlimitedConfig } from "./life";
import type { Part, Run } from "./part";
import { MEMBERS_PROGRAM, MEMBERS_SEED, RESOURCES, STOCK_PROGRAM } from "./programs";
import type { Figure } from "./results";

const ROUNDS = 3;

/** Many small resources of this package, compared with as many of Pulumi's own that do nothing. */
export const members: Part = {
  name: "members",
  title: "200 resources, next to Pulumi's own",
  text: `
${RESOURCES} \`ProjectMember\`s, and ${RESOURCES} dynamic resources with the same arguments whose provider does nothing. Both in turn, ${ROUNDS} times; the figures are medians, requests and memory the worst. A share of 1 is the time of the resources that do nothing.
`,
  async measure(run) {
    const emulator = await startEmulator({ seed: MEMBERS_SEED });
    try {
      return { figures: membersFigures(await measureRounds(emulator, run), RESOURCES) };
    } finally {
      await emulator.close();
    }
  },
};

interface Lives {
  readonly ours: readonly Life[];
  readonly stock: readonly Life[];
}

/** Measures both kinds in turn, so that other load on the machine affects both alike. */
async function measureRounds(emulator: Emulator, { engine, signal, isQuick }: Run): Promise<Lives> {
  const rounds = isQuick ? 1 : ROUNDS;
  const round = async (title: string, options: StackOptions): Promise<Life> => {
    const step = startStep(title);
    const life = await live({ ...options, engine, signal }, emulator);
    step.done(
      COMMANDS.map((command) => `${command} ${formatDuration(life.milliseconds[command])}`).join(", "),
    );
    return life;
  };
  const [ours, stock]: [Life[], Life[]] = [[], []];
  for (let index = 1; index <= rounds; index++) {
    const which = `round ${index} of ${rounds}`;
    emulator.reset();
    stock.push(await round(`${RESOURCES} stock no-op resources, ${which}`, { program: STOCK_PROGRAM }));
    const config = unlimitedConfig(emulator);
    ours.push(await round(`${RESOURCES} project members, ${which}`, { program: MEMBERS_PROGRAM, config }));
  }
  return { ours, stock };
}

/** A refresh loads the client. Only Node 22 and newer cache its compiled code, so older ones have no bar. */
function barOf(command: Command, node: string): number | undefined {
  if (command !== "refresh") return 1;
  return Number.parseInt(node, 10) >= 22 ? 1.1 : undefined;
}

export function membersFigures(
  { ours, stock }: Lives,
  resources: number,
  node: string = process.versions.node,
): Figure[] {
  const medianOf = (lives: readonly Life[], read: (life: Life) => number): number => median(lives.map(read));
  const share = (command: Command): number => {
    const read = ({ milliseconds }: Life): number => milliseconds[command];
    return ratio(medianOf(ours, read), medianOf(stock, read));
  };
  const bytes = (lives: readonly Life[]): number =>
    Math.round(medianOf(lives, ({ stateBytes }) => stateBytes) / resources);
  const worst = (read: (life: Life) => number): number => Math.max(...ours.map(read));
  const [state, stockState] = [bytes(ours), bytes(stock)];
  return [
    ...COMMANDS.map((command) =>
      figure(`${command}_ratio`, `${command}, share of the stock time`, share(command), barOf(command, node)),
    ),
    figure("state_bytes_per_resource", "state of one resource", state, undefined, "bytes"),
    figure("stock_state_bytes_per_resource", "state of one stock resource", stockState, undefined, "bytes"),
    figure("state_ratio", "state, share of the stock bytes", ratio(state, stockState), 0.6),
    figure(
      "up_requests",
      "requests of the up",
      worst(({ requests }) => requests.up),
      230,
    ),
    figure(
      "refresh_requests",
      "requests of a refresh",
      worst(({ requests }) => requests.refresh),
      10,
    ),
    figure(
      "project_reads",
      "reads of a project, only to learn of its deletion, in any command",
      Math.max(...COMMANDS.map((command) => worst(({ projectReads }) => projectReads[command]))),
      0,
    ),
    figure(
      "provider_peak_rss_mb",
      "peak memory of the provider",
      rounded(worst(({ peakBytes }) => peakBytes) / 1e6, 1),
      200,
      "MB",
    ),
  ];
}
