import * as z from "zod";
import { readValue } from "../server/body";
import { checkDisplayName, checkMessage } from "../server/displayNames";
import { hasFeature, isAdmin, membershipOf } from "../server/effectiveAccess";
import { ApiError, denied, invalid, notFound } from "../server/errors";
import { boolean, choice, email, type Field, field, refuse, text } from "../server/fields";
import { atLeast } from "../server/generations";
import { paginate } from "../server/paging";
import {
  created,
  noContent,
  type OrganizationCall,
  ok,
  type Reply,
  type RouteFamily,
} from "../server/routing";
import { userBasic, visibleProjects } from "../server/views";
import { type Invite, type InviteProjectAccess, LEVEL } from "../store/entities";

const WRITE = { scope: "organization_member:write" };

export const invites: RouteFamily = (routes) => {
  routes.organization("GET", "invites", { scope: "organization_member:read" }, list);
  // Servers of August 2025 do not check the write scope here.
  const old = { scope: "organization_member:read", until: "2025-08" } as const;
  for (const rule of [old, { ...WRITE, since: "2026-07" } as const]) {
    routes.organization("POST", "invites", rule, create);
    routes.organization("POST", "invites/bulk", rule, createMany);
  }
  const one = "invites/:invite_id";
  routes.organization("DELETE", one, { ...WRITE, until: "2025-08" }, remove);
  routes.organization("DELETE", one, { ...WRITE, level: LEVEL.admin, since: "2026-07" }, remove);
};

/** How long an invite can be accepted. */
const VALID_MS = 3 * 24 * 3_600_000;

const MOST_AT_ONCE = 20;

const ProjectAccess = z.array(z.object({ id: z.number(), level: z.union([z.string(), z.number()]) }));

/** Projects, and the level that the invited person gets in each. Old servers also accept organization levels. */
function projectAccess(levels: readonly (string | number)[]): Field<InviteProjectAccess[]> {
  return field((value) => {
    const items = ProjectAccess.safeParse(value);
    if (!items.success) {
      return refuse("invalid", "The field must be a list of dictionaries.");
    }
    return items.data.every(({ level }) => levels.includes(level))
      ? items.data
      : refuse("invalid", 'The "level" field must be a valid access level.');
  });
}

const Body = z.object({
  target_email: email(),
  first_name: text({ max: 30, blank: true }).optional(),
  level: choice([LEVEL.member, LEVEL.admin, LEVEL.owner]).optional(),
  message: text({ blank: true }).nullable().optional(),
  private_project_access: projectAccess(["member", "admin"]).optional(),
  send_email: boolean().optional(),
  combine_pending_invites: boolean().optional(),
});

const OldBody = Body.extend({
  private_project_access: projectAccess(["member", "admin", LEVEL.member, LEVEL.admin]).nullable().optional(),
});

type Wanted = z.output<typeof OldBody>;

function list(call: OrganizationCall): Reply {
  const { backend, organization, url } = call;
  const rows = backend.store.invites
    .where("organization_id", organization.id)
    .filter((invite) => isVisible(call, invite))
    .reverse();
  return ok(paginate(rows, url, (invite) => view(backend.store, invite)));
}

// Newer servers hide invites above the caller's own level, and hide all invites from callers who cannot invite.
function isVisible(call: OrganizationCall, { level }: Invite): boolean {
  return !atLeast(call.backend, "2026-07") || (mayInvite(call) && level <= call.membership.level);
}

function create(call: OrganizationCall): Reply {
  checkMayInvite(call);
  return created(view(call.backend.store, invite(call, read(call, call.body))));
}

function createMany(call: OrganizationCall): Reply {
  checkMayInvite(call);
  const { body, backend } = call;
  if (!Array.isArray(body)) {
    throw invalid("This endpoint needs an array of data for bulk invite creation.");
  }
  if (body.length > MOST_AT_ONCE) {
    throw invalid(`A maximum of ${MOST_AT_ONCE} invites can be sent in a single request.`, {
      code: "max_length",
    });
  }
  const wanted = body.map((one) => readOneOfMany(call, one));
  // PostHog sends the invites that come before a rejected one.
  return created(wanted.map((one) => view(backend.store, invite(call, one))));
}

function remove(call: OrganizationCall): Reply {
  checkMayInvite(call);
  const { backend, organization, params, actor } = call;
  const found = backend.store.invites.get(params.invite_id?.toLowerCase());
  if (found?.organization_id !== organization.id) {
    throw notFound();
  }
  backend.store.invites.delete(found.id, actor);
  return noContent();
}

function read(call: OrganizationCall, value: unknown): Wanted {
  const wanted = readValue(call, value, atLeast(call.backend, "2026-07") ? Body : OldBody);
  checkDisplayName(call, "first_name", wanted.first_name);
  checkMessage(call, "message", wanted.message);
  checkProjects(call, wanted);
  return wanted;
}

// PostHog formats errors in a list as a Python dictionary, and its text ends up as the code.
function readOneOfMany(call: OrganizationCall, value: unknown): Wanted {
  try {
    return read(call, value);
  } catch (error) {
    if (!(error instanceof ApiError) || error.body.attr === null) {
      throw error;
    }
    const { attr, code, detail } = error.body;
    throw invalid(detail, { attr, code: `{'${attr}': ['${code === "invalid_input" ? "invalid" : code}']}` });
  }
}

// Older servers check the organization that the caller has open, not the one in the URL.
function checkMayInvite(call: OrganizationCall): void {
  if (!mayInvite(call)) throw denied();
}

function mayInvite({ backend, organization, user }: OrganizationCall): boolean {
  const { store } = backend;
  const asked = atLeast(backend, "2026-07")
    ? organization
    : store.organizations.get(user.current_organization_id);
  const membership = asked && membershipOf(store, user, asked.id);
  if (asked === undefined || membership === undefined || isAdmin(membership)) return true;
  return !hasFeature(asked, "organization_invite_settings") || asked.members_can_invite === true;
}

function check({ backend, organization, membership }: OrganizationCall, wanted: Wanted): void {
  const { store } = backend;
  const address = wanted.target_email.toLowerCase();
  const isMember = store.memberships
    .where("organization_id", organization.id)
    .some(({ user_id }) => store.users.get(user_id)?.email.toLowerCase() === address);
  if (isMember) {
    throw invalid("A user with this email address already belongs to the organization.");
  }
  if ((wanted.level ?? LEVEL.member) > membership.level) {
    throw denied("You cannot invite a user with a higher permission level than your own.");
  }
}

function checkProjects({ backend, organization, membership }: OrganizationCall, wanted: Wanted): void {
  const { store } = backend;
  const reachable = isAdmin(membership)
    ? store.projects.where("organization_id", organization.id)
    : visibleProjects(backend, membership);
  for (const { id } of wanted.private_project_access ?? []) {
    if (!reachable.some((project) => project.id === id)) {
      throw invalid(
        "Project does not exist on this organization, or it is private and you do not have access to it.",
        { attr: "private_project_access" },
      );
    }
  }
}

// PostHog deletes all earlier invites of the address, even expired ones. So there is at most one, with a new id.
function invite(call: OrganizationCall, wanted: Wanted): Invite {
  check(call, wanted);
  const { backend, organization, user, actor } = call;
  const { store } = backend;
  const address = wanted.target_email.toLowerCase();
  const earlier = store.invites
    .where("organization_id", organization.id)
    .filter(({ target_email }) => target_email.toLowerCase() === address);
  const combined = wanted.combine_pending_invites
    ? earlier.filter((one) => !isExpired(store.now(), one))
    : [];
  for (const { id } of earlier) {
    store.invites.delete(id, actor);
  }
  const now = store.timestamp();
  const levels = [wanted.level ?? LEVEL.member, ...combined.map(({ level }) => level)];
  return store.invites.insert(
    {
      id: store.uuid(),
      organization_id: organization.id,
      target_email: address,
      first_name: wanted.first_name ?? "",
      level: levels.sort((left, right) => right - left)[0] ?? LEVEL.member,
      message: wanted.message ?? null,
      private_project_access: unite([
        ...(wanted.private_project_access ?? []),
        ...combined.flatMap((one) => one.private_project_access),
      ]),
      // The emulated server sends no e-mail, like the recorded ones.
      emailing_attempt_made: false,
      created_by_id: user.id,
      created_at: now,
      updated_at: now,
    },
    actor,
  );
}

function unite(rules: readonly InviteProjectAccess[]): InviteProjectAccess[] {
  const byProject = new Map<number, InviteProjectAccess["level"]>();
  for (const { id, level } of rules) {
    byProject.set(id, byProject.get(id) === "admin" ? "admin" : level);
  }
  return [...byProject].map(([id, level]) => ({ id, level }));
}

/** Whether an invite is too old to be accepted. PostHog still lists it (PostHog: invite validity). */
export function isExpired(now: Date, { created_at }: Invite): boolean {
  return now.getTime() - Date.parse(created_at) > VALID_MS;
}

function view(store: OrganizationCall["backend"]["store"], row: Invite) {
  return {
    id: row.id,
    target_email: row.target_email,
    first_name: row.first_name,
    emailing_attempt_made: row.emailing_attempt_made,
    level: row.level,
    is_expired: isExpired(store.now(), row),
    created_by: userBasic(store.users.get(row.created_by_id)),
    created_at: row.created_at,
    updated_at: row.updated_at,
    message: row.message,
    private_project_access: row.private_project_access,
  };
}
