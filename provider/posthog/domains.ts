import * as z from "zod";
import { nearest } from "../access/nearest";
import { CachedList, perRun } from "./cache";
import type { Connection } from "./connection";
import { createOnce } from "./create";
import { answered, NotFoundError } from "./errors";
import { keptProviders } from "./identityProviders";
import { organizationPath } from "./organizations";

const domainSchema = z.looseObject({
  id: z.string(),
  domain: z.string(),
  is_verified: z.boolean(),
  verified_at: z.string().nullish(),
  verification_challenge: z.string().nullish(),
  jit_provisioning_enabled: z.boolean().nullish(),
  sso_enforcement: z.string().nullish(),
  has_saml: z.boolean().nullish(),
  saml_entity_id: z.string().nullish(),
  saml_acs_url: z.string().nullish(),
  saml_x509_cert: z.string().nullish(),
  scim_enabled: z.boolean().nullish(),
  scim_base_url: z.string().nullish(),
  scim_bearer_token: z.string().nullish(),
  identity_provider_config: z.string().nullish(),
});

/**
 * An e-mail domain of the organization (`posthog/api/organization_domain.py`). The oldest servers keep the SAML and
 * SCIM settings on it, later ones a link to an identity provider, and the newest ones neither.
 */
export type Domain = z.infer<typeof domainSchema>;

const domainsPath = async (connection: Connection): Promise<string> =>
  `${await organizationPath(connection)}/domains/`;

const keptDomains = perRun(
  (connection: Connection) =>
    new CachedList(
      async () =>
        connection.list(await domainsPath(connection), domainSchema, "listing the organization's domains"),
      ({ id }) => id,
    ),
);

/** Every domain of the organization, read once per run. */
export function listDomains(connection: Connection): Promise<Domain[]> {
  return keptDomains(connection).list();
}

/** The organization's domain of that name (in any case) or id; undefined if there is none. */
export async function findDomain(connection: Connection, nameOrId: string): Promise<Domain | undefined> {
  const wanted = nameOrId.toLowerCase();
  return (await listDomains(connection)).find(({ id, domain }) => id === wanted || domain === wanted);
}

/** Finds a domain of the organization, or throws. */
export async function requireDomain(connection: Connection, nameOrId: string): Promise<Domain> {
  const found = await findDomain(connection, nameOrId);
  if (found !== undefined) return found;
  const names = (await listDomains(connection)).map(({ domain }) => domain);
  const near = nearest(nameOrId, names);
  throw new NotFoundError(`${nameOrId} is not a domain of the organization`, {
    why:
      near === undefined
        ? `The organization has ${names.length} domains, and none is similar.`
        : `The nearest domain is ${near}.`,
    fix: "Add it with an OrganizationDomain resource, and use its output for the name: domain.domain.",
  });
}

/** Adds a domain. PostHog stores each domain once, so it can be found by name if the response is lost. */
export async function createDomain(connection: Connection, domain: string): Promise<Domain> {
  return createOnce(connection, {
    kind: "domain",
    path: await domainsPath(connection),
    body: { domain },
    schema: domainSchema,
    what: `adding the domain ${domain}`,
    subject: { lists: [`domains/${domain}`] },
    list: () => listDomains(connection),
    forget: () => keptDomains(connection).forget(),
    isAlike: (known) => known.domain === domain,
    take: async (lost) => lost,
    remember: (created) => remember(connection, created),
  });
}

/** Changes a domain's settings and returns what PostHog now stores. */
export async function updateDomain(
  connection: Connection,
  domain: Domain,
  fields: Readonly<Record<string, unknown>>,
): Promise<Domain> {
  const updated = await connection.send({
    method: "PATCH",
    path: `${await domainsPath(connection)}${domain.id}/`,
    body: fields,
    schema: domainSchema,
    what: `changing the domain ${domain.domain}`,
  });
  // PostHog may have created a provider from what an earlier one left on the domain.
  const link = updated.identity_provider_config;
  if (link != null && link !== (fields.identity_provider_config ?? domain.identity_provider_config)) {
    keptProviders(connection).forget();
  }
  return remember(connection, updated);
}

/**
 * Makes PostHog look for the DNS record. It returns the domain either way; `is_verified` shows the result. Needs a
 * session.
 */
export async function verifyDomain(connection: Connection, domain: Domain): Promise<Domain> {
  try {
    const looked = await connection.send(
      {
        method: "POST",
        path: `${await domainsPath(connection)}${domain.id}/verify/`,
        schema: domainSchema,
        what: `verifying the domain ${domain.domain}`,
        recover: async () => undefined,
      },
      "session",
    );
    return remember(connection, looked);
  } catch (error) {
    if (!answered(error, 400, "already_verified")) throw error;
    // An earlier response was lost, or someone else was faster: the cache is out of date.
    keptDomains(connection).forget();
    return requireDomain(connection, domain.id);
  }
}

/** Removes a domain; succeeds if it is already gone. */
export async function deleteDomain(connection: Connection, domain: Domain): Promise<void> {
  await connection.deleteIfThere(
    `${await domainsPath(connection)}${domain.id}/`,
    `removing the domain ${domain.domain}`,
    () => keptDomains(connection).stillHas(domain.id),
  );
  await keptDomains(connection).remove(domain.id);
}

async function remember(connection: Connection, domain: Domain): Promise<Domain> {
  // PostHog shows a SCIM token once; it is returned, but not cached.
  await keptDomains(connection).upsert({ ...domain, scim_bearer_token: null });
  return domain;
}
