import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, SYSTEM } from "../../emulator";
import type { StackResult } from "../../tools/stack";
import { plainMatrix } from "../provider/matrix/support";
import { acmeWorld } from "../support/seeds";
import { changesOf, javascript, withStack } from "./harness";

const program = (matrix: string, product = "product") =>
  javascript(`
const access = new posthog.AccessMatrix("access", {
  matrix: ${JSON.stringify(matrix)},
  projects: { staging_project: 1, production_project: 2 },
  members: { engineering: ["developer@acme.test"], ${product}: pulumi.output(["analyst@acme.test"]) },
});
module.exports = { teams: access.roles.apply(Object.keys), keys: access.keys, grants: access.grants.length };
`);

const { emulator: world } = acmeWorld({
  organization: {
    projects: [
      { name: "Staging", id: 1 },
      { name: "Production", id: 2 },
    ],
  },
});

/** Every access rule as one line: project, resource type, subject, level. */
function rulesIn({ store }: Emulator): string[] {
  return store.accessRules
    .all()
    .map((rule) => {
      const project = store.projects.get(rule.team_id)?.name;
      const role = rule.role === null ? undefined : store.roles.get(rule.role)?.name;
      const membership =
        rule.organization_member === null ? undefined : store.memberships.get(rule.organization_member);
      const person = membership === undefined ? undefined : store.users.get(membership.user_id)?.email;
      return [project, rule.resource, role ?? person ?? "everybody", rule.access_level].join(" ");
    })
    .sort();
}

/** The labels and scopes of all keys except the caller's. */
function keysIn({ store }: Emulator): string[] {
  const made = store.personalApiKeys.all().filter(({ label }) => label.includes("/"));
  return made.map(({ label, scopes }) => `${label}: ${scopes.join(" ")}`).sort();
}

/** Gives a role another level in each of the two projects, as someone could in PostHog. Returns the undo. */
function changeByHand({ store }: Emulator): () => void {
  const rules = [1, 2].flatMap(
    (project) =>
      store.accessRules
        .where("team_id", project)
        .find(({ resource, role }) => resource === "project" && role !== null) ?? [],
  );
  for (const { id, access_level } of rules) {
    store.accessRules.update(id, { access_level: access_level === "admin" ? "member" : "admin" }, SYSTEM);
  }
  return () => {
    for (const { id, access_level } of rules) store.accessRules.update(id, { access_level }, SYSTEM);
  };
}

const plainRules = [
  "Production feature_flag engineering editor",
  "Production insight product editor",
  "Production project engineering member",
  "Production project product member",
  "Production session_recording product viewer",
  "Staging feature_flag engineering editor",
  "Staging insight product editor",
  "Staging project engineering admin",
  "Staging project product member",
  "Staging session_recording product viewer",
];

test("a matrix becomes roles, policies and keys, shows what changes, and is destroyed completely", () =>
  withStack(
    program(plainMatrix),
    async (stack, emulator) => {
      const preview = await stack.preview();
      expect(preview.changes).toEqual({ create: 8 });
      expect(preview.text).toContain(
        "engineering in production_project: can_delete_flags: false cannot be enforced",
      );
      expect(preview.text).toContain('role "engineering": developer@acme.test joins');
      expect(preview.text).toMatch(
        /"access-production_project": analyst@acme\.test loses admin on Production, keeps member through role product/,
      );
      expect(rulesIn(emulator)).toEqual([]);

      const { text } = await stack.up();
      expect(text).not.toContain("cannot be enforced");
      expect(text).toMatch(/analyst@acme.test loses admin on Production, keeps member through role product/);
      expect(rulesIn(emulator)).toEqual(plainRules);
      expect(keysIn(emulator)).toEqual([
        "bi_service_account/production_project: dashboard:read insight:read query:read",
        "flag_service_account/production_project: feature_flag:read feature_flag:write",
      ]);
      expect(await stack.outputs()).toEqual({
        teams: ["engineering", "product"],
        keys: "[secret]",
        grants: 10,
      });
      expect(await stack.exportText()).not.toMatch(/phx_\w{10}/);
      expect(changesOf(await stack.preview({ flags: ["--refresh", "--expect-no-changes"] }))).toEqual([]);

      const undo = changeByHand(emulator);
      expect(changesOf(await stack.preview({ flags: ["--refresh"] })).sort()).toEqual([
        "update access-production_project: roles",
        "update access-staging_project: roles",
      ]);
      undo();

      const edited = plainMatrix
        .replace("can_create_flags: true, can_delete_flags: false}", "until: 2026-01-01, because: INC-42}")
        .replace("[insight:read, dashboard:read, query:read]", "[feature_flag:read]")
        .replace(
          "  product:",
          "  Data Science:\n    staging_project: {role: member}\n  PMs:\n    previously: product\n    name: product",
        );
      await stack.setProgram(program(edited, "PMs"));
      const words = await stack.preview();
      const lines = linesSaid(words);
      expect(lines.length).toBeGreaterThan(5);
      expect(lines).toEqual([...new Set(lines)]);
      // The product team has a new name in the matrix and keeps its role.
      expect(changesOf(words).sort()).toEqual([
        "create access-Data Science",
        "create access-bi_service_account/production_project",
        "delete access-bi_service_account/production_project",
        "update access-production_project: removalLimit, resources, roles",
        "update access-staging_project: roles",
      ]);
      expect(words.text).toContain(
        "access of engineering to production_project ended with 2026-01-01 (INC-42)",
      );
      expect(words.text).toMatch(/developer@acme.test .*gains admin on Production by PostHog's default/);

      await stack.up();
      expect(rulesIn(emulator)).toEqual(
        [...plainRules, "Staging project Data Science member"]
          .filter((rule) => !/^Production \S+ engineering/.test(rule))
          .sort(),
      );
      expect(keysIn(emulator)).toHaveLength(1);
      expect(emulator.store.projectSecretApiKeys.all().map(({ label }) => label)).toEqual([
        "bi_service_account/production_project",
      ]);

      await stack.setProgram(
        program(edited.replace("staging_project: {role: admin", "stagin_project: {role: amdin"), "PMs"),
      );
      const broken = await stack.preview({ fails: true });
      expect(broken.text).toContain("the access matrix has 2 problems");
      expect(broken.text).toContain("matrix:3:5 access_matrix.engineering.stagin_project: unknown project");
      expect(broken.text).toContain(
        "matrix:3:28 access_matrix.engineering.stagin_project.role: must be none",
      );
      expect(broken.text).not.toMatch(/at .*accessMatrix\.js/);

      await stack.destroy();
      expect([rulesIn(emulator), keysIn(emulator), emulator.store.roles.all()]).toEqual([[], [], []]);
    },
    { emulator: world },
  ));

const example = join(__dirname, "..", "..", "examples", "access-matrix");
const readme = readFileSync(join(example, "README.md"), "utf8");

test("the example runs unchanged", () =>
  withStack(
    { folder: example, main: "index.ts" },
    async (stack, emulator) => {
      const { text } = await stack.preview();
      const [, shown = ""] = /```text\nDiagnostics:([\s\S]*?)\n\n/.exec(readme) ?? [];
      const lines = shown.split("\n").map((line) => line.trim());
      expect(lines.length).toBeGreaterThan(10);
      expect(lines.filter((line) => !line.startsWith("pulumi:") && !text.includes(line))).toEqual([]);
      await stack.up();
      expect(rulesIn(emulator)).toEqual([
        "Production feature_flag audit@partner.example viewer",
        "Production feature_flag data editor",
        "Production feature_flag support viewer",
        "Production feature_flag web editor",
        "Production insight data editor",
        "Production project audit@partner.example member",
        "Production project data member",
        "Production project everybody none",
        "Production project support member",
        "Production project web member",
        "Production session_recording data viewer",
        "Production session_recording everybody none",
        "Production session_recording support viewer",
        "Staging project data admin",
        "Staging project everybody member",
        "Staging project support member",
        "Staging project web admin",
      ]);
      expect(keysIn(emulator)).toEqual(["reports/production: insight:read query:read"]);
      expect(await stack.outputs()).toMatchObject({ keys: "[secret]", notEnforceable: [] });
      expect(changesOf(await stack.preview({ flags: ["--refresh", "--expect-no-changes"] }))).toEqual([]);
    },
    {
      emulator: { seed: join(example, "organization.yaml") },
      config: { "posthog-test:support": '["sam@acme.example"]' },
    },
  ));

/** A run's messages about its resources, without blank lines. */
function linesSaid({ text }: StackResult): string[] {
  const [, said = ""] = /^Diagnostics:\n([\s\S]*?)^\S/m.exec(text) ?? [];
  return said.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
}
