import { type Emulator, SYSTEM } from "../../../emulator";
import {
  as,
  asSession,
  at,
  badValue,
  forbidden,
  IDS,
  logged,
  missing,
  refusal,
  requestRows,
  twoOrganizations,
  withEmulator,
} from "../support";

let emulator: Emulator;
withEmulator({ seed: twoOrganizations() }, (started) => {
  emulator = started;
});

const MEMBERS = `/api/organizations/${IDS.acme}/members/`;
const emails = (answer: { body: unknown }) =>
  Object(answer.body).results.map((row: { user: { email: string } }) => row.user.email);

describe("listing", () => {
  test("the newest come first, or last on request; other sort orders are ignored", async () => {
    const owner = as(emulator, "owner");
    const newestFirst = emails(await owner.get(MEMBERS));
    expect(newestFirst).toHaveLength(5);
    expect(newestFirst[4]).toBe("owner@acme.test");
    expect(emails(await owner.get(`${MEMBERS}?order=joined_at`))).toEqual([...newestFirst].reverse());
    expect(emails(await owner.get(`${MEMBERS}?order=level`))).toEqual(newestFirst);
  });

  test("a member has the documented fields", async () => {
    const answer = await as(emulator, "owner").get(`${MEMBERS}?email=admin@acme.test`);
    expect(at(answer, "results", 0)).toEqual({
      id: IDS.adminMember,
      user: {
        id: expect.any(Number),
        uuid: IDS.adminUser,
        distinct_id: expect.any(String),
        first_name: "Ada",
        last_name: "Admin",
        email: "admin@acme.test",
        is_email_verified: true,
        hedgehog_config: null,
        role_at_organization: null,
      },
      level: 8,
      joined_at: expect.any(String),
      updated_at: expect.any(String),
      is_2fa_enabled: false,
      has_social_auth: false,
      last_login: null,
    });
  });

  test("e-mail matches exactly; search finds parts first, then similar texts", async () => {
    const owner = as(emulator, "owner");
    expect(emails(await owner.get(`${MEMBERS}?email=ADMIN@acme.test`))).toEqual([]);
    const exact = await owner.get(`${MEMBERS}?search=devon`);
    expect(at(exact, "results", 0)).toMatchObject({
      search_match_type: "exact",
      user: { first_name: "Devon" },
    });
    const similar = await owner.get(`${MEMBERS}?search=Oliwia`);
    expect(at(similar, "results", 0)).toMatchObject({ search_match_type: "similar" });
  });

  test("a search is at most 200 characters long", async () => {
    expect(await as(emulator, "owner").get(`${MEMBERS}?search=${"x".repeat(201)}`)).toMatchObject(
      badValue("Search query must be 200 characters or fewer.", "search"),
    );
  });

  test("updated_after keeps what changed strictly later", async () => {
    const owner = as(emulator, "owner");
    await new Promise((resolve) => setTimeout(resolve, 5));
    const moment = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await owner.patch(`${MEMBERS}${IDS.analystUser}/`, { level: 8 });
    expect(emails(await owner.get(`${MEMBERS}?updated_after=${moment}`))).toEqual(["analyst@acme.test"]);
    expect(await owner.get(`${MEMBERS}?updated_after=soon`)).toMatchObject({ status: 500 });
  });

  test("inactive people and PostHog's own bots are omitted", async () => {
    const { store } = emulator;
    for (const [uuid, patch] of [
      [IDS.analystUser, { is_active: false }],
      [IDS.developerUser, { email: "agent@posthogbot.user" }],
    ] as const) {
      store.users.update(store.users.where("uuid", uuid)[0]?.id ?? 0, patch, SYSTEM);
    }
    expect(emails(await as(emulator, "owner").get(MEMBERS))).toHaveLength(3);
  });

  test("a foreign organization is refused, an unknown one not found", async () => {
    const globex = as(emulator, "globex");
    expect(await globex.get(MEMBERS)).toMatchObject(
      forbidden("You do not have permission to perform this action."),
    );
    expect(await globex.get(`/api/organizations/${IDS.unknown}/members/`)).toMatchObject(
      missing("Organization not found."),
    );
    expect(await globex.get("/api/organizations/acme/members/")).toMatchObject(
      missing("Organization not found."),
    );
  });

  test("with member lists closed, members see themselves and people with access to the same projects", async () => {
    const { store } = emulator;
    store.organizations.update(IDS.acme, { members_can_see_org_members: false }, SYSTEM);
    expect(emails(await as(emulator, "analyst").get(MEMBERS))).toEqual(["analyst@acme.test"]);
    const project = `/api/projects/${IDS.app}/access_controls/`;
    const owner = as(emulator, "owner");
    await owner.put(project, { access_level: "none" });
    await owner.put(project, { access_level: "member", organization_member: IDS.analystMember });
    expect(emails(await as(emulator, "analyst").get(MEMBERS))).toEqual(["analyst@acme.test"]);
    await owner.put(project, { access_level: "member", organization_member: IDS.developerMember });
    expect(emails(await as(emulator, "analyst").get(MEMBERS))).toEqual([
      "developer@acme.test",
      "analyst@acme.test",
    ]);
    expect(emails(await as(emulator, "admin").get(MEMBERS))).toHaveLength(5);
  });
});

describe("changing a level", () => {
  test("is found by user uuid, and recorded with before and after", async () => {
    const answer = await as(emulator, "owner").patch(`${MEMBERS}${IDS.analystUser}/`, { level: 8 });
    expect(answer).toMatchObject({ status: 200, body: { id: IDS.analystMember, level: 8 } });
    expect(requestRows(emulator)).toMatchObject([
      {
        scope: "OrganizationMembership",
        activity: "updated",
        item_id: IDS.analystMember,
        detail: {
          name: "Ana (analyst@acme.test) membership updated in Acme",
          changes: [{ field: "level", before: 1, after: 8 }],
          context: { user_email: "analyst@acme.test", level: "administrator" },
        },
      },
    ]);
  });

  test("membership ids and non-members are not found", async () => {
    const owner = as(emulator, "owner");
    for (const id of [IDS.analystMember, IDS.globexUser, IDS.unknown]) {
      expect(await owner.patch(`${MEMBERS}${id}/`, { level: 8 })).toMatchObject(missing());
    }
  });

  test("an empty body changes nothing, and PUT is the same as PATCH", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.put(`${MEMBERS}${IDS.analystUser}/`)).toMatchObject({ status: 200 });
    expect(await owner.patch(`${MEMBERS}@me/`)).toMatchObject({ status: 200, body: { level: 15 } });
    expect(logged(emulator)).toEqual([]);
  });

  test.each([
    ["analyst", IDS.developerUser, 1, "You can only edit others if you are an admin."],
    ["admin", IDS.ownerUser, 1, "You can only edit others with level lower or equal to you."],
    ["owner", "@me", 15, "You can't change your own access level."],
    ["analyst", "@me", 1, "You can't change your own access level."],
    [
      "admin",
      IDS.analystUser,
      15,
      "You can only make another member owner if you're this organization's owner.",
    ],
  ] as const)("%s giving %s the level %d is refused", async (person, target, level, detail) => {
    expect(await as(emulator, person).patch(`${MEMBERS}${target}/`, { level })).toMatchObject(
      forbidden(detail),
    );
  });

  test("only the three levels exist", async () => {
    expect(await as(emulator, "owner").patch(`${MEMBERS}${IDS.analystUser}/`, { level: 3 })).toMatchObject(
      badValue('"3" is not a valid choice.', "level", "invalid_choice"),
    );
  });

  test("an owner can appoint another owner and stays one; an owner may demote an owner", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.patch(`${MEMBERS}${IDS.adminUser}/`, { level: 15 })).toMatchObject({ status: 200 });
    expect(await owner.get(`/api/organizations/${IDS.acme}/`)).toMatchObject({
      body: { membership_level: 15 },
    });
    expect(await owner.patch(`${MEMBERS}${IDS.secondOwnerUser}/`, { level: 1 })).toMatchObject({
      status: 200,
      body: { level: 1 },
    });
  });
});

describe("removing", () => {
  test("removes roles and access rules, and keeps the account", async () => {
    const owner = as(emulator, "owner");
    await owner.put(`/api/projects/${IDS.website}/access_controls/`, {
      access_level: "member",
      organization_member: IDS.developerMember,
    });
    expect(await owner.delete(`${MEMBERS}${IDS.developerUser}/`)).toMatchObject({ status: 204 });
    const { store } = emulator;
    expect(store.roleMemberships.size).toBe(0);
    expect(store.accessRules.size).toBe(0);
    expect(store.users.where("uuid", IDS.developerUser)).toHaveLength(1);
    expect(logged(emulator)).toContain("OrganizationMembership deleted");
  });

  test("rejoining gives a new membership id", async () => {
    const owner = as(emulator, "owner");
    await owner.delete(`${MEMBERS}${IDS.developerUser}/`);
    await owner.post(`/api/organizations/${IDS.acme}/invites/`, { target_email: "developer@acme.test" });
    expect(emulator.acceptInvite("developer@acme.test")).toBe(true);
    const answer = await owner.get(`${MEMBERS}?email=developer@acme.test`);
    expect(at(answer, "results", 0, "user", "uuid")).toBe(IDS.developerUser);
    expect(at(answer, "results", 0, "id")).not.toBe(IDS.developerMember);
  });

  test("anyone may leave, except owners", async () => {
    expect(await as(emulator, "analyst").delete(`${MEMBERS}@me/`)).toMatchObject({ status: 204 });
    const error = badValue("Cannot leave the organization as its owner!");
    expect(await as(emulator, "owner").delete(`${MEMBERS}@me/`)).toMatchObject(error);
    expect(await as(emulator, "owner").delete(`${MEMBERS}${IDS.secondOwnerUser}/`)).toMatchObject(error);
  });

  test("members may not remove others", async () => {
    expect(await as(emulator, "analyst").delete(`${MEMBERS}${IDS.developerUser}/`)).toMatchObject(
      forbidden("You can only edit others if you are an admin."),
    );
  });
});

describe("one member", () => {
  test("cannot be read: keys get 403, sessions 405", async () => {
    const path = `${MEMBERS}${IDS.adminUser}/`;
    expect(await as(emulator, "owner").get(path)).toMatchObject(
      forbidden("This action does not support personal API key access"),
    );
    const session = await asSession(emulator, "owner@acme.test", "owner-password");
    const answer = await session.get(path);
    expect(answer).toMatchObject(
      refusal(405, "invalid_request", "method_not_allowed", 'Method "GET" not allowed.'),
    );
    expect(answer.headers.get("allow")).toBe("PUT, PATCH, DELETE, OPTIONS");
  });

  test("its keys that can access the organization are only for sessions", async () => {
    const path = `${MEMBERS}${IDS.analystUser}/scoped_api_keys/`;
    expect(await as(emulator, "owner").get(path)).toMatchObject({ status: 403 });
    await as(emulator, "analyst").get("/api/users/@me/");
    const session = await asSession(emulator, "owner@acme.test", "owner-password");
    expect(await session.get(path)).toMatchObject({
      status: 200,
      body: {
        has_keys: true,
        has_keys_active_last_week: true,
        keys: [{ name: "analyst", last_used_at: expect.any(String) }],
      },
    });
  });

  test("its GitHub login is shown if it has one", async () => {
    const owner = as(emulator, "owner");
    expect(at(await owner.get(`${MEMBERS}${IDS.developerUser}/github_login/`), "github_login")).toBe("devon");
    expect(at(await owner.get(`${MEMBERS}@me/github_login/`), "github_login")).toBeNull();
  });
});

test("a list is cut into pages with absolute links", async () => {
  const owner = as(emulator, "owner");
  const first = await owner.get(`${MEMBERS}?limit=2`);
  expect(first.body).toMatchObject({
    count: 5,
    next: `${emulator.url}${MEMBERS}?limit=2&offset=2`,
    previous: null,
  });
  const last = await owner.get(`${MEMBERS}?limit=2&offset=4`);
  expect(last.body).toMatchObject({
    next: null,
    previous: `${emulator.url}${MEMBERS}?limit=2&offset=2`,
  });
  expect(Object(last.body).results).toHaveLength(1);
});
