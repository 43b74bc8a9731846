import { compareLevels } from "../../access/levels";
import type { AccessRule, AccessSnapshot, RoleWithMembers } from "../../access/snapshot";
import { whatEnds } from "../../matrix/remarks";
import type { FindingSubject } from "../model";
import { isNamedLikeProduction } from "../production";
import { amount, type Found, type ReviewRule, type Situation, wholeOrganization } from "./rule";

/** Projects that everybody in the organisation is let into. */
export const projectOpenToEverybody: ReviewRule = {
  id: "project-open-to-everybody",
  title: "A project is open to everybody",
  help: "Whoever joins the organisation is in it at once; without a rule PostHog lets everybody in as admin.",
  severity: "high",
  find: ({ live: { access }, review: { projects } }) =>
    projects
      .filter(({ defaultAccess }) => defaultAccess !== "none")
      .map(({ projectId, name, defaultAccess }) => ({
        severity: isNamedLikeProduction(name) ? "high" : defaultAccess === "admin" ? "medium" : "low",
        message: `Everybody is ${defaultAccess} of ${name}.`,
        evidence: [
          access.enforcesRules
            ? `default access: ${defaultAccess}`
            : "the plan does not enforce access rules (access_control)",
        ],
        fix: access.enforcesRules
          ? 'Set defaultAccess: "none" on the Project or its ProjectAccess, and let in who needs it.'
          : "Take a plan with access_control: without it no project can be closed.",
        subject: { projectId },
      })),
};

/** Rules on single people that a role could carry. */
export const directGrantBesideRole: ReviewRule = {
  id: "direct-grant-beside-role",
  title: "Somebody has directly what a role gives",
  help: "A direct grant stays when somebody changes teams; a role goes with the team.",
  severity: "low",
  find(situation) {
    const { access } = situation.live;
    const givers = rolesByPlace(access);
    const people = new Map(access.people.map((person) => [person.membershipId, person]));
    return access.rules.flatMap((rule): Found[] => {
      const person = people.get(rule.membershipId ?? "");
      if (person === undefined || rule.level === "none" || situation.judge(rule) !== undefined) return [];
      const roles = givers.get(placeOf(rule)) ?? [];
      const isIn = ({ role }: Giver): boolean => role.userUuids.includes(person.userUuid);
      const giver =
        roles.find((one) => isIn(one) && replaces(one, rule, access)) ??
        roles.find((one) => one.level === rule.level);
      if (giver === undefined) return [];
      const has = levelText(situation, rule);
      return [
        {
          severity: "low",
          message: `${person.email} has ${has} directly, and role ${giver.role.name} gives it.`,
          evidence: [
            `rule for ${person.email}: ${rule.level}`,
            `rule for role ${giver.role.name}: ${giver.level}`,
          ],
          fix: isIn(giver)
            ? "Remove the direct grant: the role gives it already."
            : `Put them into role ${giver.role.name}, and remove the direct grant.`,
          subject: { person: person.email, projectId: rule.projectId, role: giver.role.name },
        },
      ];
    });
  },
};

/** Rules that decide nothing. */
export const ruleWithoutEffect: ReviewRule = {
  id: "rule-without-effect",
  title: "An access rule has no effect",
  help: "It looks as if it gave or took something, and does not.",
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
        const { name, subject } = whomOf(access, rule);
        return [
          {
            severity: "low",
            message: `The rule that gives ${name} ${levelText(situation, rule)} has no effect.`,
            evidence: [why],
            fix: "Remove it, or change what overrules it.",
            subject: { ...subject, projectId: rule.projectId },
          },
        ];
      }),
    ];
  },
};

/** Grants of the matrix that end by themselves before long. */
export const grantEnding: ReviewRule = {
  id: "grant-ending",
  title: "A grant ends soon",
  help: "After its last day the next update takes it away; whoever still needs it has to be told, or the day moved.",
  severity: "low",
  find: ({ endings }) =>
    endings.map(({ projectId, role, until, days, because, inheritedFrom, ...ending }) => ({
      severity: "low",
      message: `${whatEnds(ending)
        .replace(/^access /, "Access ")
        .replace(/^the /, "The ")} ends ${inDays(days)}.`,
      evidence: [
        `until ${until}${inheritedFrom === undefined ? "" : `, as ${inheritedFrom} says`}`,
        ...(because === undefined ? [] : [`because: ${because}`]),
      ],
      fix: "Move the day in the matrix where it is still needed.",
      subject: { person: ending.user, role, projectId },
    })),
};

interface Giver {
  readonly role: RoleWithMembers;
  readonly level: AccessRule["level"];
}

const placeOf = ({ projectId, resource, resourceId }: AccessRule): string =>
  `${projectId} ${resource} ${resourceId ?? ""}`;

function rolesByPlace({ rules, roles, enforcesRoleRules }: AccessSnapshot): Map<string, Giver[]> {
  const byId = new Map(roles.map((role) => [role.id, role]));
  const places = new Map<string, Giver[]>();
  if (!enforcesRoleRules) return places;
  for (const rule of rules) {
    const role = byId.get(rule.roleId ?? "");
    if (role === undefined || rule.level === "none") continue;
    const place = placeOf(rule);
    places.set(place, [...(places.get(place) ?? []), { role, level: rule.level }]);
  }
  return places;
}

/** Whether nothing would change without the direct rule; where the most specific rule counts, it may restrict. */
function replaces({ level }: Giver, rule: AccessRule, { mostSpecific }: AccessSnapshot): boolean {
  return mostSpecific ? level === rule.level : compareLevels(level, rule.level) >= 0;
}

function unenforced(rules: readonly AccessRule[], feature: string, severity: "high" | "medium"): Found[] {
  if (rules.length === 0) return [];
  const which = feature === "role_based_access" ? " on roles" : "";
  return [
    {
      severity,
      message: `${amount(rules.length, "access rule")}${which} ${rules.length === 1 ? "has" : "have"} no effect.`,
      evidence: [`the plan lacks ${feature}: PostHog keeps the rules, and does not enforce them`],
      fix: `Take a plan with ${feature}.`,
      subject: wholeOrganization,
    },
  ];
}

function whomOf(access: AccessSnapshot, rule: AccessRule): { name: string; subject: FindingSubject } {
  if (rule.membershipId != null) {
    const email = access.people.find(({ membershipId }) => membershipId === rule.membershipId)?.email;
    return email === undefined
      ? { name: "somebody who is not in the organisation", subject: {} }
      : { name: email, subject: { person: email } };
  }
  if (rule.roleId == null) return { name: "everybody", subject: {} };
  const role = access.roles.find(({ id }) => id === rule.roleId)?.name ?? rule.roleId;
  return { name: `role ${role}`, subject: { role } };
}

function levelText({ live }: Situation, { projectId, resource, level }: AccessRule): string {
  const name = live.access.projects.find(({ id }) => id === projectId)?.name ?? `project ${projectId}`;
  return resource === "project" ? `${level} on ${name}` : `${level} of ${resource} in ${name}`;
}

function inDays(days: number): string {
  return days === 0 ? "today" : `in ${amount(days, "day")}`;
}
