import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunResult, run } from "../../tools/processes";

/** A compiler that copies a note of its arguments, and does what the sources say. */
const COMPILER = `
const fs = require("node:fs");
const outDir = process.argv[process.argv.indexOf("--outDir") + 1];
const source = fs.readFileSync("provider/index.ts", "utf8");
fs.appendFileSync("compilations.log", source + "\\n");
fs.mkdirSync(outDir + "/cli", { recursive: true });
fs.writeFileSync(outDir + "/half.js", "half");
fs.writeFileSync(outDir + "/cli/main.js", "command");
if (source === "wrong") { console.log("provider/index.ts: error"); process.exit(2); }
const finish = () => {
  fs.writeFileSync(outDir + "/index.js", source);
  fs.writeFileSync(outDir + "/index.d.ts", 'export * from "./public";');
  for (const name of ["public", "private"]) fs.writeFileSync(outDir + "/" + name + ".d.ts", "export {};");
};
if (source === "slow") setTimeout(finish, 2000);
else finish();
`;

/** A bundler that bundles nothing. */
const BUNDLER = "exports.build = async () => ({ metafile: { inputs: {} } });";

/** An npm that installs by writing its record at the end, unless the lock file says to fail. */
const NPM = `
const fs = require("node:fs");
fs.appendFileSync("installations.log", process.argv.slice(2).join(" ") + "\\n");
const lock = fs.readFileSync("package-lock.json", "utf8");
if (lock.includes("unreachable")) { console.error("npm error network"); process.exit(1); }
fs.writeFileSync("node_modules/.package-lock.json", lock);
`;

const ROOT = join(__dirname, "..", "..");
let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "bootstrap-")));
  await cp(join(ROOT, "tools", "bootstrap"), join(folder, "tools", "bootstrap"), { recursive: true });
  await cp(join(ROOT, "tools", "bootstrap.mjs"), join(folder, "tools", "bootstrap.mjs"));
  await write("node_modules/typescript/bin/tsc", COMPILER);
  await write("node_modules/esbuild/index.js", BUNDLER);
  await write("npm-cli.js", NPM);
  await write("provider/index.ts", "one");
  await write(
    "package.json",
    JSON.stringify({ exports: { ".": { types: "./dist/index.d.ts" } }, dependencies: {} }),
  );
  await lock("1.0.0");
  await write("node_modules/.package-lock.json", await read("package-lock.json"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const read = (path: string): Promise<string> => readFile(join(folder, path), "utf8").catch(() => "");

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(folder, path, ".."), { recursive: true });
  await writeFile(join(folder, path), text);
}

function lock(version: string): Promise<void> {
  const packages = {
    "": { version: "0.1.0" },
    "node_modules/zod": { version, integrity: `sha512-${version}` },
    "node_modules/only-on-mac": { version: "1.0.0", integrity: "sha512-x", optional: true },
    "node_modules/self": { link: true },
  };
  return write("package-lock.json", JSON.stringify({ packages }));
}

const environment = () => ({
  ...process.env,
  XDG_CACHE_HOME: join(folder, "cache"),
  npm_execpath: join(folder, "npm-cli.js"),
});

function bootstrap(...args: string[]): Promise<RunResult> {
  return run(
    process.execPath,
    [...args.slice(0, -1), join(folder, "tools/bootstrap.mjs"), ...args.slice(-1)],
    {
      env: environment(),
    },
  );
}

describe("compiling", () => {
  test("happens once, and again when a source changes", async () => {
    expect((await bootstrap("build")).text).toMatch(
      /• Compiling TypeScript \.\.\.\n✓ Compiling TypeScript {2}\d/,
    );
    expect(await bootstrap("build")).toMatchObject({ code: 0, text: "" });
    await write("provider/more.ts", "");
    await bootstrap("build");
    expect(await read("compilations.log")).toBe("one\none\n");
    expect(await read("dist/index.js")).toBe("one");
  });

  test("keeps the declarations that programs can reach", async () => {
    await bootstrap("build");
    const made = await readdir(join(folder, "dist"));
    expect(made.filter((name) => name.endsWith(".d.ts")).sort()).toEqual(["index.d.ts", "public.d.ts"]);
  });

  test("that fails keeps the last good result, reports that, and is retried", async () => {
    await bootstrap("build");
    await write("provider/index.ts", "wrong");
    const failed = await bootstrap("build");
    expect(failed.code).toBe(2);
    expect(failed.text).toContain("provider/index.ts: error\nThe sources do not compile");
    expect(await read("dist/index.js")).toBe("one");
    expect((await bootstrap("build")).code).toBe(2);
    expect(await readdir(join(folder, "node_modules/.cache/pulumi-posthog"))).toEqual([]);
  });

  test("that is killed halfway is not trusted by the next run, and neither is its lock", async () => {
    await write("provider/index.ts", "slow");
    const child = spawn(process.execPath, [join(folder, "tools/bootstrap.mjs"), "build"], {
      env: environment(),
    });
    while ((await read("compilations.log")) === "") await new Promise((done) => setTimeout(done, 20));
    child.kill("SIGKILL");
    await new Promise((done) => child.once("exit", done));
    expect(await read("dist/index.js")).toBe("");

    await write("provider/index.ts", "two");
    expect((await bootstrap("build")).code).toBe(0);
    expect(await read("dist/index.js")).toBe("two");
  });

  test("runs once when two commands start together: the second waits, with a message", async () => {
    await write("provider/index.ts", "slow");
    const results = await Promise.all([bootstrap("build"), bootstrap("build")]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(results.map(({ text }) => text).join("")).toMatch(/Waiting for process \d+ to finish the setup/);
    expect(await read("compilations.log")).toBe("slow\n");
  });

  test.each([
    ["gone", "999999999", 0],
    ["silent for minutes, with its process id reused", String(process.pid), 120_000],
  ])("does not wait for a holder that is %s", async (_state, holder, age) => {
    const name = createHash("sha256").update(folder).digest("hex").slice(0, 16);
    const lockFile = `cache/pulumi-posthog/clone-${name}.lock`;
    await write(lockFile, holder);
    const touched = new Date(Date.now() - age);
    await utimes(join(folder, lockFile), touched, touched);
    expect(await bootstrap("build")).toMatchObject({ code: 0, text: expect.not.stringContaining("Waiting") });
    expect(await read(lockFile)).toBe("");
  });
});

describe("dependencies", () => {
  test.each([
    ["nothing is installed yet", () => rm(join(folder, "node_modules/.package-lock.json"))],
    ["1 package differs", () => lock("2.0.0")],
  ])("are installed from the lock file if %s", async (reason, change) => {
    await change();
    expect((await bootstrap("build")).text).toContain(`package-lock.json (${reason}) ...`);
    expect(await read("installations.log")).toMatch(/^ci --ignore-scripts --include=dev/);
    expect((await bootstrap("build")).text).toBe("");
  });

  test("that could not be installed are installed by the next run", async () => {
    await lock("unreachable");
    for (const attempt of ["first", "second"]) {
      const result = await bootstrap("build");
      expect([attempt, result.code]).toEqual([attempt, 1]);
      expect(result.text).toContain("npm could not install the dependencies");
    }
    expect(await read("installations.log")).toMatch(/^ci .*\nci .*\n$/);
    expect(await read("node_modules/.package-lock.json")).toBe("");
  });
});

describe("the entry of every npm script", () => {
  test.each(["18.20.0", "20.18.9"])("rejects Node %s, with the reason and the fix", async (version) => {
    const pretend = `Object.defineProperty(process.versions, "node", { value: "${version}" })`;
    await write("pretend.cjs", pretend);
    const result = await bootstrap("--require", join(folder, "pretend.cjs"), "build");
    expect(result.code).toBe(1);
    expect(result.text).toMatch(new RegExp(`Node ${version} is too old.*20.19 or newer.\nInstall one`));
  });

  test("lists its commands if it gets an unknown one", async () => {
    expect(await bootstrap("dance")).toMatchObject({
      code: 2,
      text: expect.stringMatching(/Usage: node tools\/bootstrap.mjs demo \| .*test \| .*build \|/),
    });
  });
});

describe("npm test", () => {
  /** A Jest whose test files note what the arguments say: a part alone if it ran, or with what it lacks. */
  const JEST = `
const fs = require("node:fs");
const [, output, ...parts] = process.argv.slice(2);
parts.forEach((text, index) => {
  const [part, lacking] = text.split(":");
  fs.writeFileSync(process.env.TEST_PARTS_FOLDER + "/" + index, JSON.stringify({ part, lacking }));
});
fs.writeFileSync(output.split("=")[1], JSON.stringify({ numPassedTests: 3, numFailedTests: 0, numRuntimeErrorTestSuites: 0, numPendingTests: 0 }));
`;
  const suite = async (...args: string[]) => {
    await write("node_modules/jest/bin/jest.js", JEST);
    const program = `import { runSuite } from ${JSON.stringify(join(folder, "tools/bootstrap/suite.mjs"))};
      await runSuite(${JSON.stringify(args)}).catch(({ code }) => process.exit(code));`;
    return run(process.execPath, ["--input-type=module", "-e", program]);
  };
  const lacking = "not run: browser (no Chromium), python (no python3)";

  test.each<[string, string[], number, string]>([
    ["prints nothing extra if everything ran", ["browser"], 0, "3 passed, 0 failed\n"],
    [
      "ends with what was not run and why, each once",
      ["python:no python3", "browser:no Chromium", "browser:no Chromium"],
      0,
      `3 passed, 0 failed\n${lacking}\n`,
    ],
    ["passes if a required part ran", ["browser", "--require", "browser"], 0, "3 passed, 0 failed\n"],
    [
      "fails without a required part",
      ["browser", "python:no python3", "--require=browser,python"],
      1,
      "3 passed, 0 failed\nnot run: python (no python3)\n",
    ],
    ["fails for a part that no test has", ["browser", "--require", "bowser"], 1, "3 passed, 0 failed\n"],
  ])("%s", async (_, args, code, stdout) => {
    expect(await suite(...args)).toMatchObject({ code, stdout });
  });

  test("names the required part that is missing", async () => {
    const { stderr } = await suite("python:no python3", "--require", "python,bowser");
    expect(stderr).toContain("--require python: it was not run.");
    expect(stderr).toContain("--require bowser: none of the tests that were run has a part of this name.");
  });
});

test.each([
  [{ passed: 12, failed: 0, broken: 0, pending: 0 }, "12 passed, 0 failed"],
  [{ passed: 12, failed: 1, broken: 2, pending: 0 }, "12 passed, 3 failed"],
  [{ passed: 0, failed: 0, broken: 0, pending: 4 }, "0 passed, 0 failed, 4 skipped"],
])("the closing line of %j is %s", async ({ passed, failed, broken, pending }, line) => {
  const report = {
    numPassedTests: passed,
    numFailedTests: failed,
    numRuntimeErrorTestSuites: broken,
    numPendingTests: pending,
  };
  const program = `import { countLine } from ${JSON.stringify(join(ROOT, "tools/bootstrap/suite.mjs"))};
    console.log(countLine(${JSON.stringify(report)}));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program]);
  expect(stdout).toBe(`${line}\n`);
});
