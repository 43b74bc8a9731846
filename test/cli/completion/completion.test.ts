import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scriptWriters } from "../../../cli/completion/scripts";
import { completionTree } from "../../../cli/completion/tree";
import { createProgram } from "../../../cli/program";

const program = createProgram();
const commands = completionTree(program);
const scripts = Object.entries(scriptWriters).map(
  ([shell, write]) => [shell, write(program.name(), commands)] as const,
);

describe("completion in bash", () => {
  const folder = mkdtempSync(join(tmpdir(), "completion-"));
  const script = join(folder, "script");
  beforeAll(() => {
    writeFileSync(script, scriptWriters.bash(program.name(), commands));
    mkdirSync(join(folder, "reports"));
    writeFileSync(join(folder, "access.yaml"), "");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Bash's completions of the last word. */
  const offered = (...words: string[]): string[] => {
    const ask = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pulumi_posthog; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const answer = execFileSync("bash", ["-c", ask, "bash", script, "pulumi-posthog", ...words], {
      cwd: folder,
      encoding: "utf8",
    });
    return answer.split("\n").filter((word) => word !== "");
  };

  test.each([
    ["commands", ["a"], ["adopt", "audit"]],
    ["flags of the command", ["review", "--ch"], ["--changes"]],
    ["values that a flag accepts", ["export", "--format", ""], ["typescript", "matrix", "import"]],
    ["files for flags with any value", ["review", "--matrix", "acc"], ["access.yaml"]],
    ["shells", ["completion", "z"], ["zsh"]],
    ["nothing for another command", ["nothing", "--s"], []],
  ])("offers %s", (_, words, expected) => expect(offered(...words)).toEqual(expected));

  test("reads a quote in a file's name as part of the name", () => {
    expect(offered("review", "--matrix", "'")).toEqual([]);
  });
});

describe.each(scripts)("the script for %s", (_shell, script) => {
  test("knows every command with its flags", () => {
    expect(commands.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["doctor", "review", "completion"]),
    );
    for (const { name, flags } of commands) {
      expect(script).toContain(name);
      for (const flag of flags)
        expect(script).toMatch(new RegExp(`-l ${flag.name.slice(2)} |${flag.name}\\b`));
    }
  });

  test("shows how to load it", () => expect(script).toContain(`pulumi-posthog completion ${_shell}`));
});

test("a text with quotes, brackets and colons stays one text in every shell", () => {
  const odd = {
    name: "odd",
    description: "it's [one]: a\\b",
    flags: [{ name: "--flag", description: "it's [two]: c", takesValue: true, choices: ["a", "b"] }],
    words: [],
  };
  expect(scriptWriters.zsh("p", [odd])).toContain(String.raw`'odd:it'\''s [one]\: a\\b'`);
  expect(scriptWriters.zsh("p", [odd])).toContain(String.raw`'--flag[it'\''s \[two\]: c]:value:(a b)'`);
  expect(scriptWriters.fish("p", [odd])).toContain(String.raw`-d 'it\'s [one]: a\\b'`);
});
