import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

const MAIN = join(__dirname, "..", "..", "..", "dist", "cli", "main.js");

let folder: string;
beforeAll(() => {
  if (!existsSync(MAIN)) {
    throw new Error("dist/ does not exist: these tests run the build. Run: npm run build");
  }
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "adopt-test-"));
  for (const name of ["bin", "tmp"]) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a `pulumi` on PATH that answers each command with a few lines of shell. */
function fakePulumi(answers: Record<string, string>): void {
  const cases = Object.entries(answers).map(([command, script]) => `"${command}"*) ${script} ;;`);
  const file = join(folder, "bin", "pulumi");
  writeFileSync(file, `#!/bin/sh\ncase "$*" in\n${cases.join("\n")}\n*) echo '{}' ;;\nesac\n`);
  chmodSync(file, 0o755);
}

function environment(path = join(folder, "bin")): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${path}:/usr/bin:/bin`,
    TMPDIR: join(folder, "tmp"),
    POSTHOG_API_KEY: "phx_nobody",
    POSTHOG_HOST: "http://127.0.0.1:9",
  };
}

/** Runs the command in a separate folder. */
function run(args: string[], path?: string) {
  return spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: environment(path),
    encoding: "utf8",
  });
}

const emptyState = JSON.stringify({ version: 3, deployment: { manifest: {} } });
const keyType = "pulumi-nodejs:dynamic/posthog:PersonalApiKey";
const urn = `urn:pulumi:dev::acme::${keyType}::ci`;
const preview = JSON.stringify({
  steps: [{ op: "create", urn, newState: { urn, type: keyType, custom: true, inputs: { label: "ci" } } }],
});
const savePlan = `while [ "$1" != --save-plan ]; do shift; done; echo '{"resourcePlans": {}}' > "$2"; echo '${preview}'`;

test.each([
  [["adopt", "--id", "production"], /must be a resource and its id: Project:production=42/],
  [["adopt", "--id", "production=42"], /must be a resource and its id/],
  [["adopt", "--id", "Project:production="], /must be a resource and its id/],
  [["adopt", "--force"], /unknown option '--force'/],
  [["export", "--format", "yaml"], /Allowed choices are typescript, matrix/],
  [
    ["export", "--format", "matrix", "--project-settings"],
    /--project-settings does not go with --format matrix/,
  ],
  [["export", "--format", "import", "--project"], /--project does not go with --format import/],
  [["export", "--format", "import", "--account", "eu"], /--account does not go with --format import/],
  [["export", "--host", "x"], /unknown option '--host'/],
])("%j is rejected before any request", (args, messages) => {
  const { status, stderr } = run(args);
  expect(status).toBe(1);
  expect(stderr).toMatch(messages);
});

test("a missing pulumi on PATH is reported", () => {
  const { status, stderr } = run(["adopt"], join(folder, "nowhere"));
  expect(status).toBe(1);
  expect(stderr).toMatch(/there is no pulumi command on the PATH[\s\S]*fix: Install it/);
});

test.each([
  ["no Pulumi.yaml project file found", []],
  ["no stack named 'prod' found", ["--stack", "prod"]],
])("pulumi's error is passed on: %s", (complaint, flags) => {
  fakePulumi({ stack: `echo "error: ${complaint}" >&2; exit 255` });
  const { status, stderr } = run(["adopt", ...flags]);
  expect(status).toBe(1);
  expect(stderr).toContain(`why: pulumi stack failed: ${complaint}.`);
  expect(stderr).toContain("fix: Run this in the folder of the Pulumi program");
});

test.each([
  [
    "PULUMI_ACCESS_TOKEN must be set for login",
    "stack --show-name",
    "Log in to the backend that has the stacks: pulumi login.",
  ],
  [
    "passphrase must be set",
    "config",
    "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, as for pulumi itself.",
  ],
])(
  "the error names what Pulumi lacks, and nothing that does not need a stack: %s",
  (complaint, failing, fix) => {
    const fails = `echo "error: ${complaint}" >&2; exit 255`;
    fakePulumi({ "stack --show-name": "echo dev", [failing]: fails });
    const { status, stderr } = run(["adopt"]);
    expect(status).toBe(1);
    expect(stderr).toContain(`fix: ${fix}\n`);
  },
);

test("a program that Pulumi cannot preview adopts nothing, and the reasons are shown", () => {
  const diagnostics = [
    { severity: "info", message: "fine so far" },
    { severity: "error", message: "<{%reset%}>role is not a level<{%reset%}>" },
  ];
  fakePulumi({
    "stack --show-name": "echo dev",
    "stack export": `echo '${emptyState}'`,
    preview: `echo '${JSON.stringify({ steps: [], diagnostics })}'; exit 255`,
  });
  const { status, stderr } = run(["adopt"]);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /nothing was adopted: pulumi preview fails\n {2}why: role is not a level\n {2}fix: /,
  );
  expect(readdirSync(folder)).toEqual(["bin", "tmp"]);
});

test.each([
  ["stack export", "pulumi stack export"],
  ["config", "pulumi config --json"],
  ["preview", "pulumi preview --json"],
])(
  "lines that are not JSON in the answer of pulumi %s are one error, which repeats none",
  (command, shown) => {
    const answers = { "stack export": `echo '${emptyState}'`, config: "echo '{}'", preview: savePlan };
    fakePulumi({
      "stack --show-name": "echo dev",
      ...answers,
      [command]: `echo 'warning: s3cret'; ${new Map(Object.entries(answers)).get(command)}`,
    });
    const { status, stdout, stderr } = run(["adopt"]);
    expect([status, stdout]).toEqual([1, ""]);
    const error = stderr.slice(stderr.indexOf("error: "));
    expect(error).toMatch(
      new RegExp(
        `^error: the answer of ${shown} cannot be read\n  why: It is not JSON, .*\n  fix: Run .*\n$`,
      ),
    );
    expect(stderr).not.toContain("s3cret");
  },
);

test.each([
  ["stack export", "{}", "pulumi stack export", "version"],
  ["config", '{"posthog:host": 5}', "pulumi config --json", "posthog:host"],
  ["preview", '{"steps": 5}', "pulumi preview --json", "steps"],
])(
  "another form than that of pulumi %s is an error that names the place: %s",
  (command, answer, shown, at) => {
    const plan = `while [ "$1" != --save-plan ]; do shift; done; echo '{}' > "$2"; echo '${answer}'`;
    fakePulumi({
      "stack --show-name": "echo dev",
      "stack export": `echo '${emptyState}'`,
      [command]: command === "preview" ? plan : `echo '${answer}'`,
    });
    expect(run(["adopt"]).stderr).toMatch(
      new RegExp(
        `the answer of ${shown} cannot be read\n  why: It has an unexpected form at ${at}.\n  fix: `,
      ),
    );
  },
);

test("what cannot be adopted is reported with the reason and an exit code, and no file is written", () => {
  fakePulumi({ "stack --show-name": "echo dev", "stack export": `echo '${emptyState}'`, preview: savePlan });
  const { status, stdout } = run(["adopt", "--json"]);
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    schemaVersion: 1,
    stack: "dev",
    dryRun: false,
    kept: 0,
    adopted: [],
    later: [],
    left: [
      { kind: "PersonalApiKey", name: "ci", why: expect.stringContaining("shows a key's value only once") },
    ],
  });
  expect(readdirSync(folder)).toEqual(["bin", "tmp"]);
});

test("an id for a resource that the program does not declare is rejected", () => {
  fakePulumi({ "stack --show-name": "echo dev", "stack export": `echo '${emptyState}'`, preview: savePlan });
  const { status, stderr } = run(["adopt", "--id", "Project:production=42"]);
  expect(status).toBe(1);
  expect(stderr).toContain('--id names "Project:production", which is not to be adopted');
});

describe("an id for a resource in the state", () => {
  const project = { urn: "urn:pulumi:dev::acme::pulumi-nodejs:dynamic/posthog:Project::staging", id: "2" };
  const state = JSON.stringify({ version: 3, deployment: { resources: [project] } });
  const answers = { "stack --show-name": "echo dev", "stack export": `echo '${state}'`, preview: savePlan };

  test("may be the same one: an interrupted run is continued with its own command", () => {
    fakePulumi(answers);
    const { status, stdout } = run(["adopt", "--id", "Project:staging=2"]);
    expect(status).toBe(2);
    expect(stdout).toContain('PersonalApiKey "ci": PostHog shows');
  });

  test("is rejected if it is a different one, with the id in the state", () => {
    fakePulumi(answers);
    const { status, stderr } = run(["adopt", "--id", "Project:staging=3"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /--id Project:staging=3 contradicts the state, which has 2\n[\s\S]*pulumi state delete urn:\S+ and adopt again/,
    );
  });
});

test("the program is previewed without requests to PostHog, whatever the stack's configuration", () => {
  fakePulumi({
    "stack --show-name": "echo dev",
    "stack export": `echo '${emptyState}'`,
    preview: `echo "$POSTHOG_PREFLIGHT" > preflight; ${savePlan}`,
  });
  run(["adopt"]);
  expect(readFileSync(join(folder, "preflight"), "utf8")).toBe("false\n");
});

describe("the plan, which has the secrets in plain text,", () => {
  const writing = `while [ "$1" != --save-plan ]; do shift; done; echo '{"secret": "s3cret"}' > "$2"`;
  const left = (): string[] => readdirSync(join(folder, "tmp"));

  test("is readable only by its owner, and is deleted when the command ends", () => {
    fakePulumi({
      "stack --show-name": "echo dev",
      "stack export": `echo '${emptyState}'`,
      preview: `${writing}; stat -c %a "$2" > mode; exit 1`,
    });
    expect(run(["adopt"]).status).toBe(1);
    expect(readFileSync(join(folder, "mode"), "utf8")).toBe("600\n");
    expect(left()).toEqual([]);
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "is removed when %s ends the command",
    async (signal) => {
      fakePulumi({
        "stack --show-name": "echo dev",
        "stack export": `echo '${emptyState}'`,
        preview: `${writing}; touch written; exec sleep 30`,
      });
      const child = spawn(process.execPath, [MAIN, "adopt"], {
        cwd: folder,
        env: environment(),
        detached: true,
        stdio: "ignore",
      });
      const ended = new Promise((resolve) => child.on("exit", (code, by) => resolve([code, by])));
      while (!existsSync(join(folder, "written"))) await setTimeout(20);
      expect(left()).toHaveLength(1);
      if (child.pid === undefined) throw new Error("the command did not start");
      process.kill(-child.pid, signal);
      expect(await ended).toEqual([null, signal]);
      expect(left()).toEqual([]);
    },
  );
});
