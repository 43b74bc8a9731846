import { existsSync } from "node:fs";
import { join } from "node:path";
import { repositoryAddress } from "../../../tools/release/manifest";
import { archiveName, platforms } from "../../../tools/release/platforms";
import { releaseNotes, releaseProblems } from "../../../tools/release/readiness";
import { withAbsoluteLinks } from "../../../tools/release/readme";
import { root, textOf } from "../../support/sources";

const address = "https://code.example/acme/pulumi-posthog";
const changelog =
  "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- Everything.\n\n## [0.1.0] - 2026-11-01\n\n- The first.\n";
const ready = {
  manifest: {
    version: "0.2.0",
    repository: { type: "git", url: `git+${address}.git` },
    homepage: `${address}#readme`,
    bugs: { url: `${address}/issues` },
  },
  changelog,
  tag: "v0.2.0",
  schemaVersion: "0.2.0",
  archives: platforms.map((platform) => archiveName("0.2.0", platform)),
};

describe("a release", () => {
  test("that is ready has no problems", () => expect(releaseProblems(ready)).toEqual([]));

  test.each([
    [
      "no repository",
      { manifest: { ...ready.manifest, repository: undefined } },
      "package.json has no repository",
    ],
    ["no homepage", { manifest: { ...ready.manifest, homepage: undefined } }, "package.json has no homepage"],
    ["no address for bugs", { manifest: { ...ready.manifest, bugs: undefined } }, "package.json has no bugs"],
    [
      "a repository without an https address",
      { manifest: { ...ready.manifest, repository: "acme/pulumi-posthog" } },
      "package.json's repository is no https address",
    ],
    [
      "nothing in the changelog",
      { changelog: "## [Unreleased]\n\n- All.\n" },
      "CHANGELOG.md has no section for 0.2.0",
    ],
    [
      "an empty section",
      { changelog: "## [0.2.0] - 2026-12-01\n\n## [0.1.0] - 2026-11-01\n\n- A.\n" },
      "CHANGELOG.md has no section for 0.2.0",
    ],
    [
      "the tag of another version",
      { tag: "v0.2.1" },
      "the tag v0.2.1 is not that of package.json's version 0.2.0",
    ],
    [
      "the schema of another version",
      { schemaVersion: "0.1.0" },
      "the package schema is of version 0.1.0, not 0.2.0",
    ],
    [
      "an archive that is missing",
      { archives: ready.archives.slice(1) },
      "the plugin's archives are not complete: pulumi-resource-posthog-v0.2.0-linux-amd64.tar.gz",
    ],
  ])("with %s is rejected, with the fix", (_, change, problem) => {
    expect(releaseProblems({ ...ready, ...change })).toEqual([
      { problem, fix: expect.stringMatching(/\w{3}/) },
    ]);
  });

  test("has only the notes of its own version", () => {
    expect(releaseNotes(changelog, "0.2.0")).toBe("### Added\n\n- Everything.");
    expect(releaseNotes(changelog, "0x2.0")).toBeUndefined();
  });
});

test.each([[`git+${address}.git`], [`${address}.git`], [address], [`${address}/`]])(
  "the address of the repository is read from %s",
  (url) => {
    expect(repositoryAddress({ version: "0.2.0", repository: url })).toBe(address);
  },
);

describe("the README on the package's page", () => {
  const page = withAbsoluteLinks(textOf("README.md"), address, "0.2.0");

  test("links to the files of its version, and shows its pictures", () => {
    expect(page).toContain(`(${address}/blob/v0.2.0/docs/permissions.md)`);
    expect(page).toContain(`src="${address}/raw/v0.2.0/examples/access-review/review.png"`);
  });

  test("has absolute links to other files, and keeps links within itself", () => {
    const targets = [...page.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)].map(
      ([, a, b]) => a ?? b ?? "",
    );
    expect(targets.length).toBeGreaterThan(20);
    expect(targets.filter((to) => !/^(?:#|https?:)/.test(to))).toEqual([]);
    expect(page).toContain("(#configuration)");
  });

  test("links to existing files", () => {
    const own = [
      ...page.matchAll(/https:\/\/code\.example\/acme\/pulumi-posthog\/(?:blob|raw)\/v0\.2\.0\/([^)"#\s]+)/g),
    ];
    expect(own.length).toBeGreaterThan(20);
    expect(own.map(([, path = ""]) => path).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
