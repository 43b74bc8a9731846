import { readFileSync, writeFileSync } from "node:fs";
import { registerReview } from "../../../cli/review";
import { commentMarker } from "../../../cli/review/changes";
import { type Emulator, startEmulator } from "../../../emulator";
import { type Ran, runCommand, withFolder } from "../../support/command";
import { withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

const world = acmeWorld({
  organization: {
    projects: [
      { name: "Production", id: 1 },
      { name: "Staging", id: 2 },
    ],
    roles: [{ name: "Analysts", members: ["analyst@acme.test"] }],
    accessRules: [
      { project: "Production", level: "none" },
      { project: "Production", role: "Analysts", level: "member" },
      { project: "Production", member: "developer@acme.test", level: "admin" },
    ],
  },
});

const asIs = `
access_matrix:
  analysts:
    name: Analysts
    members: [analyst@acme.test]
    Production: {role: member}
projects:
  Production: {defaultAccess: none, members: {developer@acme.test: {role: admin}}}
`;
const lower = asIs.replace("{role: admin}", "{role: member}");

/** Runs `review --changes` with matrices, by their flags. */
function changes(
  matrices: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  before: (emulator: Emulator) => void = () => undefined,
): Promise<Ran & { writes: number; outputs: (file: string) => string }> {
  return withFolder(async (path) => {
    const emulator = await startEmulator(world.emulator);
    const files = Object.entries(matrices).flatMap(([flag, text]) => {
      writeFileSync(path(`${flag}.yaml`), text);
      return [`--${flag}`, path(`${flag}.yaml`)];
    });
    try {
      before(emulator);
      const placed = args.map((arg) => arg.replace("%", path("")));
      const ran = await runCommand(registerReview, emulator, ["review", "--changes", ...files, ...placed]);
      const written = new Map(
        placed
          .filter((arg) => /\.(md|json|txt)$/.test(arg))
          .map((file) => [file.replace(path(""), ""), readFileSync(file, "utf8")]),
      );
      const writes = emulator.requests.filter(({ method }) => method !== "GET").length;
      return { ...ran, writes, outputs: (file) => written.get(file) ?? "" };
    } finally {
      await emulator.close();
    }
  });
}

test("a matrix that matches PostHog exits with 0", async () => {
  const { printed, exitCode } = await changes({ matrix: asIs });
  expect(printed).toMatch(/No changes: PostHog matches the matrix\.\n$/);
  expect(exitCode).toBe(0);
});

test("a change exits with 2, shows who loses what, and writes nothing", async () => {
  const { printed, exitCode, writes } = await changes({ matrix: lower });
  expect(printed).toContain(
    "developer@acme.test loses admin on Production, keeps member through their own rule",
  );
  expect(printed).toContain("Production: 1 access rule, 1 changed");
  expect(printed).toMatch(/1 person loses access; 1 access rule changes\.\n$/);
  expect(exitCode).toBe(2);
  expect(writes).toBe(0);
});

test("a comment for a pull request starts with its marker", async () => {
  const { outputs, printed, stderr } = await changes({ matrix: lower }, [
    "--output",
    "%/c.md",
    "--output",
    "%/c.json",
  ]);
  const comment = outputs("/c.md");
  expect(comment.split("\n")[0]).toBe(commentMarker);
  expect(comment).toContain("- **developer\\@acme.test** loses admin on Production");
  expect(JSON.parse(outputs("/c.json"))).toMatchObject({
    hasChanges: true,
    people: [
      { email: "developer@acme.test", changes: [{ direction: "loses", before: "admin", after: "member" }] },
    ],
  });
  expect(printed).toBe("");
  expect(stderr).toMatch(/1 person loses access/);
});

test("keys are compared if PostHog shows them, else reported as not compared", async () => {
  const withKey = (scope: string) =>
    asIs.replace("access_matrix:", `access_matrix:\n  bot:\n    Staging: {api_key_scopes: [${scope}]}`);
  const made = await changes({ matrix: withKey("feature_flag:read") });
  expect(made.printed).toContain("the key of bot for Staging is made: feature_flag:read");
  expect(made.exitCode).toBe(2);
  const asked = await changes({ matrix: withKey("feature_flag:read") }, [], ({ faults }) => {
    faults.add({ kind: "status", status: 403, path: /projects\/1\/project_secret_api_keys/, times: 9 });
  });
  // The keys of other projects need no request.
  expect(asked.printed).not.toMatch(/not read/i);
  const unknown = await changes({ matrix: withKey("dashboard:read") });
  expect(unknown.printed).toMatch(/the key of bot for Staging is not compared: PostHog does not show labels/);
  expect(unknown.printed).toMatch(/No other changes; 1 key is not compared\.\n$/);
  expect(unknown.printed).not.toContain("No changes");
  expect(unknown.exitCode).toBe(0);
  const moved = await changes({
    matrix: withKey("dashboard:read, insight:read"),
    base: withKey("dashboard:read, cohort:read"),
  });
  expect(moved.printed).toContain(
    "the key of bot for Staging is changed: loses cohort:read; gains insight:read",
  );
});

test("unread parts are reported along with files", async () => {
  const refused = ({ faults }: Emulator): void => {
    faults.add({ kind: "status", status: 403, path: /\/invites\//, times: 9 });
  };
  const { stderr, outputs } = await changes({ matrix: lower }, ["--output", "%/c.md"], refused);
  expect(stderr).toMatch(/^not read: invites\. .*\nfix: /m);
  expect(outputs("/c.md")).toMatch(/### Not read\n\n- invites: /);
});

test("a warning of several lines becomes a Markdown item with nested items", async () => {
  const { printed } = await changes(
    {
      matrix: asIs.replace(
        "Production: {role: member}",
        "Production: {role: member, can_create_flags: true, can_delete_flags: false}",
      ),
    },
    ["--format", "markdown"],
  );
  expect(printed).toMatch(/\n- .*can\\_delete\\_flags: false cannot be enforced.*\n {2}- \S/);
});

test("only --base shows what the matrix no longer grants", async () => {
  const without = asIs.replace(", members: {developer@acme.test: {role: admin}}", "");
  const { printed } = await changes({ matrix: without });
  expect(printed).toMatch(/keeps what the matrix does not list: project\/user\/developer@acme\.test: admin/);
  const since = await changes({ matrix: without, base: asIs });
  expect(since.printed).toContain("developer@acme.test loses admin on Production, now none");
  expect(since.exitCode).toBe(2);
});

test("projects are found by ids in flags, then in the matrix, then by name", async () => {
  const renamed = lower.replaceAll("Production:", "web:");
  expect((await changes({ matrix: renamed }, ["--projects", "web=1"])).exitCode).toBe(2);
  expect(
    (await changes({ matrix: renamed.replace("{defaultAccess", "{id: 1, defaultAccess") })).exitCode,
  ).toBe(2);
  const numbered = asIs.replace("{defaultAccess", "{id: 1, defaultAccess");
  expect((await changes({ matrix: numbered })).exitCode).toBe(0);
});

test("people gain and lose what a preview of the same policy shows", async () => {
  const policies: [string, Record<string, unknown>][] = [
    ["{defaultAccess: none, mode: exclusive, removalLimit: 1}", { mode: "exclusive", removalLimit: 1 }],
    [
      "{defaultAccess: none, members: {developer@acme.test: {role: member}}}",
      { members: { "developer@acme.test": "member" } },
    ],
    [
      "{defaultAccess: none, members: {analyst@acme.test: {role: admin}}}",
      { members: { "analyst@acme.test": "admin" } },
    ],
  ];
  for (const [yaml, args] of policies) {
    const text = asIs.replace(/ {2}Production: \{defaultAccess.*/, `  Production: ${yaml}`);
    const { printed } = await changes({ matrix: text }, ["--format", "json"]);
    const messages = JSON.parse(printed).people.map(
      ({ email, summary }: { email: string; summary: string }) => `${email} ${summary}`,
    );
    const policy = {
      adopt: true,
      projectId: 1,
      defaultAccess: "none",
      roles: { Analysts: "member" },
      ...args,
    };
    await withWorld(async (preview) => {
      expect(await preview.resource("ProjectAccess").refusals(policy)).toEqual([]);
      expect(messages.length).toBeGreaterThan(0);
      const lines = preview.messages.map((line) => line.replace(/^access policy "it": /, ""));
      expect(lines.filter((line) => /@acme\.test (loses|keeps|gains)/.test(line))).toEqual(messages);
    }, world);
  }
});

describe("what cannot be compared is an error", () => {
  test.each<[string, Readonly<Record<string, string>>, string[], RegExp]>([
    ["no matrix", {}, [], /nothing to compare[\s\S]*--matrix/],
    [
      "a project that does not exist",
      { matrix: asIs.replaceAll("Production:", "Productoin:") },
      [],
      /has a problem\n.*called "Productoin" \(did you mean "Production"\?\): give its id with --projects Productoin=<id>$/,
    ],
    [
      "people who do not exist",
      { matrix: asIs.replace("[analyst@", "[zoe@x.org, analist@") },
      [],
      /2 problems\n.*matrix\.yaml:5:15 access_matrix\.analysts\.members\[0\]: zoe@x\.org is not a member of the organization\n.*:5:26 access_matrix\.analysts\.members\[1\]: analist@acme\.test is not a member .*did you mean "analyst@acme\.test"/,
    ],
    [
      "people and projects that do not exist, all at once",
      {
        matrix: `${asIs.replace("[analyst@", "[analist@").replace("developer@", "develop@")}  Archive: {id: 77}\n  Stagin: {defaultAccess: none}\n`,
      },
      [],
      /4 problems\n.*:5:15 .*analist@acme[\s\S]*:8:\d+ projects\.Production\.members\.develop@acme\.test: develop@acme\.test is not[\s\S]*:9:3 projects\.Archive: unknown project 77[\s\S]*:10:3 projects\.Stagin: .*did you mean "Staging"/,
    ],
    [
      "an id of no project",
      { matrix: asIs.replaceAll("Production:", "web:") },
      ["--projects", "web=99"],
      /unknown project 99/,
    ],
    [
      "a format that changes do not have",
      { matrix: asIs },
      ["--format", "sarif"],
      /changes cannot be written as sarif/,
    ],
    ["a file without a known format", { matrix: asIs }, ["--output", "c.csv"], /c\.csv has no known format/],
    ["a flag for findings", { matrix: asIs }, ["--fail-on", "high"], /'--fail-on <severity>' cannot be used/],
    [
      "a part of the review",
      { matrix: asIs },
      ["--person", "owner@acme.test"],
      /'--person <people>' cannot be/,
    ],
    ["an empty matrix", { matrix: "" }, [], /the access matrix has/],
  ])("%s", async (_, matrices, args, message) => {
    await expect(changes(matrices, args)).rejects.toThrow(message);
  });
});
