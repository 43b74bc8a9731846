import { z } from "zod";
import type { Connection } from "./connection";
import { answered } from "./errors";
import { organizationPath } from "./organizations";

/** An identity provider's configuration (`posthog/api/identity_provider_config.py`); servers up to early 2026 have none. */
export const identityProviderSchema = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  domain_scope: z.string().nullish(),
  config_scope: z.string().nullish(),
  organization_domain_ids: z.array(z.string()).nullish(),
  has_saml: z.boolean().nullish(),
  has_scim: z.boolean().nullish(),
  saml_entity_id: z.string().nullish(),
  saml_acs_url: z.string().nullish(),
  saml_x509_cert: z.string().nullish(),
  saml_relay_state: z.string().nullish(),
  scim_enabled: z.boolean().nullish(),
  scim_base_url: z.string().nullish(),
  scim_bearer_token: z.string().nullish(),
});

/** An identity provider's configuration. */
export type IdentityProvider = z.infer<typeof identityProviderSchema>;

/** The name under which this run keeps the identity providers. */
export const identityProvidersCollection = "identityProviders";

const providersPath = async (connection: Connection): Promise<string> =>
  `${await organizationPath(connection)}/identity_provider_configs/`;

/** Every identity provider of the organization, read once a run; undefined on servers that have no such thing. */
export function listIdentityProviders(connection: Connection): Promise<IdentityProvider[] | undefined> {
  return connection.collections.get(identityProvidersCollection, async () => {
    try {
      return await connection.list(
        await providersPath(connection),
        identityProviderSchema,
        "listing the organization's identity providers",
      );
    } catch (error) {
      if (answered(error, 404)) return undefined;
      throw error;
    }
  });
}

/** Adds an identity provider. When the answer is lost, the one of that name that was not there before is taken. */
export async function createIdentityProvider(
  connection: Connection,
  fields: Readonly<Record<string, unknown>> & { readonly name: string },
): Promise<IdentityProvider> {
  const before = new Set((await listIdentityProviders(connection))?.map(({ id }) => id));
  const created = await connection.send({
    method: "POST",
    path: await providersPath(connection),
    body: fields,
    schema: identityProviderSchema,
    what: `adding the identity provider "${fields.name}"`,
    recover: async () => {
      connection.collections.forget(identityProvidersCollection);
      const now = (await listIdentityProviders(connection)) ?? [];
      return now.find(({ id, name }) => name === fields.name && !before.has(id));
    },
  });
  return remember(connection, created);
}

/** Changes an identity provider and returns what PostHog now holds; a new SCIM token stands in this answer only. */
export async function updateIdentityProvider(
  connection: Connection,
  id: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<IdentityProvider> {
  const updated = await connection.send({
    method: "PATCH",
    path: `${await providersPath(connection)}${id}/`,
    body: fields,
    schema: identityProviderSchema,
    what: "changing the identity provider",
  });
  return remember(connection, updated);
}

/** Removes an identity provider; one that is gone already is fine. */
export async function deleteIdentityProvider(connection: Connection, id: string): Promise<void> {
  try {
    await connection.send({
      method: "DELETE",
      path: `${await providersPath(connection)}${id}/`,
      schema: z.unknown(),
      what: "removing the identity provider",
    });
  } catch (error) {
    if (!answered(error, 404)) throw error;
  }
  await connection.collections.patch<IdentityProvider[] | undefined>(identityProvidersCollection, (known) =>
    known?.filter((provider) => provider.id !== id),
  );
}

async function remember(connection: Connection, provider: IdentityProvider): Promise<IdentityProvider> {
  await connection.collections.patch<IdentityProvider[] | undefined>(identityProvidersCollection, (known) => [
    ...(known ?? []).filter(({ id }) => id !== provider.id),
    { ...provider, scim_bearer_token: null },
  ]);
  return provider;
}
