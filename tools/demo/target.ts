import { type Emulator, startEmulator } from "../../emulator";
import type { ConfigValue } from "../stack";
import { Secret } from "../stack";
import type { DemoOptions } from "./options";

/** The PostHog that the story is played in. */
export interface Surroundings {
  /** Its address. */
  readonly url: string;
  /** A personal API key for it. */
  readonly apiKey: string;
  /** Stack configuration that leads there. */
  readonly config: Readonly<Record<string, ConfigValue>>;
  /** Variables that lead there. */
  readonly env: Readonly<Record<string, string>>;
  /** The embedded PostHog, unless it is somebody else's. */
  readonly emulator?: Emulator;
  /** Clears it away. */
  close(): Promise<void>;
}

const DNS_INTERVAL_MS = 50;

/** Starts the embedded PostHog, or takes the one that `--host` names. */
export async function findSurroundings(options: DemoOptions, env: NodeJS.ProcessEnv): Promise<Surroundings> {
  return options.host === undefined ? embedded(options) : elsewhere(options.host, options, env);
}

/** The variables that lead a `pulumi up` by hand to an embedded PostHog. */
export function connectionVariables(emulator: Emulator): Record<string, string> {
  return {
    POSTHOG_HOST: emulator.url,
    POSTHOG_API_KEY: emulator.apiKey,
    POSTHOG_ORGANIZATION_ID: emulator.organizationId,
    POSTHOG_EMAIL: emulator.email,
    POSTHOG_PASSWORD: emulator.password,
  };
}

async function embedded(options: DemoOptions): Promise<Surroundings> {
  const emulator = await startEmulator();
  const dns = setInterval(() => publishChallenges(emulator), DNS_INTERVAL_MS);
  return {
    url: emulator.url,
    apiKey: emulator.apiKey,
    config: {
      "posthog:host": emulator.url,
      "posthog:apiKey": new Secret(emulator.apiKey),
      "posthog:organizationId": emulator.organizationId,
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

/** Does what the organization's DNS people would: publishes the record that each new domain asks for. */
function publishChallenges({ store, publishDns }: Emulator): void {
  for (const { domain, verified_at, verification_challenge } of store.domains.all()) {
    if (verified_at === null) publishDns(`_posthog-challenge.${domain}`, verification_challenge);
  }
}

async function elsewhere(host: string, options: DemoOptions, env: NodeJS.ProcessEnv): Promise<Surroundings> {
  const apiKey = env.POSTHOG_API_KEY || env.POSTHOG_PERSONAL_API_KEY;
  if (!apiKey) {
    throw new Error(
      `--host ${host} needs a personal API key: export POSTHOG_API_KEY=phx_... and run the same command again.`,
    );
  }
  // By the environment, so that nobody's real credentials are written into a file or an argument.
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
