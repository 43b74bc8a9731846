import * as z from "zod";
import { CachedList, perRun } from "./cache";
import type { Connection } from "./connection";
import { lacksRoute, onNewerServers } from "./errors";
import type { Request } from "./http";

const accessRuleSchema = z.looseObject({
  access_level: z.string().nullable(),
  resource: z.string(),
  resource_id: z.string().nullish(),
  organization_member: z.string().nullish(),
  role: z.string().nullish(),
});

/** One access rule. It has no id: project, resource, object and subject identify it (`products/access_control`). */
export type StoredRule = z.infer<typeof accessRuleSchema>;

const ruleListSchema = z.looseObject({
  access_controls: z.array(accessRuleSchema),
  user_can_edit_access_levels: z.boolean().nullish(),
});

/** A rule's subject: one membership, one role, or, without either, everyone. */
export interface RulePrincipal {
  /** Membership id, not user UUID. */
  readonly member?: string;
  readonly role?: string;
}

/** Where rules are stored: on the project itself, its resource types, or one object of it. */
export interface RuleAddress {
  readonly projectId: number;
  /** Path below the project, e.g. `access_controls` or `dashboards/7/access_controls`. */
  readonly path: string;
}

export const projectRules = (projectId: number): RuleAddress => ({ projectId, path: "access_controls" });

/** The rules on whole types of resource in a project, all types in one list. */
export const typeRules = (projectId: number): RuleAddress => ({
  projectId,
  path: "resource_access_controls",
});

const pathOf = ({ projectId, path }: RuleAddress): string => `/api/projects/${projectId}/${path}/`;

/**
 * Sends a request to an address; servers of August 2025 know the address for rules on types only by an earlier name.
 */
async function sendTo<T>(
  connection: Connection,
  address: RuleAddress,
  request: Omit<Request<T>, "path">,
): Promise<T> {
  try {
    return await connection.send({ ...request, path: pathOf(address) });
  } catch (error) {
    if (!lacksRoute(error) || address.path !== typeRules(address.projectId).path) throw error;
    return connection.send({ ...request, path: pathOf({ ...address, path: "global_access_controls" }) });
  }
}

/** The identity of a rule within its address; only at the address for types do rules differ in resource. */
const ruleId = ({ organization_member, role, resource }: StoredRule, onTypes: boolean): string =>
  JSON.stringify([organization_member ?? null, role ?? null, onTypes ? resource : ""]);

const keptRules = perRun((connection: Connection, projectId: number, path: string) => {
  const onTypes = path === typeRules(projectId).path;
  return new CachedList(
    async () => {
      const answer = await sendTo(
        connection,
        { projectId, path },
        {
          method: "GET",
          schema: ruleListSchema,
          what: `reading the access rules of project ${projectId} (${path})`,
        },
      );
      keptRights(connection, projectId, path).mayEdit = answer.user_can_edit_access_levels ?? undefined;
      return answer.access_controls;
    },
    (rule) => ruleId(rule, onTypes),
  );
});

/** What the last read of an address said about the rights of the key's owner. */
const keptRights = perRun(
  (_connection: Connection, _projectId: number, _path: string): { mayEdit?: boolean } => ({}),
);

/** Whether the key's owner may change the rules at an address; undefined if PostHog does not say. */
export async function mayEditRules(
  connection: Connection,
  { projectId, path }: RuleAddress,
): Promise<boolean | undefined> {
  await keptRules(connection, projectId, path).list();
  return keptRights(connection, projectId, path).mayEdit;
}

/** The rules at an address, read once per run. */
export function listRules(connection: Connection, { projectId, path }: RuleAddress): Promise<StoredRule[]> {
  return keptRules(connection, projectId, path).list();
}

/** Whether a rule is for this subject. */
export function isFor(rule: StoredRule, subject: RulePrincipal): boolean {
  return (
    (rule.organization_member ?? undefined) === subject.member && (rule.role ?? undefined) === subject.role
  );
}

export async function findProjectRule(
  connection: Connection,
  projectId: number,
  subject: RulePrincipal,
): Promise<StoredRule | undefined> {
  return (await listRules(connection, projectRules(projectId))).find((rule) => isFor(rule, subject));
}

/**
 * Sets the level of a subject, or with null removes its rule. PostHog creates or changes the one rule of that address
 * and subject, so repeating it changes nothing.
 *
 * @param resource the type of resource, for rules on types.
 */
export async function putRule(
  connection: Connection,
  address: RuleAddress,
  subject: RulePrincipal,
  level: string | null,
  what: string,
  resource?: string,
): Promise<void> {
  await sendTo(connection, address, {
    method: "PUT",
    body: { access_level: level, ...bodyOf(subject), ...(resource === undefined ? {} : { resource }) },
    schema: accessRuleSchema.or(z.undefined()),
    what,
  });
  const rules = keptRules(connection, address.projectId, address.path);
  const rule = storedRule(subject, level, { resource: resource ?? "project" });
  await (level === null ? rules.remove(ruleId(rule, resource !== undefined)) : rules.upsert(rule));
}

const bodyOf = ({ member, role }: RulePrincipal): Readonly<Record<string, string>> => ({
  ...(member === undefined ? {} : { organization_member: member }),
  ...(role === undefined ? {} : { role }),
});

function storedRule(
  { member, role }: RulePrincipal,
  level: string | null,
  about: Pick<StoredRule, "resource" | "resource_id">,
): StoredRule {
  return { ...about, access_level: level, organization_member: member ?? null, role: role ?? null };
}

const rowsSchema = z.looseObject({
  results: z.array(
    z.looseObject({ resource: z.string(), resource_id: z.string(), access_level: z.string().nullable() }),
  ),
});

const objectRuleId = ({ resource, resource_id }: StoredRule): string =>
  JSON.stringify([resource, resource_id]);

const keptObjectRules = perRun(
  (connection: Connection, projectId: number, list: string) =>
    new CachedList(async (): Promise<StoredRule[]> => {
      const { results } = await byStoredId(
        connection.send({
          method: "GET",
          path: `/api/projects/${projectId}/${list}`,
          schema: rowsSchema,
          what: `reading the rules on single objects of project ${projectId}`,
        }),
      );
      return results;
    }, objectRuleId),
);

/**
 * All rules of one person, one role or everyone on single objects of a project, whatever their type, read once per run
 * (PostHog: access control settings, 2026). Older servers do not have this list.
 */
export async function listObjectRules(
  connection: Connection,
  projectId: number,
  subject: RulePrincipal,
): Promise<StoredRule[]> {
  const rules = await keptObjectRules(connection, projectId, objectListOf(subject)).list();
  return rules.map((rule) => storedRule(subject, rule.access_level, rule));
}

/** Sets the level of a subject on one object by the object's stored id, or with null removes its rule. */
export async function putObjectRule(
  connection: Connection,
  projectId: number,
  object: { readonly resource: string; readonly id: string },
  subject: RulePrincipal,
  level: string | null,
  what: string,
): Promise<void> {
  const about = { resource: object.resource, resource_id: object.id };
  await byStoredId(
    connection.send({
      method: "PUT",
      path: `/api/projects/${projectId}/access_control_object_rules/`,
      body: { ...about, access_level: level, ...bodyOf(subject) },
      schema: accessRuleSchema.or(z.undefined()),
      what,
    }),
  );
  const rules = keptObjectRules(connection, projectId, objectListOf(subject));
  const rule = storedRule(subject, level, about);
  await (level === null ? rules.remove(objectRuleId(rule)) : rules.upsert(rule));
}

function objectListOf({ member, role }: RulePrincipal): string {
  if (member !== undefined) return `access_control_member_objects/?member_id=${member}`;
  return role === undefined
    ? "access_control_default_objects/"
    : `access_control_role_objects/?role_id=${role}`;
}

/**
 * Servers since fall 2026 accept rules by the stored id of any object, which is the only way for types without an
 * address.
 */
const byStoredId = <T>(answer: Promise<T>): Promise<T> =>
  onNewerServers(
    "access rules on single objects of types whose address this package does not know",
    answer,
    "July 2026",
  );
