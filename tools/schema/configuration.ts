import type { environmentNames } from "../../provider/posthog/configuration";
import type { Properties, PropertySpec } from "./spec";

type Key = keyof typeof environmentNames | "accounts";

/**
 * A provider's configuration. Credentials have no environment variables here: a generated SDK would read them into a
 * provider's inputs, and so into the state. The plugin reads the environment itself.
 */
export const configuration: Properties = {
  apiKey: {
    type: "string",
    description:
      "Secret. Personal API key (`phx_...`). Never in the state: a refresh or destroy takes it from `POSTHOG_API_KEY`, or from the stack configuration with `--run-program`.",
    secret: true,
  },
  host: {
    type: "string",
    description:
      "PostHog's address, such as `https://eu.posthog.com`. Default: `POSTHOG_HOST`, or `https://us.posthog.com`.",
  },
  organizationId: {
    type: "string",
    description:
      "The organization, as UUID or slug. Default: `POSTHOG_ORGANIZATION_ID`, or the key's only organization.",
  },
  email: {
    type: "string",
    description:
      "E-mail address to sign in with, for what PostHog refuses to API keys. Default: `POSTHOG_EMAIL`.",
  },
  password: {
    type: "string",
    description:
      "Secret. Password to sign in with. Never in the state: a refresh or destroy takes it from `POSTHOG_PASSWORD`, or from the stack configuration with `--run-program`.",
    secret: true,
  },
  totpSecret: {
    type: "string",
    description:
      "Secret. Base32 secret of the authenticator app, with two-factor authentication. Never in the state: a refresh or destroy takes it from `POSTHOG_TOTP_SECRET`, or from the stack configuration with `--run-program`.",
    secret: true,
  },
  preflight: {
    type: "boolean",
    description: "Whether previews ask PostHog what an update would be refused for. Default: true.",
  },
  requestsPerMinute: {
    type: "integer",
    description: "Requests a minute that the plugin allows itself; 0 for no limit of its own. Default: 430.",
  },
  accounts: {
    type: "object",
    additionalProperties: { type: "object", additionalProperties: { type: "string" } },
    description:
      "Secret. Other organizations, keys or regions, by the name that the argument `account` takes: each an object of `apiKey`, `host`, `organizationId`, `email`, `password` and `totpSecret`.",
    secret: true,
  },
} satisfies Readonly<Record<Key, PropertySpec>>;
