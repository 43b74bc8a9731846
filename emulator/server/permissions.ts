import { SYSTEM } from "../store/collection";
import type { Membership, Organization, PersonalApiKey, Project, User } from "../store/entities";
import { type Credential, invalidKey, unauthorized } from "./auth";
import type { Backend } from "./backend";
import { hasFeature, isAdmin, isShown, membershipOf, projectAccess } from "./effectiveAccess";
import { type ApiError, denied, invalid, notFound, paymentRequired, serverError } from "./errors";
import { isUuid } from "./fields";
import { atLeast } from "./generations";
import type { Route, Rule } from "./routing";
import { SENSITIVE_ACTIONS_AGE } from "./sessions";
import { membershipsOf } from "./views";

/** The organization and project in a request's URL. */
interface PermissionScope {
  readonly organization?: Organization;
  readonly project?: Project;
}

/** What a request may act on. */
export interface Grant {
  readonly user?: User;
  readonly organization?: Organization;
  readonly membership?: Membership;
  readonly project?: Project;
  readonly projectAccess?: string;
}

/**
 * Checks a request against a route's rule, in PostHog's order: signed in, keys supported, keys banned, key restricted
 * to projects, to organizations, scope, membership, verified domain, level, freshness, plan.
 */
export function authorize(
  backend: Backend,
  route: Pick<Route, "target" | "rule">,
  credential: Credential,
  params: Readonly<Record<string, string>>,
): Grant {
  const { rule, target } = route;
  if (rule.anonymous) {
    return "user" in credential ? { user: credential.user } : {};
  }
  if (credential.kind === "none") {
    throw unauthorized(backend, "not_authenticated", "Authentication credentials were not provided.");
  }
  if (credential.kind === "project_secret_api_key") {
    throw rule.keys === "any" ? invalidKey(backend, "Authorization header") : refuseSecretKey(target);
  }
  const { user } = credential;
  const subject = findSubject(backend, target, user, params);
  if (credential.kind === "personal_api_key" && rule.keys !== "any") {
    checkKey(backend, route, credential, {
      ...subject,
      ...organizationForKeys(backend, route, user, params),
    });
  }
  const grant = admit(backend, route, user, { ...subject, params });
  checkRule(backend, rule, credential, grant);
  return grant;
}

/** The error for a key on an action that no key may call. Newer servers write it in lower case. */
export function keysUnsupported(backend: Backend): ApiError {
  const name = atLeast(backend, "2026-07") ? "personal API key" : "Personal API Key";
  return denied(`This action does not support ${name} access`);
}

function refuseSecretKey(target: Route["target"]): ApiError {
  return denied(
    target === "project"
      ? "This action does not support project secret API key access"
      : "Project secret API keys are only supported on project-based endpoints.",
  );
}

function findSubject(
  backend: Backend,
  target: Route["target"],
  user: User,
  params: Readonly<Record<string, string>>,
): PermissionScope {
  const { store } = backend;
  if (target === "organization") {
    const asked = params.organization_id ?? "";
    return {
      organization:
        asked === "@current"
          ? chooseOrganization(backend, user)
          : store.organizations.get(asked.toLowerCase()),
    };
  }
  if (target === "project") {
    const text = params.project_id ?? "";
    const project = store.projects.get(text === "@current" ? user.current_team_id : Number(text));
    const outer = params.organization_id;
    const elsewhere = outer !== undefined && outer !== "@current" && outer !== project?.organization_id;
    return project === undefined || elsewhere
      ? {}
      : { project, organization: store.organizations.get(project.organization_id) };
  }
  return {};
}

// If the person has no current organization, PostHog chooses one of theirs.
function chooseOrganization(backend: Backend, user: User): Organization | undefined {
  const { store } = backend;
  const open = user.current_organization_id ?? membershipsOf(backend, user)[0]?.organization_id ?? null;
  if (open !== null && open !== user.current_organization_id) {
    const project = store.projects.where("organization_id", open)[0];
    const current = { current_organization_id: open, current_team_id: project?.id ?? null };
    store.users.update(user.id, current, SYSTEM);
  }
  return store.organizations.get(open);
}

// For PostHog's key checks, a project URL without an organization in it belongs to none. They check the caller's
// current organization instead, even if the project is another organization's.
function organizationForKeys(
  { store }: Backend,
  { target, rule }: Pick<Route, "target" | "rule">,
  user: User,
  params: Readonly<Record<string, string>>,
): PermissionScope {
  const isProjectItself = target === "project" && rule.detail && params.organization_id === undefined;
  const isProjectList = target === "user" && rule.scope?.startsWith("project:");
  return isProjectItself || isProjectList
    ? { organization: store.organizations.get(user.current_organization_id) }
    : {};
}

function checkKey(
  backend: Backend,
  { rule, target }: Pick<Route, "target" | "rule">,
  { key, user }: Extract<Credential, { kind: "personal_api_key" }>,
  { organization, project }: PermissionScope,
): void {
  if (rule.scope === undefined) {
    throw keysUnsupported(backend);
  }
  const aboutUser = rule.scope.startsWith("user:");
  if (!aboutUser && organization !== undefined && keysBanned(backend, organization, user)) {
    throw denied(
      `Organization '${organization.name}' does not allow using personal API keys. Contact an admin to enable personal API keys for this organization.`,
    );
  }
  if (!aboutUser && key.scoped_teams.length > 0) {
    checkScopedTeams(target, key.scoped_teams, project);
  }
  const outside = organization !== undefined && !key.scoped_organizations.includes(organization.id);
  if (!aboutUser && key.scoped_organizations.length > 0 && outside) {
    if (rule.detail && target === "organization") {
      throw notFound();
    }
    throw denied(`API key does not have access to the requested organization: ID ${organization.id}.`);
  }
  if (!coversScope(effectiveScopes(backend, key), rule.scope)) {
    throw denied(`API key missing required scope '${rule.scope}'`);
  }
}

function keysBanned({ store }: Backend, organization: Organization, user: User): boolean {
  const membership = membershipOf(store, user, organization.id);
  return (
    hasFeature(organization, "organization_security_settings") &&
    !organization.members_can_use_personal_api_keys &&
    membership !== undefined &&
    !isAdmin(membership)
  );
}

function checkScopedTeams(target: Route["target"], teams: readonly number[], project?: Project): void {
  if (target !== "project") {
    throw denied("API keys with scoped projects are only supported on project-based endpoints.");
  }
  if (project !== undefined && !teams.includes(project.id)) {
    throw denied(`API key does not have access to the requested project: ID ${project.id}.`);
  }
}

/** A key's scopes. On old servers a key without scopes predates them, and may do everything. */
export function effectiveScopes(backend: Backend, { scopes }: PersonalApiKey): readonly string[] {
  return scopes.length === 0 && !atLeast(backend, "2026-07") ? ["*"] : scopes;
}

/** Whether a key's scopes cover a needed one: `*` covers all, `write` covers `read`. */
function coversScope(scopes: readonly string[], needed: string): boolean {
  return ["*", needed, needed.replace(/:read$/, ":write")].some((scope) => scopes.includes(scope));
}

function admit(
  backend: Backend,
  { target, rule }: Pick<Route, "target" | "rule">,
  user: User,
  { organization, project, params }: PermissionScope & { readonly params: Readonly<Record<string, string>> },
): Grant {
  const { store } = backend;
  if (target === "anyone" || target === "user") {
    return { user };
  }
  if (organization === undefined) {
    throw missing(backend, { target, rule }, params);
  }
  const membership = membershipOf(store, user, organization.id);
  if (membership === undefined && rule.outsiders === "seeNothing") {
    return { user, organization };
  }
  if (membership === undefined && rule.outsiders === "areNotFound") {
    throw missing(backend, { target, rule }, params);
  }
  if (membership === undefined) {
    throw rule.detail ? notFound() : denied(target === "project" ? NO_PROJECT_ACCESS : undefined);
  }
  if (target === "organization" || project === undefined) {
    return { user, organization, membership };
  }
  const access = projectAccess(store, project, membership);
  if (access === "none" && !(rule.showsProject && isShown(store, project, membership))) {
    throw rule.detail ? notFound() : denied(NO_PROJECT_ACCESS);
  }
  return { user, organization, membership, project, projectAccess: access };
}

const NO_PROJECT_ACCESS = "You don't have access to the project.";

function missing(
  backend: Backend,
  { target, rule: { detail } }: Pick<Route, "target" | "rule">,
  { organization_id, project_id }: Readonly<Record<string, string>>,
): ApiError {
  if (target === "organization") {
    return missingOrganization(backend, organization_id ?? "", detail === true);
  }
  if (detail) {
    const isNumber = project_id === undefined || project_id === "@current" || /^\d+$/.test(project_id);
    return isNumber ? notFound() : invalid(`Field 'id' expected a number but got '${project_id}'.`);
  }
  return notFound("Project not found.");
}

// PostHog passes the value to the database, which fails if it is not an id.
function missingOrganization(backend: Backend, id: string, detail: boolean): ApiError {
  if (detail && id === "@current") {
    return notFound("Current organization not found.");
  }
  const crashes = id !== "@current" && !isUuid(id) && (detail || !atLeast(backend, "2026-07"));
  return crashes ? serverError() : notFound(detail ? undefined : "Organization not found.");
}

function checkRule(backend: Backend, rule: Rule, credential: Credential, grant: Grant): void {
  const { organization, membership, user } = grant;
  if (organization !== undefined && user !== undefined && !rule.ignoresDomainEnforcement) {
    checkVerifiedDomain(backend, organization, user);
  }
  if (rule.level !== undefined && membership !== undefined && membership.level < rule.level) {
    const usual = "Your organization access level is insufficient.";
    throw denied(atLeast(backend, "2026-07") ? usual : (rule.oldRefusal ?? usual));
  }
  if (rule.projectAdmin && grant.projectAccess !== "admin") {
    throw denied("You don't have sufficient permissions in the project.");
  }
  if (rule.sensitive) {
    checkFreshness(backend, credential);
  }
  if (organization !== undefined) {
    checkPlan(backend, rule, organization);
  }
}

function checkVerifiedDomain({ store }: Backend, organization: Organization, user: User): void {
  if (organization.enforce_verified_domains && !onVerifiedDomain(store, organization, user.email)) {
    throw denied(
      "Your organization only allows members with a verified email domain. Contact your organization's admin for access.",
      "verified_domain_required",
    );
  }
}

/** Whether an e-mail address is on one of the organization's verified domains. */
function onVerifiedDomain(store: Backend["store"], organization: Organization, email: string): boolean {
  const domain = email.slice(email.lastIndexOf("@") + 1).toLowerCase();
  return store.domains
    .where("organization_id", organization.id)
    .some((entry) => entry.domain === domain && entry.verified_at !== null);
}

/** Rejects a sensitive action if the session signed in too long ago. Keys pass. */
function checkFreshness(backend: Backend, credential: Credential): void {
  if (credential.kind !== "session") {
    return;
  }
  const age = backend.store.now().getTime() - credential.session.authenticatedAt.getTime();
  if (age > SENSITIVE_ACTIONS_AGE * 1000) {
    throw denied(
      "This action requires you to be recently authenticated.",
      "sensitive_action_required_reauth",
    );
  }
}

function checkPlan({ cloud }: Backend, rule: Rule, organization: Organization): void {
  if (rule.premium !== undefined && !hasFeature(organization, rule.premium)) {
    const ending = cloud
      ? "To use it, subscribe to PostHog Cloud with a generous free tier."
      : "Self-hosted licenses are no longer available for purchase. Please contact sales@posthog.com to discuss options.";
    throw paymentRequired(`${featureName(rule.premium)} is part of the premium PostHog offering. ${ending}`);
  }
  if (rule.premiumOnCloud !== undefined && cloud && !hasFeature(organization, rule.premiumOnCloud)) {
    const name = featureName(rule.premiumOnCloud);
    throw paymentRequired(`${name} requires a paid PostHog plan. Please upgrade to access this feature.`);
  }
}

function featureName(key: string): string {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
