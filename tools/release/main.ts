import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { repositoryRoot } from "../repository";
import { readManifest } from "./manifest";
import { releaseNotes, releaseProblems } from "./readiness";

const schemaFile = z.looseObject({ version: z.string() });

/**
 * `npm run release:check -- [TAG] [--archives DIR] [--notes FILE]`: rejects a release that is not ready, and writes its
 * notes.
 */
function main(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { notes: { type: "string" }, archives: { type: "string" } },
    allowPositionals: true,
  });
  const root = repositoryRoot();
  const manifest = readManifest(root);
  const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const { version: schemaVersion } = schemaFile.parse(
    JSON.parse(readFileSync(join(root, "provider/native/schema.json"), "utf8")),
  );
  const archives = values.archives === undefined ? undefined : readdirSync(values.archives);
  const problems = releaseProblems({ manifest, changelog, tag: positionals[0], schemaVersion, archives });
  for (const { problem, fix } of problems) console.error(`✗ ${problem}\n  ${fix}`);
  if (problems.length > 0) return 1;
  const notes = releaseNotes(changelog, manifest.version);
  if (values.notes !== undefined) writeFileSync(values.notes, `${notes}\n`);
  console.log(`✓ Version ${manifest.version} is ready to be published.`);
  return 0;
}

process.exitCode = main(process.argv.slice(2));
