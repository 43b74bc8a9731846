import { type Command, InvalidArgumentError, Option } from "commander";
import { readMoment } from "../../provider/audit/moments";
import { type UnmanagedKind, unmanagedKinds } from "../../provider/drift/unmanaged";
import { createHost, type Host } from "../../provider/engine/host";
import { existingProjects } from "../../provider/posthog/projects";
import {
  addConnectionFlags,
  type ConnectionFlags,
  chosenStack,
  configurationReader,
  newConnections,
  usesEnvironment,
} from "../common/connection";
import { jsonOption, oneOf } from "../common/flags";
import { addMatrixFlags } from "../common/matrix";
import { printPieces, withoutColors, writeFile } from "../common/output";
import { projectOutputs, selectedStack } from "../common/stack";
import { colors } from "../common/terminal";
import { printJson, printMarkdown, printText } from "./print";
import { type DriftResult, findDrift, type RunOptions } from "./run";
import { printSarif } from "./sarif";
import { namesSource, readSource, type SourceFlags } from "./sources";

/** What can be compared without a stack. */
const withoutStack = "compare something else: --state <file>, --matrix <file> or --explain <file>";

interface DriftFlags extends ConnectionFlags, SourceFlags {
  /** Where to start reading the activity log, ISO 8601. */
  readonly since?: string;
  readonly unmanaged: RunOptions["unmanaged"];
  readonly kinds?: readonly UnmanagedKind[];
  readonly format: Format;
  readonly json?: boolean;
  /** File for the report. */
  readonly output?: string;
}

const formats = ["table", "markdown", "json", "sarif"] as const;
type Format = (typeof formats)[number];

/** Adds `drift`, which shows what differs between a stack or a matrix and PostHog, and who did it. */
export function registerDrift(program: Command): void {
  addMatrixFlags(addConnectionFlags(program.command("drift")))
    .description("show what differs between a stack, or an access matrix, and PostHog, and who did it")
    .option("--state <file>", "compare this output of `pulumi stack export` instead; - reads stdin")
    .option("--matrix <file>", "compare an access matrix instead of a stack")
    .option(
      "--explain <file>",
      "show who made the differences in this --json report of a refresh; - reads stdin",
    )
    .option("--since <when>", "start of the activity log: 7d, 12h, a date or an ISO 8601 time (UTC)", moment)
    .addOption(
      new Option("--unmanaged <how>", "what to do with unmanaged objects")
        .choices(["ignore", "list", "fail"])
        .default("list"),
    )
    .option("--kinds <kinds>", `only these unmanaged objects: ${unmanagedKinds.join(", ")}`, kindsOf)
    .addOption(new Option("--format <format>", "output format").choices(formats).default("table"))
    .addOption(jsonOption().conflicts("format"))
    .option("--output <file>", "write the report to this file")
    .addHelpText("after", "\nExit codes: 0 no drift, 2 drift, 1 the comparison failed or is incomplete.")
    .action(async ({ json, ...given }: DriftFlags) => {
      const flags = json === true ? { ...given, format: "json" as const } : given;
      const result = await drift(flags);
      const text = printReport(result, flags);
      if (flags.output === undefined) await printPieces([`${text}\n`]);
      else writeFile(flags.output, withoutColors([`${text}\n`]));
      process.exitCode = { none: 0, drift: 2, incomplete: 1 }[result.report.verdict];
    });
}

/** Compares the source in the flags with PostHog. */
async function drift(flags: DriftFlags): Promise<DriftResult> {
  const compared = flags.stack ?? (namesSource(flags) ? undefined : await selectedStack(withoutStack));
  const stack = usesEnvironment(flags) ? undefined : (compared ?? (await chosenStack(flags)));
  const host = await hostFor({ ...flags, stack });
  const source = await readSource({ ...flags, stack: compared }, new Date(), {
    listProjects: () => existingProjects(host.connection(flags.account)),
    readOutputs: () => projectOutputs(stack),
  });
  return findDrift(host, source, { ...flags, onProgress: showProgress });
}

/** Shows progress on a terminal. */
function showProgress(what: string): void {
  if (process.stderr.isTTY) console.error(colors.dim(`reading ${what} ...`));
}

function printReport(result: DriftResult, { format, matrix }: Pick<DriftFlags, "format" | "matrix">): string {
  if (format === "json") return printJson(result);
  if (format === "markdown") return printMarkdown(result);
  return format === "sarif" ? printSarif(result, matrix ?? "Pulumi.yaml") : printText(result);
}

/** Reads resources as a Pulumi run does, without its messages. */
async function hostFor(flags: ConnectionFlags): Promise<Host> {
  return createHost(await configurationReader(flags), () => undefined, { connections: newConnections() });
}

function moment(text: string): string {
  const read = readMoment(text, new Date(), "start");
  if (read !== undefined) return read;
  throw new InvalidArgumentError("Use 7d, 12h, a date such as 2026-06-01, or an ISO 8601 time.");
}

function kindsOf(text: string): UnmanagedKind[] {
  return text.split(",").map((name) => oneOf("kind", name.trim(), unmanagedKinds));
}
