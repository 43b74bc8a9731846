import { matrixJsonSchema } from "../../provider/matrix/jsonSchema";

/** The path of the access matrix schema for editors, in the repository and in the published package. */
export const matrixSchemaPath = "docs/access-matrix.schema.json";

export function matrixSchemaText(): string {
  return `${JSON.stringify(matrixJsonSchema(), null, 2)}\n`;
}
