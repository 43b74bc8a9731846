import * as z from "zod";
import { isGatewayScope, isScope } from "../server/accessLevels";
import { readBody } from "../server/body";
import { membershipOf, projectAccess } from "../server/effectiveAccess";
import { invalid, methodNotAllowed, notFound, serverError } from "../server/errors";
import { checked, integer, isUuid, list, refuse, text } from "../server/fields";
import { atLeast } from "../server/generations";
import { effectiveScopes, keysUnsupported } from "../server/permissions";
import { created, noContent, ok, type Reply, type RouteFamily, type UserCall } from "../server/routing";
import type { PersonalApiKey } from "../store/entities";
import { createKey, randomToken } from "../store/secrets";

const MOST_KEYS = 10;

/** Personal API keys, which only sessions may manage (PostHog: personal API keys API). */
export const personalApiKeys: RouteFamily = (routes) => {
  const read = { keys: "any" } as const;
  const write = { keys: "any", sensitive: true } as const;
  const path = "api/personal_api_keys";
  routes.user("GET", path, read, sessionsOnly(listOwn));
  routes.user("POST", path, write, sessionsOnly(create));
  routes.user("GET", `${path}/:key_id`, read, retrieve);
  routes.user("PATCH", `${path}/:key_id`, write, sessionsOnly(patch));
  routes.user("PUT", `${path}/:key_id`, write, sessionsOnly(put));
  routes.user("DELETE", `${path}/:key_id`, write, sessionsOnly(destroy));
  routes.user("POST", `${path}/:key_id/roll`, write, sessionsOnly(roll));
  routes.user("POST", `${path}/:key_id`, write, sessionsOnly(refuseMethod));
};

function sessionsOnly(handle: (call: UserCall) => Reply): (call: UserCall) => Reply {
  return (call) => {
    if (call.credential.kind !== "session") {
      throw keysUnsupported(call.backend);
    }
    return handle(call);
  };
}

function refuseMethod({ method }: UserCall): Reply {
  throw methodNotAllowed(method, ["GET", "PUT", "PATCH", "DELETE"]);
}

function listOwn(call: UserCall): Reply {
  const rows = call.backend.store.personalApiKeys.where("user_id", call.user.id).reverse();
  return ok(rows.map((row) => keyView(call, row)));
}

function retrieve(call: UserCall): Reply {
  const key = find(call);
  if (call.credential.kind === "personal_api_key" && call.credential.key.id !== key.id) {
    throw keysUnsupported(call.backend);
  }
  return ok(keyView(call, key));
}

function create(call: UserCall): Reply {
  const { backend, user, actor } = call;
  const { store } = backend;
  const { description = null, ...body } = readBody(call, bodyOf(call, []), unknownFields(call));
  if (store.personalApiKeys.where("user_id", user.id).length >= MOST_KEYS) {
    throw invalid(
      `You can only have ${MOST_KEYS} personal API keys. Remove an existing key before creating a new one.`,
    );
  }
  const { value, ...stored } = createKey("phx_");
  const key = store.personalApiKeys.insert(
    {
      ...body,
      ...stored,
      description,
      id: randomToken(22),
      user_id: user.id,
      created_at: store.timestamp(),
      last_used_at: null,
      last_rolled_at: null,
    },
    actor,
  );
  return created(keyView(call, key, value));
}

function patch(call: UserCall): Reply {
  const key = find(call);
  return save(call, key, readBody(call, bodyOf(call, key.scopes).partial(), unknownFields(call)));
}

function put(call: UserCall): Reply {
  const key = find(call);
  return save(call, key, readBody(call, bodyOf(call, key.scopes), unknownFields(call)));
}

function save(call: UserCall, key: PersonalApiKey, body: Partial<PersonalApiKey>): Reply {
  return ok(keyView(call, call.backend.store.personalApiKeys.update(key.id, body, call.actor)));
}

function destroy(call: UserCall): Reply {
  call.backend.store.personalApiKeys.delete(find(call).id, call.actor);
  return noContent();
}

function roll(call: UserCall): Reply {
  const { store } = call.backend;
  const { value, ...stored } = createKey("phx_");
  const rolled = { ...stored, last_rolled_at: store.timestamp() };
  return ok(keyView(call, store.personalApiKeys.update(find(call).id, rolled, call.actor), value));
}

function find({ backend, user, credential, params }: UserCall): PersonalApiKey {
  if (params.key_id === "@current") {
    // PostHog looks for the request's key here, and a session has none.
    if (credential.kind !== "personal_api_key") {
      throw serverError();
    }
    return credential.key;
  }
  const key = backend.store.personalApiKeys.get(params.key_id);
  if (key?.user_id !== user.id) {
    throw notFound();
  }
  return key;
}

function bodyOf(call: UserCall, grantedScopes: readonly string[]) {
  const { backend } = call;
  return z.object({
    label: text({ max: 40 }),
    description: text({ max: 1000, blank: true }).nullable().optional(),
    scopes: checked(list(text(), { min: atLeast(backend, "2026-07") ? 1 : 0 }), (scopes) =>
      checkScopes(call, scopes, grantedScopes),
    ),
    scoped_teams: checked(list(integer()), (teams) => checkTeams(call, teams)),
    scoped_organizations: checked(list(text()), (ids) => checkOrganizations(call, ids)),
  });
}

function checkScopes({ backend }: UserCall, scopes: readonly string[], granted: readonly string[]): void {
  const internal = !atLeast(backend, "current");
  const wrong = scopes.find((scope) => scope !== "*" && !isScope(backend, scope, { internal }));
  if (wrong !== undefined) {
    refuse("invalid", `Invalid scope: ${wrong}`);
  }
  const asksForGateway = scopes.some((scope) => isGatewayScope(scope) && !granted.includes(scope));
  if (asksForGateway && atLeast(backend, "2026-07")) {
    refuse("invalid", "LLM gateway scope is not available. Contact support to enable this feature.");
  }
}

// PostHog counts a team that is listed twice as missing.
function checkTeams({ backend, user }: UserCall, teams: readonly number[]): void {
  const { store } = backend;
  const isReachable = (id: number) => {
    const project = store.projects.get(id);
    const membership = project && membershipOf(store, user, project.organization_id);
    return project && membership && projectAccess(store, project, membership) !== "none";
  };
  if (new Set(teams).size !== teams.length || !teams.every(isReachable)) {
    refuse("invalid", "You must be a member of all teams that you are scoping the key to.");
  }
}

function checkOrganizations({ backend, user }: UserCall, ids: readonly string[]): void {
  if (!ids.every(isUuid)) {
    refuse("invalid", "Invalid organization UUID");
  }
  if (ids.some((id) => membershipOf(backend.store, user, id.toLowerCase()) === undefined)) {
    refuse("invalid", "You must be a member of all organizations that you are scoping the key to.");
  }
}

function unknownFields({ backend }: UserCall): readonly string[] {
  return atLeast(backend, "current") ? [] : ["description"];
}

function keyView({ backend }: UserCall, key: PersonalApiKey, value: string | null = null) {
  return {
    id: key.id,
    label: key.label,
    ...(atLeast(backend, "current") ? { description: key.description } : {}),
    value,
    ...(backend.generation === "2026-07" ? { is_legacy_hashing: false } : {}),
    mask_value: key.mask_value,
    created_at: key.created_at,
    last_used_at: key.last_used_at,
    last_rolled_at: key.last_rolled_at,
    user_id: key.user_id,
    scopes: effectiveScopes(backend, key),
    scoped_teams: key.scoped_teams,
    scoped_organizations: key.scoped_organizations,
  };
}
