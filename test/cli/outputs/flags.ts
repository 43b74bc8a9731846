import type { Command } from "commander";

/** A flag, as far as scripts depend on it. */
export interface Flag {
  /** `--format`, with `-V` where it has a short form. */
  readonly names: readonly string[];
  /** Whether a value follows. */
  readonly takesValue: boolean;
  /** The values that it takes, where those are listed. */
  readonly choices: readonly string[];
  /** The value that it has when it is left out, where help names one. */
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

/** The flags that a command understands, hidden ones included. */
export function flagsOf(command: Command): Flag[] {
  return command.options.map(({ long, short, required, optional, argChoices, defaultValue }) => ({
    names: [short, long].filter((name) => name != null),
    takesValue: required || optional,
    choices: argChoices ?? [],
    ...(typeof defaultValue === "string" ? { fallback: defaultValue } : {}),
  }));
}
