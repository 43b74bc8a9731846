import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import {
  as,
  at,
  badValue,
  type Client,
  forbidden,
  IDS,
  missing,
  twoOrganizations,
  withEmulator,
} from "../support";

let emulator: Emulator;
let owner: Client;
withEmulator({ seed: twoOrganizations() }, (started) => {
  emulator = started;
  owner = as(started, "owner");
});

const BASE = `/api/projects/${IDS.website}/`;
const ANALYST = { organization_member: IDS.analystMember };
const ENGINEERS = { role: IDS.engineers };

test("the defaults show what is stored, and the bounds of every resource", async () => {
  await owner.put(`${BASE}access_controls/`, { access_level: "member" });
  await owner.put(`${BASE}resource_access_controls/`, { resource: "notebook", access_level: "viewer" });
  const { body } = await owner.get(`${BASE}access_control_defaults/`);
  expect(body).toMatchObject({
    available_project_levels: ["none", "member", "admin"],
    available_resource_levels: ["none", "viewer", "editor", "manager"],
    can_edit: true,
    project_access_level: "member",
    resource_access_levels: {
      notebook: { access_level: "viewer", minimum: "none", maximum: "manager" },
      dashboard: { access_level: null },
      action: { minimum: "viewer" },
      toolbar: { maximum: "viewer" },
    },
  });
  expect(Object(body).object_rule_resources).toContainEqual({
    resource: "action",
    available_access_levels: ["none", "viewer", "editor", "manager"],
    minimum_access_level: "viewer",
  });
});

test("without a rule, the project's default is the built-in one", async () => {
  const answer = await as(emulator, "analyst").get(`${BASE}access_control_defaults/`);
  expect(answer.body).toMatchObject({ project_access_level: "admin", can_edit: false });
});

test("a role's entry has its own level, the effective one and what it would inherit", async () => {
  await owner.put(`${BASE}access_controls/`, { access_level: "none" });
  await owner.put(`${BASE}access_controls/`, { access_level: "member", ...ENGINEERS });
  const answer = await owner.get(`${BASE}access_control_roles/?role_id=${IDS.engineers}`);
  expect(at(answer, "results")).toMatchObject([
    {
      role_id: IDS.engineers,
      role_name: "Engineers",
      project: {
        access_level: "member",
        effective_access_level: "member",
        inherited_access: { access_level: "none", source: "object", source_subject: "default" },
        minimum: "none",
        maximum: "admin",
      },
      resources: { dashboard: { access_level: null, effective_access_level: "editor" } },
    },
  ]);
});

test("a member's entry takes its roles into account", async () => {
  await owner.put(`${BASE}access_controls/`, { access_level: "none" });
  await owner.put(`${BASE}access_controls/`, { access_level: "member", ...ENGINEERS });
  const answer = await owner.get(`${BASE}access_control_members/?member_id=${IDS.developerMember}`);
  expect(at(answer, "results")).toMatchObject([
    {
      organization_membership_id: IDS.developerMember,
      user: { uuid: IDS.developerUser, email: "developer@acme.test" },
      organization_level: 1,
      role_ids: [IDS.engineers],
      project: {
        access_level: null,
        effective_access_level: "member",
        inherited_access: { source_subject: "role" },
      },
    },
  ]);
  expect(Object(at(await owner.get(`${BASE}access_control_members/`), "results"))).toHaveLength(5);
});

test("organization admins are shown as such", async () => {
  const answer = await owner.get(`${BASE}access_control_members/?member_id=${IDS.adminMember}`);
  expect(at(answer, "results", 0, "project")).toMatchObject({
    effective_access_level: "admin",
    inherited_access: { source: "org_admin" },
  });
});

test("object rules are listed by principal", async () => {
  const insight = `${BASE}insights/2/access_controls/`;
  await owner.put(insight, { access_level: "viewer" });
  await owner.put(insight, { access_level: "none", ...ENGINEERS });
  await owner.put(`${BASE}dashboards/1/access_controls/`, { access_level: "manager", ...ANALYST });
  const results = async (path: string) => at(await owner.get(`${BASE}${path}`), "results");
  expect(await results("access_control_default_objects/")).toEqual([
    { resource: "insight", resource_id: "2", name: "Sign-ups", short_id: "insight1", access_level: "viewer" },
  ]);
  expect(await results(`access_control_role_objects/?role_id=${IDS.engineers}`)).toMatchObject([
    { access_level: "none" },
  ]);
  expect(await results(`access_control_member_objects/?member_id=${IDS.analystMember}`)).toMatchObject([
    { resource: "dashboard", short_id: null },
  ]);
});

test("the member or role is required, and must be in the organization", async () => {
  expect(await owner.get(`${BASE}access_control_role_objects/`)).toMatchObject(
    badValue("role_id is required"),
  );
  expect(await owner.get(`${BASE}access_control_member_objects/`)).toMatchObject(
    badValue("member_id is required"),
  );
  expect(await owner.get(`${BASE}access_control_roles/?role_id=${IDS.globexRole}`)).toMatchObject(missing());
  expect(await owner.get(`${BASE}access_control_members/?member_id=${IDS.analystUser}`)).toMatchObject(
    missing(),
  );
});

test("with member lists closed, members cannot find other members", async () => {
  emulator.store.organizations.update(IDS.acme, { members_can_see_org_members: false }, SYSTEM);
  const path = `${BASE}access_control_members/?member_id=${IDS.developerMember}`;
  expect(await as(emulator, "analyst").get(path)).toMatchObject(missing());
  expect(await owner.get(path)).toMatchObject({ status: 200 });
});

test("with member lists closed, members see people with a rule on the project", async () => {
  emulator.store.organizations.update(IDS.acme, { members_can_see_org_members: false }, SYSTEM);
  await owner.put(`${BASE}access_controls/`, { access_level: "member", ...ENGINEERS });
  const answer = await as(emulator, "analyst").get(`${BASE}access_control_members/`);
  expect(at(answer, "results")).toMatchObject([{ organization_membership_id: IDS.developerMember }]);
  expect(Object(at(await owner.get(`${BASE}access_control_members/`), "results"))).toHaveLength(5);
});

test("objects are searched by name, primary key, or an insight's short id", async () => {
  const found = async (query: string) =>
    at(await owner.get(`${BASE}access_control_object_search/?${query}`), "results");
  expect(await found("resource=dashboard&search=grow")).toEqual([
    { id: "1", name: "Growth", short_id: null },
  ]);
  expect(await found("resource=insight&id=insight1")).toEqual([
    { id: "2", name: "Sign-ups", short_id: "insight1" },
  ]);
  expect(await found("resource=notebook&id=note1")).toEqual([]);
  expect(await owner.get(`${BASE}access_control_object_search/?resource=cohort`)).toMatchObject(
    badValue("resource does not support object access rules"),
  );
});

describe("one URL for the rules of every object", () => {
  const RULES = `${BASE}access_control_object_rules/`;

  test("accepts primary keys, even of notebooks", async () => {
    const body = { resource: "notebook", resource_id: IDS.notebook, access_level: "viewer", ...ANALYST };
    expect(await owner.put(RULES, body)).toMatchObject({ status: 200, body });
    expect(await owner.put(RULES, { ...body, access_level: null })).toMatchObject({ status: 204 });
  });

  test.each([
    [{ resource: "dashboard", access_level: "viewer" }, badValue("resource_id is required")],
    [
      { resource: "webhook", resource_id: "1", access_level: "viewer" },
      badValue("resource does not support object access rules"),
    ],
    [{ resource: "dashboard", resource_id: "99", access_level: "viewer" }, missing()],
    [
      { resource: "dashboard", resource_id: "1", access_level: "boss" },
      badValue("Invalid access level. Must be one of: none, viewer, editor, manager", "access_level"),
    ],
  ])("refuses %j", async (body, error) => {
    expect(await owner.put(RULES, body)).toMatchObject(error);
  });

  test("refuses an object that was deleted", async () => {
    emulator.store.objects.update("dashboard:1", { deleted: true }, SYSTEM);
    const body = { resource: "dashboard", resource_id: "1", access_level: "viewer" };
    expect(await owner.put(RULES, body)).toMatchObject(
      badValue("cannot set an access rule on a deleted object"),
    );
  });

  test("an object that the caller cannot see is not found, and a visible one is refused", async () => {
    const body = { resource: "insight", resource_id: "2", access_level: "viewer" };
    const analyst = as(emulator, "analyst");
    expect(await analyst.put(RULES, body)).toMatchObject(
      forbidden("Must be manager to modify insight permissions."),
    );
    await owner.put(RULES, { ...body, access_level: "none", ...ANALYST });
    expect(await analyst.put(RULES, body)).toMatchObject(missing());
  });
});

test("a server of August 2025 has none of these routes", async () => {
  const older = await startEmulator({ seed: twoOrganizations(), generation: "2025-08" });
  expect(await as(older, "owner").get(`${BASE}access_control_defaults/`)).toMatchObject(
    missing("Endpoint not found."),
  );
  await older.close();
});
