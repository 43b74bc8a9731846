import type { ResourceHandler } from "../engine/handler";
import { accessControl } from "./accessControl";
import { identityProvider } from "./identityProvider";
import { organizationDomain } from "./organizationDomain";
import { organizationMember } from "./organizationMember";
import { organizationSettings } from "./organizationSettings";
import { orgSsoSettings } from "./orgSsoSettings";
import { personalApiKey } from "./personalApiKey";
import { project } from "./project";
import { projectAccess } from "./projectAccess";
import { projectMember } from "./projectMember";
import { projectSecretApiKey } from "./projectSecretApiKey";
import { role } from "./role";
import { roleMembers } from "./roleMembers";
import { roleMembership } from "./roleMembership";

/** Every resource of this package, by the name behind `pulumi-nodejs:dynamic/posthog:`. */
export const handlers: ReadonlyMap<string, ResourceHandler> = new Map(
  [
    project,
    projectMember,
    projectAccess,
    accessControl,
    personalApiKey,
    projectSecretApiKey,
    orgSsoSettings,
    organizationDomain,
    identityProvider,
    role,
    roleMembership,
    roleMembers,
    organizationMember,
    organizationSettings,
  ].map((handler) => [handler.definition.type, handler]),
);
