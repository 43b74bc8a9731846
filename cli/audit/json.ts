import * as z from "zod";
import { momentSchema, versioned } from "../common/json";

/** One line of `audit --json`. */
export const auditSchema = z.object({
  ...versioned,
  id: z.string(),
  createdAt: momentSchema,
  user: z.string().optional().describe("E-mail address; missing if PostHog records nobody."),
  userUuid: z.string().optional(),
  wasImpersonated: z.boolean().describe("Whether PostHog's staff did it on the person's behalf."),
  isSystem: z.boolean(),
  client: z.string().optional().describe("The program that did it, if it says so and the server records it."),
  ipAddress: z.string().optional(),
  projectId: z.number().optional().describe("Missing for objects of the organization."),
  project: z.string().optional(),
  activity: z.string().describe("created, updated, deleted and others."),
  scope: z.string().describe("Kind of object, such as Role."),
  itemId: z.string().optional(),
  name: z.string().optional().describe("The object's name."),
  summary: z.string().describe("The whole entry as one sentence."),
  changes: z.array(
    z.object({
      field: z.string().optional(),
      action: z.string().optional(),
      before: z.unknown().optional(),
      after: z.unknown().optional(),
    }),
  ),
  context: z.unknown().optional(),
});
