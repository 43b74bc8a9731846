import * as z from "zod";
import { reportSchemas, reportSchemaTexts } from "../../../tools/docs/reportSchemas";
import type { formNames } from "./forms";

/** The schema of each form that has one. */
const schemas: Partial<Record<(typeof formNames)[number], keyof typeof reportSchemas>> = {
  adopt: "adopt",
  audit: "audit",
  changes: "review-changes",
  doctor: "doctor",
  drift: "drift",
  review: "review",
};

const published = new Map(
  [...reportSchemaTexts()].map(([path, text]) => [path, z.fromJSONSchema(JSON.parse(text))]),
);

export const hasSchema = (form: (typeof formNames)[number]): boolean => schemas[form] !== undefined;

/** A text's reports after their schema, as published and as the command has it; undefined for forms without schema. */
export function throughSchema(
  form: (typeof formNames)[number],
  text: string,
): { readonly reports: unknown[]; readonly read: unknown[] } | undefined {
  const name = schemas[form];
  if (name === undefined) return undefined;
  const texts = form === "audit" ? text.trimEnd().split("\n") : [text];
  const reports = texts.map((one): unknown => JSON.parse(one));
  return { reports, read: reports.map((report) => readBy(name, report)) };
}

/** The fields of a report that a schema keeps. */
export function readBy(name: keyof typeof reportSchemas, report: unknown): unknown {
  published.get(`docs/schemas/${name}.schema.json`)?.parse(report);
  return reportSchemas[name].parse(report);
}
