import type { Leftover } from "../access/liveOrganization";
import { counted } from "../access/messages";
import { dateOf, dayMs } from "../access/values";
import { leftoverFix, leftoverMessage } from "../sso/leftovers";
import { identities } from "./identity";
import type { FindingSubject } from "./model";
import { type Found, type ReviewRule, wholeOrganization } from "./rule";

const enforce =
  'Set enforcement: "saml" (or another provider) on the domain\'s OrgSsoSettings once its people can sign in that way.';

/** Domains that let their people choose how they sign in. */
export const ssoNotEnforced: ReviewRule = {
  id: "sso-not-enforced",
  title: "Single sign-on not enforced",
  help: "People who can sign in with a password keep their access after the identity provider removes them.",
  severity: "high",
  find({ live: { domains } }) {
    if (domains === undefined) return [];
    if (domains.length > 0) {
      return domains
        .filter(({ enforcement }) => enforcement === "off")
        .map(({ domain }) => ({
          severity: "high",
          message: `People of ${domain} can sign in without single sign-on.`,
          identity: identities.ssoNotEnforced(domain),
          evidence: [`${domain}: enforcement off`],
          fix: enforce,
          subject: { domain },
        }));
    }
    return [
      {
        severity: "high",
        message: "Nobody has to use single sign-on.",
        identity: identities.ssoWithoutDomain(),
        evidence: ["the organization has no e-mail domain"],
        fix: "Add the company's domain with OrgSsoSettings, verify it, and enforce single sign-on for it.",
        subject: wholeOrganization,
      },
    ];
  },
};

/** Domains whose enforced single sign-on can be bypassed. */
export const ssoBypass: ReviewRule = {
  id: "sso-bypass",
  title: "Bypass of enforced single sign-on",
  help: "PostHog stores a domain's enforcement, but ignores it if the plan lacks the feature, or the server the way of signing in.",
  severity: "high",
  find: ({ live: { domains = [] } }) =>
    domains
      .filter(({ enforcement, isVerified }) => enforcement !== "off" && isVerified)
      .flatMap(({ domain, enforcement, bypass }): Found[] =>
        bypass === undefined
          ? []
          : [
              {
                severity: "high",
                message: `People of ${domain} can bypass the enforced single sign-on.`,
                identity: identities.ssoBypass(domain),
                evidence: [`${domain}: enforcement ${enforcement}`, bypass],
                fix: "Upgrade to a plan with the feature, or set the way of signing in up on the server. Until then, do not rely on the identity provider to remove access.",
                subject: { domain },
              },
            ],
      ),
};

/** Domains whose ownership is not verified. */
export const domainUnverified: ReviewRule = {
  id: "domain-unverified",
  title: "Unverified e-mail domain",
  help: "PostHog enforces and provisions nothing for a domain until it has verified the DNS record.",
  severity: "high",
  find: ({ live: { domains = [] } }) =>
    domains
      .filter(({ isVerified }) => !isVerified)
      .map(({ domain, enforcement }) => ({
        severity: enforcement === "off" ? "medium" : "high",
        message:
          enforcement === "off"
            ? `${domain} is not verified.`
            : `${domain} is not verified, so the single sign-on that it enforces has no effect.`,
        identity: identities.domainUnverified(domain, enforcement !== "off"),
        evidence: [`${domain}: not verified, enforcement ${enforcement}`],
        fix: "Publish the TXT record that OrgSsoSettings shows as challengeRecordName and challengeRecordValue, and verify.",
        subject: { domain },
      })),
};

/** SAML certificates that have expired, or soon will. */
export const certificateExpiring: ReviewRule = {
  id: "saml-certificate-expiring",
  title: "Expiring SAML certificate",
  help: "PostHog looks at no dates and goes on accepting it, but identity providers change theirs about then, and nobody can sign in with SAML until PostHog has the new one.",
  severity: "high",
  find: ({ live: { domains = [] }, now, thresholds: { certificateDays } }) =>
    domains.flatMap(({ domain, samlConfigured, certificateExpiresAt: end }): Found[] => {
      const left = end === undefined ? Number.NaN : (Date.parse(end) - now) / dayMs;
      if (end === undefined || !samlConfigured || !(left < certificateDays)) return [];
      const isOver = left <= 0;
      const when = isOver ? `ended on ${dateOf(end)}; PostHog still accepts it` : `expires ${soon(left)}`;
      return [
        {
          severity: isOver ? "high" : "medium",
          message: `The SAML certificate of ${domain} ${when}.`,
          identity: isOver
            ? identities.certificateExpired(domain, dateOf(end))
            : identities.certificateExpiring(domain, left),
          evidence: [`${domain}: certificate valid to ${end}`],
          fix: isOver
            ? "Renew it at the identity provider, and give PostHog its new metadata in the same hour."
            : "Give PostHog the identity provider's new metadata as soon as it signs with a new certificate.",
          subject: { domain },
        },
      ];
    }),
};

/** Leftovers of removed identity providers. */
export const identityProviderLeftover: ReviewRule = {
  id: "identity-provider-leftover",
  title: "Leftover identity provider",
  help: "Servers of mid 2026 copy an identity provider's settings to its domains, and create a new provider from them when the first is removed.",
  severity: "medium",
  find: ({ live: { leftovers = [] } }) =>
    leftovers.map((leftover) => ({
      severity: leftover.kind === "namesake" ? "low" : "medium",
      message: leftoverMessage(leftover),
      identity: identities.leftover(leftover),
      evidence: [
        leftover.kind === "settings"
          ? `${leftover.domain}: SAML or SCIM without an identity provider`
          : `${leftover.provider} (${leftover.id})`,
      ],
      fix: leftoverFix(leftover),
      subject: subjectOf(leftover),
    })),
};

const subjectOf = (leftover: Leftover): FindingSubject => {
  if (leftover.kind === "unused") return wholeOrganization;
  return { domain: leftover.kind === "settings" ? leftover.domain : leftover.provider };
};

const soon = (days: number): string => (days < 1 ? "within a day" : `in ${counted(Math.floor(days), "day")}`);
