import { z } from "zod";
import { accessRuleSchema, isFor, type RulePrincipal, type StoredRule } from "./accessControls";
import type { Connection } from "./connection";
import { answered, NotFoundError } from "./errors";

const rowsSchema = z.looseObject({
  results: z.array(
    z.looseObject({ resource: z.string(), resource_id: z.string(), access_level: z.string().nullable() }),
  ),
});

const nameOf = (projectId: number, { member, role }: RulePrincipal): string =>
  `objectRules:${projectId}:${member ?? role ?? ""}`;

/**
 * All rules of one person, one role or everybody on single objects of a project, whatever their type, read once a run
 * (PostHog: access control settings, 2026). Older servers do not have it.
 */
export function listObjectRules(
  connection: Connection,
  projectId: number,
  subject: RulePrincipal,
): Promise<StoredRule[]> {
  return connection.collections.get(nameOf(projectId, subject), async () => {
    const { results } = await onNewServers(
      connection.send({
        method: "GET",
        path: `/api/projects/${projectId}/${listPath(subject)}`,
        schema: rowsSchema,
        what: `reading the rules on single objects of project ${projectId}`,
      }),
    );
    const { member, role } = subject;
    return results.map((row) => ({ ...row, organization_member: member ?? null, role: role ?? null }));
  });
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
  const { member, role } = subject;
  const about = { resource: object.resource, resource_id: object.id };
  await onNewServers(
    connection.send({
      method: "PUT",
      path: `/api/projects/${projectId}/access_control_object_rules/`,
      body: {
        ...about,
        access_level: level,
        ...(member === undefined ? {} : { organization_member: member }),
        ...(role === undefined ? {} : { role }),
      },
      schema: accessRuleSchema.or(z.undefined()),
      what,
    }),
  );
  await connection.collections.patch<StoredRule[]>(nameOf(projectId, subject), (known) => {
    const others = known.filter(
      (rule) => !isFor(rule, subject) || rule.resource !== object.resource || rule.resource_id !== object.id,
    );
    const rule = { ...about, access_level: level, organization_member: member ?? null, role: role ?? null };
    return level === null ? others : [...others, rule];
  });
}

function listPath({ member, role }: RulePrincipal): string {
  if (member !== undefined) return `access_control_member_objects/?member_id=${member}`;
  return role === undefined
    ? "access_control_default_objects/"
    : `access_control_role_objects/?role_id=${role}`;
}

async function onNewServers<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!answered(error, 404)) throw error;
    throw new NotFoundError("the rule cannot be reached", {
      why: "This type of resource has no address that this version knows, and either the object is not there or the server is too old to take its rules without one.",
      fix: "Check resource and resourceId (here it is the stored id), or update the server.",
    });
  }
}
