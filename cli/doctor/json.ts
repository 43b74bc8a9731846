import * as z from "zod";
import { versioned } from "../common/json";

/** What `doctor --json` prints. */
export const doctorSchema = z.object({
  ...versioned,
  ok: z.boolean().describe("Whether no check found a problem; warnings do not count."),
  checks: z.array(
    z.object({
      name: z.string().describe("What was checked."),
      status: z
        .enum(["ok", "warning", "problem", "skipped"])
        .describe("Problems make the command fail; a skipped check could not run."),
      message: z.string().describe("What was found."),
      details: z.array(z.string()).optional(),
      fix: z.string().optional(),
    }),
  ),
});
