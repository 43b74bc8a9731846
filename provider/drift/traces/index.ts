import { accessControl, project, projectAccess, projectMember } from "./access";
import { personalApiKey, projectSecretApiKey } from "./keys";
import { organizationMember, role, roleMembers, roleMembership } from "./people";
import { organizationSettings } from "./settings";
import { identityProvider, organizationDomain, orgSsoSettings } from "./signOn";
import type { ResourceTraces, Seen, Trace } from "./trace";

/** Where PostHog's log shows changes to each kind of resource. */
export const resourceTraces: Readonly<Record<string, ResourceTraces>> = {
  AccessControl: accessControl,
  IdentityProvider: identityProvider,
  OrgSsoSettings: orgSsoSettings,
  OrganizationDomain: organizationDomain,
  OrganizationMember: organizationMember,
  OrganizationSettings: organizationSettings,
  PersonalApiKey: personalApiKey,
  Project: project,
  ProjectAccess: projectAccess,
  ProjectMember: projectMember,
  ProjectSecretApiKey: projectSecretApiKey,
  Role: role,
  RoleMembers: roleMembers,
  RoleMembership: roleMembership,
};

/** What a log entry that caused a difference looks like; empty if the log has no such entries. */
export function tracesOf(type: string, seen: Seen): readonly Trace[] {
  const known = resourceTraces[type];
  const [argument] = seen.path;
  const tracer = argument === undefined ? known?.gone : known?.properties[argument];
  return tracer === undefined || tracer === "local" ? [] : tracer(seen);
}
