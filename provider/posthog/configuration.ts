import * as z from "zod";
import { isLoopback } from "../access/addresses";
import { ConfigurationError } from "./errors";

/** Credentials that are not configured. */
export interface MissingCredentials {
  readonly kind: "key" | "session";
  /** The account without them; undefined for the top level. */
  readonly account?: string;
  /** For a key of the top level, the accounts that can be used instead. */
  readonly accounts: readonly string[];
}

/** Reads one key of the stack configuration's `posthog` namespace; secrets arrive unwrapped. */
export interface ConfigurationReader {
  (key: string): string | undefined;
  /** How to configure missing credentials, for readers of anything other than a stack's configuration. */
  readonly fixFor?: (missing: MissingCredentials) => string | undefined;
}

/**
 * Where requests go and with which credentials, for one account.
 *
 * Credentials are read from the stack configuration or the environment at call time, so that a refresh or destroy works
 * with the current key. They are never arguments of a resource, and never in state, logs or errors.
 */
export interface Configuration {
  /** Base URL without trailing slash, e.g. `https://eu.posthog.com`. */
  readonly host: string;
  /** Personal API key (`phx_...`). */
  readonly apiKey?: string;
  /** How to configure the missing key. */
  readonly keyFix?: string;
  /** How to configure the missing session. */
  readonly sessionFix?: string;
  /**
   * The environment's key, if the stack configuration has a different one and the environment's host is the one in use.
   * Pulumi passes a refresh or destroy the configuration of the last update, so after a key was replaced there, this
   * may be the valid one. A key for one host is never sent to another.
   */
  readonly environmentApiKey?: string;
  /** Organization as UUID or slug; if missing, the key's only organization. */
  readonly organizationId?: string;
  /** Sign-in for the operations that PostHog does not allow with API keys. */
  readonly email?: string;
  readonly password?: string;
  /** Base32 secret of the authenticator app, if the user has two-factor authentication. */
  readonly totpSecret?: string;
  /**
   * Whether previews may check with PostHog what an apply would be rejected for. Default true; the configuration or the
   * environment can switch it off.
   */
  readonly preflight: boolean;
  /**
   * Requests per minute that this process allows itself, or false for no limit of its own. Default 430: PostHog Cloud
   * allows a key 480, and the rest is for whatever else uses the key, such as the preview before an update.
   */
  readonly requestsPerMinute: number | false;
  /** Whether to refuse every request that may change something. Default false; this is not configurable. */
  readonly readOnly?: boolean;
}

const account = z.strictObject({
  apiKey: z.string().optional(),
  host: z.string().optional(),
  organizationId: z.string().optional(),
  email: z.string().optional(),
  password: z.string().optional(),
  totpSecret: z.string().optional(),
});
type Account = z.infer<typeof account>;
const accountKeys = Object.keys(account.shape);

const defaultRequestsPerMinute = 430;

const cloudHost = "https://us.posthog.com";

const cloudHosts: ReadonlyMap<string, string> = new Map([
  ["us.i.posthog.com", "https://us.posthog.com"],
  ["eu.i.posthog.com", "https://eu.posthog.com"],
  ["app.posthog.com", "https://us.posthog.com"],
  ["i.posthog.com", "https://us.posthog.com"],
]);

/** The environment variables that are read; the first one that is set wins. */
export const environmentNames = {
  apiKey: ["POSTHOG_API_KEY", "POSTHOG_PERSONAL_API_KEY"],
  host: ["POSTHOG_HOST"],
  organizationId: ["POSTHOG_ORGANIZATION_ID"],
  email: ["POSTHOG_EMAIL"],
  password: ["POSTHOG_PASSWORD"],
  totpSecret: ["POSTHOG_TOTP_SECRET"],
  preflight: ["POSTHOG_PREFLIGHT"],
  requestsPerMinute: ["POSTHOG_REQUESTS_PER_MINUTE"],
} as const;

/** The process environment; the provider reads it only here. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/**
 * Adds a missing scheme, drops trailing slashes and paths, and rejects PostHog's ingestion hosts with an error that
 * names the right one: they accept events, but do not serve the management API.
 */
export function normalizeHost(text: string): string {
  const trimmed = text.trim();
  let url: URL;
  try {
    url = new URL(
      /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `${defaultScheme(trimmed)}://${trimmed}`,
    );
  } catch {
    throw new ConfigurationError("the host is not a URL", {
      why: "posthog:host (POSTHOG_HOST) must be an address such as https://eu.posthog.com.",
      fix: "pulumi config set posthog:host https://eu.posthog.com (or us.posthog.com, or your own server)",
    });
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new ConfigurationError(`the host has the unsupported scheme "${url.protocol}"`, {
      why: "PostHog's API is available over https (or http on a private network).",
      fix: `pulumi config set posthog:host https://${url.host}`,
    });
  }
  const right = cloudHosts.get(url.hostname);
  if (right !== undefined) {
    throw new ConfigurationError(`${url.hostname} accepts events, not management API calls`, {
      why: "PostHog Cloud uses different hosts for ingestion and management.",
      fix: `pulumi config set posthog:host ${right}`,
    });
  }
  return url.origin;
}

function defaultScheme(host: string): string {
  return isLoopback(/^(\[[^\]]*\]|[^:/]*)/.exec(host)?.[0] ?? "") ? "http" : "https";
}

/**
 * The configuration of one account.
 *
 * An account's own entry wins. Missing values come from the top level, except that credentials never go to another host
 * than the one they were configured for, and an account with its own key does not inherit the organization.
 *
 * @throws ConfigurationError if the account is unknown, or a value has the wrong form.
 */
export function resolveConfiguration(
  read: ConfigurationReader,
  environment: Readonly<Record<string, string | undefined>>,
  accountName?: string,
): Configuration {
  const value = (key: keyof typeof environmentNames): string | undefined =>
    nonEmpty(read(key)) ??
    environmentNames[key].map((name) => nonEmpty(environment[name])).find((found) => found !== undefined);
  const top: Account = Object.fromEntries(
    accountKeys.map((key) => [key, value(key as keyof Account)]).filter(([, found]) => found !== undefined),
  );
  const own = accountName === undefined ? top : namedAccount(read, accountName);
  const topHost = normalizeHost(top.host ?? cloudHost);
  const host = own.host === undefined ? topHost : normalizeHost(own.host);
  const inherited: Account = host === topHost ? top : {};
  const apiKey = checkedKey(own.apiKey ?? inherited.apiKey);
  const signIn = own.email === undefined ? inherited : own;
  const hasSession = signIn.email !== undefined && signIn.password !== undefined;
  return {
    host,
    apiKey,
    keyFix: apiKey === undefined ? keyFix(read, accountName) : undefined,
    sessionFix: hasSession ? undefined : sessionFix(read, accountName),
    environmentApiKey: accountName === undefined ? environmentKey(environment, host, top.apiKey) : undefined,
    organizationId: checkedOrganization(
      own.organizationId ?? (own.apiKey === undefined ? inherited.organizationId : undefined),
    ),
    email: signIn.email,
    password: signIn.password,
    totpSecret: signIn.totpSecret,
    preflight: ![read("preflight"), environment.POSTHOG_PREFLIGHT].some(isFalse),
    requestsPerMinute: requestsPerMinute(value("requestsPerMinute")),
  };
}

function environmentKey(
  environment: Readonly<Record<string, string | undefined>>,
  host: string,
  configured: string | undefined,
): string | undefined {
  const of = (names: readonly string[]): string | undefined =>
    names.map((name) => nonEmpty(environment[name])).find((found) => found !== undefined);
  const key = of(environmentNames.apiKey);
  if (key === undefined || key === configured) return undefined;
  try {
    return normalizeHost(of(environmentNames.host) ?? cloudHost) === host ? checkedKey(key) : undefined;
  } catch {
    // The environment only counts if the stack configures nothing.
    return undefined;
  }
}

/** Whether the environment has an API key. */
export function hasEnvironmentKey(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environmentNames.apiKey.some((name) => nonEmpty(environment[name]) !== undefined);
}

function keyFix(read: ConfigurationReader, account: string | undefined): string {
  const accounts =
    account === undefined
      ? Object.keys(accountsOf(read("accounts"), settingCommand("apiKey", { account: "eu" })))
      : [];
  const own = read.fixFor?.({ kind: "key", account, accounts });
  if (own !== undefined) return own;
  const set = settingCommand("apiKey", { account });
  if (account !== undefined) return set;
  const either = `${set} (or set POSTHOG_API_KEY)`;
  return accounts.length === 0 ? either : `Set account to one of ${accounts.join(", ")}, or: ${either}`;
}

function sessionFix(read: ConfigurationReader, account: string | undefined): string {
  return read.fixFor?.({ kind: "session", account, accounts: [] }) ?? sessionCommands({ account });
}

/** Where a command writes a setting. */
interface SettingPlace {
  /** The account; the top level if missing. */
  readonly account?: string;
  /** The stack; the selected one if missing. */
  readonly stack?: string;
}

/** The placeholder for a credential in commands. */
const placeholders = {
  apiKey: "phx_...",
  email: "<e-mail>",
  password: "<password>",
  totpSecret: "<secret>",
} as const;

/** The command that writes a credential into a stack's configuration. */
export function settingCommand(
  name: keyof typeof placeholders,
  { account, stack }: SettingPlace = {},
): string {
  const secret = name === "email" ? "" : "--secret ";
  const path = account === undefined ? `posthog:${name}` : `--path 'posthog:accounts.${account}.${name}'`;
  return `pulumi config set ${secret}${path} ${placeholders[name]}${stack === undefined ? "" : ` --stack ${stack}`}`;
}

/** The commands that write a session into a stack's configuration. */
export function sessionCommands(place: SettingPlace = {}): string {
  const [email, password, totpSecret] = (["email", "password", "totpSecret"] as const).map((name) =>
    settingCommand(name, place),
  );
  return `${email}; ${password}; with two-factor authentication also run: ${totpSecret}`;
}

/**
 * The accounts of a stack configuration.
 *
 * @param fix how to fix an invalid one.
 */
function accountsOf(accounts: string | undefined, fix: string): Readonly<Record<string, Account>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(accounts ?? "{}");
  } catch {
    throw new ConfigurationError("posthog:accounts is not an object", {
      why: "It must map account names to settings.",
      fix,
    });
  }
  const all = z.record(z.string(), account).safeParse(parsed);
  if (!all.success) {
    const where = all.error.issues[0]?.path.join(".") ?? "";
    throw new ConfigurationError(
      `posthog:accounts has an invalid entry${where === "" ? "" : ` at ${where}`}`,
      {
        why: `An account is an object that may have ${accountKeys.join(", ")}.`,
        fix,
      },
    );
  }
  return all.data;
}

function namedAccount(read: ConfigurationReader, name: string): Account {
  const fix = keyFix(read, name);
  const accounts = new Map(Object.entries(accountsOf(read("accounts"), fix)));
  const found = accounts.get(name);
  if (found === undefined) {
    const names = [...accounts.keys()];
    throw new ConfigurationError(`unknown account "${name}"`, {
      why: `posthog:accounts has ${names.length === 0 ? "no entries" : `the entries ${names.join(", ")}`}.`,
      fix: names.length === 0 ? fix : `Name one of them, or add this one: ${fix}`,
    });
  }
  return found;
}

function checkedKey(key: string | undefined): string | undefined {
  if (key === undefined || key.startsWith("phx_") || key.startsWith("pha_")) return key;
  const kinds: Record<string, string> = {
    phc_: "a project API key: it sends events and cannot manage anything",
    phs_: "a project secret API key: it reads flags and endpoints and cannot manage anything",
  };
  const kind = kinds[key.slice(0, 4)];
  if (kind === undefined) return key;
  throw new ConfigurationError(`posthog:apiKey is ${kind}`, {
    why: "Managing an organization requires a personal API key, which starts with phx_.",
    fix: "Create one under Settings > Personal API keys, then: pulumi config set --secret posthog:apiKey phx_...",
  });
}

function checkedOrganization(id: string | undefined): string | undefined {
  if (id !== "@current") return id;
  throw new ConfigurationError("@current is not a stable organization id", {
    why: "It stands for the organization that the key's owner opened last, so it changes.",
    fix: "Name the organization by its UUID or slug: pulumi config set posthog:organizationId <uuid>",
  });
}

function requestsPerMinute(text: string | undefined): number | false {
  if (text === undefined) return defaultRequestsPerMinute;
  if (/^(false|off|0)$/i.test(text)) return false;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new ConfigurationError("posthog:requestsPerMinute is not a whole number", {
    why: "It limits the requests of this process per minute; PostHog Cloud allows 480 per key.",
    fix: "pulumi config set posthog:requestsPerMinute 430 (or off, for a server without limits)",
  });
}

function isFalse(text: string | undefined): boolean {
  return text?.trim().toLowerCase() === "false";
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text.trim();
}

/** The error for an operation that requires a signed-in person, with how to configure one. */
export function missingSession({ sessionFix: fix }: Pick<Configuration, "sessionFix">): ConfigurationError {
  return new ConfigurationError("no session is configured", {
    why: "PostHog allows this operation to signed-in people only, never to API keys.",
    fix: fix ?? sessionCommands(),
  });
}
