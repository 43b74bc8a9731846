import { type Emulator, type SeedInput, SYSTEM, startEmulator } from "../../../emulator";
import {
  type Answer,
  asOwner,
  asSession,
  at,
  type Client,
  forbidden,
  forgetSeed,
  missing,
  refusal,
  textAt,
  withKey,
} from "../support";

const WHOLE = "/api/organizations/@current/advanced_activity_logs/";
const OF_PROJECT = "/api/projects/7/advanced_activity_logs/";
const SIMPLE = "/api/projects/7/activity_log/";
const USERS = ["owner@acme.test", "member@acme.test"].map((email) => ({ email, password: "password" }));
const ACME: SeedInput["organizations"][number] = {
  name: "Acme",
  members: [{ email: "owner@acme.test", level: "owner" }, { email: "member@acme.test" }],
  projects: [{ name: "App", id: 7 }],
};
const SEED: SeedInput = {
  users: USERS,
  organizations: [ACME],
  keys: [
    { user: "owner@acme.test", label: "reader", value: "phx_reader", scopes: ["organization:write"] },
    { user: "member@acme.test", label: "member", value: "phx_member" },
    { user: "owner@acme.test", label: "app", value: "phx_app", projects: [7] },
  ],
};

let emulator: Emulator;
let owner: Client;
const DAY_ONE = new Date("2026-06-01T10:00:00.000Z");
let now = DAY_ONE;
beforeAll(async () => {
  emulator = await startEmulator({ seed: SEED, now: () => now });
  owner = asOwner(emulator);
});
beforeEach(() => {
  now = DAY_ONE;
  emulator.reset();
  forgetSeed(emulator);
});
afterAll(() => emulator.close());

/** Renames the organization through the API, so that a row is written. */
async function rename(name: string, headers: Record<string, string> = {}): Promise<void> {
  now = new Date(now.getTime() + 1000);
  expect((await owner.patch("/api/organizations/@current/", { name }, headers)).status).toBe(200);
}

function names(answer: Answer): unknown[] {
  const results = at(answer, "results");
  return Array.isArray(results)
    ? results.map((_, index) => at(answer, "results", index, "detail", "name"))
    : [];
}

/** Follows a link in an answer. */
async function follow(answer: Answer, name: "next" | "previous"): Promise<Answer> {
  const link = new URL(textAt(answer, name));
  return owner.get(link.pathname + link.search);
}

describe("a row", () => {
  test("records who did what through which client, from where, and what changed", async () => {
    await rename("Acme Corp", { "x-posthog-client": "tests" });
    const answer = await owner.get(WHOLE);
    expect(answer).toMatchObject({ status: 200 });
    expect(at(answer, "results", 0)).toEqual({
      id: expect.any(String),
      user: null,
      unread: false,
      team_id: null,
      organization_id: emulator.organizationId,
      was_impersonated: false,
      is_system: true,
      client: "tests",
      ip_address: "127.0.0.1",
      activity: "updated",
      item_id: emulator.organizationId,
      scope: "Organization",
      detail: {
        name: "Acme Corp",
        short_id: null,
        type: null,
        changes: [
          {
            type: "Organization",
            action: "changed",
            field: "organization name",
            before: "Acme",
            after: "Acme Corp",
          },
        ],
        trigger: null,
        context: null,
      },
      created_at: "2026-06-01T10:00:01.000000Z",
    });
  });

  test("names the owner of a key only if the routes write the log, as for projects", async () => {
    await owner.patch("/api/projects/7/", { timezone: "Europe/Berlin" });
    const answer = await owner.get(WHOLE);
    expect(answer).toMatchObject({
      body: { results: [{ scope: "Team", user: { email: "owner@acme.test" }, is_system: false }] },
    });
  });

  test("names the person of a session, unless the account was deleted", async () => {
    const member = await asSession(emulator, "member@acme.test", "password");
    forgetSeed(emulator);
    await member.delete("/api/organizations/@current/members/@me/");
    const results = async () => at(await owner.get(WHOLE), "results");
    expect(await results()).toMatchObject([{ user: { email: "member@acme.test" }, is_system: false }]);
    emulator.store.users.delete(2, SYSTEM);
    expect(await results()).toMatchObject([{ user: null, is_system: false }]);
  });

  test("names nobody for the system's changes", async () => {
    emulator.store.organizations.update(emulator.organizationId, { name: "By system" }, SYSTEM);
    expect(await owner.get(WHOLE)).toMatchObject({ body: { results: [{ user: null, is_system: true }] } });
  });

  test("is not written for an update that changes nothing", async () => {
    await rename("Acme");
    expect(await owner.get(WHOLE)).toMatchObject({ body: { results: [] } });
  });
});

describe("visibility:", () => {
  test("a project's log has the project's rows, and the organization's only if its setting includes them", async () => {
    await owner.patch("/api/projects/7/", { name: "Web" });
    await rename("Acme Corp");
    for (const path of [SIMPLE, OF_PROJECT, "/api/environments/7/activity_log/"]) {
      expect(names(await owner.get(path))).toEqual(["Web", "Web"]);
    }
    await owner.patch("/api/projects/7/", { receive_org_level_activity_logs: true });
    expect(names(await owner.get(SIMPLE))).toEqual(["Web", "Acme Corp", "Web", "Web"]);
  });

  test("the organization's log has its own rows and those of all its projects", async () => {
    await owner.patch("/api/projects/7/", { name: "Web" });
    await rename("Acme Corp");
    expect(names(await owner.get(WHOLE))).toEqual(["Acme Corp", "Web", "Web"]);
  });

  test("members see a project's log, and only admins see the organization's", async () => {
    const member = withKey(emulator, "phx_member");
    expect((await member.get(SIMPLE)).status).toBe(200);
    expect((await member.get(OF_PROJECT)).status).toBe(200);
    const refused = forbidden(
      "Only organization admins and owners can view organization-wide activity logs.",
    );
    expect(await member.get(WHOLE)).toMatchObject(refused);
    expect(await member.get(`${WHOLE}available_filters/`)).toMatchObject(refused);
  });

  test("members without access to activity logs see none", async () => {
    await owner.put("/api/projects/7/resource_access_controls/", {
      resource: "activity_log",
      access_level: "none",
    });
    expect(await withKey(emulator, "phx_member").get(SIMPLE)).toMatchObject(
      forbidden("You do not have viewer access to this resource."),
    );
  });

  test("keys need activity_log:read, and a key restricted to projects cannot read the organization's log", async () => {
    expect(await withKey(emulator, "phx_reader").get(SIMPLE)).toMatchObject(
      forbidden("API key missing required scope 'activity_log:read'"),
    );
    const ofProject = withKey(emulator, "phx_app");
    expect((await ofProject.get(OF_PROJECT)).status).toBe(200);
    expect(await ofProject.get(WHOLE)).toMatchObject(
      forbidden("API keys with scoped projects are only supported on project-based endpoints."),
    );
  });

  test.each([
    ["impersonated sign-ins", { activity: "logged_in", was_impersonated: true }],
    ["changes of accounts", { activity: "updated" }],
    ["a directory's changes through SCIM", { activity: "scim_provisioned" }],
  ])("%s are visible only to PostHog's own staff", async (_, row) => {
    await rename("Acme Corp");
    const { id = "" } = emulator.store.activity.all()[0] ?? {};
    emulator.store.activity.update(id, { scope: "User", ...row }, SYSTEM);
    expect(await owner.get(WHOLE)).toMatchObject({ body: { results: [] } });
    emulator.store.users.update(1, { is_staff: true }, SYSTEM);
    expect(await owner.get(WHOLE)).toMatchObject({ body: { results: [{ id }] } });
  });

  test("sign-ins are visible to everyone who sees the log", async () => {
    await asSession(emulator, "member@acme.test", "password");
    expect(await owner.get(WHOLE)).toMatchObject({
      body: { results: [{ scope: "User", activity: "logged_in", user: { email: "member@acme.test" } }] },
    });
  });
});

describe("the simple log filters by", () => {
  beforeEach(async () => {
    await owner.patch("/api/projects/7/", { name: "Web" });
    await owner.post("/api/projects/7/project_secret_api_keys/", {
      label: "f",
      scopes: ["feature_flag:read"],
    });
  });

  test.each([
    ["scope=Project", 1],
    ["scopes=Project,Team", 2],
    ["scopes=Project&scopes=ProjectSecretAPIKey,Team", 2],
    ["item_id=7", 2],
    ["user=1", 2],
    ["user=2", 0],
  ])("%s", async (query, count) => {
    expect(names(await owner.get(`${SIMPLE}?${query}`))).toHaveLength(count);
  });

  test("only a user's number: the documented UUID crashes it", async () => {
    const uuid = emulator.store.users.get(1)?.uuid;
    expect(await owner.get(`${SIMPLE}?user=${uuid}`)).toMatchObject(
      refusal(500, "server_error", "error", "A server error occurred."),
    );
  });
});

describe("pages", () => {
  beforeEach(async () => {
    for (const name of ["A", "B", "C", "D", "E"]) {
      await rename(name);
    }
  });

  test("lead by cursor from the latest row to the first one and back, without a count", async () => {
    const first = await owner.get(`${WHOLE}?page_size=2`);
    expect(names(first)).toEqual(["E", "D"]);
    expect(first.body).toMatchObject({ previous: null });
    expect(first.body).not.toHaveProperty("count");
    const second = await follow(first, "next");
    expect(names(second)).toEqual(["C", "B"]);
    const third = await follow(second, "next");
    expect(names(third)).toEqual(["A"]);
    expect(third.body).toMatchObject({ next: null });
    expect(names(await follow(third, "previous"))).toEqual(["C", "B"]);
    expect(names(await follow(await follow(third, "previous"), "previous"))).toEqual(["E", "D"]);
  });

  test("stay stable while new rows arrive: a cursor never shows a row twice", async () => {
    const first = await owner.get(`${WHOLE}?page_size=2`);
    await rename("F");
    expect(names(await follow(first, "next"))).toEqual(["C", "B"]);
  });

  test("continue at the same position after the cursor's row is deleted", async () => {
    const first = await owner.get(`${WHOLE}?page_size=2`);
    emulator.store.activity.delete(textAt(first, "results", 1, "id"), SYSTEM);
    expect(names(await follow(first, "next"))).toEqual(["C", "B"]);
  });

  test("come oldest first on request, and can then be followed", async () => {
    let answer = await owner.get(`${WHOLE}?ordering=created_at&follow=true&page_size=3`);
    expect(names(answer)).toEqual(["A", "B", "C"]);
    answer = await follow(answer, "next");
    expect(names(answer)).toEqual(["D", "E"]);
    answer = await follow(answer, "next");
    expect(names(answer)).toEqual([]);
    await rename("F");
    answer = await follow(answer, "next");
    expect(names(answer)).toEqual(["F"]);
  });

  test("end at the last row when they are not followed", async () => {
    expect(await owner.get(`${WHOLE}?ordering=created_at`)).toMatchObject({ body: { next: null } });
    expect(await owner.get(`${WHOLE}?follow=true`)).toMatchObject({ body: { next: null } });
  });

  test("are numbered, and counted, with a page number", async () => {
    const second = await owner.get(`${WHOLE}?page=2&page_size=2`);
    expect(second).toMatchObject({ body: { count: 5 } });
    expect(names(second)).toEqual(["C", "B"]);
    expect(textAt(second, "next")).toContain("page=3");
    expect(textAt(second, "previous")).not.toContain("page=");
    expect(names(await owner.get(`${WHOLE}?page=1&ordering=created_at`))).toEqual(["A", "B", "C", "D", "E"]);
  });

  test("beyond the last one are not found", async () => {
    expect(await owner.get(`${WHOLE}?page=9`)).toMatchObject(missing("Invalid page."));
    expect(await owner.get(`${SIMPLE}?page=last-but-one`)).toMatchObject(missing("Invalid page."));
    expect(await owner.get(`${WHOLE}?cursor=nonsense`)).toMatchObject(missing("Invalid cursor"));
  });
});

describe("the plan", () => {
  async function withFeatures(
    features: SeedInput["organizations"][number]["features"],
    cloud: boolean,
    check: (emulator: Emulator) => Promise<void>,
  ): Promise<void> {
    const other = await startEmulator({
      cloud,
      now: () => now,
      seed: { users: USERS, organizations: [{ ...ACME, features }] },
    });
    await check(other).finally(() => other.close());
  }

  test("needs audit logs on Cloud, for members too", async () => {
    const refused = refusal(
      402,
      "server_error",
      "payment_required",
      "Audit logs requires a paid PostHog plan. Please upgrade to access this feature.",
    );
    await withFeatures("none", true, async (poor) => {
      for (const path of [SIMPLE, OF_PROJECT, WHOLE, `${OF_PROJECT}available_filters/`]) {
        expect(await asOwner(poor).get(path)).toMatchObject(refused);
      }
      const member = await asSession(poor, "member@acme.test", "password");
      expect(await member.get(WHOLE)).toMatchObject(refused);
    });
  });

  test("does not need them self-hosted", async () => {
    await withFeatures("none", false, async (own) => {
      expect((await asOwner(own).get(WHOLE)).status).toBe(200);
    });
  });

  test.each([
    ["its limit in days", { key: "audit_logs", limit: 10, unit: "days" }, 10],
    ["its limit in months", { key: "audit_logs", limit: 3, unit: "month" }, 90],
    ["its limit in years", { key: "audit_logs", limit: 2, unit: "years" }, 730],
    ["two months without a limit", { key: "audit_logs", limit: null, unit: null }, 60],
  ])("keeps rows for %s", async (_, feature, days) => {
    await withFeatures([feature], true, async (kept) => {
      forgetSeed(kept);
      await asOwner(kept).patch("/api/organizations/@current/", { name: "Acme Corp" });
      now = new Date(now.getTime() + days * 86_400_000);
      expect(names(await asOwner(kept).get(WHOLE))).toEqual(["Acme Corp"]);
      now = new Date(now.getTime() + 1);
      expect(names(await asOwner(kept).get(WHOLE))).toEqual([]);
    });
  });
});

describe("an export", () => {
  const path = `${OF_PROJECT}export/`;

  test("is accepted as CSV or as a spreadsheet", async () => {
    expect(await owner.post(path)).toMatchObject({ status: 202, body: { id: 1, export_format: "csv" } });
    expect(await owner.post(path, { format: "xlsx", filters: { scopes: ["Role"] } })).toMatchObject({
      status: 202,
      body: { id: 2, export_format: "xlsx" },
    });
  });

  test("is refused with its own error shape if format or filters are wrong", async () => {
    const format = await owner.post(path, { format: "pdf" });
    expect(format).toMatchObject({ status: 400 });
    expect(format.body).toEqual({ error: "Unsupported export format: pdf" });
    for (const filters of [{ users: ["x"] }, "all"]) {
      expect((await owner.post(path, { filters })).body).toEqual({ error: "Filters are invalid" });
    }
  });

  test("of the whole organization is refused for sessions and for keys", async () => {
    expect(await owner.post(`${WHOLE}export/`)).toMatchObject(
      forbidden("This action does not support personal API key access"),
    );
    const session = await asSession(emulator, "owner@acme.test", "password");
    const answer = await session.post(`${WHOLE}export/`);
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.body).toEqual({
      error: "Export is not yet supported on the organization-scoped activity logs endpoint.",
    });
  });
});

test("the organization has no simple log", async () => {
  expect(await owner.get("/api/organizations/@current/activity_log/")).toMatchObject(
    missing("Endpoint not found."),
  );
});

describe.each(["old", "mid"] as const)("a server of generation %s", (generation) => {
  let older: Emulator;
  let client: Client;
  beforeAll(async () => {
    older = await startEmulator({ generation, seed: SEED });
    forgetSeed(older);
    client = asOwner(older);
    await client.patch("/api/projects/7/", { name: "A" }, { "x-posthog-client": "tests" });
    await client.patch("/api/projects/7/", { name: "B" });
  });
  afterAll(() => older.close());

  test("supports no sort order and only one page size, except for numbered pages", async () => {
    const answer = await client.get(`${SIMPLE}?ordering=created_at&page_size=1`);
    expect(names(answer)).toEqual(["B", "B", "A", "A"]);
    expect(answer.body).not.toHaveProperty("count");
    const numbered = await client.get(`${SIMPLE}?page=1&page_size=1`);
    expect(numbered).toMatchObject({ body: { count: 4, previous: null } });
    expect(textAt(numbered, "next")).toContain("page=2");
  });

  test("shows less of a row if it is the oldest", async () => {
    const row = Object(at(await client.get(SIMPLE), "results", 0));
    const names = ["team_id", "ip_address", "client"].filter((name) => name in row);
    expect(names).toEqual(generation === "old" ? [] : ["team_id", "ip_address", "client"]);
    expect("context" in row.detail).toBe(generation === "mid");
  });

  test("has the log of the whole organization, unless it is the oldest", async () => {
    const missingRoute = missing("Endpoint not found.");
    for (const path of [WHOLE, `${WHOLE}available_filters/`, OF_PROJECT, `${OF_PROJECT}available_filters/`]) {
      expect(await client.get(path)).toMatchObject(generation === "old" ? missingRoute : { status: 200 });
    }
  });
});

test("an old server has the plain log on any plan", async () => {
  const old = await startEmulator({
    generation: "old",
    seed: { users: USERS, organizations: [{ ...ACME, features: "none" }] },
  });
  expect((await asOwner(old).get(SIMPLE)).status).toBe(200);
  await old.close();
});

test.each([
  ["old", 1],
  ["mid", 0],
  ["new", 0],
] as const)(
  "the parameter for the organization's rows in a project's log, on %s servers: %d rows",
  async (generation, count) => {
    const other = await startEmulator({ generation, seed: SEED });
    try {
      forgetSeed(other);
      const client = asOwner(other);
      await client.patch("/api/organizations/@current/", { name: "Acme Corp" });
      expect(names(await client.get(SIMPLE))).toEqual([]);
      expect(names(await client.get(`${SIMPLE}?include_organization_scoped=1`))).toHaveLength(count);
    } finally {
      await other.close();
    }
  },
);
