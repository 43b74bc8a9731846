import { type Emulator, SYSTEM, startEmulator } from "../../emulator";
import {
  type Answer,
  as,
  at,
  badValue,
  type Client,
  forbidden,
  IDS,
  limited,
  missing,
  type Person,
  refusal,
  twoOrganizations,
} from "./support";

let emulator: Emulator;
let owner: Client;
beforeAll(async () => {
  emulator = await startEmulator({ seed: twoOrganizations() });
  owner = as(emulator, "owner");
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

const BASE = `/api/projects/${IDS.website}/`;
const PROJECT = `${BASE}access_controls/`;
const RESOURCES = `${BASE}resource_access_controls/`;
const DASHBOARD = `${BASE}dashboards/1/access_controls/`;

const ANALYST = { organization_member: IDS.analystMember };
const DEVELOPER = { organization_member: IDS.developerMember };
const ENGINEERS = { role: IDS.engineers };

async function projectLevel(person: Person, target = emulator): Promise<unknown> {
  return at(await as(target, person).get(BASE), "user_access_level");
}

function rules(answer: Answer): unknown {
  return at(answer, "access_controls");
}

describe("reading", () => {
  test("a project's rules, with the levels it knows", async () => {
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

  test("the rules on types of resources, all mixed, without anything inherited", async () => {
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

  test("an object's rules say what it would fall back to", async () => {
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

  test("a member reads but may not edit", async () => {
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
  ])("strangers do not find %s", async (path) => {
    expect(await as(emulator, "globex").get(path)).toMatchObject(missing());
    expect(await owner.get(path)).toMatchObject({ status: 200 });
  });

  test("the scope is its own: project scopes do not help", async () => {
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
  test("the same tuple is one rule: 200 for new and changed, 204 for gone, again and again", async () => {
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

  test("on a project or object URL the server decides what the rule is about", async () => {
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

  test("an unknown or internal resource is refused with the list of all", async () => {
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

  test("a public resource that no rule is consulted for is stored all the same", async () => {
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

  test("at most 1000 objects of a kind have rules of their own", async () => {
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

describe("who may write", () => {
  test("a plain member may not, whatever the default gives it", async () => {
    const analyst = as(emulator, "analyst");
    expect(await analyst.put(PROJECT, { access_level: "none" })).toMatchObject(
      forbidden("Must be admin to modify project permissions."),
    );
    expect(await analyst.put(DASHBOARD, { access_level: "viewer" })).toMatchObject(
      forbidden("Must be manager to modify dashboard permissions."),
    );
    expect(await analyst.put(RESOURCES, { resource: "dashboard", access_level: "viewer" })).toMatchObject(
      forbidden("Must be an Organization admin to modify project-wide permissions."),
    );
  });

  test("someone with an explicit admin rule may, can demote itself, and is locked out then", async () => {
    await owner.put(PROJECT, { access_level: "admin", ...ANALYST });
    const analyst = as(emulator, "analyst");
    expect(await analyst.put(PROJECT, { access_level: "member", ...ANALYST })).toMatchObject({ status: 200 });
    expect(await analyst.put(PROJECT, { access_level: "admin", ...ANALYST })).toMatchObject({ status: 403 });
  });

  test("an object's creator may, and who is explicitly its manager", async () => {
    expect(await as(emulator, "developer").put(DASHBOARD, { access_level: "viewer" })).toMatchObject({
      status: 200,
    });
    await owner.put(DASHBOARD, { access_level: "manager", ...ANALYST });
    expect(await as(emulator, "analyst").put(DASHBOARD, { access_level: "none" })).toMatchObject({
      status: 200,
    });
  });
});

describe("plans", () => {
  let free: Emulator;
  beforeAll(async () => {
    free = await startEmulator({ seed: twoOrganizations({ features: ["access_control"] }) });
  });
  afterEach(() => free.reset());
  afterAll(() => free.close());

  test("role rules need role-based access", async () => {
    expect(await as(free, "owner").put(PROJECT, { access_level: "member", ...ENGINEERS })).toMatchObject(
      forbidden("Role-based access controls require the Role-based access feature."),
    );
  });

  test("without access control an admin's rules are stored but not enforced, and members cannot write", async () => {
    const bare = await startEmulator({ seed: twoOrganizations({ features: "none" }) });
    expect(await as(bare, "owner").put(PROJECT, { access_level: "none" })).toMatchObject({ status: 200 });
    expect(rules(await as(bare, "owner").get(PROJECT))).toMatchObject([{ access_level: "none" }]);
    expect(await projectLevel("analyst", bare)).toBe("admin");
    expect(await as(bare, "analyst").put(PROJECT, { access_level: null })).toMatchObject({ status: 403 });
    await bare.close();
  });
});

describe("how levels resolve", () => {
  test("without rules everyone is a project admin", async () => {
    expect(await projectLevel("analyst")).toBe("admin");
  });

  test("a rule of one's own overrides the default, also downwards; admins keep the highest", async () => {
    await owner.put(PROJECT, { access_level: "member" });
    expect(await projectLevel("analyst")).toBe("member");
    await owner.put(PROJECT, { access_level: "admin", ...ANALYST });
    expect(await projectLevel("analyst")).toBe("admin");
    await owner.put(PROJECT, { access_level: "none", ...DEVELOPER });
    expect(await as(emulator, "developer").get(BASE)).toMatchObject(missing());
    await owner.put(PROJECT, { access_level: "none", organization_member: IDS.adminMember });
    expect(await projectLevel("admin")).toBe("admin");
  });

  test("among one's own and one's roles' rules the highest wins", async () => {
    await owner.put(PROJECT, { access_level: "admin", ...ENGINEERS });
    await owner.put(PROJECT, { access_level: "member", ...DEVELOPER });
    expect(await projectLevel("developer")).toBe("admin");
  });

  test("newer organizations take the most specific one instead", async () => {
    const patch = { uses_most_specific_access_resolution: true };
    emulator.store.organizations.update(IDS.acme, patch, SYSTEM);
    await owner.put(PROJECT, { access_level: "admin", ...ENGINEERS });
    await owner.put(PROJECT, { access_level: "member", ...DEVELOPER });
    expect(await projectLevel("developer")).toBe("member");
  });

  test("taking the default away opens the project to everyone as admin", async () => {
    await owner.put(PROJECT, { access_level: "none" });
    await owner.put(PROJECT, { access_level: null });
    expect(await projectLevel("analyst")).toBe("admin");
  });

  test("an object's rules go before its type's, and its creator always manages it", async () => {
    const level = async (person: Person) =>
      at(await as(emulator, person).get(`${BASE}dashboards/1/`), "user_access_level");
    expect(await level("analyst")).toBe("editor");
    await owner.put(RESOURCES, { resource: "dashboard", access_level: "viewer" });
    expect(await level("analyst")).toBe("viewer");
    await owner.put(DASHBOARD, { access_level: "editor" });
    expect(await level("analyst")).toBe("editor");
    expect(await level("developer")).toBe("manager");
    expect(await level("admin")).toBe("manager");
    await owner.put(DASHBOARD, { access_level: "none" });
    expect(await as(emulator, "analyst").get(`${BASE}dashboards/1/`)).toMatchObject(
      forbidden("You do not have viewer access to this resource."),
    );
  });
});

describe("objects", () => {
  test.each([
    ["dashboards/1", "dashboard", "1"],
    ["insights/2", "insight", "2"],
    ["feature_flags/3", "feature_flag", "3"],
    ["notebooks/note1", "notebook", IDS.notebook],
    ["actions/4", "action", "4"],
    [`early_access_feature/${IDS.earlyAccess}`, "early_access_feature", IDS.earlyAccess],
  ])("%s keeps its rules under the primary key", async (path, resource, resource_id) => {
    const rule = { access_level: "viewer", ...ANALYST };
    const answer = await owner.put(`${BASE}${path}/access_controls/`, rule);
    expect(answer).toMatchObject({ status: 200, body: { resource, resource_id, ...rule } });
    expect(rules(await owner.get(`${BASE}${path}/access_controls/`))).toMatchObject([{ resource_id }]);
  });

  test("a notebook is named by its short id only; an unknown object is not found", async () => {
    expect(await owner.get(`${BASE}notebooks/${IDS.notebook}/access_controls/`)).toMatchObject(missing());
    expect(await owner.get(`${BASE}dashboards/99/access_controls/`)).toMatchObject(missing());
  });

  test("cohorts have no rules", async () => {
    expect(await owner.get(`${BASE}cohorts/5/access_controls/`)).toMatchObject(
      missing("Access controls are not available for this resource type."),
    );
  });

  test("lists find ids by short id, key or name", async () => {
    const ids = async (path: string) =>
      Object(at(await owner.get(`${BASE}${path}`), "results")).map(({ id }: { id: unknown }) => id);
    expect(await ids("insights/?short_id=insight1")).toEqual([2]);
    expect(await ids("insights/?short_id=other")).toEqual([]);
    expect(await ids("feature_flags/?search=new-check")).toEqual([3]);
    expect(await ids("notebooks/")).toEqual([IDS.notebook]);
    expect(await ids("surveys/")).toEqual([]);
  });

  test("a type that a member may not see is refused as a whole, unless one object is open", async () => {
    await owner.put(RESOURCES, { resource: "insight", access_level: "none" });
    const analyst = as(emulator, "analyst");
    expect(await analyst.get(`${BASE}insights/`)).toMatchObject(
      forbidden("You do not have viewer access to this resource."),
    );
    await owner.put(`${BASE}insights/2/access_controls/`, { access_level: "viewer", ...ANALYST });
    expect(await analyst.get(`${BASE}insights/`)).toMatchObject({ body: { count: 1 } });
  });

  test("rules go with the project and with the member", async () => {
    await owner.put(DASHBOARD, { access_level: "viewer", ...ANALYST });
    await owner.delete(`/api/organizations/${IDS.acme}/members/${IDS.analystUser}/`);
    expect(emulator.store.accessRules.size).toBe(0);
  });
});

describe("users_with_access", () => {
  test("tells who gets in and why", async () => {
    await owner.put(PROJECT, { access_level: "none" });
    await owner.put(PROJECT, { access_level: "member", ...ANALYST });
    await owner.put(PROJECT, { access_level: "member", ...ENGINEERS });
    const answer = await owner.get(`${BASE}users_with_access/`);
    expect(answer.body).toMatchObject({ total_count: 5 });
    const users: Record<string, unknown>[] = Object(answer.body).users;
    expect(users.find(({ user_id }) => user_id === IDS.analystUser)).toEqual({
      user_id: IDS.analystUser,
      access_level: "member",
      access_source: "explicit_member",
      organization_membership_id: IDS.analystMember,
      organization_membership_level: "member",
    });
    expect(users.find(({ user_id }) => user_id === IDS.developerUser)).toMatchObject({
      access_source: "explicit_role",
    });
    expect(users.find(({ user_id }) => user_id === IDS.ownerUser)).toMatchObject({
      access_source: "organization_admin",
      organization_membership_level: "owner",
    });
  });

  test("leaves out who is shut out, and names an object's creator", async () => {
    await owner.put(PROJECT, { access_level: "none", ...ANALYST });
    const answer = await owner.get(`${BASE}dashboards/1/users_with_access/`);
    expect(at(answer, "total_count")).toBe(4);
    expect(at(answer, "users")).toContainEqual(
      expect.objectContaining({ user_id: IDS.developerUser, access_source: "creator" }),
    );
  });
});

test("every write is told, with level before and after", async () => {
  await owner.put(PROJECT, { access_level: "member", ...ANALYST });
  await owner.put(PROJECT, { access_level: "admin", ...ANALYST });
  await owner.put(PROJECT, { access_level: "admin", ...ANALYST });
  await owner.put(PROJECT, { access_level: null, ...ANALYST });
  expect(emulator.store.activity.all()).toMatchObject([
    { scope: "AccessControl", activity: "created", team_id: IDS.website, detail: { context: ANALYST } },
    {
      activity: "updated",
      detail: { changes: [{ field: "access_level", before: "member", after: "admin" }] },
    },
    { activity: "deleted", organization_id: IDS.acme },
  ]);
});

test("the oldest servers check less and say less", async () => {
  const old = await startEmulator({
    seed: twoOrganizations({ features: ["access_control"] }),
    generation: "old",
  });
  const client = as(old, "owner");
  expect(await client.put(PROJECT, { access_level: "member", ...ENGINEERS })).toMatchObject({ status: 200 });
  const answer = await client.get(PROJECT);
  for (const field of ["inherited_access", "minimum_access_level", "maximum_access_level"]) {
    expect(answer.body).not.toHaveProperty(field);
  }
  await old.close();
});
