import type { ResourceHandler } from "../engine/handler";
import { orgSsoSettings } from "./orgSsoSettings";
import { personalApiKey } from "./personalApiKey";
import { project } from "./project";
import { projectMember } from "./projectMember";
import { projectSecretApiKey } from "./projectSecretApiKey";

/** Every resource of this package, by the name behind `pulumi-nodejs:dynamic/posthog:`. */
export const handlers: ReadonlyMap<string, ResourceHandler> = new Map(
  [project, projectMember, personalApiKey, projectSecretApiKey, orgSsoSettings].map((handler) => [
    handler.definition.type,
    handler,
  ]),
);
