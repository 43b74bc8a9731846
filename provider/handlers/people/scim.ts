import { listed } from "../../access/messages";
import { dateOf, emailDomain } from "../../access/values";
import { type Finding, warning } from "../../engine/finding";
import { recentScimWrites } from "../../posthog/activityLog";
import type { Connection } from "../../posthog/connection";
import { type Domain, listDomains } from "../../posthog/domains";
import { answered } from "../../posthog/errors";
import { type IdentityProvider, listIdentityProviders } from "../../posthog/identityProviders";
import { hasFeature, readableOrganization } from "../../posthog/organizations";
import type { Role } from "../../posthog/roles";
import { serves } from "../../snapshot/signOn";

/**
 * Warns that an identity provider also writes a role's members. The activity log shows whether it does. For a key that
 * cannot read the log, SCIM alone makes it possible: a group with the role's name controls that role.
 *
 * @param role missing if it does not exist yet.
 * @param name the name that such a role will have, if known.
 */
export async function reviewScim(
  connection: Connection,
  role: Role | undefined,
  name = role?.name,
): Promise<Finding[]> {
  if (name === undefined) return [];
  const organization = await readableOrganization(connection);
  if (organization !== undefined && hasFeature(organization, "scim") === false) return [];
  const providers = await scimProviders(connection);
  if (providers.length === 0) return [];
  const fix = "each undoes the other's changes; put its people into ignore, or manage the role in one place";
  const writes = await recentScimWrites(connection);
  if (writes === undefined) {
    const group = `if it provisions a group named "${role?.name ?? name}"`;
    return [warning(`SCIM is on (${listed(providers, "and")}): ${group}, ${fix}`)];
  }
  const last = writes.find(({ roleId }) => roleId === role?.id);
  if (role === undefined || last === undefined) return [];
  const by = last.identityProvider ?? listed(providers, "or");
  return [
    warning(`SCIM (${by}) writes the people of role "${role.name}" too, last on ${dateOf(last.at)}: ${fix}`),
  ];
}

/** What has SCIM switched on: domains on older servers, identity providers on newer ones. */
async function scimProviders(connection: Connection): Promise<string[]> {
  const { domains, providers } = await readScim(connection);
  return [...domains.map(({ domain }) => domain), ...providers.map(nameOf)];
}

/** What adds people with this e-mail address by SCIM, and removes them; empty if the key may not read it. */
export async function scimOf(connection: Connection, email: string): Promise<string[]> {
  const organization = await readableOrganization(connection);
  if (organization !== undefined && hasFeature(organization, "scim") === false) return [];
  const domain = ((await ifReadable(listDomains(connection))) ?? []).find(
    (one) => one.is_verified && one.domain === emailDomain(email),
  );
  if (domain === undefined) return [];
  const { domains, providers } = await readScim(connection);
  const serving = providers.filter((provider) => serves(provider, domain));
  const own = domains.filter(({ id }) => id === domain.id);
  return [...serving.map(nameOf), ...own.map((one) => one.domain)];
}

const nameOf = ({ name, id }: IdentityProvider): string => name || id;

/** Providers, and domains with their own settings; those of July 2026 are only copies from their provider. */
async function readScim(connection: Connection): Promise<{
  readonly domains: readonly Domain[];
  readonly providers: readonly IdentityProvider[];
}> {
  const domains = (await ifReadable(listDomains(connection))) ?? [];
  const providers = (await ifReadable(listIdentityProviders(connection))) ?? [];
  return {
    domains: domains.filter(
      (domain) => domain.scim_enabled === true && domain.identity_provider_config == null,
    ),
    providers: providers.filter(({ scim_enabled }) => scim_enabled === true),
  };
}

/** The preview continues without what the key may not read. */
async function ifReadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (answered(error, 403) || answered(error, 404)) return undefined;
    throw error;
  }
}
