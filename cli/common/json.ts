import * as z from "zod";
import { jsonText } from "./output";

/** The values that a report's schema accepts, including read-only ones. */
export type Printed<T> = T extends readonly (infer Item)[]
  ? readonly Printed<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Printed<T[Key]> }
    : T;

/** The version of all shapes. It increases when a field is removed or changes its meaning, not for new fields. */
const schemaVersion = 1;

/** The first field of every report. */
export const versioned = {
  schemaVersion: z
    .literal(schemaVersion)
    .optional()
    .describe("Version of this shape. Reports of version 0.1.0 have none. New fields do not change it."),
};

/** The fields of a report that are in its schema; others are not printed. */
export function reported<Shape extends typeof versioned>(
  schema: z.ZodObject<Shape>,
  report: Printed<Omit<z.input<z.ZodObject<Shape>>, "schemaVersion">>,
): z.output<z.ZodObject<Shape>> {
  return schema.parse({ schemaVersion, ...report });
}

/** A report as JSON on several lines, or on one. */
export function reportText<Shape extends typeof versioned>(
  schema: z.ZodObject<Shape>,
  report: Printed<Omit<z.input<z.ZodObject<Shape>>, "schemaVersion">>,
  options?: Parameters<typeof jsonText>[1],
): string {
  return jsonText(reported(schema, report), options);
}

/** The organization that a report is about. */
export const organizationSchema = z.object({
  id: z.string().describe("UUID."),
  name: z.string(),
  host: z.string().describe("PostHog's address."),
});

export const momentSchema = z.string().describe("ISO 8601.");

/** Something that could not be read, so that the report cannot mention it. */
export const omissionSchema = z.object({
  part: z.string().describe("The part of the organization, as in --allow-unread."),
  isExpected: z.literal(true).optional().describe("Set if the caller can never see it."),
  what: z.string(),
  why: z.string(),
  fix: z.string(),
});
