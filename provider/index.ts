/**
 * PostHog organisations as code, for Pulumi.
 *
 * @packageDocumentation
 */
export type { CommonArgs, GetArgs } from "./resources/base";
export { IdentityProvider, type IdentityProviderArgs } from "./resources/identityProvider";
export { OrganizationDomain, type OrganizationDomainArgs } from "./resources/organizationDomain";
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
