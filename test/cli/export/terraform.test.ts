import { readFileSync } from "node:fs";
import { join } from "node:path";
import { programOfTerraform, unresolvedPeople } from "../../../cli/export/terraform";
import { parseTerraformState, readTerraformState } from "../../../cli/export/terraformState";

const path = join(__dirname, "../../fixtures/terraform/state.json");
const state = readTerraformState(path);

/** A state with one resource for each description. */
function stateWith(...resources: object[]) {
  const all = resources.map((resource) => ({ mode: "managed", name: "it", values: {}, ...resource }));
  const values = { root_module: { resources: all } };
  return parseTerraformState(JSON.stringify({ format_version: "1.0", values }), "state.json");
}

const programOf = (of: typeof state, ...more: Parameters<typeof programOfTerraform>[1]) =>
  programOfTerraform(of, [...of.people, ...more]).files.get("index.ts") ?? "";

test("a real state becomes a program with the same names", () => {
  const program = programOfTerraform(state, state.people);
  expect(
    program.files.get("index.ts"),
  ).toBe(`// The organization-side resources of a Terraform state, as pulumi-posthog export found them.
//
// To manage these objects: npx pulumi-posthog adopt --id Project:p=2
// Then pulumi preview --refresh shows no changes.
//
// Left out:
// - what stays in Terraform: posthog_feature_flag.f

import * as posthog from "pulumi-posthog";

// Projects

const p = new posthog.Project("p", {
  name: "Production",
  timezone: "UTC",
  defaultAccess: "none",
  settings: { appUrls: [], heatmapsOptIn: true, sessionRecordingOptIn: false },
});

// People

new posthog.OrganizationMember("om", { user: "ann@acme.test", level: "admin" });

// Roles

const r = new posthog.Role("r", { name: "Support" });
new posthog.Role("team-Analysts", { name: "Analysts" });
new posthog.Role("team-Engineers", { name: "Engineers" });
new posthog.RoleMembership("rm", { roleId: r.roleId, user: "ann@acme.test" });

// Access

new posthog.ProjectMember("pm", { projectId: p.projectId, user: "ann@acme.test", accessLevel: "admin" });
new posthog.ProjectMember("pr", { projectId: p.projectId, role: r.roleId, accessLevel: "member" });
new posthog.AccessControl("ac", {
  projectId: p.projectId,
  resource: "feature_flag",
  role: r.roleId,
  accessLevel: "viewer",
});
`);
  expect(program).toMatchObject({ stays: ["posthog_feature_flag.f"], ids: new Map([["Project:p", "2"]]) });
});

test("no secret of the state is written", () => {
  expect(readFileSync(path, "utf8")).toContain("phc_example");
  expect(programOf(state)).not.toContain("phc_");
});

const role = { type: "posthog_role", values: { id: "r1", name: "Analysts" } };

test.each([
  ["posthog_role.it", undefined, "it"],
  ['posthog_role.it["a.b \\"c\\""]', 'a.b "c"', 'it-a.b \\"c\\"'],
  ["posthog_role.it[0]", 0, "it-0"],
  ["module.eu.posthog_role.it", undefined, "eu-it"],
  ['module.eu["x"].module.team[1].posthog_role.it', undefined, "eu-x-team-1-it"],
])("%s is named after its address", (address, index, name) => {
  expect(programOf(stateWith({ ...role, address, index }))).toContain(`new posthog.Role("${name}"`);
});

test("modules are read at any depth", () => {
  const inner = {
    resources: [{ mode: "managed", name: "r", address: "module.a.module.b.posthog_role.r", ...role }],
  };
  const values = { root_module: { child_modules: [{ child_modules: [inner] }] } };
  const nested = parseTerraformState(JSON.stringify({ format_version: "1.0", values }), "state.json");
  expect(programOf(nested)).toContain('new posthog.Role("a-b-r"');
});

test("an object that another configuration manages is identified by its id", () => {
  const text = programOf(
    stateWith(
      {
        type: "posthog_project_member",
        address: "a",
        values: { project_id: "7", role: "r9", access_level: "admin" },
      },
      {
        type: "posthog_project_default_access",
        address: "b",
        name: "d",
        values: { project_id: "7", access_level: "none" },
      },
      {
        type: "posthog_project_settings",
        address: "posthog_project_settings.s",
        values: { project_id: "7" },
      },
    ),
  );
  expect(text).toContain(
    'new posthog.ProjectMember("it", { projectId: 7, role: "r9", accessLevel: "admin" });',
  );
  expect(text).toContain('new posthog.ProjectAccess("d", { projectId: 7, defaultAccess: "none" });');
  expect(text).toContain("// - posthog_project_settings.s: settings belong to a Project");
});

describe("people whom the state does not name", () => {
  const unknown = stateWith(
    {
      type: "posthog_organization_member",
      address: "a",
      values: { user_uuid: "u1", retain_on_destroy: null },
    },
    {
      type: "posthog_project_member",
      address: "posthog_project_member.it",
      values: { project_id: "7", organization_member: "m2", access_level: "member" },
    },
  );

  test("are looked up in the organization, and removed on destroy as Terraform would", () => {
    expect(unresolvedPeople(unknown)).toEqual(["u1", "m2"]);
    expect(unresolvedPeople(state)).toEqual([]);
    const text = programOf(
      unknown,
      { email: "bob@acme.test", userUuid: "u1", membershipId: "m1" },
      { email: "eve@acme.test", userUuid: "u2", membershipId: "M2" },
    );
    expect(text).toContain('{ user: "bob@acme.test", onDestroy: "remove" }');
    expect(text).toContain('user: "eve@acme.test"');
  });

  test("are skipped with the reason if nobody has the membership", () => {
    const text = programOf(unknown);
    expect(text).toContain('{ user: "u1", onDestroy: "remove" }');
    expect(text).toContain(
      "// - posthog_project_member.it: nobody in the organization has the membership m2",
    );
  });
});

test.each([
  ["nothing", "", /has no format_version/],
  ["other JSON", "{}", /has no format_version/],
  ["Terraform's own file", '{"version": 4, "serial": 3, "lineage": "x"}', /Terraform's own state file/],
])("%s is rejected with the command that creates the right file", (_, text, why) => {
  const read = () => parseTerraformState(text, "terraform.tfstate");
  expect(read).toThrow(/terraform\.tfstate is not the JSON of a Terraform state/);
  expect(read).toThrow(why);
  expect(read).toThrow(/terraform show -json > state\.json/);
});

test("a missing file is rejected", () => {
  expect(() => readTerraformState("/nowhere/state.json")).toThrow(/could not be read/);
});

test.each(["posthog_constructor", "posthog_toString"])(
  "a resource whose type is a built-in property name, %s, stays in Terraform",
  (type) => {
    const of = stateWith({ type, address: `${type}.it` });
    expect(programOfTerraform(of, of.people).stays).toEqual([`${type}.it`]);
  },
);
