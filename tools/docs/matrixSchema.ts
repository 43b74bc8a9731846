import { matrixJsonSchema } from "../../provider/matrix/jsonSchema";

/** Where editors find the schema of access matrices, in the repository as in the published package. */
export const matrixSchemaPath = "docs/access-matrix.schema.json";

/** The schema's text in its file. */
export function matrixSchemaText(): string {
  return `${JSON.stringify(matrixJsonSchema(), null, 2)}\n`;
}
