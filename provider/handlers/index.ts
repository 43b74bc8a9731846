import type { ResourceHandler } from "../engine/handler";

/**
 * How each resource's handler is loaded. Most programs have few kinds of resource, and what a provider process loads is
 * most of what it costs, so the others stay on disk.
 */
const loaders: ReadonlyMap<string, () => ResourceHandler> = new Map(
  Object.entries({
    Project: () => (require("./project") as typeof import("./project")).project,
    ProjectMember: () => (require("./projectMember") as typeof import("./projectMember")).projectMember,
    ProjectAccess: () => (require("./projectAccess") as typeof import("./projectAccess")).projectAccess,
    AccessControl: () => (require("./accessControl") as typeof import("./accessControl")).accessControl,
    PersonalApiKey: () => (require("./personalApiKey") as typeof import("./personalApiKey")).personalApiKey,
    ProjectSecretApiKey: () =>
      (require("./projectSecretApiKey") as typeof import("./projectSecretApiKey")).projectSecretApiKey,
    OrgSsoSettings: () => (require("./orgSsoSettings") as typeof import("./orgSsoSettings")).orgSsoSettings,
    OrganizationDomain: () =>
      (require("./organizationDomain") as typeof import("./organizationDomain")).organizationDomain,
    IdentityProvider: () =>
      (require("./identityProvider") as typeof import("./identityProvider")).identityProvider,
    Role: () => (require("./role") as typeof import("./role")).role,
    RoleMembership: () => (require("./roleMembership") as typeof import("./roleMembership")).roleMembership,
    RoleMembers: () => (require("./roleMembers") as typeof import("./roleMembers")).roleMembers,
    OrganizationMember: () =>
      (require("./organizationMember") as typeof import("./organizationMember")).organizationMember,
    OrganizationSettings: () =>
      (require("./organizationSettings") as typeof import("./organizationSettings")).organizationSettings,
  }),
);

/** Handlers by the name of their resource. */
export type Handlers = Pick<ReadonlyMap<string, ResourceHandler>, "get" | "has" | "keys" | "size">;

/** Every resource of this package, by the name behind `pulumi-nodejs:dynamic/posthog:`; loaded when it is asked for. */
export const handlers: Handlers = {
  get: (type) => loaders.get(type)?.(),
  has: (type) => loaders.has(type),
  keys: () => loaders.keys(),
  size: loaders.size,
};
