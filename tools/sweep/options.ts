import { parseArgs } from "node:util";

export interface SweepOptions {
  /** Fault points per scenario, or in all with the engine. Default: all; 150 with the engine. */
  readonly points?: number;
  /** Points with two faults per scenario. */
  readonly pairs: number;
  /** Whether they run on the real engine. */
  readonly engine: boolean;
  /** The seed of the random choices. */
  readonly seed: number;
  /** Part of the names of the scenarios to run. */
  readonly only: string;
  /** The file for the summary as JSON. */
  readonly json?: string;
}

/** The text that `--help` prints. */
export const USAGE = `npm run sweep                   every request of every resource's life meets every fault, and the
                                next runs have to put it right
npm run sweep -- --points N     ... only N fault points of each scenario, drawn by the seed
       --pairs N                N points with two faults of each scenario; 100 by default
       --engine                 150 points, drawn by the seed, on the real engine; --points N for others
       --seed N                 draws others; 1 by default
       --only TEXT              only scenarios with this in their name
       --json FILE              writes the summary for machines`;

/** Reads the command line. If it is invalid, throws an error with the usage. */
export function parseOptions(args: readonly string[]): SweepOptions | "help" {
  const [text, flag] = [{ type: "string" }, { type: "boolean" }] as const;
  const parse = () =>
    parseArgs({
      args: [...args],
      options: { points: text, pairs: text, seed: text, only: text, json: text, engine: flag, help: flag },
    }).values;
  let values: ReturnType<typeof parse>;
  try {
    values = parse();
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
  if (values.help === true) return "help";
  const { points, pairs = "100", seed = "1", only = "", json, engine = false } = values;
  return {
    points: points === undefined ? undefined : whole(points),
    pairs: whole(pairs),
    seed: whole(seed),
    only,
    json,
    engine,
  };
}

function whole(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`"${text}" is no whole number from 1.\n\n${USAGE}`);
}
