import type { Emulator } from "../../../emulator";
import { as, at, type Client, IDS, missing, twoOrganizations, withEmulator } from "../support";

/**
 * What only servers of July 2026 answer about access, observed or read in their source
 * (ee/api/rbac/access_control.py).
 */

let emulator: Emulator;
let owner: Client;
withEmulator({ seed: twoOrganizations(), generation: "2026-07" }, (started) => {
  emulator = started;
  owner = as(started, "owner");
});

const BASE = `/api/projects/${IDS.website}/`;
const ENGINEERS = { role: IDS.engineers };

const setProject = (rule: object) => owner.put(`${BASE}access_controls/`, rule);

const setType = (resource: string, rule: object) =>
  owner.put(`${BASE}resource_access_controls/`, { resource, ...rule });

test("the defaults show what is stored, without later types", async () => {
  await setType("notebook", { access_level: "viewer" });
  const { body } = await as(emulator, "analyst").get(`${BASE}access_control_defaults/`);
  expect(body).toMatchObject({
    available_project_levels: ["none", "member", "admin"],
    available_resource_levels: ["none", "viewer", "editor", "manager"],
    can_edit: false,
    project_access_level: "admin",
    resource_access_levels: {
      notebook: { access_level: "viewer", minimum: "none", maximum: "manager" },
      action: { access_level: null, minimum: "viewer" },
      activity_log: { maximum: "viewer" },
    },
  });
  expect(body).not.toHaveProperty("object_rule_resources");
  expect(at(await owner.get(`${BASE}access_control_defaults/`), "resource_access_levels")).not.toHaveProperty(
    "toolbar",
  );
});

test("roles show their level, the effective one, and the default, whatever the query asks for", async () => {
  await setProject({ access_level: "member" });
  await setProject({ access_level: "none", ...ENGINEERS });
  await setType("dashboard", { access_level: "editor", ...ENGINEERS });
  const answer = await owner.get(`${BASE}access_control_roles/?role_id=${IDS.unknown}`);
  expect(at(answer, "results")).toMatchObject([
    {
      role_id: IDS.engineers,
      role_name: "Engineers",
      project: {
        access_level: "none",
        effective_access_level: "member",
        inherited_access_level: "member",
        inherited_access_level_reason: "project_default",
        minimum: "none",
        maximum: "admin",
      },
      resources: {
        dashboard: {
          access_level: "editor",
          effective_access_level: "editor",
          inherited_access_level: null,
          inherited_access_level_reason: null,
        },
        insight: { access_level: null, effective_access_level: null },
      },
    },
  ]);
});

test("members show their own level, and levels from roles, the default and admin rights", async () => {
  await setProject({ access_level: "none" });
  await setProject({ access_level: "member", ...ENGINEERS });
  await setProject({ access_level: "admin", organization_member: IDS.analystMember });
  const results: Record<string, unknown>[] = Object(
    at(await owner.get(`${BASE}access_control_members/`), "results"),
  );
  const of = (id: string) =>
    results.find(({ organization_membership_id }) => organization_membership_id === id);
  expect(results).toHaveLength(5);
  expect(of(IDS.developerMember)).toMatchObject({
    user: { uuid: IDS.developerUser, first_name: "Devon", email: "developer@acme.test" },
    organization_level: 1,
    project: {
      access_level: null,
      effective_access_level: "member",
      inherited_access_level: "member",
      inherited_access_level_reason: "role_override",
    },
  });
  expect(of(IDS.developerMember)).not.toHaveProperty("role_ids");
  expect(of(IDS.analystMember)).toMatchObject({
    project: { access_level: "admin", effective_access_level: "admin", inherited_access_level: "none" },
  });
  expect(of(IDS.adminMember)).toMatchObject({
    project: { effective_access_level: "admin", inherited_access_level_reason: "organization_admin" },
    resources: { activity_log: { effective_access_level: "viewer" } },
  });
});

test("a project whose rule makes everyone an admin is visible to excluded people too", async () => {
  const analyst = as(emulator, "analyst");
  await setProject({ access_level: "none", organization_member: IDS.analystMember });
  expect(await analyst.get(BASE)).toMatchObject(missing());
  await setProject({ access_level: "admin" });
  expect(await analyst.get(BASE)).toMatchObject({ status: 200, body: { user_access_level: "none" } });
  expect(await analyst.get("/api/projects/")).toMatchObject({ body: { count: 2 } });
  expect(await analyst.get(`${BASE}dashboards/`)).toMatchObject({ status: 403 });
  expect((await analyst.patch(BASE, { anonymize_ips: true })).status).toBeGreaterThanOrEqual(400);
});

test("rules on objects do not exist yet", async () => {
  expect(await owner.get(`${BASE}access_control_default_objects/`)).toMatchObject(
    missing("Endpoint not found."),
  );
});
