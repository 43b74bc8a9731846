import { readFileSync } from "node:fs";
import * as z from "zod";

/** The environment variable with the path of the stand-ins' world file. */
export const WORLD_VARIABLE = "IDENTITY_PROVIDER_WORLD";

const person = z.object({
  /** Address; empty for a person without a mailbox. */
  email: z.string(),
  /** The person's name in Entra. */
  principalName: z.string().optional(),
  /** Whether the person has left. */
  gone: z.boolean().optional(),
});

const worldSchema = z.object({
  /** Whether the identity provider is down: then every call that a real plugin would pass on fails. */
  down: z.boolean().default(false),
  /** The identity provider's signing certificate: base64, without the PEM lines. */
  certificate: z.string().default(""),
  /** The members of every group that a program reads. */
  people: z.array(person).default([]),
});

/** What the stand-ins' identity provider holds. */
export type World = z.infer<typeof worldSchema>;

/** The contents of a world file; everything has a default. */
export type WorldInput = z.input<typeof worldSchema>;

/** Reads the world again: a test may have changed it since the last call. */
export function readWorld(): World {
  const file = process.env[WORLD_VARIABLE];
  return worldSchema.parse(file === undefined ? {} : JSON.parse(readFileSync(file, "utf8")));
}
