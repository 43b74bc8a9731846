import { accessControls } from "./access/accessControls";
import { accessSettings } from "./access/accessSettings";
import { earlierAccessSettings } from "./access/earlierSettings";
import { objects } from "./access/objects";
import { activityLog } from "./activity/activityLog";
import { personalApiKeyInventory } from "./keys/personalApiKeyInventory";
import { personalApiKeys } from "./keys/personalApiKeys";
import { projectSecretApiKeys } from "./keys/projectSecretApiKeys";
import { instance } from "./organization/instance";
import { organizations } from "./organization/organizations";
import { invites } from "./people/invites";
import { members } from "./people/members";
import { roles } from "./people/roles";
import { session } from "./people/session";
import { users } from "./people/users";
import { projects } from "./projects/projects";
import { projectTokens } from "./projects/projectTokens";
import { provisioning } from "./scim";
import type { Backend } from "./server/backend";
import { type RouteFamily, RouteTable } from "./server/routing";
import { domains } from "./sso/domains";
import { identityProviderConfigs } from "./sso/identityProviderConfigs";
import { scim } from "./sso/scim";
import { serviceProvider } from "./sso/serviceProvider";

const FAMILIES: readonly RouteFamily[] = [
  session,
  instance,
  users,
  organizations,
  members,
  invites,
  projects,
  projectTokens,
  accessControls,
  accessSettings,
  earlierAccessSettings,
  roles,
  objects,
  personalApiKeys,
  personalApiKeyInventory,
  projectSecretApiKeys,
  domains,
  identityProviderConfigs,
  scim,
  serviceProvider,
  provisioning,
  activityLog,
];

/** Every route of a server of this generation. */
export function routeTable(backend: Backend): RouteTable {
  const table = new RouteTable(backend);
  for (const family of FAMILIES) {
    family(table);
  }
  return table;
}
