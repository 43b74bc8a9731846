import { createProgram } from "../../cli/program";

/** The output for a wrong command line. */
function printedBy(args: readonly string[]): string {
  const program = createProgram();
  let text = "";
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeErr: (part) => {
        text += part;
      },
    });
  }
  expect(() => program.parse(args, { from: "user" })).toThrow();
  return text;
}

test.each<[what: string, args: string[], text: string]>([
  [
    "a value that is none of the choices",
    ["review", "--format", "pdf"],
    "error: option '--format <format>' argument 'pdf' is invalid\n  why: Allowed choices are table, json, csv, markdown, sarif, html.\n  fix: See pulumi-posthog review --help.\n",
  ],
  [
    "a value that is no number",
    ["review", "--max-owners", "many"],
    "error: option '--max-owners <number>' argument 'many' is invalid\n  why: It must be a whole number, 0 or more.\n  fix: See pulumi-posthog review --help.\n",
  ],
  [
    "a flag that does not exist",
    ["doctor", "--jsonn"],
    "error: unknown option '--jsonn'\n  fix: Did you mean --json? See pulumi-posthog doctor --help.\n",
  ],
  [
    "a command that does not exist",
    ["revue"],
    "error: unknown command 'revue'\n  fix: Did you mean review? See pulumi-posthog --help.\n",
  ],
  [
    "a flag without its value",
    ["audit", "--since"],
    "error: option '--since <when>' argument missing\n  fix: See pulumi-posthog audit --help.\n",
  ],
  [
    "two flags that contradict each other",
    ["drift", "--json", "--format", "sarif"],
    "error: option '--json' cannot be used with option '--format <format>'\n  fix: See pulumi-posthog drift --help.\n",
  ],
  [
    "an argument that is none of the choices",
    ["completion", "tcsh"],
    "error: command-argument value 'tcsh' is invalid for argument 'shell'\n  why: Allowed choices are bash, zsh, fish.\n  fix: See pulumi-posthog completion --help.\n",
  ],
  [
    "a flag with what a terminal would obey",
    ["review", "--x\u001b[2J\n::error::"],
    "error: unknown option '--x\\u001b[2J\\u000a::error::'\n  fix: See pulumi-posthog review --help.\n",
  ],
])("%s has the form of all errors", (_, args, text) => {
  expect(printedBy(args)).toBe(text);
});

test.each(createProgram().commands.map((command) => command.name()))(
  "the help of %s ends with examples that work",
  (name) => {
    const command = createProgram().commands.find((one) => one.name() === name);
    let help = "";
    command
      ?.configureOutput({
        writeOut: (text) => {
          help += text;
        },
      })
      .outputHelp();
    const [, lines = ""] = /\nExamples:\n([\s\S]+)$/.exec(help) ?? [];
    const shown = lines
      .trim()
      .split(/\n\s*/)
      .map((line) => line.split(" "));
    expect(shown.map(([tool, subcommand]) => [tool, subcommand])).toEqual(
      shown.map(() => ["pulumi-posthog", name]),
    );
    for (const [, , ...args] of shown) {
      expect(command?.parseOptions(args)).toMatchObject({
        unknown: [],
        operands: name === "completion" ? ["bash"] : [],
      });
    }
  },
);

test.each(["--most-owners", "--most-write-scopes", "--unused-key-days"])(
  "review accepts %s of version 0.1.0, and does not show it in its help",
  (flag) => {
    const review = createProgram().commands.find((command) => command.name() === "review");
    expect(review?.options.map(({ long }) => long)).toContain(flag);
    expect(review?.helpInformation()).not.toContain(flag);
    expect(review?.helpInformation()).toMatch(/--max-owners[\s\S]*--max-write-scopes/);
  },
);
