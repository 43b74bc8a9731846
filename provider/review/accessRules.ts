import { compareLevels } from "../access/levels";
import { counted, listed } from "../access/messages";
import type { AccessRule, AccessSnapshot, Person, RoleWithMembers } from "../access/snapshot";
import { emailDomain, groupBy, groupPairs } from "../access/values";
import { whatEnds } from "../matrix/remarks";
import { identities, identityGrant, identityPrincipals } from "./identity";
import type { FindingSubject } from "./model";
import { type Found, type ReviewRule, type Situation, wholeOrganization } from "./rule";

/** Projects that everyone in the organization can open. */
export const projectOpenToEverybody: ReviewRule = {
  id: "project-open-to-everybody",
  title: "Project open to everybody",
  help: "New members of the organization can open it at once; without a rule, PostHog makes everybody an admin.",
  severity: "high",
  find: ({ live: { access }, review: { projects } }) =>
    projects
      .filter(({ defaultAccess }) => defaultAccess !== "none")
      .map(({ projectId, name, defaultAccess }) => ({
        severity: isNamedLikeProduction(name) ? "high" : defaultAccess === "admin" ? "medium" : "low",
        message: `Everybody in the organization is ${defaultAccess === "admin" ? "an" : "a"} ${defaultAccess} of ${name}.`,
        identity: identities.projectOpenToEverybody(defaultAccess, name),
        evidence: [
          access.enforcesRules
            ? `default access: ${defaultAccess}`
            : "the plan does not enforce access rules (access_control)",
        ],
        fix: access.enforcesRules
          ? 'Set defaultAccess: "none" on the Project or its ProjectAccess, and grant access to those who need it.'
          : "Upgrade to a plan with access_control: without it, no project can be private.",
        subject: { projectId },
      })),
};

/** Rules without any effect. */
export const ruleWithoutEffect: ReviewRule = {
  id: "rule-without-effect",
  title: "Access rule without effect",
  help: "It looks as if it grants or denies something, but it does not.",
  severity: "high",
  find(situation) {
    const { access } = situation.live;
    if (!access.enforcesRules) return unenforced(access.rules, "access_control", "high");
    const ofRoles = access.rules.filter(({ roleId }) => roleId != null);
    const isJudged = access.enforcesRoleRules ? () => true : ({ roleId }: AccessRule) => roleId == null;
    return [
      ...(access.enforcesRoleRules ? [] : unenforced(ofRoles, "role_based_access", "medium")),
      ...access.rules.filter(isJudged).flatMap((rule): Found[] => {
        const why = situation.judge(rule);
        if (why === undefined) return [];
        const { name, identity, subject } = whomOf(access, rule);
        return [
          {
            severity: "low",
            message: `The rule that gives ${name} ${levelText(situation, rule)} has no effect.`,
            identity: identities.ruleWithoutEffect(identity, levelIdentity(situation, rule)),
            evidence: [why],
            fix: "Remove it, or change what overrides it.",
            subject: { ...subject, projectId: rule.projectId },
          },
        ];
      }),
    ];
  },
};

/** Grants of the matrix that end soon. */
export const grantEnding: ReviewRule = {
  id: "grant-ending",
  title: "Grant that ends soon",
  help: "The first update after its last day removes it. Move the day if someone still needs it.",
  severity: "low",
  find: ({ endings }) =>
    endings.map(({ projectId, role, until, days, reason, inheritedFrom, ...ending }) => ({
      severity: "low",
      message: `${whatEnds(ending)
        .replace(/^access /, "Access ")
        .replace(/^the /, "The ")} ends ${inDays(days)}.`,
      identity: identities.grantEnding(ending, days),
      evidence: [
        `until ${until}${inheritedFrom === undefined ? "" : `, as ${inheritedFrom} says`}`,
        ...(reason === undefined ? [] : [`because: ${reason}`]),
      ],
      fix: "Move the day in the matrix if the grant is still needed.",
      subject: { person: ending.user, role, projectId },
    })),
};

function unenforced(rules: readonly AccessRule[], feature: string, severity: "high" | "medium"): Found[] {
  if (rules.length === 0) return [];
  const which = feature === "role_based_access" ? " on roles" : "";
  return [
    {
      severity,
      message: `${counted(rules.length, "access rule")}${which} ${rules.length === 1 ? "has" : "have"} no effect.`,
      identity: identities.rulesUnenforced(rules.length, feature === "role_based_access"),
      evidence: [`the plan lacks ${feature}: PostHog stores the rules, but does not enforce them`],
      fix: `Upgrade to a plan with ${feature}.`,
      subject: wholeOrganization,
    },
  ];
}

/** A rule's subject, for messages, identities and reports. */
interface RulePrincipal {
  readonly name: string;
  readonly identity: string;
  readonly subject: FindingSubject;
}

function whomOf(access: AccessSnapshot, rule: AccessRule): RulePrincipal {
  if (rule.membershipId != null) {
    const email = access.people.find(({ membershipId }) => membershipId === rule.membershipId)?.email;
    return email === undefined
      ? { name: "someone who is not in the organization", identity: identityPrincipals.leaver, subject: {} }
      : { name: email, identity: email, subject: { person: email } };
  }
  if (rule.roleId == null) {
    return { name: "everybody", identity: identityPrincipals.everybody, subject: {} };
  }
  const role = access.roles.find(({ id }) => id === rule.roleId)?.name ?? rule.roleId;
  return { name: `role ${role}`, identity: identityPrincipals.role(role), subject: { role } };
}

/** What a rule grants, in a sentence: `admin on Production`, `viewer of survey in Production`. */
function levelText(situation: Situation, { projectId, resource, level }: AccessRule): string {
  const name = projectName(situation, projectId);
  return resource === "project" ? `${level} on ${name}` : `${level} of ${resource} in ${name}`;
}

/** What a rule grants, for identities. */
function levelIdentity(situation: Situation, rule: AccessRule): string {
  return identityGrant(rule, projectName(situation, rule.projectId));
}

function projectName({ live }: Situation, projectId: number): string {
  return live.access.projects.find(({ id }) => id === projectId)?.name ?? `project ${projectId}`;
}

function inDays(days: number): string {
  return days === 0 ? "today" : `in ${counted(days, "day")}`;
}

/** A role that grants a level in one place, and everything that it grants anywhere. */
interface Giver {
  readonly role: RoleWithMembers;
  readonly level: AccessRule["level"];
  readonly rules: readonly AccessRule[];
}

/** Rules on single people that a role could replace. */
export const directGrantBesideRole: ReviewRule = {
  id: "direct-grant-beside-role",
  title: "Redundant direct grant",
  help: "A direct grant stays when someone changes teams; a role follows the team.",
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
      if (own !== undefined) return [redundantGrant(situation, person, grant, own)];
      const others = roles.filter((one) => one.level === grant.level && !isIn(one, person));
      return isOutside(situation, person) ? [] : replaceableGrant(situation, person, grant, others);
    });
  },
};

function redundantGrant(situation: Situation, person: Person, grant: AccessRule, giver: Giver): Found {
  const { name } = giver.role;
  return {
    ...aboutGrant(person, grant, giver),
    message: `${person.email} has ${levelText(situation, grant)} directly, and role ${name} already grants it.`,
    identity: identities.grantOfOwnRole(person.email, levelIdentity(situation, grant), name),
    fix: "Remove the direct grant: the role already grants the same access.",
  };
}

/** Of the roles that someone is not in, the one that would grant them the least in addition. */
function replaceableGrant(
  situation: Situation,
  person: Person,
  grant: AccessRule,
  givers: readonly Giver[],
): Found[] {
  const [least] = givers
    .map((giver) => ({ giver, more: alsoGiven(situation, person, grant, giver) }))
    .sort((left, right) => left.more.length - right.more.length);
  if (least === undefined) return [];
  const { giver, more } = least;
  const { name } = giver.role;
  return [
    {
      ...aboutGrant(person, grant, giver),
      message: `${person.email} has ${levelText(situation, grant)} directly; role ${name} grants the same, but they are not a member of it.`,
      identity: identities.grantOfOtherRole(person.email, levelIdentity(situation, grant), name),
      fix:
        more.length === 0
          ? `Add them to role ${name}, which grants nothing else, and remove the direct grant.`
          : `If they belong to role ${name}, add them to it and remove the direct grant; the role also grants ${listed(more, "and")}.`,
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

/** What a role would grant someone who is not in it, beyond what they have now. */
function alsoGiven(situation: Situation, person: Person, grant: AccessRule, { rules }: Giver): string[] {
  const { index } = situation;
  const levelNow = ({ projectId, resource }: AccessRule) =>
    resource === "project"
      ? index.onProject(person, projectId).level
      : index.onType(person, projectId, resource).level;
  return rules
    .filter((rule) => placeOf(rule) !== placeOf(grant) && compareLevels(rule.level, levelNow(rule)) > 0)
    .map((rule) => levelText(situation, rule));
}

/** Whether someone's address is in none of the company's domains: a role is for people who belong to it. */
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

/** Whether nothing would change without the direct rule; if the most specific rule wins, it may restrict. */
function replaces({ level }: Giver, grant: AccessRule, { mostSpecific }: AccessSnapshot): boolean {
  return mostSpecific ? level === grant.level : compareLevels(level, grant.level) >= 0;
}

/** Whether a project's name suggests production: `Production`, `prod-eu`, `Acme (prod)`. */
export function isNamedLikeProduction(name: string): boolean {
  return /(^|[^a-z])prod(uction)?([^a-z]|$)/i.test(name);
}
