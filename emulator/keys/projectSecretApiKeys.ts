import * as z from "zod";
import { isGatewayScope, isScope } from "../server/accessLevels";
import type { Backend } from "../server/backend";
import { readBody } from "../server/body";
import { invalid, notFound, serverError } from "../server/errors";
import { checked, list, refuse, text } from "../server/fields";
import { atLeast } from "../server/generations";
import { paginate } from "../server/paging";
import { created, noContent, ok, type ProjectCall, type Reply, type RouteFamily } from "../server/routing";
import { userBasic } from "../server/views";
import type { ProjectSecretApiKey } from "../store/entities";
import { createKey, randomToken } from "../store/secrets";

const MOST_KEYS = 50;

/** Secret API keys that belong to a project, not to a person (PostHog: project secret API keys API). */
export const projectSecretApiKeys: RouteFamily = (routes) => {
  const read = { scope: "project:read", since: "2026-07" } as const;
  const write = { ...read, scope: "project:write", projectAdmin: true, sensitive: true };
  const path = "project_secret_api_keys";
  routes.project("GET", path, read, listAll);
  routes.project("POST", path, write, create);
  routes.project("GET", `${path}/:key_id`, read, (call) => ok(keyView(call.backend, find(call))));
  routes.project("PATCH", `${path}/:key_id`, write, patch);
  routes.project("PUT", `${path}/:key_id`, write, put);
  routes.project("DELETE", `${path}/:key_id`, write, destroy);
  routes.project("POST", `${path}/:key_id/roll`, write, roll);
};

function listAll({ backend, project, url }: ProjectCall): Reply {
  const rows = backend.store.projectSecretApiKeys.where("team_id", project.id).reverse();
  return ok(paginate(rows, url, (row) => keyView(backend, row)));
}

function create(call: ProjectCall): Reply {
  const { backend, project, user, actor } = call;
  const { store } = backend;
  const body = readBody(call, bodyOf(backend, []));
  const others = store.projectSecretApiKeys.where("team_id", project.id);
  if (others.length >= MOST_KEYS) {
    throw invalid(
      `You can only have ${MOST_KEYS} project secret API keys. Remove an existing key before creating a new one.`,
    );
  }
  if (others.some(({ label }) => label === body.label)) {
    throw invalid(`Project secret API key with label '${body.label}' already exists.`);
  }
  const { value, ...stored } = createKey("phs_");
  const key = store.projectSecretApiKeys.insert(
    {
      ...body,
      ...stored,
      id: randomToken(22),
      team_id: project.id,
      created_by_id: user.id,
      created_at: store.timestamp(),
      last_used_at: null,
      last_rolled_at: null,
    },
    actor,
  );
  return created(keyView(backend, key, value));
}

function patch(call: ProjectCall): Reply {
  const key = find(call);
  return save(call, key, readBody(call, bodyOf(call.backend, key.scopes).partial()));
}

function put(call: ProjectCall): Reply {
  const key = find(call);
  return save(call, key, readBody(call, bodyOf(call.backend, key.scopes)));
}

// Only creation checks the label first. Later the database rejects a duplicate, and PostHog crashes.
function save({ backend, project, actor }: ProjectCall, key: ProjectSecretApiKey, body: Partial<typeof key>) {
  const others = backend.store.projectSecretApiKeys.where("team_id", project.id);
  if (others.some(({ id, label }) => id !== key.id && label === body.label)) {
    throw serverError();
  }
  return ok(keyView(backend, backend.store.projectSecretApiKeys.update(key.id, body, actor)));
}

function destroy(call: ProjectCall): Reply {
  call.backend.store.projectSecretApiKeys.delete(find(call).id, call.actor);
  return noContent();
}

function roll(call: ProjectCall): Reply {
  const { store } = call.backend;
  const { value, ...stored } = createKey("phs_");
  const rolled = { ...stored, last_rolled_at: store.timestamp() };
  return ok(
    keyView(call.backend, store.projectSecretApiKeys.update(find(call).id, rolled, call.actor), value),
  );
}

function find({ backend, project, params }: ProjectCall): ProjectSecretApiKey {
  const key = backend.store.projectSecretApiKeys.get(params.key_id);
  if (key?.team_id !== project.id) {
    throw notFound();
  }
  return key;
}

function bodyOf(backend: Backend, grantedScopes: readonly string[]) {
  return z.object({
    label: text({ max: 40 }),
    scopes: checked(list(text(), { min: 1 }), (scopes) => checkScopes(backend, scopes, grantedScopes)),
  });
}

function checkScopes(backend: Backend, scopes: readonly string[], granted: readonly string[]): void {
  const allowed = assignableScopes(backend, granted);
  const wrong = scopes.find((scope) => !allowed.includes(scope));
  if (wrong !== undefined) {
    refuse("invalid", describeProblem(backend, wrong, allowed));
  }
}

function describeProblem(backend: Backend, scope: string, allowed: readonly string[]): string {
  if (scope === "*") {
    return "Wildcard scope '*' is not allowed for project API keys. Please specify explicit scopes.";
  }
  if (!isScope(backend, scope, { internal: false })) {
    return `Invalid scope: ${scope}`;
  }
  return scope === "llm_gateway:read"
    ? "LLM gateway scope is not available for this project. Contact support to enable this feature."
    : `Scope '${scope}' can not be assigned to a project secret API key. Allowed scopes: ${allowed.join(", ")}`;
}

function assignableScopes(backend: Backend, granted: readonly string[]): readonly string[] {
  const usual = atLeast(backend, "current")
    ? ["account:read", "endpoint:read", "experiment:read", "feature_flag:read", "loop:write"]
    : ["endpoint:read", "feature_flag:read"];
  return granted.some(isGatewayScope) ? [...usual, "llm_gateway:read"].sort() : usual;
}

function keyView(backend: Backend, key: ProjectSecretApiKey, value: string | null = null) {
  return {
    id: key.id,
    label: key.label,
    value,
    mask_value: key.mask_value,
    created_at: key.created_at,
    created_by: userBasic(backend.store.users.get(key.created_by_id)),
    last_used_at: key.last_used_at,
    last_rolled_at: key.last_rolled_at,
    scopes: key.scopes,
  };
}
