import type { AccessLevel } from "../../provider/access/levels";
import type {
  AccessReview,
  ReviewedAccess,
  ReviewedKey,
  ReviewedPerson,
  ReviewedProject,
  ReviewFinding,
} from "../../provider/review/model";

/** The size of a made-up review. */
interface ReviewSize {
  readonly people: number;
  readonly projects: number;
  readonly keys: number;
}

const firstNames = [
  "Ada",
  "Bram",
  "Chiara",
  "Dmitri",
  "Elif",
  "Farah",
  "Goran",
  "Hana",
  "Ines",
  "Jonas",
  "Kofi",
];
const lastNames = ["Lindqvist", "Okafor", "Moreau", "Tanaka", "Novak", "Haddad", "Silva", "Brandt", "Kaya"];
const projectNames = [
  "Web",
  "Web staging",
  "Mobile",
  "Billing",
  "Data platform",
  "Marketing site",
  "Sandbox",
];
const roles = ["Engineering", "Product", "Analytics", "Support"];
const resourceTypes = ["dashboard", "experiment", "feature_flag", "insight", "session_recording"];

/** A review of a made-up company of any size; the same size always gives the same review. */
export function madeUpReview({ people, projects, keys }: ReviewSize): AccessReview {
  const all = Array.from({ length: projects }, (_, index) => project(index));
  const members = Array.from({ length: people }, (_, index) => person(index, all));
  return {
    organization: { id: "0190a1b2", name: "Northwind Analytics", host: "https://eu.posthog.com" },
    readAt: "2026-11-23T09:30:00.000Z",
    projects: all,
    people: members,
    keys: Array.from({ length: keys }, (_, index) => key(index, all, members)),
    findings: findings(members, all, keys).map((finding, at) => ({
      ...finding,
      fingerprint: `finding-${at}`,
    })),
    omissions: [
      {
        part: "projects",
        what: "when members last signed in",
        why: "this version of PostHog does not report it.",
        fix: "Upgrade PostHog, then run the review again.",
      },
    ],
  };
}

function project(index: number): ReviewedProject {
  const name = projectNames[index % projectNames.length] ?? "";
  const round = Math.floor(index / projectNames.length);
  return {
    projectId: 1001 + index,
    name: round === 0 ? name : `${name} ${round + 1}`,
    defaultAccess: index % 3 === 0 ? "none" : index % 3 === 1 ? "member" : "admin",
  };
}

function person(index: number, projects: readonly ReviewedProject[]): ReviewedPerson {
  const first = firstNames[index % firstNames.length] ?? "";
  const last = lastNames[(index * 7 + Math.floor(index / 9)) % lastNames.length] ?? "";
  const level = index % 13 === 2 ? "owner" : index % 11 === 4 ? "admin" : "member";
  const role = roles[(index * 3) % roles.length] ?? "";
  const number = index < 99 ? "" : String(index);
  const isOutside = index % 17 === 5;
  return {
    userUuid: `user-${index}`,
    email: `${first}.${last}${number}@${isOutside ? "contractor.dev" : "northwind.example"}`.toLowerCase(),
    name: `${first} ${last}`,
    level,
    roles: level === "member" ? [role] : [],
    joinedAt: "2024-03-18T08:00:00Z",
    has2fa: index % 6 !== 1,
    ssoEnforced: !isOutside,
    access: projects.map((one, column) => access(one, column, index, level, role)),
  };
}

function access(
  { projectId, defaultAccess }: ReviewedProject,
  column: number,
  index: number,
  organizationLevel: string,
  role: string,
): ReviewedAccess {
  if (organizationLevel !== "member") {
    const through = `as organization ${organizationLevel}`;
    return { projectId, level: "admin", through, resources: resourcesAt(column, "manager", through) };
  }
  const draw = (index * 31 + column * 17 + index * column) % 10;
  if (draw < 2) return { projectId, level: "none", through: "by the project's default", resources: [] };
  const level: AccessLevel = draw < 7 ? "member" : "admin";
  const byRole = `through role ${role}`;
  const through = draw < 6 ? byRole : draw < 8 ? "by a rule on this person" : `by default (${defaultAccess})`;
  return {
    projectId,
    level,
    through,
    resources: resourcesAt(column, draw % 2 === 0 ? "viewer" : "editor", byRole),
  };
}

function resourcesAt(column: number, level: AccessLevel, through: string): ReviewedAccess["resources"] {
  const count = [5, 0, 3, 2, 4, 0, 1][column % 7] ?? 0;
  return resourceTypes.slice(0, count).map((resource, at) => ({
    resource,
    level: level === "manager" ? "manager" : at % 3 === 2 ? "none" : at % 2 === 1 ? "editor" : level,
    through,
  }));
}

function key(
  index: number,
  projects: readonly ReviewedProject[],
  people: readonly ReviewedPerson[],
): ReviewedKey {
  const isPersonal = index % 3 !== 0;
  const owner = people[index % Math.max(1, people.length)];
  const reached = isPersonal ? (owner?.access ?? []).filter(({ level }) => level !== "none") : [];
  const only = projects[index % Math.max(1, projects.length)];
  const secret = only && {
    projectId: only.projectId,
    level: "member" as const,
    through: "by its scopes",
    resources: [],
  };
  return {
    kind: isPersonal ? "personal" : "project",
    ...(isPersonal
      ? { owner: owner?.email }
      : { label: ["Flag service", "BI export", "Nightly sync"][(index % 9) / 3] }),
    maskValue: `phx_…${(4096 + index * 77).toString(16)}`,
    scopes: index % 4 === 1 ? ["*"] : ["dashboard:read", "insight:read", "query:read"],
    access: isPersonal ? reached : secret === undefined ? [] : [secret],
    createdAt: "2025-02-03T10:00:00Z",
    lastUsedAt: index % 5 === 1 ? undefined : "2026-11-20T10:00:00Z",
  };
}

function findings(
  people: readonly ReviewedPerson[],
  projects: readonly ReviewedProject[],
  keys: number,
): Omit<ReviewFinding, "fingerprint">[] {
  const outside = people.filter(({ email }) => email.endsWith("@contractor.dev"));
  const without2fa = people.filter(({ has2fa }) => has2fa === false);
  const open = projects.filter(({ defaultAccess }) => defaultAccess === "admin");
  return [
    {
      rule: "sso-not-enforced",
      severity: "high",
      message: "People of northwind.example can sign in with a password.",
      evidence: ["domain northwind.example", "sso_enforcement: off"],
      fix: 'Set enforcement: "saml" on its OrgSsoSettings.',
      subject: { domain: "northwind.example" },
    },
    ...outside.map(
      ({ email, access }): Omit<ReviewFinding, "fingerprint"> => ({
        rule: "outside-domains",
        severity: "high",
        message: `${email} has an address outside the company's domains.`,
        evidence: [`email: ${email}`, "verified domains: northwind.example"],
        fix: "Remove the member, or verify the domain and enforce single sign-on for it.",
        subject: { person: email, projectId: access[0]?.projectId },
      }),
    ),
    ...open.map(
      ({ name, projectId }): Omit<ReviewFinding, "fingerprint"> => ({
        rule: "project-open-by-default",
        severity: "medium",
        message: `Everybody in the organization is an admin of ${name}.`,
        evidence: [`project ${projectId}`, "default access: admin"],
        fix: 'Set defaultAccess: "none" on its ProjectAccess and name who needs it.',
        subject: { projectId },
      }),
    ),
    ...Array.from(
      { length: Math.floor(keys / 4) },
      (_, index): Omit<ReviewFinding, "fingerprint"> => ({
        rule: "over-scoped-key",
        severity: "medium",
        message: "A personal key may do everything that its owner may.",
        evidence: ["scopes: *"],
        fix: "Make a key with the scopes that are used, then delete this one.",
        subject: { key: index * 4 + 1 },
      }),
    ),
    ...without2fa.map(
      ({ email }): Omit<ReviewFinding, "fingerprint"> => ({
        rule: "member-without-2fa",
        severity: "low",
        message: `${email} signs in without two-factor authentication.`,
        evidence: ["is_2fa_enabled: false"],
        fix: "Set enforce2fa: true on OrganizationSettings.",
        subject: { person: email },
      }),
    ),
    {
      rule: "role-without-members",
      severity: "low",
      message: "Nobody has the role Contractors.",
      evidence: ["role Contractors: 0 members"],
      fix: "Delete the role, or give it its members.",
      subject: { role: "Contractors" },
    },
  ];
}
