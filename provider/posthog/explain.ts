import type { Answer, Remedy } from "./errors";

interface Rule {
  readonly when: (answer: Answer) => boolean;
  readonly say: (answer: Answer) => Remedy;
}

const detail =
  (pattern: RegExp) =>
  (answer: Answer): boolean =>
    pattern.test(answer.detail);

const quoted = (answer: Answer): string => /'([^']+)'/.exec(answer.detail)?.[1] ?? "that scope";

/**
 * What PostHog's rejections mean, most specific first. The matched sentences are PostHog's own
 * (`posthog/permissions.py`, `posthog/auth.py`, `posthog/rate_limit.py`); their capitals differ between versions.
 */
const rules: readonly Rule[] = [
  {
    when: detail(/missing required scope/i),
    say: (answer) => ({
      why: `The key in posthog:apiKey lacks the scope ${quoted(answer)}.`,
      fix: `Edit the key under Settings > Personal API keys and add ${quoted(answer)}; its value stays the same.`,
    }),
  },
  {
    when: detail(/does not support personal api key access/i),
    say: () => ({
      why: "PostHog allows this operation to signed-in people only, never to API keys.",
      fix: "Configure a session: posthog:email and, as secrets, posthog:password (and posthog:totpSecret).",
    }),
  },
  {
    when: detail(/does not allow using personal api keys/i),
    say: () => ({
      why: "The organization allows personal API keys to admins only.",
      fix: "Use the key of an admin or owner, or allow members' keys in the organization's settings.",
    }),
  },
  {
    when: detail(/scoped projects are only supported/i),
    say: () => ({
      why: "The key is restricted to projects, so PostHog rejects it for everything at organization level.",
      fix: "Use a key without a project restriction, or one restricted to the organization.",
    }),
  },
  {
    when: detail(/does not have access to the requested (project|organization)/i),
    say: () => ({
      why: "The key is restricted to other projects or organizations.",
      fix: "Widen the key's access under Settings > Personal API keys, or configure another key.",
    }),
  },
  {
    when: (answer) => answer.code === "sensitive_action_required_reauth",
    say: () => ({
      why: "PostHog requires a sign-in within the last two hours for this operation.",
      fix: "Run again: the session signs in anew. If the error persists, check posthog:email and posthog:password.",
    }),
  },
  {
    when: detail(/csrf failed/i),
    say: () => ({
      why: "A proxy between here and PostHog drops or changes cookies.",
      fix: "Connect to PostHog without the proxy, or let it pass the cookies posthog_csrftoken and sessionid.",
    }),
  },
  {
    when: (answer) => answer.code === "2fa_invalid" || answer.code === "2fa_expired",
    say: () => ({
      why: "PostHog rejected the one-time code that posthog:totpSecret generates.",
      fix: "Check that the secret is current and that this machine's clock is right.",
    }),
  },
  {
    when: (answer) => answer.code === "invalid_credentials",
    say: () => ({
      why: "No account on this host matches posthog:email and posthog:password.",
      fix: "Check both, and that posthog:host is the account's region.",
    }),
  },
  {
    when: (answer) => answer.code === "email_mfa_required",
    say: () => ({
      why: "The account of posthog:email has no two-factor codes, and PostHog Cloud then asks for one by e-mail at every sign-in, which no program can answer.",
      fix: "Set up an authenticator app for the account in PostHog, then: pulumi config set --secret posthog:totpSecret <the app's base32 secret>",
    }),
  },
  {
    when: (answer) => answer.code === "sso_enforced",
    say: () => ({
      why: "Single sign-on is enforced for this account's e-mail domain, so it cannot sign in with a password.",
      fix: "Set posthog:email to an account for automation outside the enforced domain.",
    }),
  },
  {
    when: (answer) => answer.code === "verified_domain_required",
    say: () => ({
      why: "The organization admits only people with an e-mail address on a verified domain.",
      fix: "Use the key of someone whose e-mail address is on a verified domain.",
    }),
  },
  {
    when: detail(/organization access level is insufficient|you do not have admin access/i),
    say: () => ({
      why: "The key's owner is a member of the organization; this requires an admin or owner.",
      fix: "Use the key of an organization admin or owner.",
    }),
  },
  {
    when: detail(/change your own access level/i),
    say: () => ({
      why: "PostHog lets nobody change their own level in the organization.",
      fix: "Declare the current level of the key's owner, or apply the change with someone else's key.",
    }),
  },
  {
    when: detail(
      /level lower or equal|make another member owner|edit others if you are an admin|higher permission level/i,
    ),
    say: () => ({
      why: "Nobody can invite, promote, demote or remove people above their own level, and members cannot do so at all.",
      fix: "Use the key of an organization owner.",
    }),
  },
  {
    when: detail(/cannot leave the organization as its owner/i),
    say: () => ({
      why: "PostHog never removes an owner.",
      fix: "Make the person an admin or member first; if they are the last owner, make someone else an owner before that.",
    }),
  },
  {
    when: detail(/already a role with this name/i),
    say: () => ({
      why: "Role names are unique in an organization, ignoring case.",
      fix: "Choose another name, or adopt the existing role with adopt: true.",
    }),
  },
  {
    when: detail(/already a project called/i),
    say: () => ({
      why: "Project names are unique in an organization, ignoring case and blanks around them.",
      fix:
        "Choose another name, or adopt the existing project with adopt: true. If another resource of the program gives " +
        "the name up, depend on it (dependsOn), or run pulumi up twice; to swap two names, use a name in between.",
    }),
  },
  {
    when: detail(/must be an organization admin|must be (admin|manager) to modify/i),
    say: () => ({
      why: "Only organization admins, and project admins in their own project, can change access rules.",
      fix: "Use the key of an organization admin or owner.",
    }),
  },
  {
    when: (answer) => answer.status === 402 || answer.code === "payment_required",
    say: () => ({
      why: "The organization's plan does not include this feature.",
      fix: "Remove the argument from the program, or add the feature under Settings > Billing.",
    }),
  },
  {
    when: (answer) =>
      answer.code === "feature_not_available" ||
      /require[sd]? the .* feature|not (enabled|available) for/i.test(answer.detail),
    say: () => ({
      why: "The organization's plan does not include this feature.",
      fix: "Remove the argument from the program, or add the feature under Settings > Billing.",
    }),
  },
  {
    when: detail(/invalid retention entitlement/i),
    say: () => ({
      why: "The organization's plan does not include that retention of recordings (sessionRecordingRetentionPeriod).",
      fix: "Choose a shorter sessionRecordingRetentionPeriod, or upgrade the plan under Settings > Billing.",
    }),
  },
  {
    when: detail(/maximum limit of/i),
    say: () => ({
      why: "The plan's number of projects is used up.",
      fix: "Delete an unused project, or upgrade the plan under Settings > Billing.",
    }),
  },
  {
    when: (answer) => answer.code === "verification_required",
    say: () => ({
      why: "PostHog changes sign-in settings only on a domain that it has verified by DNS.",
      fix: "Publish the TXT record from challengeRecordName and challengeRecordValue, then run again.",
    }),
  },
  {
    when: (answer) => answer.status === 404 && answer.detail === "Endpoint not found.",
    say: () => ({
      why: "This server has no such address: it is older than what is asked for, as servers of about August 2025 are.",
      fix: "Update PostHog, or leave out what needs it.",
    }),
  },
];

const byStatus: Record<number, Remedy> = {
  401: {
    why: "PostHog does not know the key: it was deleted or rotated, is mistyped, or belongs to another region.",
    fix:
      "Check posthog:apiKey and posthog:host (keys of us.posthog.com do not work on eu.posthog.com). A refresh or destroy " +
      "uses the configuration of the last update: after replacing the key, add --run-program, or export POSTHOG_API_KEY, " +
      "and POSTHOG_HOST too.",
  },
  403: {
    why: "The key's owner is not allowed to do this.",
    fix: "Use the key of an organization admin or owner, and check its scopes and restrictions.",
  },
  404: {
    why: "The object does not exist, or the key's owner cannot see it.",
    fix: "Check the id, and that posthog:organizationId names the right organization.",
  },
  429: {
    why: "This and other programs used up the key's request budget.",
    fix: "Run again later, or give this stack a key of its own.",
  },
};

/** Whether PostHog gives a reason that this package knows, so that repeating the request would not help. */
export function isKnownRefusal(answer: Answer): boolean {
  return rules.some(({ when }) => when(answer));
}

/** What a response from PostHog means, and the fix. */
export function explain(answer: Answer): Remedy {
  const rule = rules.find((candidate) => candidate.when(answer));
  if (rule !== undefined) return rule.say(answer);
  const remedy = byStatus[answer.status];
  if (remedy !== undefined) return remedy;
  if (answer.status >= 500) {
    return {
      why: "PostHog, or a proxy in front of it, failed.",
      fix: "Run again in a few minutes.",
    };
  }
  const field = answer.attr === undefined ? "" : ` It names the field ${answer.attr}.`;
  return { why: `PostHog did not accept what was sent.${field}`, fix: "Change the value in the program." };
}
