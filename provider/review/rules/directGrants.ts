import { compareLevels } from "../../access/levels";
import { listed } from "../../access/messages";
import type { AccessRule, AccessSnapshot, Person, RoleWithMembers } from "../../access/snapshot";
import { emailDomain, groupBy, groupPairs } from "../../access/values";
import { identities } from "../identity";
import { levelIdentity, levelText } from "./access";
import type { Found, ReviewRule, Situation } from "./rule";

/** A role that gives something at a place, to what level, and everything that it gives anywhere. */
interface Giver {
  readonly role: RoleWithMembers;
  readonly level: AccessRule["level"];
  readonly rules: readonly AccessRule[];
}

/** Rules on single people that a role could carry. */
export const directGrantBesideRole: ReviewRule = {
  id: "direct-grant-beside-role",
  title: "Somebody has directly what a role gives",
  help: "A direct grant stays when somebody changes teams; a role goes with the team.",
  severity: "low",
  find(situation) {
    const { access } = situation.live;
    const givers = giversOf(access);
    const people = new Map(access.people.map((person) => [person.membershipId, person]));
    return access.rules.flatMap((grant): Found[] => {
      const person = people.get(grant.membershipId ?? "");
      if (person === undefined || grant.level === "none" || situation.judge(grant) !== undefined) return [];
      const roles = givers.get(placeOf(grant)) ?? [];
      const own = roles.find((one) => isIn(one, person) && replaces(one, grant, access));
      if (own !== undefined) return [besideOwnRole(situation, person, grant, own)];
      const others = roles.filter((one) => one.level === grant.level && !isIn(one, person));
      return isOutside(situation, person) ? [] : besideOtherRole(situation, person, grant, others);
    });
  },
};

function besideOwnRole(situation: Situation, person: Person, grant: AccessRule, giver: Giver): Found {
  const { name } = giver.role;
  return {
    ...aboutGrant(person, grant, giver),
    message: `${person.email} has ${levelText(situation, grant)} directly, and role ${name} gives it to them.`,
    identity: identities.grantOfOwnRole(person.email, levelIdentity(situation, grant), name),
    fix: "Remove the direct grant: the role gives it already.",
  };
}

/** Of the roles that somebody is not in, the one that would give them the least besides. */
function besideOtherRole(
  situation: Situation,
  person: Person,
  grant: AccessRule,
  givers: readonly Giver[],
): Found[] {
  const [least] = givers
    .map((giver) => ({ giver, more: givenBesides(situation, person, grant, giver) }))
    .sort((left, right) => left.more.length - right.more.length);
  if (least === undefined) return [];
  const { giver, more } = least;
  const { name } = giver.role;
  return [
    {
      ...aboutGrant(person, grant, giver),
      message: `${person.email} has ${levelText(situation, grant)} directly; role ${name}, which they are not in, exists for that.`,
      identity: identities.grantOfOtherRole(person.email, levelIdentity(situation, grant), name),
      fix:
        more.length === 0
          ? `Put them into role ${name}, which gives them nothing else, and remove the direct grant.`
          : `If they belong to role ${name}, put them into it and remove the direct grant; it would also give them ${listed(more, "and")}.`,
    },
  ];
}

function aboutGrant(
  { email }: Person,
  grant: AccessRule,
  { role, level }: Giver,
): Pick<Found, "severity" | "evidence" | "subject"> {
  return {
    severity: "low",
    evidence: [`rule for ${email}: ${grant.level}`, `rule for role ${role.name}: ${level}`],
    subject: { person: email, projectId: grant.projectId, role: role.name },
  };
}

/** What a role would give somebody who is not in it, beyond what they have now. */
function givenBesides(situation: Situation, person: Person, grant: AccessRule, { rules }: Giver): string[] {
  const { index } = situation;
  const levelNow = ({ projectId, resource }: AccessRule) =>
    resource === "project"
      ? index.onProject(person, projectId).level
      : index.onType(person, projectId, resource).level;
  return rules
    .filter((rule) => placeOf(rule) !== placeOf(grant) && compareLevels(rule.level, levelNow(rule)) > 0)
    .map((rule) => levelText(situation, rule));
}

/** Whether somebody has an address of none of the company's domains: a role is for those who belong to it. */
function isOutside({ companyDomains }: Situation, { email }: Person): boolean {
  return companyDomains !== undefined && !companyDomains.has(emailDomain(email));
}

function giversOf({ rules, roles, enforcesRoleRules }: AccessSnapshot): Map<string, Giver[]> {
  if (!enforcesRoleRules) return new Map();
  const giving = rules.filter(({ level }) => level !== "none");
  const byRole = groupBy(giving, ({ roleId }) => roleId);
  const rolesById = new Map(roles.map((role) => [role.id, role]));
  return groupPairs(
    giving.flatMap((rule) => {
      const role = rolesById.get(rule.roleId ?? "");
      if (role === undefined) return [];
      return [[placeOf(rule), { role, level: rule.level, rules: byRole.get(role.id) ?? [] }] as const];
    }),
  );
}

const isIn = ({ role }: Giver, { userUuid }: Person): boolean => role.userUuids.includes(userUuid);

const placeOf = ({ projectId, resource, resourceId }: AccessRule): string =>
  `${projectId} ${resource} ${resourceId ?? ""}`;

/** Whether nothing would change without the direct rule; where the most specific rule counts, it may restrict. */
function replaces({ level }: Giver, grant: AccessRule, { mostSpecific }: AccessSnapshot): boolean {
  return mostSpecific ? level === grant.level : compareLevels(level, grant.level) >= 0;
}
