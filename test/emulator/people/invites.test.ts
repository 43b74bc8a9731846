import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import { as, at, badValue, forbidden, IDS, logged, missing, textAt, twoOrganizations } from "../support";

let emulator: Emulator;
let now = new Date("2026-06-01T10:00:00Z");
beforeAll(async () => {
  emulator = await startEmulator({ seed: twoOrganizations(), now: () => now });
});
afterEach(() => {
  emulator.reset();
  now = new Date("2026-06-01T10:00:00Z");
});
afterAll(() => emulator.close());

const INVITES = `/api/organizations/${IDS.acme}/invites/`;
const NEWCOMER = "New.Comer@EXAMPLE.com";
const KEPT = "new.comer@example.com";

test("an invite has the documented fields; the address is lower-cased", async () => {
  const answer = await as(emulator, "owner").post(INVITES, { target_email: NEWCOMER });
  expect(answer).toMatchObject({ status: 201 });
  expect(answer.body).toEqual({
    id: expect.any(String),
    target_email: KEPT,
    first_name: "",
    emailing_attempt_made: false,
    level: 1,
    is_expired: false,
    created_by: expect.objectContaining({ email: "owner@acme.test" }),
    created_at: "2026-06-01T10:00:00.000000Z",
    updated_at: "2026-06-01T10:00:00.000000Z",
    message: null,
    private_project_access: [],
  });
  expect(logged(emulator)).toEqual(["OrganizationInvite created"]);
});

test("write-only fields are not shown", async () => {
  const body = { target_email: NEWCOMER, send_email: false, combine_pending_invites: true };
  const answer = await as(emulator, "owner").post(INVITES, body);
  expect(answer.body).not.toHaveProperty("send_email");
  expect(answer.body).not.toHaveProperty("combine_pending_invites");
  expect(emulator.ignoredFields).toEqual([]);
});

test("inviting again replaces the earlier invite with a new id", async () => {
  const owner = as(emulator, "owner");
  const first = await owner.post(INVITES, { target_email: NEWCOMER, level: 8 });
  const second = await owner.post(INVITES, { target_email: NEWCOMER });
  expect(textAt(second, "id")).not.toBe(textAt(first, "id"));
  expect(await owner.get(INVITES)).toMatchObject({ body: { count: 1, results: [{ level: 1 }] } });
});

test("pending invites can be combined: the highest level, the union of projects", async () => {
  const owner = as(emulator, "owner");
  await owner.post(INVITES, {
    target_email: NEWCOMER,
    level: 8,
    private_project_access: [{ id: IDS.app, level: "admin" }],
  });
  const combined = await owner.post(INVITES, {
    target_email: NEWCOMER,
    combine_pending_invites: true,
    private_project_access: [
      { id: IDS.app, level: "member" },
      { id: IDS.website, level: "member" },
    ],
  });
  expect(combined.body).toMatchObject({
    level: 8,
    private_project_access: [
      { id: IDS.app, level: "admin" },
      { id: IDS.website, level: "member" },
    ],
  });
});

test("an invite expires after three days, is still listed, and is not combined with new ones", async () => {
  const owner = as(emulator, "owner");
  await owner.post(INVITES, { target_email: NEWCOMER, level: 8 });
  now = new Date("2026-06-04T10:00:01Z");
  expect(at(await owner.get(INVITES), "results", 0, "is_expired")).toBe(true);
  const again = await owner.post(INVITES, { target_email: NEWCOMER, combine_pending_invites: true });
  expect(again.body).toMatchObject({ level: 1, is_expired: false });
});

test("the newest come first", async () => {
  const owner = as(emulator, "owner");
  await owner.post(INVITES, { target_email: "a@example.com" });
  await owner.post(INVITES, { target_email: "b@example.com" });
  expect(at(await owner.get(INVITES), "results", 0, "target_email")).toBe("b@example.com");
});

const NO_PROJECT =
  "Project does not exist on this organization, or it is private and you do not have access to it.";

test.each([
  [{}, badValue("This field is required.", "target_email", "required")],
  [{ target_email: "nobody" }, badValue("Enter a valid email address.", "target_email")],
  [
    { target_email: "analyst@acme.test" },
    badValue("A user with this email address already belongs to the organization."),
  ],
  [
    { target_email: NEWCOMER, first_name: "x".repeat(31) },
    badValue("Ensure this field has no more than 30 characters.", "first_name", "max_length"),
  ],
  [{ target_email: NEWCOMER, level: 3 }, badValue('"3" is not a valid choice.', "level", "invalid_choice")],
  [
    { target_email: NEWCOMER, private_project_access: [{ id: IDS.globexProject, level: "member" }] },
    badValue(NO_PROJECT, "private_project_access"),
  ],
  [
    { target_email: NEWCOMER, private_project_access: "all" },
    badValue("The field must be a list of dictionaries.", "private_project_access"),
  ],
  [
    { target_email: NEWCOMER, private_project_access: [{ id: IDS.app, level: "boss" }] },
    badValue('The "level" field must be a valid access level.', "private_project_access"),
  ],
  [
    { target_email: NEWCOMER, private_project_access: [{ id: IDS.app, level: 8 }] },
    badValue('The "level" field must be a valid access level.', "private_project_access"),
  ],
  [
    { target_email: "ANALYST@acme.test" },
    badValue("A user with this email address already belongs to the organization."),
  ],
])("%j is refused", async (body, error) => {
  expect(await as(emulator, "owner").post(INVITES, body)).toMatchObject(error);
});

test("people do not see invites above their own level, and members who may not invite see none", async () => {
  const owner = as(emulator, "owner");
  for (const [target_email, level] of [
    ["a@example.com", 15],
    ["b@example.com", 8],
    ["c@example.com", 1],
  ]) {
    await owner.post(INVITES, { target_email, level });
  }
  const seen = async (person: "owner" | "admin" | "analyst") =>
    at(await as(emulator, person).get(INVITES), "count");
  expect([await seen("owner"), await seen("admin"), await seen("analyst")]).toEqual([3, 2, 1]);
  emulator.store.organizations.update(IDS.acme, { members_can_invite: false }, SYSTEM);
  expect([await seen("owner"), await seen("admin"), await seen("analyst")]).toEqual([3, 2, 0]);
});

test("a member cannot invite above their own level, or into a project that they cannot see", async () => {
  const analyst = as(emulator, "analyst");
  expect(await analyst.post(INVITES, { target_email: NEWCOMER, level: 8 })).toMatchObject(
    forbidden("You cannot invite a user with a higher permission level than your own."),
  );
  await as(emulator, "owner").put(`/api/projects/${IDS.app}/access_controls/`, { access_level: "none" });
  const body = { target_email: NEWCOMER, private_project_access: [{ id: IDS.app, level: "member" }] };
  expect(await analyst.post(INVITES, body)).toMatchObject(badValue(NO_PROJECT, "private_project_access"));
  expect(await as(emulator, "admin").post(INVITES, body)).toMatchObject({ status: 201 });
});

test("if members may not invite, only admins may invite or withdraw", async () => {
  const owner = as(emulator, "owner");
  const id = textAt(await owner.post(INVITES, { target_email: NEWCOMER }), "id");
  emulator.store.organizations.update(IDS.acme, { members_can_invite: false }, SYSTEM);
  const error = forbidden("You do not have permission to perform this action.");
  const analyst = as(emulator, "analyst");
  expect(await analyst.post(INVITES, { target_email: "b@example.com" })).toMatchObject(error);
  expect(await analyst.post(`${INVITES}bulk/`, [])).toMatchObject(error);
  expect(await analyst.delete(`${INVITES}${id}/`)).toMatchObject(
    forbidden("Your organization access level is insufficient."),
  );
  expect(await as(emulator, "admin").delete(`${INVITES}${id}/`)).toMatchObject({ status: 204 });
});

test("invites are deleted by id, and a single invite cannot be read", async () => {
  const owner = as(emulator, "owner");
  const id = textAt(await owner.post(INVITES, { target_email: NEWCOMER }), "id");
  expect(await owner.get(`${INVITES}${id}/`)).toMatchObject(
    forbidden("This action does not support personal API key access"),
  );
  expect(await owner.delete(`${INVITES}${id}/`)).toMatchObject({ status: 204 });
  expect(await owner.delete(`${INVITES}${id}/`)).toMatchObject(missing());
});

describe("in bulk", () => {
  const BULK = `${INVITES}bulk/`;

  test("a list creates a list", async () => {
    const answer = await as(emulator, "owner").post(BULK, [
      { target_email: "a@example.com" },
      { target_email: "b@example.com", level: 8 },
    ]);
    expect(answer).toMatchObject({ status: 201, body: [{ level: 1 }, { level: 8 }] });
  });

  test("anything but a list is refused, and so are more than 20", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.post(BULK, { target_email: NEWCOMER })).toMatchObject(
      badValue("This endpoint needs an array of data for bulk invite creation."),
    );
    const many = Array.from({ length: 21 }, (_, index) => ({ target_email: `p${index}@example.com` }));
    expect(await owner.post(BULK, many)).toMatchObject(
      badValue("A maximum of 20 invites can be sent in a single request.", null, "max_length"),
    );
  });

  test("a malformed item stops all invites, with a Python dictionary's text as the code", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.post(BULK, [{ target_email: "a@example.com" }, {}])).toMatchObject({
      status: 400,
      body: { code: "{'target_email': ['required']}", attr: "target_email" },
    });
    expect(emulator.store.invites.size).toBe(0);
  });

  test("an address that is taken stops the invites after it, not those before", async () => {
    const addresses = ["a@example.com", "analyst@acme.test", "b@example.com"];
    const taken = addresses.map((target_email) => ({ target_email }));
    expect(await as(emulator, "owner").post(BULK, taken)).toMatchObject({ status: 400 });
    expect(emulator.store.invites.all()).toMatchObject([{ target_email: "a@example.com" }]);
  });
});

describe("accepting", () => {
  test("creates a member with level, default role and project rules, and deletes the invite", async () => {
    const owner = as(emulator, "owner");
    await owner.patch(`/api/organizations/${IDS.acme}/`, { default_role_id: IDS.engineers });
    await owner.post(INVITES, {
      target_email: NEWCOMER,
      level: 8,
      private_project_access: [{ id: IDS.app, level: "member" }],
    });
    expect(emulator.acceptInvite(KEPT)).toBe(true);
    const { store } = emulator;
    const user = store.users.where("email", KEPT)[0];
    const membership = store.memberships.where("user_id", user?.id ?? 0)[0];
    expect(membership).toMatchObject({ organization_id: IDS.acme, level: 8 });
    expect(user).toMatchObject({ current_organization_id: IDS.acme });
    expect(store.roleMemberships.where("membership_id", membership?.id ?? "")).toHaveLength(1);
    expect(store.accessRules.all()).toMatchObject([
      { team_id: IDS.app, organization_member: membership?.id, access_level: "member" },
    ]);
    expect(store.invites.size).toBe(0);
  });

  test("without an invite nothing happens", () => {
    expect(emulator.acceptInvite("nobody@example.com")).toBe(false);
  });
});

test("the oldest servers accept organization levels for projects, and check the caller's current organization", async () => {
  const old = await startEmulator({ seed: twoOrganizations(), generation: "old" });
  const rules = [{ id: IDS.app, level: 8 }];
  const numbered = { target_email: "a@example.com", private_project_access: rules };
  expect(await as(old, "owner").post(INVITES, numbered)).toMatchObject({
    body: { private_project_access: rules },
  });
  expect(old.acceptInvite("a@example.com")).toBe(true);
  expect(old.store.accessRules.all()).toMatchObject([{ team_id: IDS.app, access_level: "admin" }]);
  const body = { target_email: NEWCOMER, private_project_access: null };
  expect(await as(old, "owner").post(INVITES, body)).toMatchObject({
    status: 201,
    body: { private_project_access: [] },
  });
  old.store.organizations.update(IDS.acme, { members_can_invite: false }, SYSTEM);
  const analyst = as(old, "analyst");
  expect(await analyst.post(INVITES, body)).toMatchObject({ status: 403 });
  await analyst.post("/api/organizations/", { name: "Elsewhere" });
  expect(await analyst.post(INVITES, body)).toMatchObject({ status: 201 });
  await old.close();
});
