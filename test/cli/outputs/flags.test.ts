import { createProgram } from "../../../cli/program";
import { type Flag, flagsInHelp, flagsOf } from "./flags";
import { recordedText } from "./recorded";

const program = createProgram();
const commands = ["adopt", "audit", "doctor", "drift", "emulate", "export", "review"];

/** Values that were renamed, with the new name. The command still accepts the old one. */
const renamed = new Map([
  ["old", "2025-08"],
  ["mid", "2026-07"],
  ["new", "current"],
]);

const nameToday = (value: string): string => renamed.get(value) ?? value;

const own = ({ names }: Flag): boolean => !names.includes("--help");

test("every command of version 0.1.0 exists", () => {
  const listed = [...recordedText("help").matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name]) => name);
  expect(listed).toEqual(commands);
  expect(program.commands.map((command) => command.name())).toEqual(expect.arrayContaining(commands));
  expect(flagsOf(program)).toEqual(expect.arrayContaining(flagsInHelp(recordedText("help")).filter(own)));
});

describe.each(commands)("%s understands the flags of version 0.1.0", (name) => {
  const today = flagsOf(program.commands.find((command) => command.name() === name) ?? program);
  const before = flagsInHelp(recordedText(`help-${name}`)).filter(own);

  test("all of them are found", () => expect(before.length).toBeGreaterThan(3));

  test.each(before.map((flag) => ({ ...flag, flag: flag.names.join(", ") })))(
    "$flag",
    ({ names, takesValue, choices, fallback }) => {
      const same = today.find((one) => names.every((each) => one.names.includes(each)));
      expect(same).toMatchObject({ takesValue, choices: expect.arrayContaining(choices.map(nameToday)) });
      if (fallback !== undefined) expect(same?.fallback).toBe(nameToday(fallback));
    },
  );
});
