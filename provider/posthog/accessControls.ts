import { z } from "zod";
import type { Connection } from "./connection";

/** One access rule. It has no id: project, resource, object and subject are its identity (`products/access_control`). */
export const accessRuleSchema = z.looseObject({
  access_level: z.string().nullable(),
  resource: z.string(),
  resource_id: z.string().nullish(),
  organization_member: z.string().nullish(),
  role: z.string().nullish(),
});

/** One access rule. */
export type StoredRule = z.infer<typeof accessRuleSchema>;

const ruleListSchema = z.looseObject({
  access_controls: z.array(accessRuleSchema),
  user_can_edit_access_levels: z.boolean().nullish(),
  user_access_level: z.string().nullish(),
});

/** The rules at one address, and what the caller may do there. */
export type AccessRuleList = z.infer<typeof ruleListSchema>;

/** Whom a rule is for: one membership, one role, or, with neither, everybody. */
export interface RulePrincipal {
  /** Membership id, not user UUID. */
  readonly member?: string;
  /** Role id. */
  readonly role?: string;
}

/** Where rules are kept: the project itself, its resource types, or one object of it. */
export interface RuleAddress {
  readonly projectId: number;
  /** Path below the project, e.g. `access_controls` or `dashboards/7/access_controls`. */
  readonly path: string;
}

/** The rules on a project itself. */
export const projectRules = (projectId: number): RuleAddress => ({ projectId, path: "access_controls" });

/** The rules on whole types of resource in a project, every type in one list. */
export const typeRules = (projectId: number): RuleAddress => ({
  projectId,
  path: "resource_access_controls",
});

const nameOf = ({ projectId, path }: RuleAddress): string => `rules:${projectId}:${path}`;
const pathOf = ({ projectId, path }: RuleAddress): string => `/api/projects/${projectId}/${path}/`;

/** The rules at an address, read once a run. */
export function listRules(connection: Connection, address: RuleAddress): Promise<AccessRuleList> {
  return connection.collections.get(nameOf(address), () =>
    connection.send({
      method: "GET",
      path: pathOf(address),
      schema: ruleListSchema,
      what: `reading the access rules of project ${address.projectId} (${address.path})`,
    }),
  );
}

/** Whether a rule is for this subject. */
export function isFor(rule: StoredRule, subject: RulePrincipal): boolean {
  return (
    (rule.organization_member ?? undefined) === subject.member && (rule.role ?? undefined) === subject.role
  );
}

/** The rule for a subject at an address, or undefined. */
export async function findRule(
  connection: Connection,
  address: RuleAddress,
  subject: RulePrincipal,
  resource?: string,
): Promise<StoredRule | undefined> {
  const { access_controls: rules } = await listRules(connection, address);
  return rules.find((rule) => isFor(rule, subject) && (resource === undefined || rule.resource === resource));
}

/**
 * Sets the level of a subject, or with null removes its rule. PostHog makes or changes the one rule of that address
 * and subject, so repeating it changes nothing.
 */
export async function putRule(
  connection: Connection,
  address: RuleAddress,
  subject: RulePrincipal,
  level: string | null,
  what: string,
  resource?: string,
): Promise<void> {
  await connection.send({
    method: "PUT",
    path: pathOf(address),
    body: {
      access_level: level,
      ...(subject.member === undefined ? {} : { organization_member: subject.member }),
      ...(subject.role === undefined ? {} : { role: subject.role }),
      ...(resource === undefined ? {} : { resource }),
    },
    schema: accessRuleSchema.or(z.undefined()),
    what,
  });
  await connection.collections.patch<AccessRuleList>(nameOf(address), (known) => ({
    ...known,
    access_controls: withRule(known.access_controls, subject, level, resource),
  }));
}

function withRule(
  rules: readonly StoredRule[],
  subject: RulePrincipal,
  level: string | null,
  resource?: string,
): StoredRule[] {
  const others = rules.filter(
    (rule) => !isFor(rule, subject) || (resource !== undefined && rule.resource !== resource),
  );
  if (level === null) return others;
  const kind = resource ?? rules.find((rule) => rule.resource !== "")?.resource ?? "project";
  return [
    ...others,
    {
      access_level: level,
      resource: kind,
      organization_member: subject.member ?? null,
      role: subject.role ?? null,
    },
  ];
}
