/**
 * PostHog organizations as code, for Pulumi.
 *
 * @packageDocumentation
 */

export type { Omission, OrganizationPart } from "./access/liveOrganization";
export type { DetailFilter } from "./audit/entry";
export { AccessMatrix, type AccessMatrixArgs } from "./components/accessMatrix";
export {
  getAccessReview,
  getAccessReviewOutput,
  getActivityLog,
  getActivityLogOutput,
  getOrganization,
  getOrganizationMembers,
  getOrganizationMembersOutput,
  getOrganizationOutput,
  getPersonalApiKeys,
  getPersonalApiKeysOutput,
  getProjectAccess,
  getProjectAccessOutput,
  getProjects,
  getProjectsOutput,
  getRoles,
  getRolesOutput,
  getSamlServiceProvider,
  getSamlServiceProviderOutput,
  getSsoStatus,
  getSsoStatusOutput,
} from "./functions";
export type {
  ActivityChangeResult,
  ActivityResult,
  FunctionArgs,
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
  InventoriedKeyResult,
  LookupArgs,
  OrganizationMemberResult,
  PersonalApiKeyResult,
  PlanFeature,
  ProjectResult,
  ResourceAccessResult,
  RoleMemberResult,
  RoleResult,
} from "./functions/contract";
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
export { Role, type RoleArgs, type RolePeopleArgs } from "./resources/role";
export { RoleMembers, type RoleMembersArgs } from "./resources/roleMembers";
export { RoleMembership, type RoleMembershipArgs } from "./resources/roleMembership";
export type {
  AccessReview,
  FindingSubject,
  ReviewedAccess,
  ReviewedKey,
  ReviewedOrganization,
  ReviewedPerson,
  ReviewedProject,
  ReviewedResource,
  ReviewFinding,
  Severity,
} from "./review/model";
export type { SsoDomain, SsoStatus } from "./sso/status";
