import type { Command, Option } from "commander";

/** A flag for shell completion. */
export interface CompletedFlag {
  /** `--stack`. */
  readonly name: string;
  /** The `s` of `-s`. */
  readonly letter?: string;
  readonly description: string;
  /** Whether a value follows. */
  readonly takesValue: boolean;
  /** The allowed values, if they are known; otherwise shells offer files. */
  readonly choices: readonly string[];
}

/** A command for shell completion. */
export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly CompletedFlag[];
  /** The allowed words, if they are known. */
  readonly words: readonly string[];
}

/** What shells can complete for a program: its visible commands with their flags. */
export function completionTree(program: Command): CompletedCommand[] {
  const help = program.createHelp();
  return help.visibleCommands(program).map((command) => ({
    name: command.name(),
    description: help.subcommandDescription(command),
    flags: help.visibleOptions(command).flatMap(toFlag),
    words: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  }));
}

function toFlag({ long, short, description, required, optional, argChoices }: Option): CompletedFlag[] {
  if (typeof long !== "string") return [];
  return [
    {
      name: long,
      letter: short?.replace(/^-/, ""),
      description,
      takesValue: required || optional,
      choices: argChoices ?? [],
    },
  ];
}
