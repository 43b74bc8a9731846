import { rulesOf } from "../access/grants";
import { organizationAdmin, organizationLevels } from "../access/levels";
import type {
  LiveDomain,
  LiveInvite,
  LiveMember,
  LiveOrganization,
  Omission,
} from "../access/liveOrganization";
import { counted } from "../access/messages";
import { compareNames } from "../access/naturalOrder";
import type { AccessRule, ProjectName } from "../access/snapshot";
import type { Connection } from "../posthog/connection";
import { answered, isMissing, OlderServerError, PosthogError } from "../posthog/errors";
import { type Invite, listInvites } from "../posthog/invites";
import { keptMembers, type Member } from "../posthog/members";
import { getProject, listProjects, readOfProject } from "../posthog/projects";
import { keptRoles } from "../posthog/roles";
import type { SsoDomain } from "../sso/status";
import { type Directory, personOf, readDirectory, readGrants, snapshotOf } from "./accessSnapshot";
import { readKeys } from "./readKeys";
import { readLeftovers, readSsoStatus } from "./ssoStatus";

/** What to read in addition to members, roles, projects and rules. Nothing by default. */
export interface ReadOptions {
  readonly invites?: boolean;
  readonly keys?: boolean;
  readonly domains?: boolean;
  /** Numbers of the projects to read; all by default. */
  readonly projectIds?: readonly number[];
  /** Called with the current step, for a progress line. */
  readonly onProgress?: (what: string) => void;
}

/**
 * Reads a live organization: each project with two lists of rules, and one list of everything else, with as many pages
 * as it takes. What the key may not read is listed in `omissions`. A project that PostHog is deleting, or that is
 * deleted meanwhile, is left out. Members, roles, the list of projects and rules have to be readable.
 *
 * @throws PosthogError if members, roles, projects or rules cannot be read.
 */
export async function readOrganization(
  connection: Connection,
  options: ReadOptions = {},
): Promise<LiveOrganization> {
  const readAt = new Date(connection.clock.now()).toISOString();
  const omissions: Omission[] = [];
  const progress = options.onProgress ?? (() => undefined);
  progress("members, roles and projects");
  const [listed] = await Promise.all([listProjects(connection), readDirectory(connection)]);
  const wanted = listed.filter(
    ({ id }) => options.projectIds === undefined || options.projectIds.includes(id),
  );
  progress(`access rules of ${counted(wanted.length, "project")}`);
  const read = await readRules(connection, wanted, omissions);
  const directory = await completeDirectory(connection, read.rules);
  const optional = async <T>(part: "invites" | "keys" | "domains", what: string, ask: () => Promise<T>) => {
    if (options[part] !== true) return undefined;
    progress(what);
    return orOmission({ part, what }, ask, omissions);
  };
  const [invites, keys, sso] = await Promise.all([
    optional("invites", "invites", () => listInvites(connection)),
    optional("keys", "API keys", () => readKeys(connection, read.projects, omissions)),
    optional("domains", "sign-on of the e-mail domains", async () => ({
      ...(await readSsoStatus(connection)),
      leftovers: await readLeftovers(connection),
    })),
  ]);
  const { organization } = directory;
  const isAdmin = (organization.membership_level ?? organizationAdmin) >= organizationAdmin;
  if (!isAdmin && options.projectIds === undefined) omissions.push(closedProjects);
  const members = directory.members
    .map(memberOf)
    .sort((left, right) => compareNames(left.email, right.email));
  return {
    id: organization.id,
    name: organization.name,
    host: connection.host,
    readAt,
    members,
    access: { ...snapshotOf(directory, read.projects, read.rules), people: members },
    defaultRoleId: organization.default_role_id ?? undefined,
    enforces2fa: typeof organization.enforce_2fa === "boolean" ? organization.enforce_2fa : undefined,
    invites: invites?.map(inviteOf),
    keys,
    domains: sso?.domains.map(domainOf),
    leftovers: sso?.leftovers,
    omissions,
  };
}

const closedProjects: Omission = {
  part: "projects",
  isExpected: true,
  what: "projects that are closed to the key's owner",
  why: "PostHog lists every project to organization admins only.",
  fix: "Use the key of an organization admin.",
};

interface ProjectRules {
  readonly projects: readonly ProjectName[];
  readonly rules: readonly AccessRule[];
}

/**
 * Leaves out a project that PostHog is deleting, which only the project itself shows, or that is certainly deleted
 * meanwhile. Notes a project that may still exist but whose rules PostHog does not find; if that is every project, the
 * server or the key is wrong, and the error says so.
 */
async function readRules(
  connection: Connection,
  projects: readonly ProjectName[],
  omissions: Omission[],
): Promise<ProjectRules> {
  const failures: unknown[] = [];
  const read = await Promise.all(
    projects.map(async ({ id, name }) => {
      try {
        const [project, grants] = await Promise.all([
          getProject(connection, id),
          readOfProject(connection, id, () => readGrants(connection, id)),
        ]);
        return project === undefined || grants === undefined
          ? []
          : [{ project: { id, name }, grants, rules: rulesOf(id, grants) }];
      } catch (error) {
        if (!isMissing(error)) throw error;
        failures.push(error);
        omissions.push(lostProject({ id, name }));
        return [];
      }
    }),
  );
  const found = read.flat();
  if (found.length === 0 && failures.length > 0) throw failures[0];
  for (const { project, grants, rules } of found) {
    if (rules.length < grants.length) omissions.push(unknownLevels(project, grants.length - rules.length));
  }
  return {
    projects: found.map(({ project }) => project).sort((left, right) => left.id - right.id),
    rules: found.flatMap(({ rules }) => rules),
  };
}

/** Reads people and roles again if a rule refers to a person who joined, or a role that was created, meanwhile. */
async function completeDirectory(connection: Connection, rules: readonly AccessRule[]): Promise<Directory> {
  const first = await readDirectory(connection);
  const memberships = new Set(first.members.map(({ id }) => id));
  const roles = new Set(first.roles.map(({ id }) => id));
  const isComplete = rules.every(
    ({ membershipId, roleId }) =>
      (membershipId == null || memberships.has(membershipId)) && (roleId == null || roles.has(roleId)),
  );
  if (isComplete) return first;
  keptMembers(connection).forget();
  keptRoles(connection).forget();
  return readDirectory(connection);
}

/** What `ask` reads; undefined, with a note of what is missing, if PostHog rejects it. */
async function orOmission<T>(
  about: Pick<Omission, "part" | "what">,
  ask: () => Promise<T>,
  omissions: Omission[],
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const isRefused =
      error instanceof OlderServerError || [402, 403, 404].some((status) => answered(error, status));
    if (!isRefused || !(error instanceof PosthogError)) throw error;
    omissions.push({ ...about, ...error.remedy });
    return undefined;
  }
}

function lostProject({ id, name }: ProjectName): Omission {
  return {
    part: "projects",
    what: `project ${name} (${id})`,
    why: "PostHog lists it but does not find its access rules: it is being deleted, or closed to the key's owner.",
    fix: "Run again; if the rules stay missing, use the key of an organization admin.",
  };
}

function unknownLevels({ name }: ProjectName, count: number): Omission {
  return {
    part: "rules",
    what: `${counted(count, "access rule")} of project ${name}`,
    why: "This version does not know their levels.",
    fix: "Update pulumi-posthog.",
  };
}

function memberOf(member: Member): LiveMember {
  const { user, joined_at, last_login, is_2fa_enabled, has_social_auth } = member;
  const name = [user.first_name, user.last_name].filter((part) => part).join(" ");
  return {
    ...personOf(member),
    name: name === "" ? undefined : name,
    joinedAt: joined_at ?? undefined,
    lastLogin: last_login ?? undefined,
    has2fa: is_2fa_enabled ?? undefined,
    hasSocialAuth: has_social_auth ?? undefined,
  };
}

function inviteOf({ id, target_email, level, is_expired, created_at }: Invite): LiveInvite {
  return {
    id,
    email: target_email,
    level: level ?? organizationLevels.member,
    isExpired: is_expired === true,
    createdAt: created_at ?? undefined,
  };
}

function domainOf(domain: SsoDomain): LiveDomain {
  const { isVerified, enforcement, jitProvisioning, samlConfigured, scimEnabled } = domain;
  const { certificateExpiresAt, bypass, lockOut } = domain;
  return {
    domain: domain.domain,
    isVerified,
    enforcement,
    jitProvisioning,
    samlConfigured,
    certificateExpiresAt,
    scimEnabled,
    bypass,
    lockOut,
  };
}
