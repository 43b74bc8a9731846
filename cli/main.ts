#!/usr/bin/env node
import { Command } from "commander";
import { version } from "../provider/version";
import { registerAdopt } from "./adopt";
import { registerAudit } from "./audit";
import { registerDoctor } from "./doctor";
import { registerDrift } from "./drift";
import { registerEmulate } from "./emulate";
import { registerExport } from "./export";
import { registerReview } from "./review";

const program = new Command("pulumi-posthog")
  .description("PostHog organizations as code: commands alongside `pulumi`")
  .version(version)
  .showHelpAfterError("See --help.");

registerAdopt(program);
registerAudit(program);
registerDoctor(program);
registerDrift(program);
registerEmulate(program);
registerExport(program);
registerReview(program);

program.parseAsync().catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
