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
 * What PostHog's refusals mean, most telling first. The sentences that are matched are PostHog's own
 * (`posthog/permissions.py`, `posthog/auth.py`, `posthog/rate_limit.py`); their capitals differ between versions.
 */
const rules: readonly Rule[] = [
  {
    when: detail(/missing required scope/i),
    say: (answer) => ({
      why: `The key in posthog:apiKey does not carry the scope ${quoted(answer)}.`,
      fix: `Edit the key under Settings > Personal API keys and add ${quoted(answer)}; its value stays the same.`,
    }),
  },
  {
    when: detail(/does not support personal api key access/i),
    say: () => ({
      why: "PostHog opens this operation to signed-in people only, never to API keys.",
      fix: "Configure a session: posthog:email and, as secrets, posthog:password (and posthog:totpSecret).",
    }),
  },
  {
    when: detail(/does not allow using personal api keys/i),
    say: () => ({
      why: "The organization lets only admins use personal API keys.",
      fix: "Use a key that belongs to an admin or owner, or allow members' keys in the organization's settings.",
    }),
  },
  {
    when: detail(/scoped projects are only supported/i),
    say: () => ({
      why: "The key is restricted to projects, and PostHog then refuses it for everything at organization level.",
      fix: "Use a key without a project restriction, or one that is restricted to the organization.",
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
      why: "PostHog asks for a sign-in of the last two hours before this operation.",
      fix: "Run again: the session signs in afresh. If it repeats, check posthog:email and posthog:password.",
    }),
  },
  {
    when: detail(/csrf failed/i),
    say: () => ({
      why: "A proxy between here and PostHog drops or changes cookies.",
      fix: "Reach PostHog without it, or let it pass the cookies posthog_csrftoken and sessionid.",
    }),
  },
  {
    when: (answer) => answer.code === "2fa_invalid" || answer.code === "2fa_expired",
    say: () => ({
      why: "The one-time code made from posthog:totpSecret was not accepted.",
      fix: "Check that the secret is the user's current one and that this machine's clock is right.",
    }),
  },
  {
    when: (answer) => answer.code === "invalid_credentials",
    say: () => ({
      why: "posthog:email and posthog:password do not open an account on this host.",
      fix: "Check both, and that posthog:host is the region of the account.",
    }),
  },
  {
    when: (answer) => answer.code === "sso_enforced",
    say: () => ({
      why: "Single sign-on is enforced for this account's e-mail domain, so it has no password sign-in.",
      fix: "Use an account outside the enforced domain for posthog:email, kept for automation.",
    }),
  },
  {
    when: (answer) => answer.code === "verified_domain_required",
    say: () => ({
      why: "The organization admits only people with an e-mail address of a verified domain.",
      fix: "Use the key of somebody whose e-mail address is on a verified domain.",
    }),
  },
  {
    when: detail(/organization access level is insufficient|you do not have admin access/i),
    say: () => ({
      why: "The key's owner is a plain member of the organization; this takes an admin or owner.",
      fix: "Use a key that belongs to an organization admin or owner.",
    }),
  },
  {
    when: detail(/change your own access level/i),
    say: () => ({
      why: "PostHog lets nobody change their own level in the organization.",
      fix: "Declare the level that the key's owner has, or apply it with somebody else's key.",
    }),
  },
  {
    when: detail(
      /level lower or equal|make another member owner|edit others if you are an admin|higher permission level/i,
    ),
    say: () => ({
      why: "Nobody invites, promotes, demotes or removes above their own level, and plain members nobody at all.",
      fix: "Use the key of an organization owner.",
    }),
  },
  {
    when: detail(/cannot leave the organization as its owner/i),
    say: () => ({
      why: "PostHog lets no owner go.",
      fix: "Make the person an admin or member first, and somebody else an owner where it is the last one.",
    }),
  },
  {
    when: detail(/already a role with this name/i),
    say: () => ({
      why: "Names of roles are unique in an organization, whatever their capitals.",
      fix: "Choose another name, or take the existing role over with adopt: true.",
    }),
  },
  {
    when: detail(/must be an organization admin|must be (admin|manager) to modify/i),
    say: () => ({
      why: "Access rules may be changed by organization admins, and by project admins for their own project.",
      fix: "Use a key that belongs to an organization admin or owner.",
    }),
  },
  {
    when: (answer) => answer.status === 402 || answer.code === "payment_required",
    say: () => ({
      why: "The organization's plan does not include this feature.",
      fix: "Take the argument out of the program, or add the feature under Settings > Billing.",
    }),
  },
  {
    when: (answer) =>
      answer.code === "feature_not_available" ||
      /require[sd]? the .* feature|not (enabled|available) for/i.test(answer.detail),
    say: () => ({
      why: "The organization's plan does not include this feature.",
      fix: "Take the argument out of the program, or add the feature under Settings > Billing.",
    }),
  },
  {
    when: detail(/maximum limit of/i),
    say: () => ({
      why: "The plan's number of projects is used up.",
      fix: "Delete a project that is not needed, or raise the plan under Settings > Billing.",
    }),
  },
  {
    when: (answer) => answer.code === "verification_required",
    say: () => ({
      why: "PostHog changes sign-in settings only on a domain whose DNS record it has seen.",
      fix: "Publish the TXT record from challengeRecordName and challengeRecordValue, then run again.",
    }),
  },
];

const byStatus: Record<number, Remedy> = {
  401: {
    why: "PostHog does not know the key: it was deleted or rolled, is mistyped, or belongs to another region.",
    fix:
      "Check posthog:apiKey and posthog:host (keys of us.posthog.com do not work on eu.posthog.com). A refresh or destroy " +
      "has the configuration of the last update: after replacing the key add --run-program, or set POSTHOG_API_KEY.",
  },
  403: {
    why: "The key's owner may not do this.",
    fix: "Use a key that belongs to an organization admin or owner, and check its scopes and restrictions.",
  },
  404: {
    why: "The object is not there, or the key's owner cannot see it.",
    fix: "Check the id, and that posthog:organizationId is the organization that you mean.",
  },
  429: {
    why: "The key's request budget is used up by this and other programs.",
    fix: "Run again later, or give this stack a key of its own.",
  },
};

/** What an answer of PostHog means and what to do about it. */
export function explain(answer: Answer): Remedy {
  const rule = rules.find((candidate) => candidate.when(answer));
  if (rule !== undefined) return rule.say(answer);
  const remedy = byStatus[answer.status];
  if (remedy !== undefined) return remedy;
  if (answer.status >= 500) {
    return {
      why: "PostHog, or a proxy before it, has a problem of its own.",
      fix: "Run again in a few minutes.",
    };
  }
  const field = answer.attr === undefined ? "" : ` It names the field ${answer.attr}.`;
  return { why: `PostHog did not accept what was sent.${field}`, fix: "Change the value in the program." };
}
