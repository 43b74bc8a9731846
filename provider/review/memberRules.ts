import { organizationAdmin, organizationLevelName, organizationLevels } from "../access/levels";
import type { LiveMember } from "../access/liveOrganization";
import { counted, listed } from "../access/messages";
import { dateOf, emailDomain } from "../access/values";
import { identities } from "./identity";
import { type Found, type ReviewRule, wholeOrganization } from "./rule";

/** Members whose e-mail address is not in one of the company's domains. */
export const memberOutsideDomains: ReviewRule = {
  id: "member-outside-domains",
  title: "Member outside the company's domains",
  help: "Addresses on other domains bypass the company's single sign-on, and stay when people leave the company.",
  severity: "high",
  find({ live, companyDomains }) {
    if (companyDomains === undefined) return [];
    return live.members
      .filter(({ email }) => !companyDomains.has(emailDomain(email)))
      .map((member) =>
        aboutMember(member, {
          message: `${member.email} is outside the company's domains.`,
          identity: identities.memberOutsideDomains(member.email),
          evidence: [`company domains: ${[...companyDomains].sort().join(", ")}`],
          fix: "Remove the person, or have them join with their company address.",
        }),
      );
  },
};

/** Members whose account needs only a password. */
export const memberWithoutSecondFactor: ReviewRule = {
  id: "member-without-second-factor",
  title: "Member without two-factor authentication or single sign-on",
  help: "A leaked password is enough to sign in.",
  severity: "high",
  find: ({ live, review: { people } }) =>
    live.enforces2fa === true
      ? []
      : live.members
          .filter(
            ({ has2fa, hasSocialAuth }, at) =>
              has2fa === false && hasSocialAuth === false && people[at]?.ssoEnforced === false,
          )
          .map((member) =>
            aboutMember(member, {
              message: `${member.email} signs in with a password alone.`,
              identity: identities.memberWithoutSecondFactor(member.email),
              evidence: ["two-factor authentication: off", "single sign-on: none linked"],
              fix: "Enforce single sign-on for their domain, or set enforce2fa in OrganizationSettings.",
            }),
          ),
};

/** Organizations that depend on one owner. */
export const ownersTooFew: ReviewRule = {
  id: "owners-too-few",
  title: "Too few owners",
  help: "If the only owner is unavailable, nobody can manage billing, deletion or ownership.",
  severity: "medium",
  find({ live }) {
    const owners = ownersOf(live.members);
    if (owners.length >= 2) return [];
    return [
      aboutOwners(owners, {
        message: `The organization has ${owners.length === 0 ? "no visible owner" : "only one owner"}.`,
        identity: identities.ownersTooFew(owners.length),
        fix: 'Make someone else an owner too: OrganizationMember with level: "owner".',
      }),
    ];
  },
};

/** Organizations in which many people can do everything. */
export const ownersTooMany: ReviewRule = {
  id: "owners-too-many",
  title: "Too many owners",
  help: "Owners bypass all access rules, and can delete the organization.",
  severity: "medium",
  find({ live, thresholds: { mostOwners } }) {
    const owners = ownersOf(live.members);
    if (owners.length <= mostOwners) return [];
    return [
      aboutOwners(owners, {
        message: `The organization has ${owners.length} owners; the recommended maximum is ${mostOwners}.`,
        identity: identities.ownersTooMany(owners.length, mostOwners),
        fix: "Make owners admins or members if they do not need billing and deletion (OrganizationMember).",
      }),
    ];
  },
};

/** Expired invitations. */
export const inviteExpired: ReviewRule = {
  id: "invite-expired",
  title: "Expired invite",
  help: "It looks as if someone is about to join, but they cannot.",
  severity: "low",
  find: ({ live: { invites = [] } }) =>
    invites
      .filter(({ isExpired }) => isExpired)
      .map(({ email, level, createdAt }) => ({
        severity: "low",
        message: `The invite of ${email} has expired.`,
        identity: identities.inviteExpired(email),
        evidence: [
          `as organization ${organizationLevelName(level)}`,
          ...(createdAt === undefined ? [] : [`invited on ${dateOf(createdAt)}`]),
        ],
        fix: "Invite them again, or delete the invite.",
        subject: { person: email },
      })),
};

/** Roles without members. */
export const roleWithoutMembers: ReviewRule = {
  id: "role-without-members",
  title: "Role without members",
  help: "Its rules apply to nobody today, and to everybody who joins it later.",
  severity: "low",
  find({ live: { access } }) {
    const projects = new Map(access.projects.map(({ id, name }) => [id, name]));
    return access.roles
      .filter(({ userUuids }) => userUuids.length === 0)
      .map(({ id, name }) => {
        const rules = access.rules.filter(({ roleId }) => roleId === id);
        const where = [
          ...new Set(rules.map(({ projectId }) => projects.get(projectId) ?? String(projectId))),
        ];
        return {
          severity: "low",
          message: `Role ${name} has no members.`,
          identity: identities.roleWithoutMembers(name),
          evidence: [
            rules.length === 0
              ? "no access rule names it"
              : `${counted(rules.length, "access rule")} in ${listed(where, "and")}`,
          ],
          fix: "Delete the role, or add members.",
          subject: { role: name },
        };
      });
  },
};

function ownersOf(members: readonly LiveMember[]): LiveMember[] {
  return members.filter(({ level }) => level >= organizationLevels.owner);
}

function aboutOwners(
  owners: readonly LiveMember[],
  finding: Pick<Found, "message" | "identity" | "fix">,
): Found {
  const evidence = owners.map(({ email }) => `${email}: owner`);
  return { severity: "medium", evidence, subject: wholeOrganization, ...finding };
}

/** A finding about a member, more severe for admins and owners. */
function aboutMember(
  { email, level }: LiveMember,
  { evidence, ...finding }: Pick<Found, "message" | "identity" | "evidence" | "fix">,
): Found {
  return {
    severity: level >= organizationAdmin ? "high" : "medium",
    evidence: [`organization ${organizationLevelName(level)}`, ...evidence],
    subject: { person: email },
    ...finding,
  };
}
