import * as z from "zod";
import { createProject } from "../projects/newProject";
import { readBody } from "../server/body";
import { checkDisplayName } from "../server/displayNames";
import { hasFeature } from "../server/effectiveAccess";
import { denied, invalid, notFound, serverError } from "../server/errors";
import { boolean, choice, reference, text } from "../server/fields";
import { atLeast } from "../server/generations";
import { paginate } from "../server/paging";
import {
  created,
  noContent,
  type OrganizationCall,
  ok,
  type Reply,
  type RouteFamily,
  type UserCall,
} from "../server/routing";
import { membershipsOf } from "../server/views";
import { LEVEL, type Membership, type Organization } from "../store/entities";
import { newOrganization } from "./newOrganization";
import { organizationView, unknownColumns } from "./organizationView";

const READ = { scope: "organization:read", detail: true };

const WRITE = { scope: "organization:write", detail: true, sensitive: true };

/** Organizations (PostHog: organizations API). */
export const organizations: RouteFamily = (routes) => {
  routes.user("GET", "api/organizations", { scope: "organization:read" }, list);
  routes.user("POST", "api/organizations", { scope: "organization:write", sensitive: true }, create);
  routes.organization("GET", "", READ, retrieve);
  const update = {
    ...WRITE,
    level: LEVEL.admin,
    oldRefusal: "You do not have admin access to this resource.",
    ignoresDomainEnforcement: true,
  };
  routes.organization("PATCH", "", update, patch);
  routes.organization("PUT", "", update, put);
  routes.organization("DELETE", "", WRITE, destroy);
};

const settings = {
  logo_media_id: reference(() => false)
    .nullable()
    .optional(),
  is_member_join_email_enabled: boolean().optional(),
  enforce_2fa: boolean().nullable().optional(),
  enforce_verified_domains: boolean().nullable().optional(),
  members_can_invite: boolean().nullable().optional(),
  members_can_create_projects: boolean().nullable().optional(),
  members_can_use_personal_api_keys: boolean().optional(),
  members_can_see_org_members: boolean().optional(),
  allow_publicly_shared_resources: boolean().optional(),
  is_ai_data_processing_approved: boolean().nullable().optional(),
  is_ai_training_opted_in: boolean().nullable().optional(),
  default_experiment_stats_method: choice(["bayesian", "frequentist", ""]).nullable().optional(),
  default_anonymize_ips: boolean().optional(),
  default_role_id: text().nullable().optional(),
};

const Body = z.object({ name: text({ max: 64 }), ...settings });

const Patch = Body.partial();

function list({ backend, user, url, credential }: UserCall): Reply {
  const { store } = backend;
  const reachable = credential.kind === "personal_api_key" ? credential.key.scoped_organizations : [];
  if (user.current_organization_id === null) {
    throw notFound("You need to belong to an organization.");
  }
  const rows = membershipsOf(backend, user).filter(
    ({ organization_id: id }) => reachable.length === 0 || reachable.includes(id),
  );
  const render = (membership: Membership) => {
    const organization = store.organizations.get(membership.organization_id);
    return organization && organizationView(backend, organization, membership);
  };
  return ok(paginate(rows, url, render));
}

function retrieve({ backend, organization, membership }: OrganizationCall): Reply {
  return ok(organizationView(backend, organization, membership));
}

function create(call: UserCall): Reply {
  const { backend, actor, user } = call;
  const { store } = backend;
  checkMultipleOrganizations(call);
  const body = readBody(call, Body, unknownFields(call));
  checkDisplayName(call, "name", body.name);
  const organization = store.organizations.insert({ ...newOrganization(backend, body.name), ...body }, actor);
  const now = store.timestamp();
  const settings = { anonymize_ips: organization.default_anonymize_ips };
  const wanted = { organization_id: organization.id, name: "Default project", settings };
  const project = createProject(backend, wanted, user, actor);
  const membership = store.memberships.insert(
    {
      id: store.uuid(),
      organization_id: organization.id,
      user_id: user.id,
      level: LEVEL.owner,
      joined_at: now,
      updated_at: now,
    },
    actor,
  );
  const current = { current_organization_id: organization.id, current_team_id: project.id };
  store.users.update(user.id, current, actor);
  return created(organizationView(backend, organization, membership));
}

function put(call: OrganizationCall): Reply {
  checkMultipleOrganizations(call);
  return save(call, readBody(call, Body, unknownFields(call)));
}

function patch(call: OrganizationCall): Reply {
  return save(call, readBody(call, Patch, unknownFields(call)));
}

function save(call: OrganizationCall, body: z.output<typeof Patch>) {
  const { backend, organization, membership, actor } = call;
  checkDisplayName(call, "name", body.name);
  const role = body.default_role_id;
  if (typeof role === "string" && backend.store.roles.get(role) === undefined) {
    throw serverError();
  }
  if (atLeast(backend, "2026-07")) {
    checkPlan(organization, body);
  }
  const updated = backend.store.organizations.update(organization.id, body, actor);
  return ok(organizationView(backend, updated, membership));
}

const GATES = [
  [
    "members_can_invite",
    "organization_invite_settings",
    "You must upgrade your plan to configure who can send invites.",
  ],
  ["enforce_2fa", "2fa_enforcement", "You must upgrade your plan to enforce 2FA."],
  [
    "allow_publicly_shared_resources",
    "organization_security_settings",
    "You must upgrade your plan to configure public sharing settings.",
  ],
  [
    "members_can_create_projects",
    "organization_invite_settings",
    "You must upgrade your plan to configure who can create projects.",
  ],
  [
    "members_can_use_personal_api_keys",
    "organization_security_settings",
    "You must upgrade your plan to configure personal API key permissions.",
  ],
] as const;

// Only values that change need the plan: sending the stored value back is always allowed.
function checkPlan(organization: Organization, body: z.output<typeof Patch>): void {
  for (const [field, feature, detail] of GATES) {
    const changes = body[field] !== undefined && body[field] !== organization[field];
    if (changes && !hasFeature(organization, feature)) {
      throw invalid(detail, { attr: field, code: "payment_required" });
    }
  }
}

function checkMultipleOrganizations({ backend, user }: UserCall): void {
  const { store, cloud } = backend;
  const current = store.organizations.get(user.current_organization_id);
  const several = current !== undefined && hasFeature(current, "organizations_projects");
  if (!cloud && !several && store.memberships.where("user_id", user.id).length > 0) {
    throw denied(
      "You must upgrade your PostHog plan to be able to create and manage multiple organizations.",
    );
  }
}

function destroy({ backend, organization, membership, actor }: OrganizationCall): Reply {
  if (membership.level < LEVEL.admin) {
    throw denied("You do not have admin access to this resource.");
  }
  if (membership.level < LEVEL.owner) {
    throw denied("Your organization access level is insufficient.");
  }
  if (organization.is_pending_deletion) {
    throw invalid("This organization is already being deleted.");
  }
  if (backend.cloud && organization.has_active_subscription) {
    throw invalid(
      "Cannot delete organization with an active subscription. Please cancel your subscription first in the billing page.",
    );
  }
  if (atLeast(backend, "2026-07")) {
    backend.store.organizations.update(organization.id, { is_pending_deletion: true }, actor);
  } else {
    backend.store.organizations.delete(organization.id, actor);
  }
  return noContent();
}

function unknownFields({ backend }: UserCall): readonly string[] {
  // Older servers let the organization decide who gets e-mails about new members; newer ones let each person.
  const retired = atLeast(backend, "2026-07") ? ["is_member_join_email_enabled"] : [];
  return [...unknownColumns(backend), ...retired];
}
