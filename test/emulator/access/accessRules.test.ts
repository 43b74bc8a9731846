import { type Emulator, SYSTEM } from "../../../emulator";
import {
  type Answer,
  as,
  at,
  badValue,
  type Client,
  forbidden,
  IDS,
  limited,
  logged,
  missing,
  refusal,
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
const PROJECT = `${BASE}access_controls/`;
const RESOURCES = `${BASE}resource_access_controls/`;
const DASHBOARD = `${BASE}dashboards/1/access_controls/`;

const ANALYST = { organization_member: IDS.analystMember };

const ENGINEERS = { role: IDS.engineers };

function rules(answer: Answer): unknown {
  return at(answer, "access_controls");
}

describe("reading", () => {
  test("a project's rules come with its possible levels", async () => {
    await owner.put(PROJECT, { access_level: "member", ...ENGINEERS });
    const answer = await owner.get(PROJECT);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      access_controls: [
        {
          access_level: "member",
          resource: "project",
          resource_id: String(IDS.website),
          organization_member: null,
          role: IDS.engineers,
          created_by: null,
          created_at: expect.any(String),
          updated_at: expect.any(String),
        },
      ],
      available_access_levels: ["none", "member", "admin"],
      default_access_level: "admin",
      minimum_access_level: "none",
      maximum_access_level: "admin",
      user_access_level: "admin",
      user_can_edit_access_levels: true,
      inherited_access: null,
    });
  });

  test("the rules on resource types come in one list, without anything inherited", async () => {
    await owner.put(RESOURCES, { resource: "dashboard", access_level: "viewer" });
    await owner.put(RESOURCES, { resource: "notebook", access_level: "none", ...ANALYST });
    await owner.put(DASHBOARD, { access_level: "manager", ...ANALYST });
    for (const path of [RESOURCES, `${BASE}global_access_controls/`]) {
      const answer = await owner.get(path);
      expect(answer.body).toMatchObject({
        access_controls: [
          { resource: "dashboard", resource_id: null },
          { resource: "notebook", resource_id: null },
        ],
        available_access_levels: ["none", "viewer", "editor", "manager"],
        default_access_level: "editor",
        minimum_access_level: "none",
        maximum_access_level: "manager",
      });
      expect(answer.body).not.toHaveProperty("inherited_access");
    }
  });

  test("an object's rules include the inherited access", async () => {
    expect(at(await owner.get(DASHBOARD), "inherited_access")).toEqual({
      access_level: "editor",
      source: "system_default",
      source_subject: null,
      source_resource: "dashboard",
      source_resource_id: null,
      source_display_name: null,
    });
    await owner.put(RESOURCES, { resource: "dashboard", access_level: "viewer" });
    expect(at(await owner.get(DASHBOARD), "inherited_access")).toMatchObject({
      access_level: "viewer",
      source: "resource",
      source_subject: "default",
    });
  });

  test("a member may read but not edit", async () => {
    expect(await as(emulator, "analyst").get(PROJECT)).toMatchObject({
      status: 200,
      body: { user_can_edit_access_levels: false },
    });
  });

  test.each([
    [PROJECT],
    [RESOURCES],
    [`/api/organizations/${IDS.acme}/projects/${IDS.website}/access_controls/`],
    [`/api/environments/${IDS.website}/access_controls/`],
  ])("non-members do not find %s", async (path) => {
    expect(await as(emulator, "globex").get(path)).toMatchObject(missing());
    expect(await owner.get(path)).toMatchObject({ status: 200 });
  });

  test("rules have a separate scope: project scopes are not enough", async () => {
    const reader = limited(emulator, { scopes: ["access_control:read"] });
    expect(await reader.get(PROJECT)).toMatchObject({ status: 200 });
    expect(await reader.put(PROJECT, { access_level: "none" })).toMatchObject(
      forbidden("API key missing required scope 'access_control:write'"),
    );
    expect(await limited(emulator, { scopes: ["project:write"] }).get(PROJECT)).toMatchObject(
      forbidden("API key missing required scope 'access_control:read'"),
    );
  });
});

describe("writing", () => {
  test("one tuple is one rule: 200 for new and changed, 204 for deleted, even if repeated", async () => {
    for (const access_level of ["member", "admin"]) {
      const answer = await owner.put(PROJECT, { access_level, ...ANALYST });
      expect(answer).toMatchObject({ status: 200, body: { access_level, ...ANALYST, created_by: null } });
      expect(answer.body).not.toHaveProperty("id");
    }
    expect(Object(rules(await owner.get(PROJECT)))).toHaveLength(1);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const answer = await owner.put(PROJECT, { access_level: null, ...ANALYST });
      expect(answer).toMatchObject({ status: 204, body: null });
    }
    expect(rules(await owner.get(PROJECT))).toEqual([]);
  });

  test("on a project or object URL, the URL decides what the rule applies to", async () => {
    const body = { access_level: "none", resource: "dashboard", resource_id: "77" };
    expect(await owner.put(PROJECT, body)).toMatchObject({
      body: { resource: "project", resource_id: String(IDS.website) },
    });
  });

  test.each([
    [PROJECT, { access_level: "editor" }, "Invalid access level. Must be one of: none, member, admin"],
    [
      DASHBOARD,
      { access_level: "admin" },
      "Invalid access level. Must be one of: none, viewer, editor, manager",
    ],
    [
      `${BASE}actions/4/access_controls/`,
      { access_level: "none" },
      "Access level cannot be set below the minimum 'viewer' for action.",
    ],
    [
      RESOURCES,
      { resource: "activity_log", access_level: "editor" },
      "Access level cannot be set above the maximum 'viewer' for activity_log.",
    ],
  ])("%s refuses %j", async (path, body, detail) => {
    expect(await owner.put(path, body)).toMatchObject(badValue(detail, "access_level"));
  });

  test("the level is required, even if only to be null", async () => {
    expect(await owner.put(PROJECT, {})).toMatchObject(
      badValue("This field is required.", "access_level", "required"),
    );
  });

  test("an unknown or internal resource is refused with the list of valid ones", async () => {
    for (const resource of ["event", "internal_run"]) {
      expect(await owner.put(RESOURCES, { resource, access_level: "viewer" })).toMatchObject({
        status: 400,
        body: {
          attr: "resource",
          detail: expect.stringMatching(/^Invalid resource\. Must be one of: \('action', 'access_control', /),
        },
      });
    }
  });

  test("rules on a public resource without effect are stored", async () => {
    expect(await owner.put(RESOURCES, { resource: "webhook", access_level: "viewer" })).toMatchObject({
      status: 200,
    });
  });

  test("resource rules without a resource crash the server", async () => {
    expect(await owner.put(RESOURCES, { access_level: "viewer" })).toMatchObject(
      refusal(500, "server_error", "error", "A server error occurred."),
    );
  });

  test("resource rules about one object are refused", async () => {
    const body = { resource: "dashboard", resource_id: "1", access_level: "viewer" };
    expect(await owner.put(RESOURCES, body)).toMatchObject(
      forbidden("Cannot modify access controls for a resource different from the URL target."),
    );
  });

  const BAD_MEMBER =
    "Invalid organization member id. Use the 'id' field from the /api/organizations/<organization_id>/members/ endpoint.";
  test.each([
    [{ organization_member: "ana" }, badValue(BAD_MEMBER, "organization_member")],
    [
      { organization_member: IDS.analystUser },
      badValue(
        `Invalid pk "${IDS.analystUser}" - object does not exist.`,
        "organization_member",
        "does_not_exist",
      ),
    ],
    [{ role: "engineers" }, badValue("“engineers” is not a valid UUID.", "role")],
    [
      { role: IDS.unknown },
      badValue(`Invalid pk "${IDS.unknown}" - object does not exist.`, "role", "does_not_exist"),
    ],
    [
      { ...ANALYST, ...ENGINEERS },
      badValue("You can not scope an access control to both a member and a role."),
    ],
    [{ role: IDS.globexRole }, badValue("The role must belong to the same organization as this project.")],
    [
      { organization_member: IDS.globexMember },
      badValue("The member must belong to the same organization as this project."),
    ],
  ])("the subject %j is refused", async (subject, error) => {
    expect(await owner.put(PROJECT, { access_level: "member", ...subject })).toMatchObject(error);
  });

  test("at most 1000 objects of a kind can have rules", async () => {
    const { store } = emulator;
    for (let pk = 100; pk < 1100; pk += 1) {
      store.accessRules.insert(
        {
          id: String(pk),
          team_id: IDS.website,
          resource: "dashboard",
          resource_id: String(pk),
          organization_member: null,
          role: null,
          access_level: "viewer",
          created_at: store.timestamp(),
          updated_at: store.timestamp(),
        },
        SYSTEM,
      );
    }
    expect(await owner.put(DASHBOARD, { access_level: "viewer" })).toMatchObject(
      badValue("Reached the limit of 1000 dashboards with access control overrides."),
    );
    expect(await owner.put(DASHBOARD, { access_level: null })).toMatchObject({ status: 204 });
  });
});

test("no write is recorded in the activity log", async () => {
  await owner.put(PROJECT, { access_level: "member", ...ANALYST });
  await owner.put(PROJECT, { access_level: "admin", ...ANALYST });
  await owner.put(PROJECT, { access_level: null, ...ANALYST });
  expect(logged(emulator)).toEqual([]);
});
