import * as pulumi from "@pulumi/pulumi";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../emulator";

/** Configures this process's program, as `pulumi config set` would. */
export function configure(values: Readonly<Record<string, string | undefined>>): void {
  const given = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [[`posthog:${key}`, value] as const],
  );
  pulumi.runtime.setAllConfig(Object.fromEntries(given));
}

/** Runs a test of functions with an emulator that the program is configured for. */
export async function withPosthog(
  body: (emulator: Emulator) => Promise<void>,
  options: { emulator?: EmulatorOptions; config?: Readonly<Record<string, string | undefined>> } = {},
): Promise<void> {
  const emulator = await startEmulator(options.emulator);
  const { url, apiKey, organizationId, email, password } = emulator;
  configure({ host: url, apiKey, organizationId, email, password, ...options.config });
  try {
    await body(emulator);
  } finally {
    await emulator.close();
  }
}

export function settled<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply((value) => resolve(value));
  });
}

/** The requests so far, without the organization's part of the path. */
export function requestsOf({ requests, organizationId }: Emulator): string[] {
  return requests.map(
    ({ method, path }) =>
      `${method} ${path.replace(`/api/organizations/${organizationId}`, "").replace(/\/$/, "")}`,
  );
}
