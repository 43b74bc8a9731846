import { readFileSync } from "node:fs";
import * as z from "zod";

/** Names the file with the world that the stand-ins answer from. */
export const WORLD_VARIABLE = "IDENTITY_PROVIDER_WORLD";

const person = z.object({
  /** Address, or empty as of a person without a mailbox. */
  email: z.string(),
  /** What Entra calls the person. */
  principalName: z.string().optional(),
  /** Whether the person has left. */
  gone: z.boolean().optional(),
});

const worldSchema = z.object({
  /** Whether nobody answers: then every call that a real plugin would pass on fails. */
  down: z.boolean().default(false),
  /** The certificate that the identity provider signs with: base64, without frame. */
  certificate: z.string().default(""),
  /** The people of every group that a program asks for. */
  people: z.array(person).default([]),
});

/** What is true at the identity provider that the stand-ins play. */
export type World = z.infer<typeof worldSchema>;

/** What a world file holds; everything has a default. */
export type WorldInput = z.input<typeof worldSchema>;

/** Reads the world anew: a test may have changed it since the last call. */
export function readWorld(): World {
  const file = process.env[WORLD_VARIABLE];
  return worldSchema.parse(file === undefined ? {} : JSON.parse(readFileSync(file, "utf8")));
}
