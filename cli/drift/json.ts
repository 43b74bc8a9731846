import * as z from "zod";
import { momentSchema, organizationSchema, versioned } from "../common/json";

const causeSchema = z
  .discriminatedUnion("kind", [
    z.object({
      kind: z.literal("found"),
      fit: z
        .enum(["exact", "near"])
        .describe("near: the entry is about the same thing, but its value cannot be compared."),
      who: z.string(),
      when: momentSchema,
      client: z.string().nullable(),
      isThisPackage: z.boolean().nullable().describe("null if the server does not record programs."),
      what: z.string(),
      entry: z.string().describe("Id of the activity log entry."),
      others: z.number().describe("How many other entries are about the same thing."),
    }),
    z.object({ kind: z.literal("unrecorded"), why: z.string() }),
    z.object({ kind: z.literal("unreadable"), why: z.string(), fix: z.string() }),
    z.object({ kind: z.literal("none"), why: z.string() }),
  ])
  .describe("Who caused it, or why that is unknown.");

const differenceSchema = z.object({
  kind: z.enum(["changed", "gone", "unmanaged"]),
  type: z.string().describe("Kind of resource, or of an unmanaged object, such as grant."),
  title: z.string(),
  name: z.string().optional().describe("Name in the program or the matrix."),
  urn: z.string().optional(),
  writtenAt: momentSchema.optional(),
  place: z
    .object({ file: z.string(), line: z.number() })
    .optional()
    .describe("Where the program declares it."),
  isHalfMade: z.literal(true).optional().describe("Set if the last update of the resource failed midway."),
  property: z
    .string()
    .optional()
    .describe("The part that differs, such as members.ann@acme.com; missing for the whole object."),
  expected: z.unknown().optional().describe("The value in the stack or the matrix."),
  actual: z.unknown().optional().describe("The value in PostHog."),
  cause: causeSchema,
});

/** What `drift --json` prints. */
export const driftSchema = z.object({
  ...versioned,
  verdict: z.enum(["none", "drift", "incomplete"]),
  source: z.string().describe("What was compared."),
  organizations: z.array(organizationSchema),
  readAt: momentSchema,
  logSince: momentSchema.optional().describe("Start of the activity log that was read, ISO 8601."),
  compared: z.number().describe("How many resources were compared."),
  differences: z.array(differenceSchema),
  unmanaged: z.array(differenceSchema).describe("Unmanaged objects."),
  countsUnmanaged: z.boolean().describe("Whether unmanaged objects count as drift."),
  unread: z
    .array(z.object({ type: z.string(), name: z.string(), message: z.string(), fix: z.string() }))
    .describe("Resources that could not be compared."),
  moved: z
    .array(z.object({ type: z.string(), name: z.string(), outputs: z.array(z.string()) }))
    .describe("Resources whose outputs changed, but not their arguments."),
  notes: z.array(z.string()),
});
