import type * as z from "zod";
import type { Definition } from "./definition";
import { ResourceHandler } from "./handler";

/** Turns a definition into a resource that a host can drive. */
export function defineResource<Shape extends z.ZodRawShape>(
  definition: Definition<Shape>,
): ResourceHandler<Shape> {
  return new ResourceHandler(definition);
}
