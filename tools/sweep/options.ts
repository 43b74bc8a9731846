import { parseArgs } from "node:util";

/** The options of `npm run sweep`. */
export interface SweepOptions {
  /** How many fault points are tried of each scenario; all by default. */
  readonly points?: number;
  /** What draws them. */
  readonly seed: number;
  /** Part of the names of the scenarios that are tried. */
  readonly only: string;
  /** Where the summary goes as JSON. */
  readonly json?: string;
}

/** What `--help` prints. */
export const USAGE = `npm run sweep                   every request of every resource's life meets every fault, and the
                                next runs have to put it right
npm run sweep -- --points N     ... only N fault points of each scenario, drawn by the seed
       --seed N                 draws others; 1 by default
       --only TEXT              only scenarios with this in their name
       --json FILE              writes the summary for machines`;

/** Reads the command line; throws an error that shows the usage. */
export function parseOptions(args: readonly string[]): SweepOptions | "help" {
  const text = { type: "string" } as const;
  const parse = () =>
    parseArgs({
      args: [...args],
      options: { points: text, seed: text, only: text, json: text, help: { type: "boolean" } },
    }).values;
  let values: ReturnType<typeof parse>;
  try {
    values = parse();
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
  if (values.help === true) return "help";
  const { points, seed = "1", only = "", json } = values;
  return { points: points === undefined ? undefined : whole(points), seed: whole(seed), only, json };
}

function whole(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`"${text}" is no whole number from 1.\n\n${USAGE}`);
}
