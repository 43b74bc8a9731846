import { accessControls } from "./access/accessControls";
import { accessSettings } from "./access/accessSettings";
import { objects } from "./access/objects";
import { activityLog } from "./activity/activityLog";
import { personalApiKeyInventory } from "./keys/personalApiKeyInventory";
import { personalApiKeys } from "./keys/personalApiKeys";
import { projectSecretApiKeys } from "./keys/projectSecretApiKeys";
import { organizations } from "./organization/organizations";
import { invites } from "./people/invites";
import { members } from "./people/members";
import { roles } from "./people/roles";
import { session } from "./people/session";
import { users } from "./people/users";
import { projects } from "./projects/projects";
import { projectTokens } from "./projects/projectTokens";
import type { RouteFamily } from "./server/routing";
import { domains } from "./sso/domains";
import { identityProviderConfigs } from "./sso/identityProviderConfigs";
import { samlMetadata } from "./sso/samlMetadata";
import { scim } from "./sso/scim";

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
