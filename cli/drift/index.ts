import { type Command, InvalidArgumentError, Option } from "commander";
import { nearest } from "../../provider/access/nearest";
import { readMoment } from "../../provider/audit/moments";
import { type UnmanagedKind, unmanagedKinds } from "../../provider/drift/unmanaged";
import { createHost, type Host } from "../../provider/engine/host";
import { listProjects } from "../../provider/posthog/projects";
import { addConnectionFlags, type ConnectionFlags, configurationReader } from "../shared/connection";
import { addMatrixFlags } from "../shared/matrix";
import { printPieces, withoutColors, writeFile } from "../shared/output";
import { colors } from "../shared/terminal";
import { printJson, printMarkdown, printText } from "./print";
import { type DriftResult, findDrift, type RunOptions } from "./run";
import { printSarif } from "./sarif";
import { readSource, type SourceFlags } from "./sources";

/** The flags of `drift`. */
export interface DriftFlags extends ConnectionFlags, SourceFlags {
  /** From when on the activity log is read, ISO 8601. */
  readonly since?: string;
  readonly unmanaged: RunOptions["unmanaged"];
  readonly kinds?: readonly UnmanagedKind[];
  readonly format: Format;
  /** File for the report instead of the standard output. */
  readonly output?: string;
}

const formats = ["table", "markdown", "json", "sarif"] as const;
type Format = (typeof formats)[number];

/** Adds `drift`, which tells what differs between a stack or a matrix and PostHog, and who did it. */
export function registerDrift(program: Command): void {
  addMatrixFlags(addConnectionFlags(program.command("drift")))
    .description("tell what differs between a stack, or an access matrix, and PostHog, and who did it")
    .option(
      "--state <file>",
      "compare this state instead: what `pulumi stack export` wrote; - reads it from stdin",
    )
    .option("--matrix <file>", "compare an access matrix instead of a stack")
    .option(
      "--explain <file>",
      "who made the differences that a refresh found: its --json report; - reads stdin",
    )
    .option("--since <when>", "read the activity log from then on: 7d, 12h, a date or a moment (UTC)", moment)
    .addOption(
      new Option("--unmanaged <how>", "what becomes of what nobody manages")
        .choices(["ignore", "list", "fail"])
        .default("list"),
    )
    .option("--kinds <kinds>", `of what nobody manages only these: ${unmanagedKinds.join(", ")}`, kindsOf)
    .addOption(new Option("--format <format>", "how the report is written").choices(formats).default("table"))
    .option("--output <file>", "write the report to this file")
    .addHelpText("after", "\nExit codes: 0 no drift, 2 drift, 1 the comparison failed or is not complete.")
    .action(async (flags: DriftFlags) => {
      const result = await drift(flags);
      const text = printReport(result, flags);
      if (flags.output === undefined) await printPieces([`${text}\n`]);
      else writeFile(flags.output, withoutColors([`${text}\n`]));
      process.exitCode = { none: 0, drift: 2, incomplete: 1 }[result.report.verdict];
    });
}

/** Reads what the flags name and compares it with PostHog. */
export async function drift(flags: DriftFlags): Promise<DriftResult> {
  const host = await hostFor(flags);
  const source = await readSource(flags, new Date(), () => listProjects(host.connection(flags.account)));
  return findDrift(host, source, { ...flags, onProgress: tellProgress });
}

/** What is being read, for somebody who watches. */
function tellProgress(what: string): void {
  if (process.stderr.isTTY) console.error(colors.dim(`reading ${what} ...`));
}

/** The report in the form that the flags ask for. */
export function printReport(
  result: DriftResult,
  { format, matrix }: Pick<DriftFlags, "format" | "matrix">,
): string {
  if (format === "json") return printJson(result);
  if (format === "markdown") return printMarkdown(result);
  return format === "sarif" ? printSarif(result, matrix ?? "Pulumi.yaml") : printText(result);
}

/** Resources are read as in a run of Pulumi; what they say there is in the report here. */
async function hostFor({ stack }: ConnectionFlags): Promise<Host> {
  return createHost(await configurationReader(stack), () => undefined);
}

function moment(text: string): string {
  const read = readMoment(text, new Date(), "start");
  if (read !== undefined) return read;
  throw new InvalidArgumentError("Write 7d, 12h, a date such as 2026-06-01, or a moment in ISO 8601.");
}

function kindsOf(text: string): UnmanagedKind[] {
  return text.split(",").map((name) => {
    const kind = unmanagedKinds.find((known) => known === name.trim());
    if (kind !== undefined) return kind;
    const near = nearest(name.trim(), unmanagedKinds);
    throw new InvalidArgumentError(
      `There is no kind "${name.trim()}"${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  });
}
