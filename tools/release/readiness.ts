import { type Manifest, repositoryAddress } from "./manifest";
import { archiveName, platforms } from "./platforms";

/** A problem that blocks the release, with the fix. */
interface ReleaseProblem {
  readonly problem: string;
  readonly fix: string;
}

/** What the checks of a release read. */
interface ReleaseFacts {
  readonly manifest: Manifest;
  readonly changelog: string;
  /** The release's tag; undefined if there is none yet. */
  readonly tag?: string;
  /** The version in the package schema. */
  readonly schemaVersion: string;
  /** The files that should include the plugin's archives; undefined if they are not made yet. */
  readonly archives?: readonly string[];
}

/** Every problem to fix before the package can be published; empty if it is ready. */
export function releaseProblems({
  manifest,
  changelog,
  tag,
  schemaVersion,
  archives,
}: ReleaseFacts): ReleaseProblem[] {
  const { version } = manifest;
  const problems: ReleaseProblem[] = [];
  for (const name of ["repository", "homepage", "bugs"] as const) {
    if (manifest[name] === undefined) {
      problems.push({
        problem: `package.json has no ${name}`,
        fix: `npm pkg set ${name}=https://... with the address of this repository`,
      });
    }
  }
  if (manifest.repository !== undefined && repositoryAddress(manifest) === undefined) {
    problems.push({
      problem: "package.json's repository is no https address",
      fix: "npm pkg set repository=https://...: the README's links are made from it",
    });
  }
  if (releaseNotes(changelog, version) === undefined) {
    problems.push({
      problem: `CHANGELOG.md has no section for ${version}`,
      fix: `Put the heading "## [${version}] - <date>" above what is new`,
    });
  }
  if (tag !== undefined && tag !== `v${version}`) {
    problems.push({
      problem: `the tag ${tag} is not that of package.json's version ${version}`,
      fix: "npm version <version> changes both, and provider/posthog/version.ts with them by hand",
    });
  }
  if (schemaVersion !== version) {
    problems.push({
      problem: `the package schema is of version ${schemaVersion}, not ${version}`,
      fix: "npm run schema: the engine downloads the plugin of the version that an SDK names",
    });
  }
  const missing = platforms
    .map((platform) => archiveName(version, platform))
    .filter((name) => archives?.includes(name) === false);
  if (missing.length > 0) {
    problems.push({
      problem: `the plugin's archives are not complete: ${missing.join(", ")}`,
      fix: "The release workflow makes each on its own platform: run its failed jobs again",
    });
  }
  return problems;
}

/** The changelog's text about a version; undefined if the version has no dated section, or an empty one. */
export function releaseNotes(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^(?=## )/m);
  const heading = new RegExp(`^## \\[${version.replaceAll(".", "\\.")}\\] - \\d{4}-\\d\\d-\\d\\d\\s*$`, "m");
  const section = sections.find((text) => heading.test(text.split("\n")[0] ?? ""));
  const notes = section?.slice(section.indexOf("\n")).trim();
  return notes === "" ? undefined : notes;
}
