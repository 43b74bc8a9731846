import type { RouteFamily } from "./core/routing";
import { accessControls } from "./routes/accessControls";
import { accessSettings } from "./routes/accessSettings";
import { activityLog } from "./routes/activityLog";
import { domains } from "./routes/domains";
import { identityProviderConfigs } from "./routes/identityProviderConfigs";
import { invites } from "./routes/invites";
import { members } from "./routes/members";
import { objects } from "./routes/objects";
import { organizations } from "./routes/organizations";
import { personalApiKeyInventory } from "./routes/personalApiKeyInventory";
import { personalApiKeys } from "./routes/personalApiKeys";
import { projectSecretApiKeys } from "./routes/projectSecretApiKeys";
import { projects } from "./routes/projects";
import { projectTokens } from "./routes/projectTokens";
import { roles } from "./routes/roles";
import { samlMetadata } from "./routes/samlMetadata";
import { scim } from "./routes/scim";
import { session } from "./routes/session";
import { users } from "./routes/users";

/** Every family of endpoints that the embedded PostHog serves. */
export const FAMILIES: readonly RouteFamily[] = [
  session,
  users,
  organizations,
  members,
  invites,
  projects,
  projectTokens,
  accessControls,
  accessSettings,
  roles,
  objects,
  personalApiKeys,
  personalApiKeyInventory,
  projectSecretApiKeys,
  domains,
  identityProviderConfigs,
  scim,
  samlMetadata,
  activityLog,
];
