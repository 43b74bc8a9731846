import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import {
  as,
  at,
  badValue,
  forbidden,
  IDS,
  logged,
  missing,
  textAt,
  twoOrganizations,
  withEmulator,
} from "../support";

let emulator: Emulator;
withEmulator({ seed: twoOrganizations() }, (started) => {
  emulator = started;
});

const ROLES = `/api/organizations/${IDS.acme}/roles/`;
const ENGINEERS = `${ROLES}${IDS.engineers}/`;
const MEMBERSHIPS = `${ENGINEERS}role_memberships/`;

test("a role includes all its members", async () => {
  const answer = await as(emulator, "analyst").get(ENGINEERS);
  expect(answer.body).toEqual({
    id: IDS.engineers,
    name: "Engineers",
    created_at: expect.any(String),
    created_by: null,
    is_default: false,
    members: [
      {
        id: expect.any(String),
        role_id: IDS.engineers,
        organization_member: expect.objectContaining({ id: IDS.developerMember, level: 1 }),
        user: expect.objectContaining({ uuid: IDS.developerUser }),
        joined_at: expect.any(String),
        updated_at: expect.any(String),
      },
    ],
  });
  expect(at(await as(emulator, "analyst").get(ROLES), "count")).toBe(1);
});

test("a role is created without its author, on any plan", async () => {
  const free = await startEmulator({ seed: twoOrganizations({ features: "none" }) });
  const answer = await as(free, "admin").post(ROLES, { name: "Analysts" });
  expect(answer).toMatchObject({ status: 201, body: { created_by: null, members: [] } });
  expect(logged(free)).toEqual([]);
  await free.close();
});

test("names are unique within the organization, in any case", async () => {
  const owner = as(emulator, "owner");
  const error = badValue("There is already a role with this name.", "name", "unique");
  expect(await owner.post(ROLES, { name: "ENGINEERS" })).toMatchObject(error);
  expect(await owner.post(ROLES, { name: "Operators" })).toMatchObject({ status: 201 });
  expect(await owner.patch(ENGINEERS, { name: "operators" })).toMatchObject(error);
  expect(await owner.patch(ENGINEERS, { name: "engineers" })).toMatchObject({ status: 200 });
});

test.each([
  [{}, badValue("This field is required.", "name", "required")],
  [{ name: "" }, badValue("This field may not be blank.", "name", "blank")],
  [
    { name: "x".repeat(201) },
    badValue("Ensure this field has no more than 200 characters.", "name", "max_length"),
  ],
])("%j is refused", async (body, error) => {
  expect(await as(emulator, "owner").post(ROLES, body)).toMatchObject(error);
});

test("PUT needs the name, PATCH does not", async () => {
  const owner = as(emulator, "owner");
  expect(await owner.put(ENGINEERS, {})).toMatchObject({ status: 400 });
  expect(await owner.patch(ENGINEERS, {})).toMatchObject({ status: 200, body: { name: "Engineers" } });
});

test("writing needs an admin", async () => {
  const analyst = as(emulator, "analyst");
  const error = forbidden("Your organization access level is insufficient.");
  expect(await analyst.post(ROLES, { name: "Mine" })).toMatchObject(error);
  expect(await analyst.patch(ENGINEERS, { name: "Mine" })).toMatchObject(error);
  expect(await analyst.delete(ENGINEERS)).toMatchObject(error);
  expect(await analyst.post(MEMBERSHIPS, { user_uuid: IDS.analystUser })).toMatchObject(error);
});

test("deleting removes memberships and rules and clears the default role", async () => {
  const owner = as(emulator, "owner");
  await owner.patch(`/api/organizations/${IDS.acme}/`, { default_role_id: IDS.engineers });
  expect(at(await owner.get(ENGINEERS), "is_default")).toBe(true);
  const rule = { access_level: "member", role: IDS.engineers };
  expect(await owner.put(`/api/projects/${IDS.website}/access_controls/`, rule)).toMatchObject({
    status: 200,
  });
  expect(await owner.delete(ENGINEERS)).toMatchObject({ status: 204 });
  const { store } = emulator;
  expect([store.roleMemberships.size, store.accessRules.size]).toEqual([0, 0]);
  expect(store.organizations.get(IDS.acme)).toMatchObject({ default_role_id: null });
  expect(await owner.get(ENGINEERS)).toMatchObject(missing());
});

test("roles of other organizations are not found", async () => {
  expect(await as(emulator, "owner").get(`${ROLES}${IDS.globexRole}/`)).toMatchObject(missing());
});

describe("memberships", () => {
  test("are added by user uuid and deleted by their own id", async () => {
    const owner = as(emulator, "owner");
    const answer = await owner.post(MEMBERSHIPS, { user_uuid: IDS.analystUser });
    expect(answer).toMatchObject({
      status: 201,
      body: { role_id: IDS.engineers, organization_member: { id: IDS.analystMember } },
    });
    expect(answer.body).not.toHaveProperty("user_uuid");
    const one = `${MEMBERSHIPS}${textAt(answer, "id")}/`;
    expect(await owner.get(one)).toMatchObject({ status: 200 });
    expect(await owner.delete(one)).toMatchObject({ status: 204 });
    expect(await owner.delete(one)).toMatchObject(missing());
    expect(logged(emulator)).toEqual([]);
  });

  test.each([
    [MEMBERSHIPS, IDS.developerUser, "User is already part of the role."],
    [MEMBERSHIPS, IDS.globexUser, "User does not exist."],
    [MEMBERSHIPS, IDS.unknown, "User does not exist."],
    [`${ROLES}${IDS.globexRole}/role_memberships/`, IDS.analystUser, "Role does not exist."],
    [`${ROLES}${IDS.unknown}/role_memberships/`, IDS.analystUser, "Role does not exist."],
  ])("%s with %s is refused", async (path, user_uuid, detail) => {
    expect(await as(emulator, "owner").post(path, { user_uuid })).toMatchObject(badValue(detail));
  });

  test("inactive people do not exist", async () => {
    const user = emulator.store.users.where("uuid", IDS.analystUser)[0];
    emulator.store.users.update(user?.id ?? 0, { is_active: false }, SYSTEM);
    expect(await as(emulator, "owner").post(MEMBERSHIPS, { user_uuid: IDS.analystUser })).toMatchObject(
      badValue("User does not exist."),
    );
  });

  test("the user is required and a UUID", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.post(MEMBERSHIPS, {})).toMatchObject(
      badValue("This field is required.", "user_uuid", "required"),
    );
    expect(await owner.post(MEMBERSHIPS, { user_uuid: "ana" })).toMatchObject(
      badValue("Must be a valid UUID.", "user_uuid"),
    );
  });

  test("the list of an unknown role is empty", async () => {
    const answer = await as(emulator, "owner").get(`${ROLES}${IDS.unknown}/role_memberships/`);
    expect(answer).toMatchObject({ status: 200, body: { count: 0 } });
  });

  test("with member lists closed, members see only the people they may see", async () => {
    emulator.store.organizations.update(IDS.acme, { members_can_see_org_members: false }, SYSTEM);
    expect(at(await as(emulator, "analyst").get(ENGINEERS), "members")).toEqual([]);
    expect(at(await as(emulator, "analyst").get(MEMBERSHIPS), "count")).toBe(0);
    expect(at(await as(emulator, "admin").get(MEMBERSHIPS), "count")).toBe(1);
  });

  test("the oldest servers cannot read a single membership", async () => {
    const old = await startEmulator({ seed: twoOrganizations(), generation: "old" });
    const id = old.store.roleMemberships.all()[0]?.id;
    expect(await as(old, "owner").get(`${MEMBERSHIPS}${id}/`)).toMatchObject({ status: 403 });
    expect(await as(old, "owner").delete(`${MEMBERSHIPS}${id}/`)).toMatchObject({ status: 204 });
    await old.close();
  });
});

test("servers of August 2025 treat parameters as columns, and crash on others", async () => {
  const old = await startEmulator({ seed: twoOrganizations(), generation: "2025-08" });
  const owner = as(old, "owner");
  expect(await owner.get(`${ROLES}?name=Engineers`)).toMatchObject({ body: { count: 1 } });
  expect(await owner.get(`${ROLES}?name=Others`)).toMatchObject({ body: { count: 0 } });
  for (const path of [`${ROLES}?limit=1`, `${ROLES}${IDS.engineers}/?limit=1`]) {
    expect(await owner.get(path)).toMatchObject({ status: 500 });
  }
  await old.close();
});
