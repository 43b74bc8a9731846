import type { ResourceHandler } from "../engine/handler";

/**
 * How to load each resource's handler. Most programs use few kinds of resource, and loading code is most of what a
 * provider process costs, so the others stay on disk.
 */
const loaders: ReadonlyMap<string, () => ResourceHandler> = new Map(
  Object.entries({
    Project: () => (require("./project/project") as typeof import("./project/project")).project,
    ProjectMember: () =>
      (require("./access/projectMember") as typeof import("./access/projectMember")).projectMember,
    ProjectAccess: () =>
      (require("./access/projectAccess") as typeof import("./access/projectAccess")).projectAccess,
    AccessControl: () =>
      (require("./access/accessControl") as typeof import("./access/accessControl")).accessControl,
    PersonalApiKey: () =>
      (require("./keys/personalApiKey") as typeof import("./keys/personalApiKey")).personalApiKey,
    ProjectSecretApiKey: () =>
      (require("./keys/projectSecretApiKey") as typeof import("./keys/projectSecretApiKey"))
        .projectSecretApiKey,
    OrgSsoSettings: () =>
      (require("./sso/orgSsoSettings") as typeof import("./sso/orgSsoSettings")).orgSsoSettings,
    OrganizationDomain: () =>
      (require("./sso/organizationDomain") as typeof import("./sso/organizationDomain")).organizationDomain,
    IdentityProvider: () =>
      (require("./sso/identityProvider") as typeof import("./sso/identityProvider")).identityProvider,
    Role: () => (require("./people/role") as typeof import("./people/role")).role,
    RoleMembership: () =>
      (require("./people/roleMembership") as typeof import("./people/roleMembership")).roleMembership,
    RoleMembers: () => (require("./people/roleMembers") as typeof import("./people/roleMembers")).roleMembers,
    OrganizationMember: () =>
      (require("./people/organizationMember") as typeof import("./people/organizationMember"))
        .organizationMember,
    OrganizationSettings: () =>
      (require("./organization/organizationSettings") as typeof import("./organization/organizationSettings"))
        .organizationSettings,
  }),
);

export type Handlers = Pick<ReadonlyMap<string, ResourceHandler>, "get" | "has" | "keys" | "size">;

/** Every resource of this package, by the name behind `pulumi-nodejs:dynamic/posthog:`; loaded on first use. */
export const handlers: Handlers = {
  get: (type) => loaders.get(type)?.(),
  has: (type) => loaders.has(type),
  keys: () => loaders.keys(),
  size: loaders.size,
};
