import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "./tape";

const Seed = z.looseObject({
  organizations: z.array(
    z.looseObject({
      projects: z.array(
        z.looseObject({ id: z.int(), settings: z.record(z.string(), z.unknown()).default({}) }),
      ),
    }),
  ),
});

const LOCAL = {
  key: "$host",
  type: "event",
  value: "^(localhost|127\\.0\\.0\\.1)($|:)",
  operator: "not_regex",
};

const OWN = { key: "email", type: "person", value: "@acme.test", operator: "not_icontains" };

/**
 * What the recorded server of August 2025 had as its projects' test account filters. The seed has those that
 * servers of July 2026 make, with a cohort that August 2025 does not know; the tape shows these.
 */
const FILTERS_OF_2025: Readonly<Record<number, readonly object[]>> = { 1: [LOCAL], 2: [OWN, LOCAL] };

/** Writes the seed of a world to a file for the emulator, with what its tape shows to be different; its path. */
export function seedFile(world: string): string {
  const seed = Seed.parse(readJson("seeds", `emulator.${world}.json`));
  for (const { id, settings } of seed.organizations.flatMap(({ projects }) => projects)) {
    if (world === "old" && FILTERS_OF_2025[id] !== undefined) {
      settings.test_account_filters = FILTERS_OF_2025[id];
    }
  }
  const path = join(mkdtempSync(join(tmpdir(), "recordings-")), "seed.json");
  writeFileSync(path, JSON.stringify(seed));
  return path;
}
