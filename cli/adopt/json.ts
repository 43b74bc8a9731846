import * as z from "zod";
import { versioned } from "../common/json";

const resource = {
  kind: z.string().describe("Kind of resource, such as Project."),
  name: z.string().describe("Its name in the program."),
};

/** What `adopt --json` prints. */
export const adoptSchema = z.object({
  ...versioned,
  stack: z.string(),
  dryRun: z.boolean(),
  kept: z.number().describe("How many resources of this package the state had before."),
  adopted: z.array(
    z.object({
      ...resource,
      id: z.string().optional(),
      differs: z
        .array(z.string())
        .describe("How PostHog differs from the program; the next update changes it."),
    }),
  ),
  left: z.array(z.object({ ...resource, why: z.string().optional() })).describe("What was not adopted."),
  later: z
    .array(z.object(resource))
    .describe(
      "In a dry run: resources that refer to adopted ones, to be checked once those are in the state.",
    ),
  backup: z.string().optional().describe("File with the previous state; missing if nothing was written."),
});
