import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { printable } from "../../provider/access/messages";
import { ConfigurationError } from "../../provider/posthog/errors";
import { jsonOf, runPulumi } from "./pulumi";

/** What most commands can do without a stack. */
const withoutStack =
  "set POSTHOG_API_KEY (and POSTHOG_HOST for another host than us.posthog.com): then no stack is read";

/**
 * The name of the selected stack of the program in this folder or one above, which goes to standard error; undefined
 * outside programs.
 *
 * @param instead what the command can do without a stack, for errors.
 * @throws ConfigurationError if the program has no selected stack, or it cannot be read.
 */
export async function selectedStack(instead = withoutStack): Promise<string | undefined> {
  if (!isInProgram()) return undefined;
  const { ok, stdout, why } = await orInstead(runPulumi(["stack", "--show-name"]), instead);
  if (ok) {
    const name = stdout.trim();
    console.error(printable(`using the selected stack ${name}; --stack names another`));
    return name;
  }
  throw new ConfigurationError("the selected stack of the program in this folder cannot be read", {
    why,
    fix: stackFix(why, "Choose a stack with --stack, or with pulumi stack select", instead),
  });
}

/**
 * How to make a stack readable, and what works without it.
 *
 * @param why the reason that Pulumi gave.
 * @param otherwise another way to make it readable, without a full stop.
 * @param instead what the command can do without it; empty if it needs it.
 */
export function stackFix(why: string, otherwise: string, instead = withoutStack): string {
  const ways: readonly (readonly [RegExp, string])[] = [
    [
      /passphrase|decrypt/i,
      "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, as for pulumi itself",
    ],
    [
      /log ?in|PULUMI_ACCESS_TOKEN|credentials|backend/i,
      "Log in to the backend that has the stacks: pulumi login",
    ],
  ];
  const [, way] = ways.find(([pattern]) => pattern.test(why)) ?? [];
  return `${way ?? otherwise}${instead === "" ? "" : `; or ${instead}`}.`;
}

/** If Pulumi itself is missing, the fix is what the command can do without a stack. */
async function orInstead<T>(answer: Promise<T>, instead: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const { why, fix } = error.remedy;
    throw new ConfigurationError(error.summary, { why, fix: `${fix} Or ${instead}.` });
  }
}

function isInProgram(): boolean {
  for (let at = process.cwd(); ; at = dirname(at)) {
    if (["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"].some((name) => existsSync(join(at, name)))) return true;
    if (at === dirname(at)) return false;
  }
}

const outputsSchema = z.record(z.string(), z.unknown());
const idSchema = z.int().positive();

/**
 * The ids of projects among the outputs of a stack: those in an output `projects` with ids by name, and outputs that
 * are ids themselves. Empty without a stack, or if its outputs cannot be read.
 */
export async function projectOutputs(stack: string | undefined): Promise<ReadonlyMap<string, number>> {
  if (stack === undefined) return new Map();
  const { ok, stdout } = await runPulumi(["stack", "output", "--json", "--stack", stack]);
  const outputs = outputsSchema.safeParse(ok ? jsonOf(stdout) : {});
  if (!outputs.success) return new Map();
  const listed = outputsSchema.safeParse(outputs.data.projects);
  const ids = Object.entries({ ...outputs.data, ...(listed.success ? listed.data : {}) }).flatMap(
    ([name, value]) => {
      const id = idSchema.safeParse(value);
      return id.success ? [[name, id.data] as const] : [];
    },
  );
  return new Map(ids);
}
