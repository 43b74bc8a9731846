import { z } from "zod";
import { readValue } from "../server/body";
import { hasFeature, isAdmin, membershipOf } from "../server/effectiveAccess";
import { ApiError, denied, invalid, notFound } from "../server/errors";
import {
  boolean,
  choice,
  email,
  field,
  integer,
  json,
  list as listOf,
  pythonType,
  refuse,
  text,
} from "../server/fields";
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

/** Invites to an organization (PostHog: organization invites API). */
export const invites: RouteFamily = (routes) => {
  routes.organization("GET", "invites", { scope: "organization_member:read" }, list);
  routes.organization("POST", "invites", WRITE, create);
  routes.organization("POST", "invites/bulk", WRITE, createMany);
  routes.organization("DELETE", "invites/:invite_id", WRITE, remove);
};

/** How long an invite can be accepted. */
const VALID_MS = 3 * 24 * 3_600_000;

const MOST_AT_ONCE = 20;

const LEGACY_LEVELS: Readonly<Record<string, string>> = { 1: "member", 8: "admin" };

const projectAccess = listOf(
  field((value) => {
    const item = z.object({ id: integer(), level: z.union([z.string(), z.number()]) }).safeParse(value);
    if (!item.success) {
      return refuse("invalid", `Expected a dictionary with id and level, but got ${pythonType(value)}.`);
    }
    const level = LEGACY_LEVELS[String(item.data.level)] ?? String(item.data.level);
    return ["member", "admin"].includes(level)
      ? { id: item.data.id, level }
      : refuse("invalid_choice", `"${level}" is not a valid choice.`);
  }),
);

const Body = z.object({
  target_email: email(),
  first_name: text({ max: 30, blank: true }).optional(),
  level: choice([LEVEL.member, LEVEL.admin, LEVEL.owner]).optional(),
  message: text({ blank: true }).nullable().optional(),
  private_project_access: projectAccess.optional(),
  send_email: boolean().optional(),
  combine_pending_invites: boolean().optional(),
});

const OldBody = Body.extend({ private_project_access: json().nullable().optional() });

type Wanted = Omit<z.output<typeof Body>, "private_project_access"> & {
  readonly private_project_access?: readonly InviteProjectAccess[];
};

/** People see the invites up to their own level; members who may not invite see none. */
function list(call: OrganizationCall): Reply {
  const { backend, organization, membership, url } = call;
  const all = mayInvite(call) ? backend.store.invites.where("organization_id", organization.id) : [];
  const rows = all.filter(({ level }) => level <= membership.level).reverse();
  return ok(paginate(rows, url, (invite) => view(backend.store, invite)));
}

function create(call: OrganizationCall): Reply {
  checkMayInvite(call);
  const wanted = read(call, call.body);
  check(call, wanted);
  return created(view(call.backend.store, invite(call, wanted)));
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
  for (const one of wanted) {
    check(call, one);
  }
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
  if (atLeast(call.backend, "2026-07")) {
    return readValue(call, value, Body);
  }
  const { private_project_access: access, ...rest } = readValue(call, value, OldBody);
  const parsed = z.array(z.object({ id: z.number(), level: z.coerce.string() })).safeParse(access);
  return { ...rest, private_project_access: parsed.success ? parsed.data : [] };
}

// PostHog renders errors of a list through the text of a Python dictionary, which ends up as the code.
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

// Older servers look at the organization the caller has open rather than at the one in the URL.
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
  const address = lowerDomain(wanted.target_email);
  const known = store.users.where("email", address)[0];
  if (known !== undefined && membershipOf(store, known, organization.id) !== undefined) {
    throw invalid("A user with this email address already belongs to the organization.");
  }
  if ((wanted.level ?? LEVEL.member) > membership.level) {
    throw denied("You cannot invite a user with a higher permission level than your own.");
  }
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

// Every earlier invite of the address is deleted, expired or not: there is at most one, and always a new id.
function invite(call: OrganizationCall, wanted: Wanted): Invite {
  const { backend, organization, user, actor } = call;
  const { store } = backend;
  const address = lowerDomain(wanted.target_email);
  const earlier = store.invites
    .where("organization_id", organization.id)
    .filter(({ target_email }) => target_email === address);
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
      emailing_attempt_made: wanted.send_email ?? true,
      created_by_id: user.id,
      created_at: now,
      updated_at: now,
    },
    actor,
  );
}

function unite(rules: readonly InviteProjectAccess[]): InviteProjectAccess[] {
  const byProject = new Map<number, string>();
  for (const { id, level } of rules) {
    byProject.set(id, byProject.get(id) === "admin" ? "admin" : level);
  }
  return [...byProject].map(([id, level]) => ({ id, level }));
}

function lowerDomain(address: string): string {
  const split = address.lastIndexOf("@");
  return `${address.slice(0, split)}${address.slice(split).toLowerCase()}`;
}

/** Whether an invite is too old to be accepted; it stays listed all the same (PostHog: invite validity). */
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
