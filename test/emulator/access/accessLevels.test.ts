import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import {
  type Answer,
  as,
  at,
  type Client,
  forbidden,
  IDS,
  missing,
  type Person,
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
const DEVELOPER = { organization_member: IDS.developerMember };
const ENGINEERS = { role: IDS.engineers };

async function projectLevel(person: Person, target = emulator): Promise<unknown> {
  return at(await as(target, person).get(BASE), "user_access_level");
}

function rules(answer: Answer): unknown {
  return at(answer, "access_controls");
}

describe("who may change rules", () => {
  test("a plain member may not, whatever level the default gives", async () => {
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

  test("a member with an explicit admin rule may, and can even demote itself, and then may not", async () => {
    await owner.put(PROJECT, { access_level: "admin", ...ANALYST });
    const analyst = as(emulator, "analyst");
    expect(await analyst.put(PROJECT, { access_level: "member", ...ANALYST })).toMatchObject({ status: 200 });
    expect(await analyst.put(PROJECT, { access_level: "admin", ...ANALYST })).toMatchObject({ status: 403 });
  });

  test("everyone may if a rule makes everyone an admin, unlike with PostHog's own default", async () => {
    const analyst = as(emulator, "analyst");
    await owner.put(PROJECT, { access_level: "admin" });
    expect(await analyst.put(RESOURCES, { resource: "survey", access_level: "viewer" })).toMatchObject({
      status: 200,
    });
    expect(await analyst.put(DASHBOARD, { access_level: "viewer" })).toMatchObject({ status: 200 });
  });

  test("a member who only views objects is refused before management rights are checked", async () => {
    await owner.put(RESOURCES, { resource: "dashboard", access_level: "viewer" });
    const analyst = as(emulator, "analyst");
    expect(await analyst.put(DASHBOARD, { access_level: "zz" })).toMatchObject(
      forbidden("You do not have editor access to this resource."),
    );
    await owner.put(DASHBOARD, { access_level: "editor", ...ANALYST });
    expect(await analyst.put(DASHBOARD, { access_level: "viewer" })).toMatchObject(
      forbidden("Must be manager to modify dashboard permissions."),
    );
  });

  test("a manager of a type may change rules on its objects", async () => {
    await owner.put(RESOURCES, { resource: "dashboard", access_level: "manager", ...ANALYST });
    expect(await as(emulator, "analyst").put(DASHBOARD, { access_level: "viewer" })).toMatchObject({
      status: 200,
    });
  });

  test("an object's creator may, and so may its explicit managers", async () => {
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
  withEmulator({ seed: twoOrganizations({ features: ["access_control"] }) }, (started) => {
    free = started;
  });

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

  test("a member's own rule overrides the default, also with a lower level; admins keep the highest", async () => {
    await owner.put(PROJECT, { access_level: "member" });
    expect(await projectLevel("analyst")).toBe("member");
    await owner.put(PROJECT, { access_level: "admin", ...ANALYST });
    expect(await projectLevel("analyst")).toBe("admin");
    await owner.put(PROJECT, { access_level: "none", ...DEVELOPER });
    expect(await as(emulator, "developer").get(BASE)).toMatchObject(missing());
    await owner.put(PROJECT, { access_level: "none", organization_member: IDS.adminMember });
    expect(await projectLevel("admin")).toBe("admin");
  });

  test("the highest of a member's own and role rules wins", async () => {
    await owner.put(PROJECT, { access_level: "admin", ...ENGINEERS });
    await owner.put(PROJECT, { access_level: "member", ...DEVELOPER });
    expect(await projectLevel("developer")).toBe("admin");
  });

  test("newer organizations use the most specific rule instead", async () => {
    const patch = { uses_most_specific_access_resolution: true };
    emulator.store.organizations.update(IDS.acme, patch, SYSTEM);
    await owner.put(PROJECT, { access_level: "admin", ...ENGINEERS });
    await owner.put(PROJECT, { access_level: "member", ...DEVELOPER });
    expect(await projectLevel("developer")).toBe("member");
  });

  test("deleting the default makes everyone a project admin", async () => {
    await owner.put(PROJECT, { access_level: "none" });
    await owner.put(PROJECT, { access_level: null });
    expect(await projectLevel("analyst")).toBe("admin");
  });

  test("a rule on a type overrides an object's default, unless the most specific wins", async () => {
    const level = async () =>
      at(await as(emulator, "analyst").get(`${BASE}dashboards/1/`), "user_access_level");
    expect(await level()).toBe("editor");
    await owner.put(DASHBOARD, { access_level: "manager" });
    expect(await level()).toBe("manager");
    await owner.put(RESOURCES, { resource: "dashboard", access_level: "viewer" });
    expect(await level()).toBe("viewer");
    emulator.store.organizations.update(IDS.acme, { uses_most_specific_access_resolution: true }, SYSTEM);
    expect(await level()).toBe("manager");
  });

  test("the highest rule on a type wins, including the default", async () => {
    const level = async () =>
      at(await as(emulator, "analyst").get(`${BASE}insights/2/`), "user_access_level");
    await owner.put(RESOURCES, { resource: "insight", access_level: "none", ...ANALYST });
    expect(await level()).toBeUndefined();
    await owner.put(RESOURCES, { resource: "insight", access_level: "viewer" });
    expect(await level()).toBe("viewer");
    emulator.store.organizations.update(IDS.acme, { uses_most_specific_access_resolution: true }, SYSTEM);
    expect(await level()).toBeUndefined();
  });

  test("a person's rule on an object overrides the type's rule, and the creator always manages the object", async () => {
    const level = async (person: Person) =>
      at(await as(emulator, person).get(`${BASE}dashboards/1/`), "user_access_level");
    expect(await level("analyst")).toBe("editor");
    await owner.put(RESOURCES, { resource: "dashboard", access_level: "viewer" });
    expect(await level("analyst")).toBe("viewer");
    await owner.put(DASHBOARD, { access_level: "editor", ...ANALYST });
    expect(await level("analyst")).toBe("editor");
    expect(await level("developer")).toBe("manager");
    expect(await level("admin")).toBe("manager");
    await owner.put(DASHBOARD, { access_level: "none", ...ANALYST });
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

  test("only a short id identifies a notebook; an unknown object is not found", async () => {
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

  test("a type that a member may not see is refused completely, unless one object is open", async () => {
    await owner.put(RESOURCES, { resource: "insight", access_level: "none" });
    const analyst = as(emulator, "analyst");
    expect(await analyst.get(`${BASE}insights/`)).toMatchObject(
      forbidden("You do not have viewer access to this resource."),
    );
    await owner.put(`${BASE}insights/2/access_controls/`, { access_level: "viewer", ...ANALYST });
    expect(await analyst.get(`${BASE}insights/`)).toMatchObject({ body: { count: 1 } });
  });

  test("rules are deleted with the project and with the member", async () => {
    await owner.put(DASHBOARD, { access_level: "viewer", ...ANALYST });
    await owner.delete(`/api/organizations/${IDS.acme}/members/${IDS.analystUser}/`);
    expect(emulator.store.accessRules.size).toBe(0);
  });
});

describe("users_with_access", () => {
  test("lists who has access and why", async () => {
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

  test("omits people without access, and marks an object's creator", async () => {
    await owner.put(PROJECT, { access_level: "none", ...ANALYST });
    const answer = await owner.get(`${BASE}dashboards/1/users_with_access/`);
    expect(at(answer, "total_count")).toBe(4);
    expect(at(answer, "users")).toContainEqual(
      expect.objectContaining({ user_id: IDS.developerUser, access_source: "creator" }),
    );
  });
});

test("the oldest servers check and report less", async () => {
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
