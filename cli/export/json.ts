import * as z from "zod";
import { versioned } from "../common/json";

/** What `export --json` prints. */
export const exportSchema = z.object({
  ...versioned,
  format: z.enum(["typescript", "matrix", "import"]),
  files: z.array(z.string()).describe("The files that were written."),
  text: z
    .string()
    .optional()
    .describe("The matrix or the file for pulumi import, if it was not written to a file."),
  ids: z
    .record(z.string(), z.string())
    .optional()
    .describe("PostHog's ids that adopt needs, by resource, such as Project:web."),
  leftOut: z.array(z.string()).optional().describe("What the program leaves out, as sentences."),
});
