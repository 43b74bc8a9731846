import * as z from "zod";
import { CachedList, perRun } from "./cache";
import type { Connection } from "./connection";
import { createOnce } from "./create";
import { lacksRoute } from "./errors";
import { organizationPath } from "./organizations";

const identityProviderSchema = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  domain_scope: z.string().nullish(),
  config_scope: z.string().nullish(),
  organization_domain_ids: z.array(z.string()).nullish(),
  has_saml: z.boolean().nullish(),
  has_scim: z.boolean().nullish(),
  has_oidc: z.boolean().nullish(),
  saml_entity_id: z.string().nullish(),
  saml_acs_url: z.string().nullish(),
  saml_x509_cert: z.string().nullish(),
  saml_relay_state: z.string().nullish(),
  scim_enabled: z.boolean().nullish(),
  scim_base_url: z.string().nullish(),
  scim_bearer_token: z.string().nullish(),
});

/** An identity provider's configuration (`posthog/api/identity_provider_config.py`); servers up to early 2026 have none. */
export type IdentityProvider = z.infer<typeof identityProviderSchema>;

const providersPath = async (connection: Connection): Promise<string> =>
  `${await organizationPath(connection)}/identity_provider_configs/`;

/** The organization's identity providers, kept for this run. */
export const keptProviders = perRun(
  (connection: Connection) =>
    new CachedList<IdentityProvider, undefined>(
      () => readProviders(connection),
      ({ id }) => id,
    ),
);

async function readProviders(connection: Connection): Promise<IdentityProvider[] | undefined> {
  const what = "listing the organization's identity providers";
  try {
    return await connection.list(await providersPath(connection), identityProviderSchema, what);
  } catch (error) {
    if (lacksRoute(error)) return undefined;
    throw error;
  }
}

/** Every identity provider of the organization, read once per run; undefined on servers without them. */
export function listIdentityProviders(connection: Connection): Promise<IdentityProvider[] | undefined> {
  return keptProviders(connection).list();
}

/** Adds an identity provider. If the response is lost, takes the one of that name that was not there before. */
export async function createIdentityProvider(
  connection: Connection,
  fields: Readonly<Record<string, unknown>> & { readonly name: string },
): Promise<IdentityProvider> {
  return createOnce(connection, {
    kind: providerKind,
    path: await providersPath(connection),
    body: fields,
    schema: identityProviderSchema,
    what: `adding the identity provider "${fields.name}"`,
    subject: { lists: [`identity-providers/${fields.name}`] },
    list: () => listIdentityProviders(connection),
    forget: () => keptProviders(connection).forget(),
    isAlike: ({ name }) => name === fields.name,
    take: async (lost) => lost,
    remember: (created) => remember(connection, created),
  });
}

const providerKind = "identity provider";

/** Whether a resource of this process already owns the identity provider, because it created it or took it over. */
export function hasOwner(connection: Connection, { id }: IdentityProvider): boolean {
  return connection.hasMade(providerKind, id);
}

/** Assigns an identity provider without an owner to a resource of this process. */
export function takeOver(connection: Connection, { id }: IdentityProvider): void {
  connection.markMade(providerKind, id);
}

/** Changes an identity provider and returns what PostHog now stores; only this response contains a new SCIM token. */
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

/** Removes an identity provider; succeeds if it is already gone. */
export async function deleteIdentityProvider(connection: Connection, id: string): Promise<void> {
  await connection.deleteIfThere(
    `${await providersPath(connection)}${id}/`,
    "removing the identity provider",
    () => keptProviders(connection).stillHas(id),
  );
  await keptProviders(connection).remove(id);
}

async function remember(connection: Connection, provider: IdentityProvider): Promise<IdentityProvider> {
  await keptProviders(connection).upsert({ ...provider, scim_bearer_token: null });
  return provider;
}
