import { type Command, InvalidArgumentError } from "commander";
import { nearest } from "../../provider/access/nearest";
import { handlers } from "../../provider/handlers";
import type { Configuration } from "../../provider/posthog/configuration";
import { PosthogError } from "../../provider/posthog/errors";
import { colors } from "../shared/colors";
import { addConnectionFlags, type ConnectionFlags, configurationOf } from "../shared/connection";
import { type Check, failed } from "./check";
import { gatherFacts } from "./facts";
import { needsOf } from "./permissionChecks";
import { diagnose, type Report, reportOf } from "./report";

/** The flags of `doctor`. */
export interface DoctorFlags extends ConnectionFlags {
  /** Names of the resources that are in use; all by default. */
  readonly resources?: readonly string[];
  /** Whether the report is printed as JSON. */
  readonly json?: boolean;
}

/** Adds `doctor`, which says whether everything is in place, and how to put it right. */
export function registerDoctor(program: Command): void {
  addConnectionFlags(program.command("doctor"))
    .description("check host, key, session, organization, level, scopes, plan and the usual mistakes")
    .option("--resources <names>", "check for these resources only, such as Project,ProjectMember", readNames)
    .option("--json", "print the report as JSON")
    .action(async (flags: DoctorFlags) => {
      const report = await examine(configurationOf(flags), flags.resources);
      console.log(flags.json === true ? JSON.stringify(report, undefined, 2) : describeReport(report));
      if (!report.ok) process.exitCode = 1;
    });
}

/** Finds everything out and judges it. A configuration that is wrong is the whole report. */
export async function examine(
  configuration: Promise<Configuration>,
  resources?: readonly string[],
): Promise<Report> {
  try {
    return diagnose(await gatherFacts(await configuration), needsOf(resources));
  } catch (error) {
    if (error instanceof PosthogError) return reportOf([failed("configuration", error)]);
    throw error;
  }
}

/** Reads a list of resources' names; one that does not exist comes with the nearest that does. */
export function readNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !handlers.has(name));
  if (wrong === undefined) return names;
  const near = nearest(wrong, [...handlers.keys()]);
  throw new InvalidArgumentError(
    `There is no resource "${wrong}"${near === undefined ? "" : `; did you mean ${near}?`}`,
  );
}

const marks: Readonly<Record<Check["status"], string>> = {
  ok: colors.green("✓"),
  warning: colors.yellow("!"),
  problem: colors.red("✗"),
  skipped: colors.dim("-"),
};

/** The report for people: a line a check, and below it what to do. */
export function describeReport({ checks }: Report): string {
  const count = (status: Check["status"]): number => checks.filter((check) => check.status === status).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  const verdict =
    problems === 0
      ? colors.green(`No problem${warnings === 0 ? "" : `, ${amount(warnings, "warning")}`}.`)
      : colors.red(
          `${amount(problems, "problem")}${warnings === 0 ? "" : `, ${amount(warnings, "warning")}`}.`,
        );
  return [...checks.flatMap(describe), "", verdict].join("\n");
}

function describe({ name, status, message, details = [], fix }: Check): string[] {
  return [
    `${marks[status]} ${colors.bold(name)}: ${message}`,
    ...details.map((detail) => `    ${colors.dim(detail)}`),
    ...(fix === undefined ? [] : [`    fix: ${fix}`]),
  ];
}

const amount = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? "" : "s"}`;
