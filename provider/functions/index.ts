import * as pulumi from "@pulumi/pulumi";
import { nothingChanges } from "../resources/base";
import type { AccessReview } from "../review/model";
import type { SsoStatus } from "../sso/status";
import type {
  FunctionArgs,
  Functions,
  GetAccessReviewArgs,
  GetActivityLogArgs,
  GetActivityLogResult,
  GetOrganizationMembersResult,
  GetOrganizationResult,
  GetPersonalApiKeysResult,
  GetProjectAccessArgs,
  GetProjectAccessResult,
  GetProjectsResult,
  GetRolesResult,
  GetSamlServiceProviderArgs,
  GetSamlServiceProviderResult,
  Inputs,
} from "./contract";

/**
 * Reads who has access to what in the organization and why, people and API keys, and what needs attention. `omissions`
 * lists the parts that could not be read; the result says nothing about them.
 *
 * Scopes: `organization:read`, `organization_member:read`, `project:read`, `access_control:read`. Other people's
 * personal API keys require the session of an organization admin. PostHog: members, roles, access control, organization
 * domains and API keys APIs.
 */
export function getAccessReview(args: GetAccessReviewArgs = {}): Promise<AccessReview> {
  return call("getAccessReview", args);
}

/** {@link getAccessReview} with outputs of resources as arguments. */
export function getAccessReviewOutput(args: Inputs<GetAccessReviewArgs> = {}): pulumi.Output<AccessReview> {
  return callOutput("getAccessReview", args);
}

/**
 * Reads the activity log of the organization or of one project, to its end or to `limit`.
 *
 * The plan feature `audit_logs` decides how long PostHog keeps entries. Servers of August 2025 have no log of the whole
 * organization: read each project's log there. A filter that the server does not support is an error.
 *
 * Scopes: `activity_log:read`; `organization_member:read` for `users` by e-mail address. Level: organization admin for
 * the organization's log. Plan feature, in PostHog Cloud: `audit_logs`. PostHog: advanced activity logs API.
 */
export function getActivityLog(args: GetActivityLogArgs = {}): Promise<GetActivityLogResult> {
  return call("getActivityLog", args);
}

/** {@link getActivityLog} with outputs of resources as arguments. */
export function getActivityLogOutput(
  args: Inputs<GetActivityLogArgs> = {},
): pulumi.Output<GetActivityLogResult> {
  return callOutput("getActivityLog", args);
}

/**
 * Reads the organization: its plan's features, its settings, and the level of the key's owner.
 *
 * Scopes: `organization:read`. PostHog: organizations API.
 */
export function getOrganization(args: FunctionArgs = {}): Promise<GetOrganizationResult> {
  return call("getOrganization", args);
}

/** {@link getOrganization} with outputs of resources as arguments. */
export function getOrganizationOutput(args: Inputs<FunctionArgs> = {}): pulumi.Output<GetOrganizationResult> {
  return callOutput("getOrganization", args);
}

/**
 * Reads the members of the organization that the key's owner can see.
 *
 * Scopes: `organization_member:read`. PostHog: organization members API.
 */
export function getOrganizationMembers(args: FunctionArgs = {}): Promise<GetOrganizationMembersResult> {
  return call("getOrganizationMembers", args);
}

/** {@link getOrganizationMembers} with outputs of resources as arguments. */
export function getOrganizationMembersOutput(
  args: Inputs<FunctionArgs> = {},
): pulumi.Output<GetOrganizationMembersResult> {
  return callOutput("getOrganizationMembers", args);
}

/**
 * Reads personal API keys, never their values: with a session (`posthog:email`, `posthog:password`) all keys of the
 * signed-in person and the organization's inventory, with only an API key, that key.
 *
 * Scopes: none. PostHog: personal API keys API, organization personal API keys API.
 */
export function getPersonalApiKeys(args: FunctionArgs = {}): Promise<GetPersonalApiKeysResult> {
  return call("getPersonalApiKeys", args);
}

/** {@link getPersonalApiKeys} with outputs of resources as arguments. */
export function getPersonalApiKeysOutput(
  args: Inputs<FunctionArgs> = {},
): pulumi.Output<GetPersonalApiKeysResult> {
  return callOutput("getPersonalApiKeys", args);
}

/**
 * Reads the access rules of a project, in the terms of `ProjectAccess`. Organization admins and owners have full access
 * without a rule.
 *
 * Scopes: `access_control:read`, `organization_member:read`, `organization:read`. PostHog: access control API of
 * projects.
 */
export function getProjectAccess(args: GetProjectAccessArgs): Promise<GetProjectAccessResult> {
  return call("getProjectAccess", args);
}

/** {@link getProjectAccess} with outputs of resources as arguments. */
export function getProjectAccessOutput(
  args: Inputs<GetProjectAccessArgs>,
): pulumi.Output<GetProjectAccessResult> {
  return callOutput("getProjectAccess", args);
}

/**
 * Reads the projects of the organization that the key's owner can see.
 *
 * Scopes: `project:read`. PostHog: projects API.
 */
export function getProjects(args: FunctionArgs = {}): Promise<GetProjectsResult> {
  return call("getProjects", args);
}

/** {@link getProjects} with outputs of resources as arguments. */
export function getProjectsOutput(args: Inputs<FunctionArgs> = {}): pulumi.Output<GetProjectsResult> {
  return callOutput("getProjects", args);
}

/**
 * Reads the roles of the organization and their members.
 *
 * Scopes: `organization:read`. PostHog: roles API.
 */
export function getRoles(args: FunctionArgs = {}): Promise<GetRolesResult> {
  return call("getRoles", args);
}

/** {@link getRoles} with outputs of resources as arguments. */
export function getRolesOutput(args: Inputs<FunctionArgs> = {}): pulumi.Output<GetRolesResult> {
  return callOutput("getRoles", args);
}

/**
 * Returns the values that an identity provider's application for PostHog needs. It sends no request: all organizations
 * of a server share these values, so you can create the application before you set up anything in PostHog.
 *
 * ```ts
 * const { entityId, acsUrl } = await posthog.getSamlServiceProvider();
 * ```
 *
 * Scopes: none. PostHog: SAML single sign-on.
 */
export function getSamlServiceProvider(
  args: GetSamlServiceProviderArgs = {},
): Promise<GetSamlServiceProviderResult> {
  return call("getSamlServiceProvider", args);
}

/** {@link getSamlServiceProvider} with outputs of resources as arguments. */
export function getSamlServiceProviderOutput(
  args: Inputs<GetSamlServiceProviderArgs> = {},
): pulumi.Output<GetSamlServiceProviderResult> {
  return callOutput("getSamlServiceProvider", args);
}

/**
 * Reads how people sign in to the organization: every e-mail domain with its verification, enforcement, identity
 * providers and certificate, why its people can still sign in without single sign-on, and which members no domain covers.
 *
 * Scopes: `organization:read`; `organization_member:read` for the members that no domain covers. PostHog: organization
 * domains and identity provider APIs.
 */
export function getSsoStatus(args: FunctionArgs = {}): Promise<SsoStatus> {
  return call("getSsoStatus", args);
}

/** {@link getSsoStatus} with outputs of resources as arguments. */
export function getSsoStatusOutput(args: Inputs<FunctionArgs> = {}): pulumi.Output<SsoStatus> {
  return callOutput("getSsoStatus", args);
}

type Name = keyof Functions;

/** Loads the code that talks to PostHog on the first call: programs without functions start faster. */
function loadReaders(): typeof import("./readers") {
  return require("./readers");
}

/** Calls a function with plain values. */
async function call<Of extends Name>(name: Of, args: object): Promise<Functions[Of]["result"]> {
  const config = new pulumi.Config("posthog");
  const answer = await loadReaders().read(name, args, (key) => config.get(key), nothingChanges);
  // Pulumi prints only the message of a RunError; of any other error it prints the stack too.
  if ("problem" in answer) throw new pulumi.RunError(answer.problem);
  return answer.result;
}

/** Calls a function with outputs of resources as arguments. While one of them is unknown, the result is unknown. */
function callOutput<Of extends Name>(name: Of, args: object): pulumi.Output<Functions[Of]["result"]> {
  return pulumi.output<object>(args).apply((known) => call(name, known));
}
