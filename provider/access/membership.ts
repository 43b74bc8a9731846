import { organizationAdmin, organizationLevelName, organizationLevels } from "./levels";
import { emailDomain } from "./values";

/** Someone's level in the organization. */
export interface LeveledMember {
  readonly id: string;
  /** Organization level as PostHog's number: 1 member, 8 admin, 15 owner. */
  readonly level: number;
}

/** Why something is not done, and the fix. */
export interface Refusal {
  readonly why: string;
  readonly fix: string;
}

/** A change of someone's membership. */
interface MembershipChange {
  /** The person who makes the change; missing if unknown. */
  readonly caller: LeveledMember | undefined;
  readonly member: LeveledMember;
  /** Everyone in the organization. */
  readonly everybody: readonly LeveledMember[];
}

const owner = organizationLevels.owner;

/**
 * Why a member's level cannot be changed; undefined if it can. The rules are PostHog's, in its order
 * (`posthog/api/organization_member.py`); in addition, the last owner stays an owner. Setting a level to its current
 * value is not a change.
 *
 * @param level the level to set, as PostHog's number.
 */
export function levelChangeRefusal(
  { caller, member, everybody }: MembershipChange,
  level: number,
): Refusal | undefined {
  if (level === member.level) return undefined;
  if (caller?.id === member.id) {
    return {
      why: "This is the key's owner, and PostHog lets nobody change their own level.",
      fix: `Declare their current level (${organizationLevelName(member.level)}), or apply the change with someone else's key.`,
    };
  }
  if (member.level === owner && isLastOwner(member, everybody)) return lastOwner;
  if (caller === undefined) return undefined;
  if (caller.level < organizationAdmin) return takes("admin", caller, "Changing other people's levels");
  if (member.level > caller.level)
    return takes(organizationLevelName(member.level), caller, "Changing an owner's level");
  if (level > caller.level)
    return takes(organizationLevelName(level), caller, `Making someone ${organizationLevelName(level)}`);
  return undefined;
}

/** Why someone cannot be removed from the organization; undefined if they can. Owners have to be demoted first. */
export function removalRefusal({ caller, member, everybody }: MembershipChange): Refusal | undefined {
  if (caller?.id === member.id) {
    return {
      why: "This is the key's owner, who would lose access.",
      fix: "Apply the change with someone else's key, or set onDestroy: retain (the default), which keeps the person.",
    };
  }
  if (member.level === owner && isLastOwner(member, everybody)) return lastOwner;
  if (caller === undefined) return undefined;
  if (caller.level < organizationAdmin) return takes("admin", caller, "Removing other people");
  return member.level > caller.level ? takes("owner", caller, "Removing an owner") : undefined;
}

/** Why someone cannot be invited at a level; undefined if they can: nobody invites above their own level. */
export function inviteRefusal(caller: LeveledMember | undefined, level: number): Refusal | undefined {
  if (caller === undefined || level <= caller.level) return undefined;
  return takes(organizationLevelName(level), caller, `Inviting someone as ${organizationLevelName(level)}`);
}

const lastOwner: Refusal = {
  why: "This is the organization's last owner, and without one nobody could manage it.",
  fix: "Make someone else an owner first.",
};

function isLastOwner(member: LeveledMember, everybody: readonly LeveledMember[]): boolean {
  return !everybody.some(({ id, level }) => level === owner && id !== member.id);
}

function takes(level: string, caller: LeveledMember, what: string): Refusal {
  return {
    why: `${what} requires an organization ${level}, and the key's owner is only ${organizationLevelName(caller.level)}.`,
    fix: `Apply the change with the key of an ${level}.`,
  };
}

/** Someone in the organization, for the check of e-mail domains. */
interface AdmittedMember {
  readonly email: string;
  /** Organization level as PostHog's number: 1 member, 8 admin, 15 owner. */
  readonly level: number;
}

/** Who keeps and who loses access once only verified e-mail domains are admitted. */
export interface AdmissionVerdict {
  /** Why it must not be switched on. */
  readonly refusal?: { readonly why: string; readonly fix: string };
  /** E-mail addresses of those who would lose access. */
  readonly lockedOut: readonly string[];
}

/**
 * Decides whether only people of verified e-mail domains may be admitted: never if that would lock out the person who
 * switches it on, or every owner.
 *
 * @param caller e-mail address of the person who switches it on, if known.
 * @param domains the verified domains, lower case.
 */
export function judgeVerifiedDomains(
  members: readonly AdmittedMember[],
  caller: string | undefined,
  domains: readonly string[],
): AdmissionVerdict {
  const isIn = (email: string): boolean => domains.includes(emailDomain(email));
  const lockedOut = members.map(({ email }) => email).filter((email) => !isIn(email));
  const verified =
    domains.length === 0
      ? "the organization has no verified e-mail domain"
      : `the verified e-mail domains are ${domains.join(", ")}`;
  if (caller !== undefined && !isIn(caller)) {
    return {
      refusal: {
        why: `It would lock out ${caller}, the key's owner: ${verified}.`,
        fix: "Verify the owner's domain first (OrganizationDomain), or apply the change with the key of someone on a verified domain.",
      },
      lockedOut,
    };
  }
  if (members.some(({ email, level }) => level === organizationLevels.owner && isIn(email)))
    return { lockedOut };
  return {
    refusal: {
      why: `It would lock out every owner: ${verified}.`,
      fix: "Verify an owner's domain first (OrganizationDomain).",
    },
    lockedOut,
  };
}
