import { answered, ConfigurationError, ConnectionError } from "../../provider/posthog/errors";
import { broken, type Check, caution, failed, fine, judge, skipped } from "./check";
import type { Facts } from "./facts";

const cloudHosts = ["https://us.posthog.com", "https://eu.posthog.com"];
/** PostHog: default limit of every API view, requests a minute for each key. */
const cloudLimit = 480;

/** Whether PostHog's API answers at the configured address. */
export function checkHost({ configuration: { host }, key }: Facts): Check {
  const name = "host";
  if (!key.ok && key.error instanceof ConfigurationError)
    return skipped(name, `${host} was not asked without a key`);
  if (key.ok || !(key.error instanceof ConnectionError)) {
    const strange = !key.ok && answered(key.error, 404);
    if (!strange) return fine(name, `${host} answers as PostHog`);
    return broken(
      name,
      `${host} answers, but knows no personal API keys`,
      "Check that posthog:host is PostHog's own address, without a path.",
    );
  }
  return failed(name, key.error);
}

/** Whether PostHog knows the configured key. */
export function checkKey({ key, isToken }: Facts): Check {
  const name = "key";
  if (!key.ok && key.error instanceof ConnectionError)
    return skipped(name, "not looked at, because the host failed");
  if (isToken) return fine(name, "an OAuth access token, of which PostHog tells nothing");
  return judge(
    name,
    key,
    ({ label }) => fine(name, `personal API key "${label ?? "without label"}"`),
    "problem",
  );
}

/** Which organization is meant. */
export function checkOrganization({ organization }: Facts): Check {
  const name = "organization";
  return judge(name, organization, ({ name: called, id }) => fine(name, `${called} (${id})`), "problem");
}

/** How old the server is, and what follows. */
export function checkServer({ organization, hasProviders }: Facts): Check {
  const name = "server generation";
  return judge(name, hasProviders, (has) => {
    if (!has) {
      return caution(
        name,
        "a server up to early 2026",
        "Update PostHog, or use OrgSsoSettings for single sign-on, and read the activity log project by project.",
        [
          "it has no identity providers of their own (IdentityProvider), and no activity log of the whole organization",
        ],
      );
    }
    const isNew = organization?.ok === true && "enforce_verified_domains" in organization.value;
    if (isNew) return fine(name, "a server of the newest generation");
    return caution(
      name,
      "a server of early or mid 2026",
      "Update PostHog, or read the activity log project by project.",
      [
        "it has no activity log of the whole organization, and links a domain with one identity provider only",
      ],
    );
  });
}

/** Whether somebody can be signed in as, for what PostHog refuses to API keys. */
export function checkSession({ hasSession, configuration: { email }, ownKeys }: Facts): Check {
  const name = "session";
  if (!hasSession) {
    return caution(
      name,
      "none is configured: personal API keys cannot be managed, nor domains verified",
      "Set posthog:email and posthog:password (POSTHOG_EMAIL, POSTHOG_PASSWORD), with two-factor authentication also posthog:totpSecret; leave it where neither is needed.",
    );
  }
  return judge(
    name,
    ownKeys,
    () => fine(name, `signing in as ${email ?? "the configured person"} works`),
    "problem",
  );
}

/** Whether this program stays below PostHog's rate limit. */
export function checkRateLimits({ configuration: { host, requestsPerMinute } }: Facts): Check {
  const name = "rate limits";
  if (!cloudHosts.includes(host)) {
    const own =
      requestsPerMinute === false
        ? "without a limit of its own"
        : `with at most ${requestsPerMinute} requests a minute`;
    return fine(
      name,
      `this program runs ${own}; a server of your own has limits only with RATE_LIMIT_ENABLED`,
    );
  }
  if (requestsPerMinute !== false && requestsPerMinute < cloudLimit)
    return fine(
      name,
      `at most ${requestsPerMinute} requests a minute of the ${cloudLimit} that PostHog Cloud allows a key`,
    );
  return caution(
    name,
    `PostHog Cloud allows a key ${cloudLimit} requests a minute, and this program does not stay below`,
    "Leave posthog:requestsPerMinute out, so that other programs with the key find room.",
  );
}

/** Whether previews may ask PostHog. */
export function checkPreflight({ configuration: { preflight } }: Facts): Check {
  const name = "previews";
  return preflight
    ? fine(name, "look up what an update would be refused for")
    : caution(
        name,
        "posthog:preflight is false: what an update is refused for shows only in the update",
        "pulumi config rm posthog:preflight",
      );
}
