import { Command } from "commander";
import { printable, printableLines } from "../provider/access/messages";
import { messageOf } from "../provider/posthog/errors";
import { version } from "../provider/posthog/version";
import { registerAdopt } from "./adopt";
import { registerAudit } from "./audit";
import { registerCompletion } from "./completion";
import { registerDoctor } from "./doctor";
import { registerDrift } from "./drift";
import { registerEmulate } from "./emulate";
import { examples } from "./examples";
import { registerExport } from "./export";
import { registerReview } from "./review";

/** `pulumi-posthog` with all its commands. */
export function createProgram(): Command {
  const program = new Command("pulumi-posthog")
    .description("PostHog organizations as code: commands alongside `pulumi`")
    .version(version);
  registerAdopt(program);
  registerAudit(program);
  registerCompletion(program);
  registerDoctor(program);
  registerDrift(program);
  registerEmulate(program);
  registerExport(program);
  registerReview(program);
  for (const command of [program, ...program.commands]) {
    const name = command === program ? program.name() : `${program.name()} ${command.name()}`;
    command.configureOutput({ outputError: (text, write) => write(wrongUse(text, name)) });
    const lines = examples[command.name()]?.map((line) => `\n  ${program.name()} ${line}`);
    if (lines !== undefined) command.addHelpText("after", `\nExamples:${lines.join("")}`);
  }
  return program;
}

/** Commander's message about an invalid flag, in the form of all other errors. */
function wrongUse(text: string, command: string): string {
  const [, what = text.trimEnd(), hint] = /^error: (.*?)(?:\n\(([^\n]*)\))?\n*$/s.exec(text) ?? [];
  const [, summary = what, why] = /^(.*? is invalid(?: for argument '[^']*')?)\. (.*)$/s.exec(what) ?? [];
  const fix = `${hint === undefined ? "" : `${hint} `}See ${command} --help.`;
  return `error: ${[summary, ...(why === undefined ? [] : [`  why: ${why}`]), `  fix: ${fix}`].map(printable).join("\n")}\n`;
}

/** Runs the command in the arguments. Prints failures and exits with 1. */
export async function runProgram(program: Command, args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    console.error(`error: ${printableLines(messageOf(error))}`);
    process.exitCode = 1;
  }
}
