import * as z from "zod";
import document from "./schema.json";

const schema = z.looseObject({
  version: z.string(),
  provider: z.looseObject({ inputProperties: z.record(z.string(), z.unknown()) }),
  resources: z.record(
    z.string(),
    z.looseObject({
      isComponent: z.boolean().optional(),
      properties: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

/** The parts of the package schema that the provider itself needs. */
export interface PackageSchema extends z.infer<typeof schema> {
  /** The whole schema, as the engine passes it to the languages. */
  readonly text: string;
}

/** The schema generated from the sources. It is imported, so that bundles include it. */
export function readSchema(): PackageSchema {
  return { ...schema.parse(document), text: JSON.stringify(document) };
}
