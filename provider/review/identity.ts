import { createHash } from "node:crypto";
import type { Leftover } from "../access/liveOrganization";
import type { ReviewedKey, ReviewFinding } from "./model";

/**
 * What says that two findings are the same, besides their rule and subject. Code scanning knows a result by its
 * fingerprint, and these texts are part of it. They are the messages of version 0.1.0 and never change: with another
 * word here, every alert of that rule would be closed and opened again, and its dismissal forgotten.
 */
export const identities = {
  projectOpenToEverybody: (level: string, project: string) => `Everybody is ${level} of ${project}.`,
  ruleWithoutEffect: (principal: string, grant: string) =>
    `The rule that gives ${principal} ${grant} has no effect.`,
  rulesUnenforced: (count: number, onRoles: boolean) =>
    `${amount(count, "access rule")}${onRoles ? " on roles" : ""} ${count === 1 ? "has" : "have"} no effect.`,
  grantEnding: (ending: EndingGrant, days: number) =>
    `${endingGrant(ending)} ends ${days === 0 ? "today" : `in ${amount(days, "day")}`}.`,
  grantOfOwnRole: (email: string, grant: string, role: string) =>
    `${email} has ${grant} directly, and role ${role} gives it to them.`,
  grantOfOtherRole: (email: string, grant: string, role: string) =>
    `${email} has ${grant} directly; role ${role}, which they are not in, exists for that.`,
  keyUnused: (key: NamedKey) => `${keyName(key)} was never used.`,
  keyStale: (key: NamedKey, days: number) => `${keyName(key)} was not used for ${amount(days, "day")}.`,
  keyForEverything: (key: NamedKey) => `${keyName(key)} can do everything that its owner can.`,
  keyWritesMuch: (key: NamedKey, scopes: number) => `${keyName(key)} can write ${scopes} kinds of things.`,
  keyMadeByLeaver: (key: NamedKey & Pick<ReviewedKey, "creator">) =>
    `${keyName(key)} was made by ${key.creator ?? "somebody"}, who left the organisation.`,
  keyOfLeaver: (key: NamedKey) => `${keyName(key)} belongs to nobody in the organisation.`,
  memberOutsideDomains: (email: string) => `${email} is outside the company's domains.`,
  memberWithoutSecondFactor: (email: string) => `${email} signs in with a password alone.`,
  ownersTooFew: (owners: number) =>
    `The organisation has ${owners === 0 ? "no owner that can be seen" : "one owner only"}.`,
  ownersTooMany: (owners: number, most: number) =>
    `The organisation has ${owners} owners, and ${most} would do.`,
  inviteExpired: (email: string) => `The invite of ${email} expired.`,
  roleWithoutMembers: (role: string) => `Role ${role} has no members.`,
  ssoNotEnforced: (domain: string) => `People of ${domain} can sign in without single sign-on.`,
  ssoWithoutDomain: () => "Nobody has to use single sign-on.",
  ssoBypass: (domain: string) =>
    `People of ${domain} can sign in without the single sign-on that is enforced.`,
  domainUnverified: (domain: string, enforces: boolean) =>
    `${domain} is not verified${enforces ? ", so that the single sign-on it enforces has no effect" : ""}.`,
  certificateExpired: (domain: string, date: string) =>
    `The SAML certificate of ${domain} expired on ${date}.`,
  certificateExpiring: (domain: string, days: number) =>
    `The SAML certificate of ${domain} expires ${days < 1 ? "within a day" : `in ${amount(Math.floor(days), "day")}`}.`,
  leftover: (leftover: Leftover) =>
    leftover.kind === "settings" ? "domain settings" : `${leftover.kind} ${leftover.id}`,
} as const;

/** A rule's subject in an identity. */
export const identityPrincipals = {
  everybody: "everybody",
  leaver: "somebody who is not in the organisation",
  role: (name: string) => `role ${name}`,
} as const;

/** How an identity calls what a rule gives: `admin on Production`, `viewer of survey in Production`. */
export function identityGrant({ level, resource }: { level: string; resource: string }, project: string) {
  return resource === "project" ? `${level} on ${project}` : `${level} of ${resource} in ${project}`;
}

/** What a finding is the same by: its rule, its subject and its identity. */
interface FindingIdentity extends Pick<ReviewFinding, "rule" | "subject"> {
  readonly organizationId: string;
  /** One of {@link identities}. */
  readonly identity: string;
  /** The key that it is about. */
  readonly key?: Pick<ReviewedKey, "kind" | "maskValue">;
}

/** The fingerprint of a finding. Numbers do not count, such as those of days, which change every day. */
export function fingerprintOf({ organizationId, rule, subject, identity, key }: FindingIdentity): string {
  const { person, projectId, role, domain } = subject;
  const words = identity.replace(/\d+/g, "#");
  const about = [organizationId, rule, person, projectId, role, domain, key?.kind, key?.maskValue, words];
  return createHash("sha256").update(JSON.stringify(about)).digest("hex").slice(0, 32);
}

type NamedKey = Pick<ReviewedKey, "kind" | "label" | "maskValue" | "owner">;

function keyName({ kind, label, maskValue, owner }: NamedKey): string {
  const name = label ?? maskValue;
  const whose = owner === undefined ? "" : ` of ${owner}`;
  return `${kind === "project" ? "Project key" : "API key"}${name === undefined ? "" : ` ${name}`}${whose}`;
}

interface EndingGrant {
  readonly project?: string;
  readonly team?: string;
  readonly user?: string;
  readonly isDenial?: boolean;
}

function endingGrant({ project, team, user, isDenial }: EndingGrant): string {
  if (project === undefined) return `${user ?? "somebody"}'s place in ${team ?? "a team"}`;
  const principal = team ?? user ?? "everybody";
  return isDenial === true
    ? `The denial for ${principal} in ${project}`
    : `Access of ${principal} to ${project}`;
}

function amount(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
