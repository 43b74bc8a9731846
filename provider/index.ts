/**
 * PostHog organizations as code, for Pulumi.
 *
 * @packageDocumentation
 */

export type { Omission, OrganizationPart } from "./access/liveOrganization";
export { AccessMatrix, type AccessMatrixArgs } from "./components/accessMatrix";
export {
  type GetAccessReviewArgs,
  getAccessReview,
  getAccessReviewOutput,
} from "./functions/getAccessReview";
export {
  type ActivityChangeResult,
  type ActivityResult,
  type GetActivityLogArgs,
  type GetActivityLogResult,
  getActivityLog,
  getActivityLogOutput,
} from "./functions/getActivityLog";
export {
  type GetOrganizationResult,
  getOrganization,
  getOrganizationOutput,
  type PlanFeature,
} from "./functions/getOrganization";
export {
  type GetOrganizationMembersResult,
  getOrganizationMembers,
  getOrganizationMembersOutput,
  type OrganizationMemberResult,
} from "./functions/getOrganizationMembers";
export {
  type GetPersonalApiKeysResult,
  getPersonalApiKeys,
  getPersonalApiKeysOutput,
  type InventoriedKeyResult,
  type PersonalApiKeyResult,
} from "./functions/getPersonalApiKeys";
export {
  type GetProjectAccessArgs,
  type GetProjectAccessResult,
  getProjectAccess,
  getProjectAccessOutput,
  type ResourceAccessResult,
} from "./functions/getProjectAccess";
export {
  type GetProjectsResult,
  getProjects,
  getProjectsOutput,
  type ProjectResult,
} from "./functions/getProjects";
export {
  type GetRolesResult,
  getRoles,
  getRolesOutput,
  type RoleMemberResult,
  type RoleResult,
} from "./functions/getRoles";
export { getSsoStatus, getSsoStatusOutput } from "./functions/getSsoStatus";
export type { Inputs, LookupArgs } from "./functions/lookup";
export type { MatrixGrant, NotEnforceable } from "./matrix/desired";
export type {
  MatrixCapabilities,
  MatrixEntry,
  MatrixObject,
  MatrixPerson,
  MatrixProject,
  MatrixTeam,
  MatrixTemplate,
} from "./matrix/matrixObject";
export type { DetailFilter } from "./posthog/activity";
export { AccessControl, type AccessControlArgs } from "./resources/accessControl";
export type { CommonArgs, GetArgs } from "./resources/base";
export { IdentityProvider, type IdentityProviderArgs } from "./resources/identityProvider";
export { OrganizationDomain, type OrganizationDomainArgs } from "./resources/organizationDomain";
export {
  type InviteArgs,
  type InvitedProjectArgs,
  OrganizationMember,
  type OrganizationMemberArgs,
} from "./resources/organizationMember";
export { OrganizationSettings, type OrganizationSettingsArgs } from "./resources/organizationSettings";
export {
  OrgSsoSettings,
  type OrgSsoSettingsArgs,
  type SamlArgs,
  type ScimArgs,
} from "./resources/orgSsoSettings";
export { PersonalApiKey, type PersonalApiKeyArgs } from "./resources/personalApiKey";
export { Project, type ProjectArgs } from "./resources/project";
export {
  ProjectAccess,
  type ProjectAccessArgs,
  type ProjectAccessLevel,
  type ResourceAccessArgs,
  type ResourceAccessLevel,
  type ResourceAccessRules,
} from "./resources/projectAccess";
export { ProjectMember, type ProjectMemberArgs } from "./resources/projectMember";
export { ProjectSecretApiKey, type ProjectSecretApiKeyArgs } from "./resources/projectSecretApiKey";
export type { ProjectSettings } from "./resources/projectSettings";
export { Role, type RoleArgs } from "./resources/role";
export { RoleMembers, type RoleMembersArgs } from "./resources/roleMembers";
export { RoleMembership, type RoleMembershipArgs } from "./resources/roleMembership";
export type { RolePeopleArgs } from "./resources/rolePeople";
export type {
  AccessReview,
  FindingSubject,
  ReviewedAccess,
  ReviewedKey,
  ReviewedPerson,
  ReviewedProject,
  ReviewedResource,
  ReviewFinding,
  Severity,
} from "./review/model";
export type { SsoDomain, SsoStatus } from "./snapshot/ssoStatus";
