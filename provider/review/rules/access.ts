import { counted } from "../../access/messages";
import type { AccessRule, AccessSnapshot } from "../../access/snapshot";
import { whatEnds } from "../../matrix/remarks";
import { identities, identityGrant, identityPrincipals } from "../identity";
import type { FindingSubject } from "../model";
import { isNamedLikeProduction } from "../production";
import { type Found, type ReviewRule, type Situation, wholeOrganization } from "./rule";

/** Projects that everybody in the organization is let into. */
export const projectOpenToEverybody: ReviewRule = {
  id: "project-open-to-everybody",
  title: "A project is open to everybody",
  help: "Whoever joins the organization is in it at once; without a rule PostHog lets everybody in as admin.",
  severity: "high",
  find: ({ live: { access }, review: { projects } }) =>
    projects
      .filter(({ defaultAccess }) => defaultAccess !== "none")
      .map(({ projectId, name, defaultAccess }) => ({
        severity: isNamedLikeProduction(name) ? "high" : defaultAccess === "admin" ? "medium" : "low",
        message: `Everybody is ${defaultAccess} of ${name}.`,
        identity: identities.projectOpenToEverybody(defaultAccess, name),
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
        const { name, identity, subject } = whomOf(access, rule);
        return [
          {
            severity: "low",
            message: `The rule that gives ${name} ${levelText(situation, rule)} has no effect.`,
            identity: identities.ruleWithoutEffect(identity, levelIdentity(situation, rule)),
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
      identity: identities.grantEnding(ending, days),
      evidence: [
        `until ${until}${inheritedFrom === undefined ? "" : `, as ${inheritedFrom} says`}`,
        ...(because === undefined ? [] : [`because: ${because}`]),
      ],
      fix: "Move the day in the matrix where it is still needed.",
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
      evidence: [`the plan lacks ${feature}: PostHog keeps the rules, and does not enforce them`],
      fix: `Take a plan with ${feature}.`,
      subject: wholeOrganization,
    },
  ];
}

/** Those whom a rule is about: in messages, in identities, and as a subject. */
interface RulePrincipal {
  readonly name: string;
  readonly identity: string;
  readonly subject: FindingSubject;
}

function whomOf(access: AccessSnapshot, rule: AccessRule): RulePrincipal {
  if (rule.membershipId != null) {
    const email = access.people.find(({ membershipId }) => membershipId === rule.membershipId)?.email;
    return email === undefined
      ? { name: "somebody who is not in the organization", identity: identityPrincipals.leaver, subject: {} }
      : { name: email, identity: email, subject: { person: email } };
  }
  if (rule.roleId == null) {
    return { name: "everybody", identity: identityPrincipals.everybody, subject: {} };
  }
  const role = access.roles.find(({ id }) => id === rule.roleId)?.name ?? rule.roleId;
  return { name: `role ${role}`, identity: identityPrincipals.role(role), subject: { role } };
}

/** A rule as sentences name what it gives: `admin on Production`, `viewer of survey in Production`. */
export function levelText(situation: Situation, { projectId, resource, level }: AccessRule): string {
  const name = projectName(situation, projectId);
  return resource === "project" ? `${level} on ${name}` : `${level} of ${resource} in ${name}`;
}

/** What a rule gives, as identities name it. */
export function levelIdentity(situation: Situation, rule: AccessRule): string {
  return identityGrant(rule, projectName(situation, rule.projectId));
}

function projectName({ live }: Situation, projectId: number): string {
  return live.access.projects.find(({ id }) => id === projectId)?.name ?? `project ${projectId}`;
}

function inDays(days: number): string {
  return days === 0 ? "today" : `in ${counted(days, "day")}`;
}
