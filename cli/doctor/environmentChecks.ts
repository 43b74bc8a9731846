import { listed } from "../../provider/access/messages";
import { NoOrganizationLogError } from "../../provider/posthog/activityLog";
import { answered, ConfigurationError, ConnectionError } from "../../provider/posthog/errors";
import { type Check, failed, judge, ok, problem, skipped, warning } from "./check";
import type { Facts } from "./facts";

const cloudHosts = ["https://us.posthog.com", "https://eu.posthog.com"];
/** PostHog's default limit for every API view, in requests per minute and key. */
const cloudLimit = 480;

/** Whether PostHog's API responds at the configured address. */
export function checkHost({ configuration: { host }, key }: Facts): Check {
  const name = "host";
  if (!key.ok && key.error instanceof ConfigurationError)
    return skipped(name, `${host} is not checked without a key`);
  if (key.ok || !(key.error instanceof ConnectionError)) {
    const strange = !key.ok && answered(key.error, 404);
    if (!strange) return ok(name, `${host} answers as PostHog`);
    return problem(
      name,
      `${host} answers, but has no personal API keys`,
      "Set posthog:host to PostHog's own address, without a path.",
    );
  }
  return failed(name, key.error);
}

/** Whether PostHog accepts the configured key. */
export function checkKey({ key, isToken }: Facts): Check {
  const name = "key";
  if (!key.ok && key.error instanceof ConnectionError) return skipped(name, "skipped: depends on the host");
  if (isToken) return ok(name, "an OAuth access token, which PostHog does not describe");
  return judge(
    name,
    key,
    ({ label }) => ok(name, `personal API key "${label ?? "without label"}"`),
    "problem",
  );
}

/** Which organization the configuration selects. */
export function checkOrganization({ organization }: Facts): Check {
  const name = "organization";
  return judge(name, organization, ({ name: called, id }) => ok(name, `${called} (${id})`), "problem");
}

/** How old the server is, and what it lacks. Each part comes from the server's responses, not from its age. */
export function checkServer({ organization, hasProviders, activity }: Facts): Check {
  const name = "server generation";
  return judge(name, hasProviders, (has) => {
    const hasLog = activity?.ok !== false || !(activity.error instanceof NoOrganizationLogError);
    const isNew = organization?.ok === true && "enforce_verified_domains" in organization.value;
    if (has && hasLog && isNew) return ok(name, "a server of the newest generation");
    const lacks = [
      ...(has
        ? [
            {
              what: "more than one identity provider for a domain",
              instead: "link each domain to one IdentityProvider",
            },
          ]
        : [
            {
              what: "identity providers (IdentityProvider)",
              instead: "use OrgSsoSettings for single sign-on",
            },
          ]),
      ...(hasLog
        ? []
        : [
            {
              what: "an activity log of the whole organization",
              instead: "read the activity log project by project",
            },
          ]),
    ];
    return warning(
      name,
      `a server of about ${has ? "July 2026" : "August 2025"}`,
      `Update PostHog, or ${listed(
        lacks.map(({ instead }) => instead),
        "and",
      )}.`,
      lacks.map(({ what }) => `it lacks ${what}`),
    );
  });
}

/** Whether a session works, for what PostHog does not allow with API keys. */
export function checkSession({ hasSession, configuration: { email }, ownKeys }: Facts): Check {
  const name = "session";
  if (!hasSession) {
    return warning(
      name,
      "not configured: personal API keys cannot be managed, and domains cannot be verified",
      "Set posthog:email and posthog:password (POSTHOG_EMAIL, POSTHOG_PASSWORD), and posthog:totpSecret for two-factor authentication; ignore this if you need neither.",
    );
  }
  return judge(
    name,
    ownKeys,
    () => ok(name, `signing in as ${email ?? "the configured person"} works`),
    "problem",
  );
}

/** Whether requests stay below PostHog's rate limit. */
export function checkRateLimits({ configuration: { host, requestsPerMinute } }: Facts): Check {
  const name = "rate limits";
  if (!cloudHosts.includes(host)) {
    const own =
      requestsPerMinute === false ? "without a limit" : `at most ${requestsPerMinute} requests a minute`;
    return ok(name, `requests run ${own}; a self-hosted server limits them only with RATE_LIMIT_ENABLED`);
  }
  if (requestsPerMinute !== false && requestsPerMinute < cloudLimit)
    return ok(
      name,
      `at most ${requestsPerMinute} of the ${cloudLimit} requests a minute that PostHog Cloud allows a key`,
    );
  return warning(
    name,
    `PostHog Cloud allows a key ${cloudLimit} requests a minute, and the configured limit does not stay below that`,
    "Remove posthog:requestsPerMinute, which leaves room for other programs with the same key.",
  );
}

/** Whether previews check with PostHog. */
export function checkPreflight({ configuration: { preflight } }: Facts): Check {
  const name = "previews";
  return preflight
    ? ok(name, "catch what PostHog would reject")
    : warning(
        name,
        "posthog:preflight is false: only the update itself shows what PostHog rejects",
        "pulumi config rm posthog:preflight",
      );
}
