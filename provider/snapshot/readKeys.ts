import { organizationAdmin } from "../access/levels";
import type { LiveKey, Omission } from "../access/liveOrganization";
import type { ProjectName } from "../access/snapshot";
import {
  type InventoriedKey,
  listKeyInventory,
  type PersonalApiKeyRecord,
  type ProjectSecretApiKeyRecord,
  personalApiKeys,
  projectSecretApiKeys,
} from "../posthog/apiKeys";
import { type CallerKey, getCallerKey, getSignedInUser } from "../posthog/caller";
import type { Connection } from "../posthog/connection";
import { answered, OlderServerError, PosthogError } from "../posthog/errors";
import { listMembers, type Member } from "../posthog/members";
import { getOrganization, hasFeature, type Organization } from "../posthog/organizations";

const others = "the personal API keys of other members";

/**
 * Every visible API key. The API key alone shows the secret keys of projects; the session of an organization admin on a
 * plan with the inventory shows everyone's personal keys; any other session shows only the person's own.
 */
export async function readKeys(
  connection: Connection,
  projects: readonly ProjectName[],
  omissions: Omission[],
): Promise<LiveKey[]> {
  const [ofProjects, ofPeople, organization, members] = await Promise.all([
    readProjectKeys(connection, projects, omissions),
    readPersonalKeys(connection, omissions),
    getOrganization(connection),
    listMembers(connection),
  ]);
  const isBanned = banOn(organization, members);
  return [
    ...ofPeople.map((key) => (isBanned(key) ? { ...key, refused: key.refused ?? banned } : key)),
    ...ofProjects,
  ];
}

/** The secret keys of projects; omits and notes projects where the key may not list them. */
export async function readProjectKeys(
  connection: Connection,
  projects: readonly ProjectName[],
  omissions: Omission[],
): Promise<LiveKey[]> {
  const [organization, members] = await Promise.all([getOrganization(connection), listMembers(connection)]);
  const byCreator = creators(organization, members);
  const read = await Promise.all(
    projects.map(async ({ id, name }) => {
      try {
        const keys = await projectSecretApiKeys(connection, id).list();
        return keys.map((key) => ({ ...ofProject(key, id), ...byCreator(key) }));
      } catch (error) {
        if (error instanceof OlderServerError) return [];
        if (!answered(error, 403)) throw error;
        omissions.push({ part: "keys", what: `the secret API keys of project ${name}`, ...error.remedy });
        return [];
      }
    }),
  );
  return read.flat();
}

/**
 * Who may not use their keys here (PostHog enforces this only with the plan feature, and exempts organization admins).
 */
function banOn(organization: Organization, members: readonly Member[]): (key: LiveKey) => boolean {
  const isOn =
    organization.members_can_use_personal_api_keys === false &&
    hasFeature(organization, "organization_security_settings") === true;
  const spared = new Set(
    members.filter(({ level }) => level >= organizationAdmin).map(({ user }) => user.email.toLowerCase()),
  );
  return ({ owner }) => isOn && owner !== undefined && !spared.has(owner.toLowerCase());
}

const banned = "members of the organization may not use personal API keys";

/** Who created a key, and whether they left, which only the whole list of members shows. */
function creators(
  { members_can_see_org_members, membership_level }: Organization,
  members: readonly Member[],
): (key: ProjectSecretApiKeyRecord) => Pick<LiveKey, "creator" | "creatorLeft"> {
  const byId = new Map(members.map(({ user }) => [user.id, user.email]));
  const byEmail = new Set(members.map(({ user }) => user.email.toLowerCase()));
  const seesAll =
    members_can_see_org_members !== false || (membership_level ?? organizationAdmin) >= organizationAdmin;
  return ({ created_by }) => {
    if (created_by == null) return {};
    const { id, email } =
      typeof created_by === "number" ? { id: created_by, email: byId.get(created_by) } : created_by;
    const isMember = byId.has(id ?? Number.NaN) || byEmail.has(email?.toLowerCase() ?? "");
    return { creator: email ?? undefined, creatorLeft: seesAll ? !isMember : undefined };
  };
}

async function readPersonalKeys(connection: Connection, omissions: Omission[]): Promise<LiveKey[]> {
  const [members, { id: here }] = await Promise.all([listMembers(connection), getOrganization(connection)]);
  const emailOf = (id: number | null | undefined): string | undefined =>
    members.find(({ user }) => user.id === id)?.user.email;
  const ofCaller = async (): Promise<LiveKey[]> => {
    const key = await getCallerKey(connection);
    return key.id === undefined ? [] : [ofPerson(key, emailOf(key.user_id), here)];
  };
  if (!connection.hasSession) {
    omissions.push({
      part: "keys",
      isExpected: true,
      what: others,
      why: "PostHog lists them to the session of an organization admin only.",
      fix: "Configure posthog:email and posthog:password (POSTHOG_EMAIL, POSTHOG_PASSWORD) of one.",
    });
    return ofCaller();
  }
  const read = await readAsPerson(connection, omissions);
  if (read === undefined) return ofCaller();
  const { own, inventory, userId } = read;
  // Servers of August 2025 do not show the caller's number, but every key contains its owner's.
  const mine = own.map((key) => ofPerson(key, emailOf(key.user_id ?? userId), here));
  if (inventory !== undefined) return withLabels(inventory.map(ofInventory), mine);
  omissions.push({
    part: "keys",
    isExpected: true,
    what: others,
    why: "The signed-in person is not an organization admin, the plan lacks the feature organization_security_settings, or the server is older than 2026.",
    fix: "Sign in as an organization admin on a plan with that feature.",
  });
  return mine;
}

/** What the signed-in person sees; undefined, with a note, if they cannot sign in. */
async function readAsPerson(connection: Connection, omissions: Omission[]) {
  try {
    const [own, inventory, userId] = await Promise.all([
      personalApiKeys(connection).list(),
      listKeyInventory(connection),
      getSignedInUser(connection),
    ]);
    return { own, inventory, userId };
  } catch (error) {
    if (![400, 401, 403].some((status) => answered(error, status)) || !(error instanceof PosthogError))
      throw error;
    omissions.push({ part: "keys", what: others, ...error.remedy });
    return undefined;
  }
}

/** The inventory has neither labels nor ids; owner and mask identify the caller's own keys. */
function withLabels(inventory: readonly LiveKey[], own: readonly LiveKey[]): LiveKey[] {
  const identity = ({ owner, maskValue }: LiveKey): string => `${owner?.toLowerCase()} ${maskValue}`;
  const mine = new Map(own.map((key) => [identity(key), key]));
  return inventory.map((key) => mine.get(identity(key)) ?? key);
}

function ofPerson(
  key: CallerKey | PersonalApiKeyRecord,
  owner: string | undefined,
  organizationId: string,
): LiveKey {
  const only = key.scoped_organizations ?? [];
  const isElsewhere = only.length > 0 && !only.includes(organizationId);
  return {
    kind: "personal",
    owner,
    label: key.label ?? undefined,
    maskValue: text(key.mask_value),
    scopes: [...(key.scopes ?? [])].sort(),
    projectIds: key.scoped_teams ?? [],
    createdAt: text(key.created_at),
    lastUsedAt: text(key.last_used_at),
    lastRolledAt: text(key.last_rolled_at),
    refused: isElsewhere ? "it is restricted to other organizations" : undefined,
  };
}

function ofInventory(key: InventoriedKey): LiveKey {
  return {
    kind: "personal",
    owner: key.owner.email ?? undefined,
    maskValue: key.mask_value ?? undefined,
    scopes: [...(key.scopes ?? [])].sort(),
    projectIds: (key.access_scope?.projects ?? []).map(({ id }) => id),
    createdAt: key.created_at ?? undefined,
    lastUsedAt: key.last_used_at ?? undefined,
  };
}

function ofProject(key: ProjectSecretApiKeyRecord, projectId: number): LiveKey {
  return {
    kind: "project",
    label: key.label,
    maskValue: key.mask_value ?? undefined,
    scopes: [...(key.scopes ?? [])].sort(),
    projectIds: [projectId],
    createdAt: key.created_at ?? undefined,
    lastUsedAt: key.last_used_at ?? undefined,
    lastRolledAt: key.last_rolled_at ?? undefined,
  };
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
