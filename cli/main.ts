#!/usr/bin/env node
import { Command } from "commander";
import { version } from "../provider/version";
import { registerEmulate } from "./emulate";

const program = new Command("pulumi-posthog")
  .description("PostHog organizations as code: the commands beside `pulumi`")
  .version(version)
  .showHelpAfterError("Add --help to see what there is.");

registerEmulate(program);

program.parseAsync().catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
