import * as z from "zod";
import { momentSchema, omissionSchema, organizationSchema, versioned } from "../common/json";

const accessSchema = z.object({
  projectId: z.number(),
  level: z.string(),
  through: z.string().describe("Where the level comes from, such as: through role Analysts."),
  resources: z
    .array(z.object({ resource: z.string(), level: z.string(), through: z.string() }))
    .describe("The types of resource with rules in the project; for others PostHog's default applies."),
});

/** A person of a review. */
export const reviewedPersonSchema = z.object({
  userUuid: z.string(),
  email: z.string(),
  name: z.string().optional(),
  level: z.string().describe("owner, admin or member."),
  roles: z.array(z.string()),
  joinedAt: momentSchema.optional(),
  lastLogin: momentSchema.optional(),
  has2fa: z.boolean().optional(),
  ssoEnforced: z.boolean().optional().describe("Missing if domains are unreadable."),
  access: z.array(accessSchema).describe("One entry for each project, in the order of projects."),
});

/** An API key of a review. */
export const reviewedKeySchema = z.object({
  kind: z.enum(["personal", "project"]),
  owner: z.string().optional().describe("E-mail address of the key's owner."),
  creator: z.string().optional().describe("E-mail address of the person who created a project's key."),
  label: z.string().optional(),
  maskValue: z.string().optional(),
  scopes: z.array(z.string()),
  createdAt: momentSchema.optional(),
  lastUsedAt: momentSchema.optional(),
  lastRolledAt: momentSchema.optional(),
  access: z.array(accessSchema),
  withoutAccess: z.string().optional().describe("Why it can do nothing; missing if it can."),
});

/** A finding of a review. */
export const findingSchema = z.object({
  rule: z.string(),
  severity: z.enum(["high", "medium", "low"]),
  message: z.string(),
  evidence: z.array(z.string()),
  fix: z.string(),
  subject: z.object({
    person: z.string().optional(),
    projectId: z.number().optional(),
    role: z.string().optional(),
    key: z.number().optional().describe("Position in keys, from 0."),
    domain: z.string().optional(),
  }),
  fingerprint: z
    .string()
    .optional()
    .describe("The same for the same finding in every run and every version. Version 0.1.0 has none."),
});

/** The part of `review --json` before its lists. */
export const reviewHeadSchema = z.object({
  ...versioned,
  organization: organizationSchema,
  readAt: momentSchema,
  projects: z.array(
    z.object({
      projectId: z.number(),
      name: z.string(),
      defaultAccess: z.string().describe("The level of everybody without a rule."),
    }),
  ),
  omissions: z.array(omissionSchema).describe("What could not be read."),
});

/** What `review --json` prints. */
export const reviewSchema = reviewHeadSchema.extend({
  people: z.array(reviewedPersonSchema),
  keys: z.array(reviewedKeySchema).optional().describe("Missing if none are readable."),
  findings: z.array(findingSchema).describe("Worst first."),
});

const change = z.enum(["made", "changed", "deleted"]);

/** What `review --changes --json` prints. */
export const changesSchema = z.object({
  ...versioned,
  organization: organizationSchema,
  readAt: momentSchema,
  hasChanges: z.boolean().describe("Whether there is anything to write, even if nobody's access changes."),
  people: z
    .array(
      z.object({
        email: z.string(),
        summary: z.string(),
        changes: z.array(
          z.object({
            direction: z.string().describe("gains, loses or keeps."),
            projectId: z.number(),
            project: z.string(),
            resource: z.string().describe("Type of resource; project for the project as a whole."),
            before: z.string(),
            after: z.string(),
            through: z.string(),
          }),
        ),
      }),
    )
    .describe("People who lose something come first."),
  roles: z.array(
    z.object({ role: z.string(), change, joining: z.array(z.string()), leaving: z.array(z.string()) }),
  ),
  projects: z.array(
    z.object({
      projectId: z.number(),
      project: z.string(),
      made: z.number().describe("How many access rules are created."),
      changed: z.number(),
      removed: z.number(),
    }),
  ),
  keys: z.array(
    z.object({
      team: z.string(),
      project: z.string(),
      change,
      scopes: z.array(z.string()),
      gained: z.array(z.string()),
      lost: z.array(z.string()),
    }),
  ),
  uncomparedKeys: z.array(z.object({ team: z.string(), project: z.string() })),
  warnings: z.array(z.string()),
  notes: z.array(z.string()),
  omissions: z.array(omissionSchema).describe("What could not be read."),
});
