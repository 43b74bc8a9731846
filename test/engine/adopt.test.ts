import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator, SeedInput } from "../../emulator";
import { type PulumiStack, Secret } from "../../tools/stack";
import { oddOrganization, organizationOf, ownersKey } from "../support/organizations";
import { joinByHand } from "../support/people";
import { changesOf, javascript, withStack } from "./harness";

const empty = { source: "export {};", language: "typescript" } as const;
const everything = ["--project-settings", "--organization-settings"];

/** The writes that reached PostHog. Signing in does not write to the organization. */
function writesTo({ requests }: Emulator): string[] {
  return requests
    .filter(({ method, path }) => method !== "GET" && !/login/.test(path))
    .map(({ method, path }) => `${method} ${path}`);
}

const dev = ["--stack", "dev"];
const unchanged = (stack: PulumiStack) => stack.preview({ flags: ["--refresh", "--expect-no-changes"] });

/** Runs one of this package's commands and returns its output. */
async function tool(
  stack: PulumiStack,
  args: string[],
  code = 0,
): Promise<{ stdout: string; stderr: string }> {
  const result = await stack.tool([...args, ...dev]);
  if (result.code !== code) throw new Error(`${args.join(" ")} ended with ${result.code}:\n${result.text}`);
  return result;
}

describe("after export and adopt, a preview shows no change", () => {
  test("for five people whose organization has the oddest names", () =>
    withStack(
      empty,
      async (stack, emulator) => {
        const { stderr } = await tool(stack, ["export", "--force", ...everything]);
        const [, command = ""] = /^next: npx pulumi-posthog (.*)$/m.exec(stderr) ?? [];
        expect(command).toBe("adopt --id Project:default-project=7 --id Project:default-project-11=11");
        const { stdout } = await tool(stack, command.split(" "));
        expect(stdout).toContain("the state has 0.");
        expect(stdout).not.toContain("Not adopted");
        expect(stdout).not.toContain("says otherwise");
        expect(writesTo(emulator)).toEqual([]);
        // Also checks the program's types, as its users do.
        await stack.preview({
          env: { PULUMI_NODEJS_TRANSPILE_ONLY: "false" },
          flags: ["--expect-no-changes"],
        });
        expect(changesOf(await unchanged(stack))).toEqual([]);
        expect(writesTo(emulator)).toEqual([]);

        expect((await tool(stack, ["adopt"])).stdout).toContain("There was nothing to adopt.");
        // `git add .` does not add the backup.
        const backups = join(stack.project, ".pulumi-posthog");
        expect(readdirSync(stack.project).filter((file) => file.includes("before-adopt"))).toEqual([]);
        expect(readdirSync(backups).sort()).toEqual([
          ".gitignore",
          expect.stringMatching(/^\w+-before-adopt-.*\.json$/),
        ]);
        expect(readFileSync(join(backups, ".gitignore"), "utf8")).toBe("*\n");

        joinByHand(emulator, "class", "root@acme.test");
        expect(changesOf(await stack.preview({ flags: ["--refresh"] }))).toEqual([]);
        await tool(stack, ["export", "--force", ...everything]);
        expect(changesOf(await stack.preview())).toEqual(["update class: members"]);
      },
      { emulator: { seed: oddOrganization() }, config: { "posthog:apiKey": new Secret(ownersKey) } },
    ));

  test("for objects that a Terraform state manages", () => {
    const fixture = (file: string): string => join(__dirname, "../fixtures/terraform", file);
    return withStack(
      empty,
      async (stack, emulator) => {
        const state = ["--terraform-state", fixture("state.json")];
        const { stderr } = await tool(stack, ["export", "--force", ...state]);
        expect(stderr).toContain("stays in Terraform: posthog_feature_flag.f");
        expect(emulator.requests).toEqual([]);
        const [, command = ""] = /^next: npx pulumi-posthog (.*)$/m.exec(stderr) ?? [];
        expect(command).toBe("adopt --id Project:p=2");
        const { stdout } = await tool(stack, command.split(" "));
        expect(stdout).not.toMatch(/Not adopted|says otherwise/);
        expect(changesOf(await unchanged(stack))).toEqual([]);
        expect(writesTo(emulator)).toEqual([]);
      },
      {
        emulator: { seed: fixture("organization.yaml") },
        config: { "posthog:apiKey": new Secret("phx_owner") },
      },
    );
  });

  test("for roles with JavaScript's built-in names", () =>
    withStack(
      empty,
      async (stack) => {
        await tool(stack, ["export", "--force"]);
        expect((await tool(stack, ["adopt"])).stdout).not.toMatch(/Not adopted|says otherwise/);
        await stack.preview({
          env: { PULUMI_NODEJS_TRANSPILE_ONLY: "false" },
          flags: ["--refresh", "--expect-no-changes"],
        });
        const { resources = [] } = (await stack.exportState()).deployment;
        const policy = resources.find(({ urn }) => urn.endsWith("ProjectAccess::project-1"));
        // No grant is lost. Grants of roles that only an id can identify have the id.
        expect(policy?.outputs).toMatchObject({ grants: { length: 2 * hostileNames.length } });
        expect(policy?.outputs).toMatchObject({
          grants: expect.arrayContaining([
            "project/role/two\nlines: admin",
            "feature_flag/role/C:\\new\\team: viewer",
          ]),
        });
      },
      { emulator: { seed: hostileOrganization() }, config: { "posthog:apiKey": new Secret(ownersKey) } },
    ));

  test("for a matrix of five people, that AccessMatrix accepts unchanged", () =>
    withStack(
      javascript('new posthog.AccessMatrix("access", { matrix: "access.yaml" });'),
      async (stack, emulator) => {
        await tool(stack, ["export", "--format", "matrix", "--output", "access.yaml"]);
        const { stdout } = await tool(stack, ["adopt"]);
        expect(stdout).toContain(
          "6 Role: access-Default project, access-__proto__, access-class, access-new-old- both, access-people, access-数据",
        );
        expect(stdout).not.toContain("Not adopted");
        expect(changesOf(await unchanged(stack))).toEqual([]);
        expect(writesTo(emulator)).toEqual([]);
      },
      { emulator: { seed: oddOrganization() }, config: { "posthog:apiKey": new Secret(ownersKey) } },
    ));
});

const hostileNames = ["__proto__", "toString", "constructor", "two\nlines", "C:\\new\\team"];

/** Five people, and roles with odd names and rules in one project. */
function hostileOrganization(): SeedInput {
  const seed = organizationOf(5);
  return {
    ...seed,
    organizations: seed.organizations.map((one) => ({
      ...one,
      roles: hostileNames.map((name) => ({ name, members: [] })),
      accessRules: hostileNames.flatMap((role) => [
        { project: "Project 1", role, level: "admin" },
        { project: "Project 1", role, resource: "feature_flag", level: "viewer" },
      ]),
    })),
  };
}

/** Resources with a difference, and what refers to them. */
const differing = (role: string, options = "{}") =>
  javascript(`
  const one = new posthog.Project("one", { name: "Project 1", timezone: "Asia/Tokyo" });
  const team = new posthog.Role("${role}", { name: "Team 1", members: ["person0004@acme.test"] }, ${options});
  new posthog.ProjectMember("reads", { projectId: one.projectId, role: team.roleId, accessLevel: "member" });
`);

describe("a program with differences", () => {
  test("is adopted with references to them; a resource that is renamed afterwards is not adopted a second time", () =>
    withStack(
      differing("team"),
      async (stack, emulator) => {
        const { stdout } = await tool(stack, ["adopt"]);
        expect(stdout).toContain("1 ProjectMember: reads");
        expect(stdout).toContain('Project "one": timezone is "UTC", not "Asia/Tokyo"');
        expect(writesTo(emulator)).toEqual([]);
        await stack.up();
        expect(changesOf(await unchanged(stack))).toEqual([]);

        await stack.setProgram(differing("renamed"));
        const again = await tool(stack, ["adopt"], 2);
        expect(again.stdout).toContain('if it was renamed, add { aliases: [{ name: "team" }] }');
        expect(again.stdout).toContain("Nothing was written.");
        await stack.setProgram(differing("renamed", '{ aliases: [{ name: "team" }] }'));
        expect((await tool(stack, ["adopt"])).stdout).toContain("There was nothing to adopt.");
        expect(changesOf(await unchanged(stack))).toEqual([]);
      },
      { emulator: { seed: organizationOf(5) }, config: { "posthog:apiKey": new Secret(ownersKey) } },
    ));
});

/** Resources that exist, do not exist, differ, and cannot be read. */
const mixed = javascript(`
  class Team extends pulumi.ComponentResource {
    constructor(name) {
      super("acme:index:Team", name);
      this.role = new posthog.Role(name, { name: pulumi.secret("Team 1"), members: ["person0001@acme.test"] }, { parent: this });
      this.registerOutputs({ roleId: this.role.roleId });
    }
  }
  const team = new Team("team");
  const one = new posthog.Project("one", { name: "Project 1" }, { protect: true });
  const none = new posthog.Project("none", { name: "Nowhere" });
  new posthog.RoleMembership("joins", { roleId: team.role.roleId, user: "person0001@acme.test" }, { parent: team.role });
  new posthog.ProjectMember("reads", { projectId: one.projectId, role: team.role.roleId, accessLevel: "member" });
  new posthog.ProjectAccess("nowhere", { projectId: none.projectId, members: { "person0001@acme.test": "member" } });
  new posthog.OrganizationMember("second", { user: "Person0001@acme.test", level: "admin" });
  new posthog.OrganizationMember("kept", { user: "person0000@acme.test", level: "owner" });
  new posthog.ProjectSecretApiKey("key", { projectId: one.projectId, label: "ci", scopes: ["feature_flag:read"] });
`);

const kept = javascript(
  'new posthog.OrganizationMember("kept", { user: "person0000@acme.test", level: "owner" });',
);

describe("what cannot be adopted directly", () => {
  test("is omitted with the reason or shown in the next preview; the next run finishes an interrupted one", () =>
    withStack(
      kept,
      async (stack, emulator) => {
        await stack.up();
        const writes = writesTo(emulator);
        await stack.setProgram(mixed);
        const dry = await tool(stack, ["adopt", "--dry-run"], 2);
        expect(dry.stdout).toContain("Would be adopted (3):");
        expect(dry.stdout).toContain('OrganizationMember "second": level is "owner", not "admin"');
        expect(dry.stdout).toContain(
          "Would be checked after that, because they refer to adopted resources (2):",
        );
        expect((await stack.exportState()).deployment.resources).toHaveLength(3);

        const interrupted = await interruptAfterFirstRound(stack);
        expect(interrupted).not.toBe(0);
        const halfWay = (await stack.exportState()).deployment.resources ?? [];
        expect(halfWay.map(({ urn }) => urn.split("::").at(-1)).sort()).toEqual(
          expect.arrayContaining(["kept", "one", "second", "team"]),
        );

        const { stdout } = await tool(stack, ["adopt"], 2);
        for (const sentence of [
          "the state has 4.",
          'Project "none": does not exist: the next pulumi up creates it',
          'ProjectSecretApiKey "key": PostHog shows a key\'s value only once',
          'ProjectAccess "nowhere": it refers to Project "none", which is not in the state',
        ]) {
          expect(stdout).toContain(sentence);
        }
        expect(writesTo(emulator)).toEqual(writes);
        expect(changesOf(await stack.preview({ flags: ["--refresh"] })).sort()).toEqual([
          "create key",
          "create none",
          "create nowhere",
          "update second: level",
        ]);
        const text = await stack.exportText();
        expect(text).toMatch(/"ciphertext"/);
        expect(text).not.toMatch(/"name": "Team 1"|"plaintext"/);
        expect(text).toMatch(/"protect": true/);
      },
      { emulator: { seed: organizationOf(5) }, config: { "posthog:apiKey": new Secret(ownersKey) } },
    ));
});

/** Ends adopt after it has written the first part and reads the program again. Returns its exit code. */
async function interruptAfterFirstRound(stack: PulumiStack): Promise<number> {
  let pid = 0;
  const { code } = await stack.tool(["adopt", ...dev], {
    onStart: (started) => {
      pid = started;
    },
    onLine: (line) => {
      if (line.includes("reading the program again")) process.kill(-pid, "SIGKILL");
    },
  });
  return code;
}
