import * as z from "zod";
import { readBody } from "../server/body";
import { isAdmin, membershipOf } from "../server/effectiveAccess";
import { isEnvironment } from "../server/environments";
import { invalid } from "../server/errors";
import { uuid } from "../server/fields";
import { ok, type ProjectCall, type Reply, type RouteFamily } from "../server/routing";
import type { Project } from "../store/entities";
import { randomToken } from "../store/secrets";
import { projectView } from "./projectView";

const SESSION_ADMIN = { detail: true, projectAdmin: true };

/** Project actions that only a session may call (PostHog: projects API, other actions). */
export const projectTokens: RouteFamily = (routes) => {
  routes.project("PATCH", "reset_token", SESSION_ADMIN, resetToken);
  routes.project("PATCH", "rotate_secret_token", SESSION_ADMIN, rotateSecretToken);
  routes.project("PATCH", "delete_secret_token_backup", SESSION_ADMIN, deleteSecretTokenBackup);
  routes.project("POST", "change_organization", { detail: true }, changeOrganization);
};

function resetToken(call: ProjectCall): Reply {
  return change(call, { api_token: `phc_${randomToken(43)}` });
}

function rotateSecretToken(call: ProjectCall): Reply {
  const { secret_api_token: before } = call.project;
  return change(call, {
    secret_api_token: `phs_${randomToken(43)}`,
    secret_api_token_backup: before,
  });
}

function deleteSecretTokenBackup(call: ProjectCall): Reply {
  return change(call, { secret_api_token_backup: null });
}

function change({ backend, project, membership, actor, path }: ProjectCall, patch: Partial<Project>): Reply {
  const updated = backend.store.projects.update(project.id, patch, actor);
  return ok(projectView(backend, updated, membership, { environment: isEnvironment(path) }));
}

const Move = z.object({ organization_id: uuid() });

function changeOrganization(call: ProjectCall): Reply {
  const { backend, user, membership, organization, project } = call;
  const { organization_id: target } = readBody(call, Move);
  if (target === organization.id) {
    throw invalid("Project is already in the target organization.");
  }
  const there = membershipOf(backend.store, user, target);
  if (!isAdmin(membership) || there === undefined || !isAdmin(there)) {
    throw invalid(
      "You must be an admin or owner of both the source and target organizations to move a project.",
    );
  }
  for (const rule of backend.store.accessRules.where("team_id", project.id)) {
    if (rule.organization_member !== null || rule.role !== null) {
      backend.store.accessRules.delete(rule.id, call.actor);
    }
  }
  return change(call, { organization_id: target });
}
