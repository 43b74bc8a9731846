import { readFileSync } from "node:fs";
import { z } from "zod";

const schema = z.looseObject({
  version: z.string(),
  resources: z.record(
    z.string(),
    z.looseObject({
      isComponent: z.boolean().optional(),
      properties: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

/** What the package offers, as far as the provider itself has to know it. */
export interface PackageSchema extends z.infer<typeof schema> {
  /** The whole of it, as the engine hands it to the languages. */
  readonly text: string;
}

/** Reads the schema that was generated from the sources. */
export function readSchema(file: string): PackageSchema {
  const text = readFileSync(file, "utf8");
  return { ...schema.parse(JSON.parse(text)), text };
}
