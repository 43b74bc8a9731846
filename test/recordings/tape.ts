import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { EmulatorOptions } from "../../emulator";

/** The tapes of PostHog's own servers, and the emulator that must answer like each. */
export const TAPES: readonly [tape: string, world: string, options: EmulatorOptions][] = [
  ["new", "new", { generation: "2026-07", cloud: false }],
  ["new-us", "new", { generation: "2026-07", cloud: true }],
  ["old", "old", { generation: "2025-08", cloud: false }],
];

const Answer = z.strictObject({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
});

const Request = z.strictObject({
  /** The key or session that sends it: a key of the seed, `session:USER`, `key:VALUE`, `nobody` or `badkey`. */
  as: z.string(),
  method: z.string(),
  path: z.string(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).default({}),
  /** What later steps need from the answer: their name for it, and its key. */
  save: z.record(z.string(), z.string()).default({}),
});

const Step = Request.extend({
  answer: Answer.optional(),
  /** Why a step was not recorded: an earlier step did not return what it needs. */
  skipped: z.string().optional(),
});

const Tape = z.object({
  scenarios: z.array(z.object({ name: z.string(), steps: z.array(Step) })),
});

const Scenarios = z.array(z.object({ name: z.string(), steps: z.array(Request) }));

const WorldSeed = z.object({
  password: z.string(),
  orgs: z.record(z.string(), z.object({ id: z.string() })),
  projects: z.record(z.string(), z.int()),
  users: z.record(z.string(), z.object({ email: z.string(), id: z.int(), uuid: z.string() })),
  keys: z.record(z.string(), z.string()),
  memberships: z.record(z.string(), z.record(z.string(), z.string())),
  verified_domain: z.object({ id: z.string() }),
});

export type Answer = z.output<typeof Answer>;

/** One request of a scenario. */
export type Request = z.output<typeof Request>;

/** One request with the recorded server's answer. */
export type Step = z.output<typeof Step>;

/** A list of steps that starts from the seed. */
type RecordedScenario = z.output<typeof Tape>["scenarios"][number];

/** The scenarios' names for what the seed holds. */
export type WorldSeed = z.output<typeof WorldSeed>;

/** The path of a file of the recordings. */
export function recording(...path: string[]): string {
  return join(__dirname, ...path);
}

/** Reads one server's answers. */
export function readTape(name: string): RecordedScenario[] {
  return Tape.parse(readJson("tapes", `${name}.json`)).scenarios;
}

/** Reads scenarios in their written form, without answers. */
export function readScenarios(file: string): z.output<typeof Scenarios> {
  return Scenarios.parse(readJson("scenarios", file));
}

/** Reads the names of a seed. */
export function readWorld(name: string): WorldSeed {
  return WorldSeed.parse(readJson("seeds", `seed.${name}.json`));
}

/** Reads a data file of the recordings. */
export function readJson(...path: string[]): unknown {
  return JSON.parse(readFileSync(recording(...path), "utf8"));
}
