import * as z from "zod";
import { isUuid } from "../access/values";
import { Cached, perRun } from "./cache";
import type { Connection } from "./connection";
import { answered, isMissing, NotFoundError } from "./errors";
import type { Request } from "./http";

const feature = z.looseObject({
  key: z.string(),
  limit: z.number().nullish(),
  unit: z.string().nullish(),
});

const organizationSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  slug: z.string().optional(),
  membership_level: z.number().nullish(),
  available_product_features: z.array(feature).nullish(),
  member_count: z.number().nullish(),
  default_role_id: z.string().nullish(),
  members_can_invite: z.boolean().nullish(),
  members_can_see_org_members: z.boolean().nullish(),
  members_can_use_personal_api_keys: z.boolean().nullish(),
  enforce_verified_domains: z.boolean().nullish(),
});

/** An organization in PostHog's response (`posthog/api/organization.py`), parsed leniently: older servers send less. */
export type Organization = z.infer<typeof organizationSchema>;

/** The organization for a UUID or a slug (in any case); undefined if there is none. */
export function organizationOf(wanted: string, all: readonly Organization[]): Organization | undefined {
  const lower = wanted.toLowerCase();
  return all.find(({ id, slug }) => id.toLowerCase() === lower || slug?.toLowerCase() === lower);
}

/** Picks the organization for a UUID, a slug or nothing among those of the key. */
export function chooseOrganization(wanted: string | undefined, all: readonly Organization[]): Organization {
  const listed = all.map(({ name, slug, id }) => `${name} (${slug ?? "no slug"}, ${id})`).join("; ");
  const fix = "pulumi config set posthog:organizationId <uuid or slug>";
  if (wanted === undefined) {
    const [only, ...others] = all;
    if (only === undefined) {
      throw new NotFoundError("the key has access to no organization", {
        why: "Its owner belongs to no organization, or the key is restricted to projects.",
        fix: "Use the key of an organization admin or owner, without a project restriction.",
      });
    }
    if (others.length === 0) return only;
    throw new NotFoundError("the organization is ambiguous", {
      why: `The key has access to ${all.length} organizations: ${listed}.`,
      fix,
    });
  }
  const found = organizationOf(wanted, all);
  if (found !== undefined) return found;
  throw new NotFoundError(`the key has no access to organization "${wanted}"`, {
    why: all.length === 0 ? "The key has access to no organization." : `The key has access to: ${listed}.`,
    fix,
  });
}

/** The organization of a connection, kept for this run. */
export const keptOrganization = perRun(
  (connection: Connection) => new Cached(() => readOrganization(connection)),
);

/** The organization of this connection, read once per run. */
export function getOrganization(connection: Connection): Promise<Organization> {
  return keptOrganization(connection).get();
}

/** PostHog accepts only UUIDs in its paths, so a slug, or no organization at all, is looked up in the list. */
async function readOrganization(connection: Connection): Promise<Organization> {
  const wanted = connection.configuration.organizationId;
  if (wanted === undefined || !isUuid(wanted))
    return chooseOrganization(wanted, await listOrganizations(connection));
  try {
    return await connection.send({
      method: "GET",
      path: `/api/organizations/${wanted.toLowerCase()}/`,
      schema: organizationSchema,
      what: `looking up the organization ${wanted}`,
    });
  } catch (error) {
    // PostHog responds to another organization as to one that does not exist; the list shows which ones exist.
    if (!isMissing(error)) throw error;
    return chooseOrganization(wanted, await listOrganizations(connection));
  }
}

/** The organization if the key may read it: a key without `organization:read` can still do other things. */
export async function readableOrganization(connection: Connection): Promise<Organization | undefined> {
  try {
    return await getOrganization(connection);
  } catch (error) {
    if (answered(error, 403)) return undefined;
    throw error;
  }
}

/** All organizations that the key can reach. */
export function listOrganizations(connection: Connection): Promise<Organization[]> {
  return keptOrganizations(connection).get();
}

const keptOrganizations = perRun(
  (connection: Connection) =>
    new Cached(() =>
      connection.list("/api/organizations/", organizationSchema, "listing the key's organizations"),
    ),
);

/** The organization's part of API paths; a configured UUID needs no request. */
export async function organizationPath(connection: Connection): Promise<string> {
  return `/api/organizations/${await organizationId(connection)}`;
}

/** The organization's UUID; a configured one needs no request. */
export async function organizationId(connection: Connection): Promise<string> {
  const wanted = connection.configuration.organizationId;
  return wanted !== undefined && isUuid(wanted)
    ? wanted.toLowerCase()
    : (await getOrganization(connection)).id;
}

/**
 * Changes the fields of the organization that `what` names, and returns what PostHog now stores.
 *
 * @param findWrongValue finds the field to which PostHog responds with 500.
 */
export async function updateOrganization(
  connection: Connection,
  fields: Readonly<Record<string, unknown>>,
  what: string,
  findWrongValue?: Request<unknown>["findWrongValue"],
): Promise<Organization> {
  // On self-hosted servers, PUT requires the plan feature for several organizations; PATCH does not.
  const updated = await connection.send({
    method: "PATCH",
    path: `${await organizationPath(connection)}/`,
    body: fields,
    schema: organizationSchema,
    what,
    findWrongValue,
  });
  keptOrganization(connection).set(updated);
  return updated;
}

/** Whether the server is from about August 2025, without what July 2026 shows for every organization. */
export function isOfAugust2025(organization: Organization): boolean {
  return organization.members_can_create_projects === undefined;
}

/** Whether the server is from before fall 2026, when new settings appeared. */
export function isBeforeFall2026(organization: Organization): boolean {
  return organization.enforce_verified_domains === undefined;
}

/** Whether the organization's plan has a feature; undefined if the server does not say. */
export function hasFeature(organization: Organization, key: string): boolean | undefined {
  const names = [key, ...(earlierNames.get(key) ?? [])];
  return organization.available_product_features?.some((available) => names.includes(available.key));
}

/** Features with another name on servers of August 2025. */
const earlierNames: ReadonlyMap<string, readonly string[]> = new Map([
  ["access_control", ["advanced_permissions"]],
]);
