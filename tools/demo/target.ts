import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Emulator, startEmulator } from "../../emulator";
import type { Engine } from "../engine";
import { type ConfigValue, emulatorConfig, Secret } from "../stack";
import type { DemoOptions } from "./options";

/** The PostHog that the demo runs against. */
export interface Target {
  readonly url: string;
  readonly apiKey: string;
  /** Stack configuration for this PostHog. */
  readonly config: Readonly<Record<string, ConfigValue>>;
  /** Environment variables for this PostHog. */
  readonly env: Readonly<Record<string, string>>;
  /** The emulator; undefined if `--host` names a PostHog. */
  readonly emulator?: Emulator;
  /** Stops the emulator. */
  close(): Promise<void>;
}

const DNS_INTERVAL_MS = 50;

/** Starts an emulator, or uses the PostHog that `--host` names. */
export async function findTarget(options: DemoOptions, env: NodeJS.ProcessEnv): Promise<Target> {
  return options.host === undefined ? emulated(options) : existing(options.host, options, env);
}

/** The variables that connect a manual `pulumi up` to the emulator. */
function connectionVariables(emulator: Emulator): Record<string, string> {
  return {
    POSTHOG_HOST: emulator.url,
    POSTHOG_API_KEY: emulator.apiKey,
    POSTHOG_ORGANIZATION_ID: emulator.organizationId,
    POSTHOG_EMAIL: emulator.email,
    POSTHOG_PASSWORD: emulator.password,
  };
}

async function emulated(options: DemoOptions): Promise<Target> {
  const emulator = await startEmulator();
  const dns = setInterval(() => publishChallenges(emulator), DNS_INTERVAL_MS);
  return {
    url: emulator.url,
    apiKey: emulator.apiKey,
    config: {
      ...emulatorConfig(emulator),
      "posthog:email": emulator.email,
      "posthog:password": new Secret(emulator.password),
      "quickstart:waitForVerification": "60",
      ...options.quickstart,
    },
    env: {},
    emulator,
    close: async () => {
      clearInterval(dns);
      await emulator.close();
    },
  };
}

/** Acts for the organization's DNS administrators: publishes the record that each new domain needs. */
function publishChallenges({ store, publishDns }: Emulator): void {
  for (const { domain, verified_at, verification_challenge } of store.domains.all()) {
    if (verified_at === null) publishDns(`_posthog-challenge.${domain}`, verification_challenge);
  }
}

async function existing(host: string, options: DemoOptions, env: NodeJS.ProcessEnv): Promise<Target> {
  const apiKey = env.POSTHOG_API_KEY || env.POSTHOG_PERSONAL_API_KEY;
  if (!apiKey) {
    throw new Error(
      `--host ${host} needs a personal API key: export POSTHOG_API_KEY=phx_... and run the same command again.`,
    );
  }
  // In the environment, so that real credentials never end up in a file or an argument.
  const credentials = Object.entries(env).flatMap(([key, value]) =>
    key.startsWith("POSTHOG_") && value !== undefined ? [[key, value]] : [],
  );
  return {
    url: host,
    apiKey,
    config: { "posthog:host": host, ...options.quickstart },
    env: Object.fromEntries(credentials),
    close: async () => {},
  };
}

const FOREVER_MS = 2 ** 31 - 1;

/** Keeps the emulator running for a manual `pulumi up`, until Ctrl-C. Then removes the state of those runs. */
export async function keepUp(emulator: Emulator, engine: Engine, signal: AbortSignal): Promise<void> {
  const state = await mkdtemp(join(tmpdir(), "pulumi-posthog-keep-"));
  try {
    console.log(`\n${exportLines(emulator, engine, state).join("\n")}`);
    while (!signal.aborted) await sleep(FOREVER_MS, undefined, { signal }).catch(() => {});
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

/** Lines to paste into another shell. */
function exportLines(emulator: Emulator, engine: Engine, state: string): string[] {
  const variables: Record<string, string> = {
    ...connectionVariables(emulator),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "throw-away",
  };
  return [
    `The emulator runs at ${emulator.url} until Ctrl-C. In another shell, in this folder:`,
    "",
    ...Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`),
    ...(engine.origin === "cache" ? [`export PATH="${engine.bin}:$PATH"`] : []),
    "pulumi stack init demo",
    "pulumi up",
  ];
}
