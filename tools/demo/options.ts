import { parseArgs } from "node:util";

/** What `npm run demo` was asked for. */
export interface DemoOptions {
  /** Whether the embedded PostHog stays up at the end. */
  readonly keep: boolean;
  /** A PostHog that is there already, instead of the embedded one. */
  readonly host?: string;
  /** What the program is about, as its configuration; see `examples/quickstart`. */
  readonly quickstart: Readonly<Record<string, string>>;
}

/** What `--help` prints. */
export const USAGE = `npm run demo                    the whole story in an embedded PostHog
npm run demo -- --keep          ... which then stays up, with the exports for \`pulumi up\` by hand
npm run demo -- --host URL      the same in a PostHog that is there already; credentials come from the environment
                                (POSTHOG_API_KEY, POSTHOG_ORGANIZATION_ID, POSTHOG_EMAIL, POSTHOG_PASSWORD,
                                POSTHOG_TOTP_SECRET)
       --analyst EMAIL          the members that it gives access to
       --developer EMAIL
       --domain DOMAIN          the e-mail domain that it sets single sign-on up for`;

/** Reads the command line; throws an error that shows the usage. */
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
    throw new Error(`--keep is about the embedded PostHog, --host is about another one: choose.\n\n${USAGE}`);
  }
  const about = { analyst: values.analyst, developer: values.developer, domain: values.domain };
  const quickstart = Object.fromEntries(
    Object.entries(about).flatMap(([key, value]) =>
      value === undefined ? [] : [[`quickstart:${key}`, value]],
    ),
  );
  return { keep: values.keep, host: values.host, quickstart };
}
