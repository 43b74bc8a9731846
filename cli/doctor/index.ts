import type { Command } from "commander";
import { handlers } from "../../provider/handlers";
import type { Configuration } from "../../provider/posthog/configuration";
import { PosthogError } from "../../provider/posthog/errors";
import { addConnectionFlags, type ConnectionFlags, configurationOf } from "../common/connection";
import { jsonOption, oneOf } from "../common/flags";
import { reportText } from "../common/json";
import { failed } from "./check";
import { gatherFacts } from "./facts";
import { doctorSchema } from "./json";
import { needsOf } from "./permissionChecks";
import { describeReport, diagnose, type Report, reportOf } from "./report";

interface DoctorFlags extends ConnectionFlags {
  /** Kinds of resource to check for; all by default. */
  readonly resources?: readonly string[];
  readonly json?: boolean;
}

/** Adds `doctor`, which checks the setup and suggests fixes. */
export function registerDoctor(program: Command): void {
  addConnectionFlags(program.command("doctor"))
    .description("check host, key, session, organization, level, scopes, plan and common mistakes")
    .option("--resources <names>", "check for these resources only, such as Project,ProjectMember", readNames)
    .addOption(jsonOption())
    .action(async (flags: DoctorFlags) => {
      const report = await examine(configurationOf(flags), flags.resources);
      console.log(flags.json === true ? reportText(doctorSchema, report) : describeReport(report));
      if (!report.ok) process.exitCode = 1;
    });
}

/** Gathers the facts and checks them. An invalid configuration is the only entry of its report. */
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

export function readNames(text: string): string[] {
  return text.split(",").map((name) => oneOf("resource", name.trim(), handlers.keys()));
}
