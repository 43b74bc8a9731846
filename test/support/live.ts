import type {
  LiveDomain,
  LiveKey,
  LiveMember,
  LiveOrganization,
} from "../../provider/access/liveOrganization";
import { type AccessRule, type AccessSnapshot, projectRule } from "../../provider/access/snapshot";

/** When the tests' organization was read. */
const readAt = "2026-11-20T12:00:00.000Z";

/** A member. Without an address, the name is the part before `@acme.com`. */
export function liveMember(name: string, over: Partial<LiveMember> = {}): LiveMember {
  const email = name.includes("@") ? name : `${name}@acme.com`;
  return { userUuid: `user-${name}`, membershipId: `member-${name}`, email, level: 1, ...over };
}

/** A rule for a person, a role or everyone, on project 1 itself or on a type in it. */
export function liveRule(
  level: AccessRule["level"],
  over: { member?: string; role?: string; resource?: string; projectId?: number } = {},
): AccessRule {
  const { projectId = 1, resource = "project" } = over;
  const whom = {
    membershipId: over.member && `member-${over.member}`,
    roleId: over.role && `role-${over.role}`,
  };
  return resource === "project"
    ? projectRule(projectId, { ...whom, level })
    : { ...whom, projectId, resource, level };
}

/** A personal key of Ann's without findings. */
export function liveKey(over: Partial<LiveKey> = {}): LiveKey {
  return {
    kind: "personal",
    owner: "ann@acme.com",
    label: "CI",
    maskValue: "phx_...abcd",
    scopes: ["insight:read"],
    projectIds: [],
    createdAt: "2026-01-01T00:00:00Z",
    lastUsedAt: "2026-11-19T00:00:00Z",
    ...over,
  };
}

/** The company's domain without findings. */
export function liveDomain(over: Partial<LiveDomain> = {}): LiveDomain {
  return {
    domain: "acme.com",
    isVerified: true,
    enforcement: "saml",
    jitProvisioning: false,
    samlConfigured: true,
    certificateExpiresAt: "2030-01-01T00:00:00.000Z",
    scimEnabled: false,
    ...over,
  };
}

/**
 * An organization with two owners, and with Ann and Bob; Ann has the role Analysts, the project Production is
 * closed, and there are no findings.
 */
export function liveOrganization(
  over: Partial<Omit<LiveOrganization, "access">> & { access?: Partial<AccessSnapshot> } = {},
): LiveOrganization {
  const members = over.members ?? [
    liveMember("ann"),
    liveMember("bob"),
    liveMember("olga", { level: 15 }),
    liveMember("otto", { level: 15 }),
  ];
  return {
    id: "018f0000-0000-4000-8000-000000000001",
    name: "Acme",
    host: "https://eu.posthog.com",
    readAt,
    domains: [liveDomain()],
    leftovers: [],
    invites: [],
    keys: [liveKey()],
    omissions: [],
    ...over,
    members,
    access: {
      people: members,
      roles: [{ id: "role-Analysts", name: "Analysts", userUuids: ["user-ann"] }],
      projects: [{ id: 1, name: "Production" }],
      rules: [liveRule("none")],
      enforcesRules: true,
      enforcesRoleRules: true,
      mostSpecific: false,
      ...over.access,
    },
  };
}
