import { InvalidArgumentError, Option } from "commander";
import { didYouMean } from "../../provider/access/nearest";

/** Parses a flag with several values: separated by commas, and repeatable. */
export function gather(text: string, before: readonly string[] = []): string[] {
  const values = text.split(",").map((part) => part.trim());
  return [...before, ...values.filter((part) => part !== "")];
}

/**
 * Parses one of the names that a flag accepts.
 *
 * @throws InvalidArgumentError for any other, with the nearest match.
 */
export function oneOf<Name extends string>(what: string, name: string, known: Iterable<Name>): Name {
  const names = [...known];
  const found = names.find((one) => one === name);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Unknown ${what} "${name}"${didYouMean(name, names) || "."}`);
}

/** The `--json` flag of every command with a report. */
export function jsonOption(what = "the report"): Option {
  return new Option("--json", `print ${what} as JSON`);
}
