import * as z from "zod";
import { momentSchema, organizationSchema, versioned } from "../common/json";

const causeSchema = z
  .discriminatedUnion("kind", [
    z.object({
      kind: z.literal("found"),
      fit: z
        .enum(["exact", "near"])
        .describe("near: the entry is about the same thing, and its value cannot be compared."),
      who: z.string(),
      when: momentSchema,
      client: z.string().nullable(),
      isThisPackage: z.boolean().nullable().describe("null where the server does not record programs."),
      what: z.string(),
      entry: z.string().describe("Id of the entry of the activity log."),
      others: z.number().describe("How many more entries are about the same thing."),
    }),
    z.object({ kind: z.literal("unrecorded"), why: z.string() }),
    z.object({ kind: z.literal("unreadable"), why: z.string(), fix: z.string() }),
    z.object({ kind: z.literal("none"), why: z.string() }),
  ])
  .describe("Who is behind it, or why nobody can be named.");

const differenceSchema = z.object({
  kind: z.enum(["changed", "gone", "unmanaged"]),
  type: z.string().describe("Kind of resource, or of what nobody manages, such as grant."),
  title: z.string(),
  name: z.string().optional().describe("Name in the program or the matrix."),
  urn: z.string().optional(),
  writtenAt: momentSchema.optional(),
  place: z
    .object({ file: z.string(), line: z.number() })
    .optional()
    .describe("Where the program declares it."),
  isHalfMade: z.literal(true).optional().describe("Set where the last update of the resource broke off."),
  property: z
    .string()
    .optional()
    .describe("What differs, such as members.ann@acme.com; missing for the whole."),
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
  logSince: momentSchema.optional().describe("From when on the activity log was read, ISO 8601."),
  compared: z.number().describe("How many resources were compared."),
  differences: z.array(differenceSchema),
  unmanaged: z.array(differenceSchema).describe("What nobody manages."),
  countsUnmanaged: z.boolean().describe("Whether what nobody manages counts as drift."),
  unread: z
    .array(z.object({ type: z.string(), name: z.string(), message: z.string(), fix: z.string() }))
    .describe("Resources that could not be compared."),
  moved: z
    .array(z.object({ type: z.string(), name: z.string(), outputs: z.array(z.string()) }))
    .describe("Resources of which only outputs changed."),
  notes: z.array(z.string()),
});
