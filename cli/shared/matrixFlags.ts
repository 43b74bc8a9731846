import { type Command, InvalidArgumentError } from "commander";

/** What a matrix is read with, beside the file. */
export interface MatrixFlags {
  /** Numbers of the matrix's projects by name. */
  readonly projects?: Readonly<Record<string, number>>;
  /** People by team, beside the matrix. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
}

/** Adds the flags that a program gives to `AccessMatrix` as arguments. */
export function addMatrixFlags(command: Command): Command {
  return command
    .option("--projects <name=id>", "numbers of the matrix's projects, such as web=1,app=2", readNumbers)
    .option("--members <team=people>", "people of a team, such as web=ann@acme.com,bob@acme.com", readTeam);
}

function readNumbers(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  const read = text.split(",").map((pair): [string, number] => {
    const [, name, id] = /^\s*(.+?)\s*=\s*([1-9]\d*)\s*$/.exec(pair) ?? [];
    if (name !== undefined && id !== undefined) return [name, Number(id)];
    throw new InvalidArgumentError(`"${pair}" is not a project with its number, such as web=1.`);
  });
  return { ...before, ...Object.fromEntries(read) };
}

function readTeam(
  text: string,
  before: Readonly<Record<string, readonly string[]>> = {},
): Record<string, readonly string[]> {
  const [, team, list] = /^\s*([^=]+?)\s*=(.*)$/.exec(text) ?? [];
  if (team === undefined || list === undefined) {
    throw new InvalidArgumentError(`"${text}" is not a team with its people, such as web=ann@acme.com.`);
  }
  return {
    ...before,
    [team]: list
      .split(",")
      .map((user) => user.trim())
      .filter((user) => user !== ""),
  };
}
