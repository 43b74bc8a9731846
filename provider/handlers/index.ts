import type { ResourceHandler } from "../engine/handler";
import { identityProvider } from "./identityProvider";
import { organizationDomain } from "./organizationDomain";
import { orgSsoSettings } from "./orgSsoSettings";
import { personalApiKey } from "./personalApiKey";
import { project } from "./project";
import { projectAccess } from "./projectAccess";
import { projectMember } from "./projectMember";
import { projectSecretApiKey } from "./projectSecretApiKey";

/** Every resource of this package, by the name behind `pulumi-nodejs:dynamic/posthog:`. */
export const handlers: ReadonlyMap<string, ResourceHandler> = new Map(
  [
    project,
    projectMember,
    projectAccess,
    personalApiKey,
    projectSecretApiKey,
    orgSsoSettings,
    organizationDomain,
    identityProvider,
  ].map((handler) => [handler.definition.type, handler]),
);
