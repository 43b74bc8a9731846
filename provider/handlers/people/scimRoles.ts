import { listed } from "../../access/messages";
import type { Connection } from "../../posthog/connection";
import { listDomains } from "../../posthog/domains";
import { answered } from "../../posthog/errors";
import { listIdentityProviders } from "../../posthog/identityProviders";
import { hasFeature, readableOrganization } from "../../posthog/organizations";
import type { Role } from "../../posthog/roles";
import { recentScimWrites } from "../../posthog/scimActivity";

/**
 * Says that an identity provider writes a role's people too, or undefined. Where the activity log can be read it tells;
 * otherwise SCIM alone makes it possible: a group of the role's name is that role.
 */
export async function scimWriter(connection: Connection, role: Role): Promise<string | undefined> {
  const organization = await readableOrganization(connection);
  if (organization !== undefined && hasFeature(organization, "scim") === false) return undefined;
  const providers = await scimProviders(connection);
  if (providers.length === 0) return undefined;
  const writes = await recentScimWrites(connection);
  if (writes === undefined) {
    return (
      `SCIM is on (${listed(providers, "and")}): if it provisions a group called "${role.name}", the two undo each ` +
      "other's changes; put its people into ignore, or leave the role to one of the two"
    );
  }
  const last = writes.find(({ roleId }) => roleId === role.id);
  if (last === undefined) return undefined;
  const by = last.identityProvider ?? listed(providers, "or");
  return (
    `SCIM (${by}) writes the people of role "${role.name}" too, last on ${last.at.slice(0, 10)}: ` +
    "the two undo each other's changes; put its people into ignore, or leave the role to one of the two"
  );
}

/** What has SCIM switched on: domains on older servers, identity providers on newer ones. */
async function scimProviders(connection: Connection): Promise<string[]> {
  const domains = (await seen(listDomains(connection))) ?? [];
  const providers = (await seen(listIdentityProviders(connection))) ?? [];
  return [
    ...domains.filter(({ scim_enabled }) => scim_enabled === true).map(({ domain }) => domain),
    ...providers.filter(({ scim_enabled }) => scim_enabled === true).map(({ name, id }) => name || id),
  ];
}

/** What the key may not see cannot be told; it is no reason to refuse anything. */
async function seen<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (answered(error, 403) || answered(error, 404)) return undefined;
    throw error;
  }
}
