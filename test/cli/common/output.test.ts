import { spawnSync } from "node:child_process";
import {
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { markdownTable, markdownText } from "../../../cli/common/markdown";
import { formatOfFile, printPieces, withoutColors, writeFile } from "../../../cli/common/output";
import { fileInRepository, sarifLog } from "../../../cli/common/sarif";
import { printsInColor, terminalWidth, textTable, wrapped } from "../../../cli/common/terminal";
import { csvRow } from "../../../provider/audit/printable";
import { withFolder } from "../../support/command";

describe("colors", () => {
  test.each([
    ["on a terminal", {}, true, true],
    ["not in a pipe or a file", {}, undefined, false],
    ["not because it is CI", { CI: "true", GITHUB_ACTIONS: "true" }, false, false],
    ["not on a terminal without colors", { TERM: "dumb" }, true, false],
    ["not if NO_COLOR is set, whatever else is set", { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
    ["as usual if NO_COLOR is empty", { NO_COLOR: "" }, true, true],
    ["in a pipe if FORCE_COLOR is set", { FORCE_COLOR: "1" }, false, true],
    ["not if FORCE_COLOR is 0", { FORCE_COLOR: "0" }, true, false],
  ] as const)("are printed %s", (_, environment, isTerminal, expected) => {
    expect(printsInColor(environment, isTerminal)).toBe(expected);
  });

  test.each([
    ["CI", false],
    ["FORCE_COLOR", true],
  ])("of a command whose output goes to a pipe, with %s set", (name, isColored) => {
    const { NO_COLOR: _, ...env } = process.env;
    const main = join(__dirname, "..", "..", "..", "dist", "cli", "main.js");
    const { stdout } = spawnSync(process.execPath, [main, "doctor"], {
      env: { ...env, [name]: "true", POSTHOG_HOST: "us.i.posthog.com" },
      encoding: "utf8",
    });
    expect(stdout).toContain("configuration");
    expect(stdout.includes("\u001b[")).toBe(isColored);
  });
});

describe("a table for a terminal", () => {
  const heads = ["NAME", "WHAT"];

  test("gives the last column the remaining width, and wraps", () => {
    expect(textTable(heads, [["ann", "one two three four five six seven"]], 30)).toEqual([
      "NAME  WHAT",
      "ann   one two three four five",
      "      six seven",
    ]);
  });

  test("follows the terminal's width, and keeps its last column readable", () => {
    const rows = [["ann", "one two three four five six seven"]];
    expect(textTable(heads, rows, 200)).toHaveLength(2);
    expect(textTable(heads, rows, 5)).toHaveLength(3);
  });

  test("lets a long name shift only its own line", () => {
    const long = "x".repeat(60);
    const lines = textTable(
      heads,
      [
        [long, "a"],
        ["ann", "b"],
      ],
      100,
    );
    expect(lines[1]).toBe(`${long}  a`);
    expect(lines[2]).toBe(`${"ann".padEnd(40)}  b`);
  });

  test("is empty without rows", () => expect(textTable(heads, [], 80)).toEqual([]));

  test("does not break words that are longer than a line", () => {
    expect(wrapped("a verylongwordindeed b", 8)).toEqual(["a", "verylongwordindeed", "b"]);
    expect(wrapped("", 8)).toEqual([""]);
  });

  test("assumes a fixed width without a terminal", () => {
    expect(terminalWidth({ columns: 72 })).toBe(72);
    expect(terminalWidth({})).toBe(100);
  });
});

test("Markdown shows texts literally, in cells of one line", () => {
  expect(markdownText("a|b\n<img src=x> [x](y) @all #1 *z*")).toBe(
    "a\\|b \\<img src=x\\> \\[x\\](y) \\@all \\#1 \\*z\\*",
  );
  expect(markdownText("a\u001b[31mb\u0007 \u202ec")).toBe("a\\\\u001b\\[31mb\\\\u0007 \\\\u202ec");
  expect(markdownTable(["A"], [["x|y"]])).toEqual(["", "| A |", "| --- |", "| x\\|y |"]);
  expect(markdownTable(["A"], [])).toEqual([]);
});

test("CSV escapes control characters, and keeps line breaks within a cell", () => {
  expect(csvRow(["a\u001b[31mb\u0007", "\u202ec", "one\r\ntwo", 1, undefined])).toBe(
    'a\\u001b[31mb\\u0007,\\u202ec,"one\r\ntwo",1,\r\n',
  );
  expect(csvRow(["\t=1"])).toBe("\"'\t'=1\"\r\n");
});

test("SARIF names files as addresses", () => {
  const rules = [{ id: "one", text: "One.", help: "Why." }];
  const result = { rule: "one", level: "note" as const, message: "m", file: "a b/c#.yaml", fingerprint: "f" };
  const log = JSON.parse(sarifLog("review", rules, [result, { ...result, line: 7 }]));
  const places = log.runs[0].results.map(
    ({ locations }: { locations: { physicalLocation: object }[] }) => locations[0]?.physicalLocation,
  );
  expect(places).toEqual([
    {
      artifactLocation: { uri: "a%20b/c%23.yaml" },
      region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 },
    },
    {
      artifactLocation: { uri: "a%20b/c%23.yaml" },
      region: { startLine: 7, startColumn: 1, endLine: 7, endColumn: 2 },
    },
  ]);
});

test("SARIF reports success only if every omission is known", () => {
  const runOf = (...omissions: Parameters<typeof sarifLog>[3][]) =>
    JSON.parse(sarifLog("review", [], [], ...omissions)).runs[0];
  expect(runOf()).not.toHaveProperty("invocations");
  expect(runOf([]).invocations).toEqual([{ executionSuccessful: true, toolExecutionNotifications: [] }]);
  expect(runOf([{ message: "Not read.", level: "error" }]).invocations).toMatchObject([
    { executionSuccessful: false },
  ]);
});

test("SARIF names a file relative to its repository, if it has one", () =>
  withFolder(async (path) => {
    mkdirSync(path("infra/posthog"), { recursive: true });
    expect(fileInRepository("access.yaml", path("infra/posthog"))).toBe("access.yaml");
    mkdirSync(path(".git"));
    expect(fileInRepository("access.yaml", path("infra/posthog"))).toBe("infra/posthog/access.yaml");
    expect(fileInRepository("../access.yaml", path("infra/posthog"))).toBe("infra/access.yaml");
    expect(fileInRepository(path("infra/access.yaml"), path("infra/posthog"))).toBe("infra/access.yaml");
  }));

describe("a file", () => {
  function* breaking(): Generator<string> {
    yield "half";
    throw new Error("the rest is lost");
  }

  test("is written completely, or not changed", () =>
    withFolder(async (path) => {
      writeFile(path("a.txt"), withoutColors(["\u001b[1mone\u001b[22m ", "two"]));
      expect(readFileSync(path("a.txt"), "utf8")).toBe("one two");
      expect(() => writeFile(path("a.txt"), breaking())).toThrow(
        /a\.txt cannot be written[\s\S]*the rest is lost/,
      );
      expect(readFileSync(path("a.txt"), "utf8")).toBe("one two");
      expect(readdirSync(path(""))).toEqual(["a.txt"]);
    }));

  test("keeps its permissions, and a link stays a link", () =>
    withFolder(async (path) => {
      writeFile(path("a.txt"), ["old"], { mode: 0o600 });
      symlinkSync(path("a.txt"), path("link.txt"));
      writeFile(path("link.txt"), ["new"]);
      expect(readFileSync(path("a.txt"), "utf8")).toBe("new");
      expect(statSync(path("a.txt")).mode & 0o777).toBe(0o600);
      expect(lstatSync(path("link.txt")).isSymbolicLink()).toBe(true);
    }));

  test("is not replaced if it must be new", () =>
    withFolder(async (path) => {
      writeFile(path("a.txt"), ["old"], { isNew: true });
      expect(() => writeFile(path("a.txt"), ["new"], { isNew: true })).toThrow(/It exists already/);
      expect(readFileSync(path("a.txt"), "utf8")).toBe("old");
    }));

  test("that is a pipe is written to, not replaced", () =>
    withFolder(async (path) => {
      spawnSync("mkfifo", [path("pipe")]);
      const reader = openSync(path("pipe"), "r+");
      writeFile(path("pipe"), ["whole"]);
      const text = Buffer.alloc(5);
      readSync(reader, text);
      closeSync(reader);
      expect(String(text)).toBe("whole");
      expect(statSync(path("pipe")).isFIFO()).toBe(true);
    }));

  test.each([
    ["one whose target does not exist yet", "new.txt", "link.txt"],
    ["one behind another", "new.txt", "link.txt", "second.txt"],
  ])("is written through a link, even through %s", (_, target, ...links) =>
    withFolder(async (path) => {
      mkdirSync(path("inside"));
      let to = `inside/${target}`;
      for (const link of links) {
        symlinkSync(to, path(link));
        to = link;
      }
      writeFile(path(to), ["new"]);
      expect(readFileSync(path(`inside/${target}`), "utf8")).toBe("new");
      for (const link of links) expect(lstatSync(path(link)).isSymbolicLink()).toBe(true);
    }),
  );

  test("is refused if links form a loop", () =>
    withFolder(async (path) => {
      symlinkSync("b.txt", path("a.txt"));
      symlinkSync("a.txt", path("b.txt"));
      expect(() => writeFile(path("a.txt"), ["new"])).toThrow(/a\.txt cannot be written/);
    }));

  test("with another name stays the same file", () =>
    withFolder(async (path) => {
      writeFile(path("a.txt"), ["old"]);
      linkSync(path("a.txt"), path("b.txt"));
      writeFile(path("a.txt"), ["new"]);
      expect(readFileSync(path("b.txt"), "utf8")).toBe("new");
    }));

  test("that must be new follows no link", () =>
    withFolder(async (path) => {
      symlinkSync(path("elsewhere.txt"), path("a.txt"));
      expect(() => writeFile(path("a.txt"), ["x"], { isNew: true })).toThrow(/It exists already/);
      expect(existsSync(path("elsewhere.txt"))).toBe(false);
    }));

  test("is never written through a temporary name that someone else has created", () =>
    withFolder(async (path) => {
      writeFile(path("victim.txt"), ["precious"]);
      symlinkSync(path("victim.txt"), path(`a.txt.${process.pid}.tmp`));
      const seen: string[][] = [];
      function* looking(): Generator<string> {
        seen.push(readdirSync(path("")).filter((name) => name.endsWith(".tmp")));
        yield "new";
      }
      writeFile(path("a.txt"), looking());
      writeFile(path("a.txt"), looking());
      expect(readFileSync(path("a.txt"), "utf8")).toBe("new");
      expect(readFileSync(path("victim.txt"), "utf8")).toBe("precious");
      const drafts = seen.flat().filter((name) => name !== `a.txt.${process.pid}.tmp`);
      expect(new Set(drafts).size).toBe(2);
    }));

  test("that is already open, such as /dev/stdout, is appended to", () =>
    withFolder(async (path) => {
      const open = openSync(path("a.txt"), "a");
      writeSync(open, "one ");
      writeFile(`/dev/fd/${open}`, ["two "]);
      writeSync(open, "three");
      closeSync(open);
      expect(readFileSync(path("a.txt"), "utf8")).toBe("one two three");
    }));

  test("keeps its owner", () =>
    withFolder(async (path) => {
      writeFile(path("a.txt"), ["old"]);
      const owner = process.getuid?.() === 0 ? 12_345 : statSync(path("a.txt")).uid;
      chownSync(path("a.txt"), owner, statSync(path("a.txt")).gid);
      writeFile(path("a.txt"), ["new"]);
      expect(readFileSync(path("a.txt"), "utf8")).toBe("new");
      expect(statSync(path("a.txt")).uid).toBe(owner);
    }));

  test("cannot replace a folder, and the error says why", () =>
    withFolder(async (path) => {
      mkdirSync(path("a.txt"));
      writeFileSync(path("a.txt/inside"), "");
      expect(() => writeFile(path("a.txt"), ["x"])).toThrow(/cannot be written/);
      expect(existsSync(path("a.txt/inside"))).toBe(true);
    }));

  test("has the format of its extension, in any case", () => {
    const extensions = { ".json": "json", ".md": "markdown" } as const;
    expect(formatOfFile("A.JSON", extensions)).toBe("json");
    expect(() => formatOfFile("a.jsn", extensions)).toThrow(/Did you mean \.json\?/);
    expect(() => formatOfFile("a", extensions)).toThrow(/Use one of these extensions/);
  });
});

describe("what is printed", () => {
  const failing = (code: string) =>
    new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
    });

  test("waits for a slow reader, and arrives complete", async () => {
    const got: string[] = [];
    const slow = new Writable({
      highWaterMark: 1,
      write: (chunk, _encoding, done) => {
        got.push(String(chunk));
        setTimeout(done, 1);
      },
    });
    await printPieces(["one", "two", "three"], slow);
    expect(got.join(" ")).toBe("one two three");
  });

  test("ends silently if the reader is gone", async () => {
    await expect(printPieces(["one", "two"], failing("EPIPE"))).resolves.toBeUndefined();
  });

  test("reports a full disk", async () => {
    await expect(printPieces(["one", "two"], failing("ENOSPC"))).rejects.toThrow("ENOSPC");
  });
});
