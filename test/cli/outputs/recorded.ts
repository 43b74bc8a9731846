import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { root } from "../../support/sources";
import { formNames } from "./forms";

/** The folder with the output of version 0.1.0; its README says how it was made. */
export const folder = join(root, "test/fixtures/outputs");

const form = z.enum(formNames);

const caseSchema = z.strictObject({
  name: z.string(),
  /** The name of its world. */
  world: z.string().default("acme"),
  args: z.array(z.string()),
  /** Variables in addition to the world's; null removes one. */
  env: z.record(z.string(), z.string().nullable()).default({}),
  /** The file for standard input. */
  stdin: z.string().optional(),
  /** The form of the output; undefined if there is none. */
  prints: form.optional(),
  /** Written files. With `as`, in the form of another case's output. */
  writes: z.record(z.string(), z.strictObject({ form, as: z.string().optional() })).default({}),
});

const worldSchema = z.strictObject({
  name: z.string(),
  generation: z.enum(["old", "mid", "new"]),
  seededAt: z.coerce.date(),
  /** The configured key, and the account of the configured session. */
  caller: z.string(),
  email: z.string().optional(),
  password: z.string().optional(),
  /** What happens before the commands run: requests and passing time. */
  steps: z.array(
    z.union([
      z.strictObject({ at: z.coerce.date() }),
      z.strictObject({
        method: z.string(),
        path: z.string(),
        key: z.string(),
        client: z.string().optional(),
        body: z.json().optional(),
      }),
    ]),
  ),
});

const endSchema = z.strictObject({ exitCode: z.number(), stdout: z.boolean(), stderr: z.boolean() });

/** One command with its arguments. */
export type Case = z.infer<typeof caseSchema>;

/** An organization for commands. */
export type RecordedWorld = z.infer<typeof worldSchema>;

/** Every recorded command. */
export const cases = z.array(caseSchema).parse(json("cases.json"));

/** The organizations that they ran against. */
export const worlds = z.array(worldSchema).parse(json("worlds.json"));

/** How each command ended. */
export const ends = z.record(z.string(), endSchema).parse(json("ends.json"));

const masks = z
  .array(z.tuple([z.string(), z.string()]))
  .parse(json("masks.json"))
  .map(([pattern, name]) => [new RegExp(pattern, "g"), name] as const);

/** A text without times, addresses and random ids. */
export function masked(text: string): string {
  return masks.reduce((before, [pattern, name]) => before.replace(pattern, name), text);
}

/** What a command printed, or what it wrote to a file. */
export function recordedText(name: string, file?: string): string {
  const base = file === undefined ? name : `${name}.${file.replaceAll("/", "-").replace(/\.\w+$/, "")}`;
  const path = ["json", "txt"]
    .map((ending) => join(folder, "recorded", `${base}.${ending}`))
    .find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`nothing is recorded of ${base}`);
  return readFileSync(path, "utf8");
}

/** The names in a world's seed that a person would look for: people, projects and roles. */
export function namesIn(world: string): string[] {
  const seedSchema = z.looseObject({
    users: z.array(z.looseObject({ email: z.string() })),
    organizations: z.array(
      z.looseObject({
        projects: z.array(z.looseObject({ name: z.string() })),
        roles: z.array(z.looseObject({ name: z.string() })).default([]),
      }),
    ),
  });
  const { users, organizations } = seedSchema.parse(json(`seeds/${world}.json`));
  return [
    ...users.map(({ email }) => email),
    ...organizations.flatMap(({ projects, roles }) => [...projects, ...roles].map(({ name }) => name)),
  ];
}

function json(name: string): unknown {
  return JSON.parse(readFileSync(join(folder, name), "utf8"));
}
