import { Argument, type Command } from "commander";
import { oneOf } from "../common/flags";
import { scriptWriters } from "./scripts";
import { completionTree } from "./tree";

const shells = Object.keys(scriptWriters) as (keyof typeof scriptWriters)[];

/** Adds `completion`, which prints the script that completes commands and flags in a shell. */
export function registerCompletion(program: Command): void {
  program
    .command("completion")
    .description("print the script that completes commands and flags in a shell")
    .addArgument(new Argument("<shell>", "the shell that you use").choices(shells))
    .action((name: string) => {
      const shell = oneOf("shell", name, shells);
      process.stdout.write(scriptWriters[shell](program.name(), completionTree(program)));
    });
}
