import { InvalidArgumentError, Option } from "commander";
import { didYouMean } from "../../provider/access/nearest";

/** Reads a flag that takes several values: separated by commas, and repeatable. */
export function gather(text: string, before: readonly string[] = []): string[] {
  const values = text.split(",").map((part) => part.trim());
  return [...before, ...values.filter((part) => part !== "")];
}

/**
 * One of the names that a flag takes.
 *
 * @throws InvalidArgumentError for any other, with the nearest.
 */
export function oneOf<Name extends string>(what: string, name: string, known: Iterable<Name>): Name {
  const names = [...known];
  const found = names.find((one) => one === name);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Unknown ${what} "${name}"${didYouMean(name, names) || "."}`);
}

/** `--json`, which every command that reports takes. */
export function jsonOption(what = "the report"): Option {
  return new Option("--json", `print ${what} as JSON`);
}
