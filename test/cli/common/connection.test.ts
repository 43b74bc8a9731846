import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import { configurationOf } from "../../../cli/common/connection";
import { projectOutputs } from "../../../cli/common/stack";
import { createProgram, runProgram } from "../../../cli/program";
import { type Emulator, startEmulator } from "../../../emulator";
import { Connections } from "../../../provider/posthog/connection";
import { messageOf } from "../../../provider/posthog/errors";
import { getOrganization } from "../../../provider/posthog/organizations";
import { withFolder } from "../../support/command";

/** The answers of the stand-in for pulumi. */
interface Pulumi {
  /** Its configuration with secrets, or the text that it prints instead. */
  readonly config: Readonly<Record<string, string>> | string;
  /** The text that it prints instead of the selected stack. */
  readonly noStack?: string;
  /** The outputs of its stacks. */
  readonly outputs?: unknown;
}

interface Scene {
  /** The pulumi of the folder's program. Without it, the folder has neither. */
  readonly pulumi?: Pulumi;
  readonly isInProgram?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a body in a folder. Returns its result, its messages, and its calls of pulumi. */
async function within<T>(
  { pulumi, isInProgram = pulumi !== undefined, environment = {} }: Scene,
  body: () => Promise<T>,
): Promise<{ result: T; said: string[]; calls: string[] }> {
  return withFolder(async (path) => {
    if (isInProgram) writeFileSync(path("Pulumi.yaml"), "name: access\nruntime: nodejs\n");
    if (pulumi !== undefined) installPulumi(path, pulumi);
    const before = { cwd: process.cwd(), env: { ...process.env } };
    const said: string[] = [];
    const spies = [
      jest.spyOn(console, "error").mockImplementation((line) => said.push(String(line))),
      jest.spyOn(console, "log").mockImplementation(() => undefined),
      jest.spyOn(process.stdout, "write").mockImplementation((_text, ...rest: unknown[]) => {
        for (const done of rest) if (typeof done === "function") done();
        return true;
      }),
    ];
    process.chdir(dirname(path("x")));
    Object.assign(process.env, environment, {
      PATH: [path("."), ...(pulumi === undefined ? [] : ["/usr/bin", "/bin"])].join(delimiter),
    });
    try {
      const result = await body();
      const calls = existsSync(path("calls"))
        ? readFileSync(path("calls"), "utf8").trimEnd().split("\n")
        : [];
      return { result, said, calls };
    } finally {
      process.chdir(before.cwd);
      process.env = before.env;
      process.exitCode = undefined;
      for (const spy of spies) spy.mockRestore();
    }
  });
}

function installPulumi(path: (file: string) => string, { config, noStack, outputs }: Pulumi): void {
  const values = typeof config === "string" ? {} : config;
  const json = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`posthog:${key}`, { value, secret: true }]),
  );
  writeFileSync(path("config.json"), JSON.stringify(json));
  const fail = (text: string): string => `{ echo "error: ${text}" >&2; exit 255; }`;
  writeFileSync(path("state.json"), JSON.stringify({ version: 3, deployment: {} }));
  writeFileSync(path("outputs.json"), JSON.stringify(outputs ?? {}));
  const script = `#!/bin/sh
echo "$@" >> "${path("calls")}"
case "$1 $2" in
  "stack output") cat "${path("outputs.json")}" ;;
  "stack export") cat "${path("state.json")}" ;;
  stack*) ${noStack === undefined ? "echo dev" : fail(noStack)} ;;
  config*) ${typeof config === "string" ? fail(config) : `cat "${path("config.json")}"`} ;;
esac
`;
  writeFileSync(path("pulumi"), script);
  chmodSync(path("pulumi"), 0o755);
}

const stackKey = { config: { apiKey: "phx_stack", host: "https://eu.posthog.com" } };

test("the environment's key needs no stack", async () => {
  const { result, said, calls } = await within(
    { pulumi: stackKey, environment: { POSTHOG_API_KEY: "phx_environment" } },
    () => configurationOf({}),
  );
  expect(result).toMatchObject({ apiKey: "phx_environment", host: "https://us.posthog.com" });
  expect({ said, calls }).toEqual({ said: [], calls: [] });
});

test("without it, the selected stack of the program is used, with a note", async () => {
  const { result, said } = await within({ pulumi: stackKey }, () => configurationOf({}));
  expect(result).toMatchObject({ apiKey: "phx_stack", host: "https://eu.posthog.com" });
  expect(said).toEqual(["using the selected stack dev; --stack names another"]);
});

test("an account is looked up in the selected stack, whatever the environment has", async () => {
  const accounts = JSON.stringify({ eu: { apiKey: "phx_eu" } });
  const scene = { pulumi: { config: { accounts } }, environment: { POSTHOG_API_KEY: "phx_environment" } };
  const { result } = await within(scene, () => configurationOf({ account: "eu" }));
  expect(result).toMatchObject({ apiKey: "phx_eu" });
});

/** The error of a configuration, or of the first request with it. */
const failing = async (scene: Scene, flags = {}): Promise<string> => {
  const { result } = await within(scene, async () => {
    try {
      await getOrganization(new Connections().for(await configurationOf(flags)));
      return "no error";
    } catch (error) {
      return messageOf(error);
    }
  });
  return result;
};

const accounts = JSON.stringify({ eu: { apiKey: "phx_1" }, us: { apiKey: "phx_2", host: "us.posthog.com" } });

test.each<[what: string, scene: Scene, flags: object, fix: RegExp[]]>([
  ["a program", {}, {}, [/no API key is configured/, /Set POSTHOG_API_KEY, or run this in the folder/]],
  ["a key in the stack", { pulumi: { config: {} } }, {}, [/apiKey phx_\.\.\. --stack dev \(or set POSTHOG/]],
  [
    "a key in the named stack",
    { pulumi: { config: {} } },
    { stack: "prod" },
    [/apiKey phx_\.\.\. --stack prod/],
  ],
  [
    "a login",
    { pulumi: { config: {}, noStack: "PULUMI_ACCESS_TOKEN must be set for login" } },
    {},
    [/pulumi login; or set POSTHOG_API_KEY/, /must be set for login/],
  ],
  [
    "a passphrase",
    { pulumi: { config: "passphrase must be set with PULUMI_CONFIG_PASSPHRASE" } },
    {},
    [/Set PULUMI_CONFIG_PASSPHRASE or .*; or set POSTHOG_API_KEY/],
  ],
  [
    "a selected stack",
    { pulumi: { config: {}, noStack: "no stack selected" } },
    {},
    [/--stack, or with pulumi stack select; or set POSTHOG_API_KEY/],
  ],
  [
    "pulumi",
    { isInProgram: true },
    {},
    [/no pulumi command on the PATH/, /Install it .*Or set POSTHOG_API_KEY/],
  ],
  [
    "a chosen account",
    { pulumi: { config: { accounts } } },
    {},
    [/Choose an account of the stack with --account: eu, us/],
  ],
  [
    "that account",
    { pulumi: { config: { accounts } } },
    { account: "asia" },
    [/entries eu, us/, /Name one of them, or add this one: .*posthog:accounts\.asia\.apiKey/],
  ],
  [
    "a key of the account",
    { pulumi: { config: { accounts: JSON.stringify({ eu: {} }) } } },
    { account: "eu" },
    [/no API key is configured/, /posthog:accounts\.eu\.apiKey/],
  ],
  ["a program for an account", {}, { account: "eu" }, [/outside of a Pulumi program/]],
])("without %s, the error says how to provide it", async (_, scene, flags, fix) => {
  const message = await failing(scene, flags);
  for (const pattern of fix) expect(message).toMatch(pattern);
  expect(message).not.toMatch(/phx_[a-z0-9]/);
});

describe("every command that reads PostHog", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterAll(() => emulator.close());

  test.each([["doctor"], ["review"], ["audit"], ["drift"], ["export", "--format", "matrix"]])(
    "%s uses the selected stack, and says so once",
    async (...args) => {
      const config = { host: emulator.url, apiKey: emulator.apiKey, organizationId: emulator.organizationId };
      const before = emulator.requests.length;
      const { said } = await within({ pulumi: { config } }, () =>
        createProgram().parseAsync(args, { from: "user" }),
      );
      expect(said.filter((line) => /selected stack dev/.test(line))).toHaveLength(1);
      expect(emulator.requests.length).toBeGreaterThan(before);
    },
  );

  test("drift also compares the selected stack with the environment's key", async () => {
    const environment = {
      POSTHOG_HOST: emulator.url,
      POSTHOG_API_KEY: emulator.apiKey,
      POSTHOG_ORGANIZATION_ID: emulator.organizationId,
    };
    const { calls } = await within({ pulumi: { config: {} }, environment }, () =>
      createProgram().parseAsync(["drift", "--unmanaged", "ignore"], { from: "user" }),
    );
    expect(calls.map((call) => call.split(" ").slice(0, 2).join(" "))).toEqual([
      "stack --show-name",
      "stack export",
    ]);
  });

  test.each<[what: string, scene: Scene]>([
    ["pulumi", { isInProgram: true }],
    ["a selected stack", { pulumi: { config: {}, noStack: "no stack selected" } }],
  ])("drift without %s names what else it can compare, not the existing key", async (_, scene) => {
    const environment = { POSTHOG_HOST: emulator.url, POSTHOG_API_KEY: emulator.apiKey };
    const { said } = await within({ ...scene, environment }, () => runProgram(createProgram(), ["drift"]));
    expect(said.join("\n")).toMatch(/[Oo]r compare something else: --state <file>, --matrix <file>/);
    expect(said.join("\n")).not.toContain("POSTHOG_API_KEY");
  });

  test.each([
    [
      { projects: { web: 1, app: "x", api: -1 }, lab: 2, name: "web" },
      [
        ["lab", 2],
        ["web", 1],
      ],
    ],
    [{}, []],
    [["no object"], []],
  ])("the outputs %j of a stack name the projects %j", async (outputs, ids) => {
    const { result } = await within({ pulumi: { config: {}, outputs } }, () => projectOutputs("dev"));
    expect([...result]).toEqual(ids);
    expect([...(await projectOutputs(undefined))]).toEqual([]);
  });

  test("emulate reads no connection", () => {
    const emulate = createProgram().commands.find((command) => command.name() === "emulate");
    expect(emulate?.options.map(({ long }) => long)).not.toContain("--stack");
  });
});
