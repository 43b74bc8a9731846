import * as z from "zod";
import { adoptSchema } from "../../cli/adopt/json";
import { auditSchema } from "../../cli/audit/json";
import { doctorSchema } from "../../cli/doctor/json";
import { driftSchema } from "../../cli/drift/json";
import { exportSchema } from "../../cli/export/json";
import { changesSchema, reviewSchema } from "../../cli/review/json";

/** Each command's `--json` output, by the name of its schema. */
export const reportSchemas = {
  adopt: adoptSchema,
  audit: auditSchema,
  doctor: doctorSchema,
  drift: driftSchema,
  export: exportSchema,
  review: reviewSchema,
  "review-changes": changesSchema,
} as const;

/** The JSON schemas of all reports, by their path in the repository. */
export function reportSchemaTexts(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(reportSchemas).map(([name, schema]) => {
      // Readers accept fields that later versions add.
      const json = z.toJSONSchema(schema, { target: "draft-7", io: "input" });
      return [`docs/schemas/${name}.schema.json`, `${JSON.stringify(json, null, 2)}\n`] as const;
    }),
  );
}
