import type { Command } from "commander";

/** The parts of a flag that scripts depend on. */
export interface Flag {
  /** `--format`, with `-V` if it has a short form. */
  readonly names: readonly string[];
  /** Whether a value follows. */
  readonly takesValue: boolean;
  /** The accepted values, if help lists them. */
  readonly choices: readonly string[];
  /** The default, if help names one. */
  readonly fallback?: string;
}

/** The flags that a help text lists. */
export function flagsInHelp(text: string): Flag[] {
  const [, options = ""] = /\nOptions:\n([\s\S]*?)(\n\n|$)/.exec(text) ?? [];
  const entries = options.split(/\n(?= {2}-)/).map((entry) => entry.trim().replace(/\s+/g, " "));
  return entries.map((entry) => {
    const [, names = "", value] = /^((?:-\w, )?--[\w-]+)( <[^>]+>)?/.exec(entry) ?? [];
    const [, choices = ""] = /\(choices: ("[^)]*?")(?:, default|\))/.exec(entry) ?? [];
    const [, fallback] = /default: "([^"]+)"\)/.exec(entry) ?? [];
    return {
      names: names.split(", "),
      takesValue: value !== undefined,
      choices: [...choices.matchAll(/"([^"]+)"/g)].map(([, choice = ""]) => choice),
      ...(fallback === undefined ? {} : { fallback }),
    };
  });
}

/** The flags that a command accepts, including hidden ones. */
export function flagsOf(command: Command): Flag[] {
  return command.options.map(({ long, short, required, optional, argChoices, defaultValue }) => ({
    names: [short, long].filter((name) => name != null),
    takesValue: required || optional,
    choices: argChoices ?? [],
    ...(typeof defaultValue === "string" ? { fallback: defaultValue } : {}),
  }));
}
