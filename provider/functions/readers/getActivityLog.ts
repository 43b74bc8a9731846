import * as z from "zod";
import { projectId, projectIdOf, userArg, wholeNumber } from "../../arguments/fields";
import { type Activity, listActivity } from "../../posthog/activityLog";
import { userUuidsOf } from "../../posthog/members";
import type { ActivityResult } from "../contract";
import { functionArgs, type Reader } from "./reader";

const moment = z
  .string("must be a moment")
  .refine(
    (text) =>
      /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text) &&
      !Number.isNaN(Date.parse(text)),
    "must be a moment in ISO 8601, such as 2026-05-01T00:00:00Z",
  );
const texts = z.array(z.string("must be text").min(1, "must not be empty"), "must be a list of texts");
const address = z
  .string("must be an IP address")
  .regex(/^[0-9a-fA-F:.*]+$/, "must be an IPv4 or IPv6 address, such as 203.0.113.9 or 203.0.113.*");
const plainValue = z.union([z.string(), z.number(), z.boolean()]);
const path = z
  .string()
  .min(1, "must not be empty")
  .max(500, "must be at most 500 characters long")
  .refine((text) => !text.includes("__"), "must not contain __");
const detailFilters = z
  .record(
    path,
    z.strictObject({
      operation: z.enum(["exact", "contains", "in"], "must be exact, contains or in").optional(),
      value: z.union([plainValue, z.array(plainValue)]),
    }),
  )
  .refine((filters) => Object.keys(filters).length <= 100, "must be at most 100 conditions");

const schema = functionArgs
  .extend({
    projectId: projectId.optional(),
    startDate: moment.optional(),
    endDate: moment.optional(),
    users: z.array(userArg, "must be a list of people").optional(),
    scopes: texts.optional(),
    activities: texts.optional(),
    clients: texts.optional(),
    ipAddresses: z.array(address, "must be a list of IP addresses").optional(),
    projects: z.array(projectId, "must be a list of project numbers").optional(),
    itemIds: texts.optional(),
    searchText: z.string("must be text").optional(),
    detailFilters: detailFilters.optional(),
    wasImpersonated: z.boolean("must be true or false").optional(),
    isSystem: z.boolean("must be true or false").optional(),
    oldestFirst: z.boolean("must be true or false").optional(),
    limit: wholeNumber("entries", 1, 1_000_000).optional(),
  })
  .refine(
    ({ projectId: project, projects }) => project === undefined || projects === undefined,
    "give projectId for one project's log, or projects to filter the organization's: not both",
  );

export const getActivityLog: Reader<"getActivityLog"> = {
  schema,
  async read(connection, { projectId: project, projects, users, ...filters }) {
    const entries = await listActivity(connection, {
      ...filters,
      projectId: project === undefined ? undefined : projectIdOf(project),
      projectIds: projects?.map(projectIdOf),
      users: users === undefined ? undefined : await userUuidsOf(connection, users),
    });
    return { activities: entries.map(toResult) };
  },
};

function toResult(entry: Activity): ActivityResult {
  return {
    id: entry.id,
    createdAt: entry.created_at,
    activity: entry.activity,
    scope: entry.scope,
    itemId: entry.item_id ?? undefined,
    name: entry.detail?.name ?? undefined,
    projectId: entry.team_id ?? undefined,
    user: entry.user?.email ?? undefined,
    userUuid: entry.user?.uuid ?? undefined,
    client: entry.client ?? undefined,
    ipAddress: entry.ip_address ?? undefined,
    wasImpersonated: entry.was_impersonated === true,
    isSystem: entry.is_system === true,
    changes: (entry.detail?.changes ?? []).map(({ field, action, before, after }) => ({
      field: field ?? undefined,
      action: action ?? undefined,
      before,
      after,
    })),
    context: entry.detail?.context ?? undefined,
  };
}
