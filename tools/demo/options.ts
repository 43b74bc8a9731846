import { parseArgs } from "node:util";

export interface DemoOptions {
  /** Whether the emulator keeps running at the end. */
  readonly keep: boolean;
  /** An existing PostHog, instead of the emulator. */
  readonly host?: string;
  /** The program's configuration; see `examples/quickstart`. */
  readonly quickstart: Readonly<Record<string, string>>;
}

/** The text that `--help` prints. */
export const USAGE = `npm run demo                    the whole story against the PostHog emulator
npm run demo -- --keep          ... which keeps running, with the exports for \`pulumi up\` by hand
npm run demo -- --host URL      the same against an existing PostHog; credentials come from the environment
                                (POSTHOG_API_KEY, POSTHOG_ORGANIZATION_ID, POSTHOG_EMAIL, POSTHOG_PASSWORD,
                                POSTHOG_TOTP_SECRET)
       --analyst EMAIL          the members who get access
       --developer EMAIL
       --domain DOMAIN          the e-mail domain for single sign-on`;

/** Reads the command line. If it is invalid, throws an error with the usage. */
export function parseOptions(args: readonly string[]): DemoOptions | "help" {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const parse = () =>
    parseArgs({
      args: [...args],
      options: { keep: flag, help: flag, host: text, analyst: text, developer: text, domain: text },
    }).values;
  let values: ReturnType<typeof parse>;
  try {
    values = parse();
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
  if (values.help) return "help";
  if (values.keep && values.host !== undefined) {
    throw new Error(
      `--keep keeps the emulator running, --host uses another PostHog: choose one of them.\n\n${USAGE}`,
    );
  }
  const about = { analyst: values.analyst, developer: values.developer, domain: values.domain };
  const quickstart = Object.fromEntries(
    Object.entries(about).flatMap(([key, value]) =>
      value === undefined ? [] : [[`quickstart:${key}`, value]],
    ),
  );
  return { keep: values.keep, host: values.host, quickstart };
}
