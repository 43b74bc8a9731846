import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { registerReview } from "../../../cli/review";
import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import { type Ran, runCommand, withFolder } from "../../support/command";
import { acmeWorld } from "../../support/seeds";

const evil = '=HYPERLINK("http://evil.test")';
const world = acmeWorld({
  people: ["eve@partner.test"],
  organization: {
    members: [
      { email: "owner@acme.test", level: "owner" },
      { email: "admin@acme.test", level: "admin" },
      { email: "analyst@acme.test" },
      { email: "developer@acme.test" },
      { email: "eve@partner.test" },
    ],
    projects: [
      { name: "Production", id: 1 },
      { name: evil, id: 2 },
    ],
    roles: [{ name: "Analysts", members: ["analyst@acme.test"] }],
    accessRules: [
      { project: "Production", level: "none" },
      { project: "Production", role: "Analysts", level: "member" },
      { project: "Production", resource: "feature_flag", level: "viewer" },
    ],
    domains: [{ domain: "acme.test", verified: true, ssoEnforcement: "google-oauth2" }],
  },
});

/** Runs `review` against a new emulator. */
async function review(
  args: readonly string[],
  before?: (emulator: Emulator) => void,
): Promise<Ran & { requests: string[] }> {
  const emulator = await startEmulator(world.emulator);
  try {
    before?.(emulator);
    const ran = await runCommand(registerReview, emulator, ["review", ...args]);
    return { ...ran, requests: emulator.requests.map(({ method, path }) => `${method} ${path}`) };
  } finally {
    await emulator.close();
  }
}

test("the table shows who has access to what, and why, and the findings, within the width", async () => {
  const columns = process.stdout.columns;
  process.stdout.columns = 80;
  const { printed, exitCode, requests } = await review([]);
  process.stdout.columns = columns;
  expect(printed).toMatch(
    /^analyst@acme\.test +member +[\s\S]*member on Production through\s+role Analysts/m,
  );
  expect(printed).toMatch(/admin@acme\.test +admin +admin on all 2 projects as organization admin/);
  expect(printed).toMatch(/^medium +Everybody in the organization is an admin of/m);
  expect(printed).toMatch(/not read: the personal API keys of other members/);
  expect(Math.max(...printed.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(exitCode).toBe(0);
  expect(requests.filter((request) => !request.startsWith("GET "))).toEqual([]);
});

test("several files are written together, each in the format of its extension", () =>
  withFolder(async (path) => {
    const files = ["all.html", "all.json", "all.csv", "all.md", "all.sarif", "all.txt"].map(path);
    const { printed, stderr } = await review(files.flatMap((file) => ["--output", file]));
    expect(printed).toBe("");
    expect(stderr).toMatch(/findings: .*\nwritten to .*all\.html, .*all\.txt/);
    const [html = "", json = "", csv = "", markdown = "", sarif = "", table = ""] = files.map((file) =>
      readFileSync(file, "utf8"),
    );
    expect(html).toMatch(/^<!doctype html>/i);
    expect(JSON.parse(json)).toMatchObject({
      organization: { name: "Acme" },
      people: expect.any(Array),
      keys: expect.any(Array),
    });
    expect(JSON.parse(sarif)).toMatchObject({ version: "2.1.0" });
    expect(markdown).toMatch(/^# Access review of Acme\n/);
    expect(table).toMatch(/findings/);
    expect(csv.split("\r\n")[0]).toMatch(/^kind,person,name,organization_level,roles,/);
  }));

test("the CSV has no formulas, and texts in Markdown are not markup", async () => {
  const { printed: csv } = await review(["--format", "csv"]);
  expect(csv).toContain(`"'=HYPERLINK(""http://evil.test"")"`);
  expect(csv).not.toMatch(/(^|,)"?[=+@-]/m);
  expect(csv).toMatch(
    /^person,analyst@acme\.test,,member,Analysts,,,1,Production,feature_flag,viewer,through the rule for everybody/m,
  );
  const { printed: markdown } = await review(["--format", "markdown"]);
  expect(markdown).toContain("analyst\\@acme.test");
  expect(
    markdown
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .every((line) => line.endsWith("|")),
  ).toBe(true);
});

test("projects with the same name are shown with their ids", async () => {
  let other = 0;
  const { printed } = await review(["--person", "developer@acme.test"], ({ store }) => {
    other = store.projects.all().find(({ id }) => id !== 1)?.id ?? 0;
    store.projects.update(other, { name: "Production", team_name: "Production" }, SYSTEM);
  });
  const words = printed.replace(/\s+/g, " ");
  expect(words).toContain(
    `admin on Production (${other}) by PostHog's default; none on Production (1) through`,
  );
});

test("SARIF has what code scanning requires, and the same fingerprints every day", async () => {
  const run = async () => JSON.parse((await review(["--format", "sarif"])).printed).runs[0];
  const [one, other] = [await run(), await run()];
  expect(one.results.length).toBeGreaterThan(2);
  for (const { ruleId, ruleIndex, level, message, locations, partialFingerprints } of one.results) {
    expect(one.tool.driver.rules[ruleIndex].id).toBe(ruleId);
    expect(["error", "warning", "note"]).toContain(level);
    expect(message.text).toMatch(/Fix: /);
    expect(locations[0].physicalLocation.artifactLocation.uri).toBe("posthog-access");
    expect(Object.keys(locations[0].physicalLocation.region)).toEqual([
      "startLine",
      "startColumn",
      "endLine",
      "endColumn",
    ]);
    expect(partialFingerprints).toEqual({ primaryLocationLineHash: expect.stringMatching(/^[0-9a-f]{32}$/) });
  }
  for (const { shortDescription, fullDescription, help } of one.tool.driver.rules) {
    for (const { text } of [shortDescription, fullDescription, help]) expect(text).toMatch(/\w.*\.$/);
  }
  expect(one.automationDetails.id).toBe("pulumi-posthog/review/");
  const prints = (run: { results: { partialFingerprints: { primaryLocationLineHash: string } }[] }) =>
    run.results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash);
  expect(prints(one)).toEqual(prints(other));
  expect(new Set(prints(one)).size).toBe(one.results.length);
});

describe("the exit code", () => {
  test.each([
    [["--fail-on", "high"], 2],
    [["--fail-on", "low", "--person", "developer@acme.test"], 0],
    [["--severity", "high"], 0],
    [["--fail-on", "medium", "--severity", "high"], 2],
  ])("of review %j is %i", async (args, code) => {
    expect((await review(args)).exitCode).toBe(code);
  });
});

test("only one project and one person are read and shown, type by type", async () => {
  const { printed, requests } = await review(["--project", "Production", "--person", "Analyst@acme.test"]);
  expect(printed).toMatch(/1 person, 1 project and 0 API keys/);
  expect(printed).toMatch(/Production +feature_flag +viewer through the rule for everybody/);
  expect(printed).not.toContain("developer@acme.test");
  expect(requests.filter((request) => request.includes("/projects/2/"))).toEqual([]);
});

test("a number is a project's id, even if another project has that name", async () => {
  const named = (args: string[]) =>
    review([...args, "--format", "json"], ({ store }) =>
      store.projects.update(1, { name: "2", team_name: "2" }, SYSTEM),
    );
  const ids = ({ printed }: Ran): number[] =>
    JSON.parse(printed).projects.map(({ projectId }: { projectId: number }) => projectId);
  expect(ids(await named(["--project", "2"]))).toEqual([2]);
  expect(ids(await named(["--project", "1"]))).toEqual([1]);
});

test("a project that PostHog is deleting counts as deleted, and only named projects are read for that", async () => {
  const { printed, requests } = await review(["--format", "json", "--project", "Production"]);
  expect(JSON.parse(printed).projects).toHaveLength(1);
  expect(requests.filter((request) => /\/projects\/\d+\/$/.test(request))).toHaveLength(1);
  await expect(
    review(["--project", "Production"], ({ store }) =>
      store.projects.update(1, { is_pending_deletion: true }, SYSTEM),
    ),
  ).rejects.toThrow(/no such project: Production/);
});

test("findings refer to the keys in the review, even if it is filtered", async () => {
  const { printed } = await review(["--format", "json", "--person", "owner@acme.test"]);
  const { findings, keys } = JSON.parse(printed);
  const finding = findings.find(({ rule }: { rule: string }) => rule === "key-over-scoped");
  expect(keys[finding.subject.key]).toMatchObject({ owner: "owner@acme.test", label: "caller" });
});

test("thresholds decide what counts as a finding", async () => {
  const { printed } = await review(["--most-owners", "0", "--company-domains", "acme.test,partner.test"]);
  expect(printed).toMatch(/The organization has 1 owners?; the recommended maximum is 0/);
  expect(printed).not.toContain("outside the company");
});

describe("an error reports", () => {
  test.each([
    [
      "projects that do not exist",
      ["--project", "Prodution,Production,9"],
      /the organization has no such project: Prodution; did you mean "Production"\?, 9/,
    ],
    ["--base without --changes", ["--base", "before.yaml"], /--base needs --changes/],
    [
      "people who do not exist",
      ["--person", "analist@acme.test"],
      /no such person: analist@acme\.test; did you mean "analyst@acme\.test"/,
    ],
    [
      "a file without a known extension",
      ["--output", "review.htlm"],
      /review\.htlm has no known format[\s\S]*Did you mean \.html/,
    ],
    [
      "a matrix that does not exist",
      ["--matrix", "nowhere.yaml"],
      /the matrix nowhere\.yaml cannot be read\n {2}why: The file does not exist\./,
    ],
  ])("%s", async (_, args, message) => {
    await expect(review(args)).rejects.toThrow(message);
  });

  test("a file that cannot be written, and no partial file is left", () =>
    withFolder(async (path) => {
      await expect(review(["--output", path("no/such/folder.json")])).rejects.toThrow(/cannot be written/);
      expect(existsSync(path("no"))).toBe(false);
    }));
});

test("a matrix's grants that end soon are findings, located in its file in SARIF", () =>
  withFolder(async (path) => {
    const day = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
    const matrix = path("access.yaml");
    writeFileSync(
      matrix,
      `access_matrix:\n  data:\n    name: Analysts\n    Production: {role: member, until: ${day}}\n`,
    );
    const { printed } = await review(["--matrix", matrix, "--format", "sarif"]);
    const result = JSON.parse(printed).runs[0].results.find(
      ({ ruleId }: { ruleId: string }) => ruleId === "grant-ending",
    );
    expect(result.message.text).toMatch(/Access of data to Production ends in 5 days/);
    expect(result.locations[0].physicalLocation.artifactLocation.uri).toBe(relative(".", matrix));
  }));

test("what the key cannot read is reported, and everything else is reviewed", async () => {
  const { printed, exitCode } = await review([], ({ faults }) => {
    faults.add({ kind: "status", status: 403, path: /\/domains\//, times: 9 });
    faults.add({ kind: "status", status: 403, path: /\/invites\//, times: 9 });
  });
  expect(printed).toMatch(/not read: invites\./);
  expect(printed).toMatch(/not read: sign-on of the e-mail domains\./);
  expect(printed).not.toMatch(/single sign-on/i);
  expect(exitCode).toBe(0);
});
