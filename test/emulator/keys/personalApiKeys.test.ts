import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import {
  asNobody,
  asOwner,
  asSession,
  at,
  badValue,
  type Client,
  forbidden,
  missing,
  refusal,
  requestRows,
  textAt,
  withKey,
} from "../support";

const PATH = "/api/personal_api_keys/";
const KEY = { label: "ci", scopes: ["insight:read"], scoped_teams: [], scoped_organizations: [] };
const NOT_OPEN_TO_KEYS = forbidden("This action does not support personal API key access");

let emulator: Emulator;
let now = new Date("2026-06-01T10:00:00.000Z");
let session: Client;
beforeAll(async () => {
  emulator = await startEmulator({ now: () => now });
});
beforeEach(async () => {
  session = await asSession(emulator, emulator.email, emulator.password);
});
afterEach(() => {
  emulator.reset();
  now = new Date("2026-06-01T10:00:00.000Z");
});
afterAll(() => emulator.close());

describe("a key", () => {
  test("may read itself as @current and by its id, whatever its scopes", async () => {
    const made = await session.post(PATH, KEY);
    const itself = withKey(emulator, textAt(made, "value"));
    for (const name of ["@current", textAt(made, "id")]) {
      expect(await itself.get(`${PATH}${name}/`)).toMatchObject({
        status: 200,
        body: { label: "ci", scopes: ["insight:read"], value: null },
      });
    }
  });

  test("is refused every other action, before anything is validated", async () => {
    const key = asOwner(emulator);
    const answers = await Promise.all([
      key.get(PATH),
      key.post(PATH, {}),
      key.put(`${PATH}@current/`, {}),
      key.patch(`${PATH}@current/`, { label: "" }),
      key.delete(`${PATH}@current/`),
      key.post(`${PATH}@current/`),
      key.post(`${PATH}@current/roll/`),
    ]);
    for (const answer of answers) {
      expect(answer).toMatchObject(NOT_OPEN_TO_KEYS);
    }
  });

  test("may not read its user's other keys, and does not find other people's", async () => {
    const made = await session.post(PATH, KEY);
    expect(await asOwner(emulator).get(`${PATH}${textAt(made, "id")}/`)).toMatchObject(NOT_OPEN_TO_KEYS);
    const admin = await asSession(emulator, "admin@acme.test", "acme-admin-password");
    const foreign = await admin.post(PATH, KEY);
    expect(await asOwner(emulator).get(`${PATH}${textAt(foreign, "id")}/`)).toMatchObject(missing());
  });

  test("is unknown if it is a project's secret key", async () => {
    const secret = await asOwner(emulator).post("/api/projects/@current/project_secret_api_keys/", {
      label: "flags",
      scopes: ["feature_flag:read"],
    });
    expect(await withKey(emulator, textAt(secret, "value")).get(`${PATH}@current/`)).toMatchObject(
      refusal(
        401,
        "authentication_error",
        "authentication_failed",
        "Personal API key found in request Authorization header is invalid.",
      ),
    );
  });
});

describe("a session", () => {
  test("lists its own keys as a bare array, newest first", async () => {
    await session.post(PATH, { ...KEY, label: "first" });
    await session.post(PATH, { ...KEY, label: "second" });
    const { status, body } = await session.get(PATH);
    expect(status).toBe(200);
    expect(body).toMatchObject([{ label: "second" }, { label: "first" }, { label: "Owner's key" }]);
  });

  test("sees the value of a new key once, and only its mask afterwards", async () => {
    const made = await session.post(PATH, KEY);
    const value = textAt(made, "value");
    expect(made).toMatchObject({
      status: 201,
      body: {
        description: null,
        mask_value: `phx_...${value.slice(-4)}`,
        created_at: "2026-06-01T10:00:00.000000Z",
        last_used_at: null,
        last_rolled_at: null,
        user_id: 1,
        ...KEY,
      },
    });
    expect(value).toMatch(/^phx_[A-Za-z0-9]{43}$/);
    const read = await session.get(`${PATH}${textAt(made, "id")}/`);
    expect(read.body).toMatchObject({ value: null, mask_value: at(made, "mask_value") });
    expect(JSON.stringify(emulator.store.personalApiKeys.all())).not.toContain(value);
  });

  test("changes a key partly or completely, without a new value", async () => {
    const path = `${PATH}${textAt(await session.post(PATH, KEY), "id")}/`;
    expect(await session.patch(path, { label: "deploy" })).toMatchObject({
      status: 200,
      body: { label: "deploy", scopes: ["insight:read"], value: null },
    });
    expect(await session.put(path, { label: "whole" })).toMatchObject(
      badValue("This field is required.", "scopes", "required"),
    );
    expect(await session.put(path, { ...KEY, scopes: ["*"] })).toMatchObject({
      status: 200,
      body: { label: "ci", scopes: ["*"] },
    });
  });

  test("rolls a key: the old value stops working, and the new one works", async () => {
    const made = await session.post(PATH, KEY);
    const rolled = await session.post(`${PATH}${textAt(made, "id")}/roll/`);
    expect(rolled).toMatchObject({
      status: 200,
      body: { id: at(made, "id"), last_rolled_at: "2026-06-01T10:00:00.000000Z" },
    });
    expect((await withKey(emulator, textAt(made, "value")).get(`${PATH}@current/`)).status).toBe(401);
    expect((await withKey(emulator, textAt(rolled, "value")).get(`${PATH}@current/`)).status).toBe(200);
  });

  test("deletes a key, which is unknown afterwards", async () => {
    const made = await session.post(PATH, KEY);
    expect(await session.delete(`${PATH}${textAt(made, "id")}/`)).toMatchObject({ status: 204, body: null });
    expect(await session.delete(`${PATH}${textAt(made, "id")}/`)).toMatchObject(missing());
    expect((await withKey(emulator, textAt(made, "value")).get(`${PATH}@current/`)).status).toBe(401);
  });

  test("crashes PostHog if it reads @current, because a session has no key", async () => {
    expect(await session.get(`${PATH}@current/`)).toMatchObject(
      refusal(500, "server_error", "error", "A server error occurred."),
    );
  });

  test("may not post to a key", async () => {
    const made = await session.post(PATH, KEY);
    expect(await session.post(`${PATH}${textAt(made, "id")}/`)).toMatchObject(
      refusal(405, "invalid_request", "method_not_allowed", 'Method "POST" not allowed.'),
    );
  });

  test("that is older than two hours may read, but needs a new sign-in for writes", async () => {
    now = new Date(now.getTime() + 7_201_000);
    expect((await session.get(PATH)).status).toBe(200);
    expect(await session.post(PATH, KEY)).toMatchObject(
      forbidden("This action requires you to be recently authenticated.", "sensitive_action_required_reauth"),
    );
  });
});

test("without signing in no keys are visible", async () => {
  expect((await asNobody(emulator).get(PATH)).status).toBe(401);
});

describe("a key is refused if", () => {
  test("its user already has ten, without anyone else's", async () => {
    for (let count = 2; count <= 10; count += 1) {
      expect((await session.post(PATH, KEY)).status).toBe(201);
    }
    expect(await session.post(PATH, KEY)).toMatchObject(
      badValue("You can only have 10 personal API keys. Remove an existing key before creating a new one."),
    );
    const admin = await asSession(emulator, "admin@acme.test", "acme-admin-password");
    expect((await admin.post(PATH, KEY)).status).toBe(201);
  });

  test.each<[string, object, string, string?, string?]>([
    ["its label is empty", { label: "" }, "This field may not be blank.", "blank"],
    ["its label is missing", { label: undefined }, "This field is required.", "required"],
    [
      "its label is longer than 40 characters",
      { label: "x".repeat(41) },
      "Ensure this field has no more than 40 characters.",
      "max_length",
    ],
    ["its scopes are missing", { scopes: undefined }, "This field is required.", "required"],
    ["it has no scopes", { scopes: [] }, "This list may not be empty.", "empty"],
    [
      "its scopes are not a list",
      { scopes: "*" },
      'Expected a list of items but got type "str".',
      "not_a_list",
    ],
    ["one of its scopes is empty", { scopes: [""] }, "This field may not be blank.", "blank", "scopes__0"],
    ["a scope's object does not exist", { scopes: ["event:read"] }, "Invalid scope: event:read"],
    ["a scope has no action", { scopes: ["insight"] }, "Invalid scope: insight"],
    ["a scope's action does not exist", { scopes: ["insight:admin"] }, "Invalid scope: insight:admin"],
    ["a scope is an internal one", { scopes: ["internal_run:read"] }, "Invalid scope: internal_run:read"],
    [
      "it asks for the language-model gateway",
      { scopes: ["llm_gateway:read"] },
      "LLM gateway scope is not available. Contact support to enable this feature.",
    ],
    ["its projects are missing", { scoped_teams: undefined }, "This field is required.", "required"],
    [
      "one of its projects does not exist",
      { scoped_teams: [999] },
      "You must be a member of all teams that you are scoping the key to.",
    ],
    [
      "its organizations are missing",
      { scoped_organizations: undefined },
      "This field is required.",
      "required",
    ],
    ["an organization is not a UUID", { scoped_organizations: ["acme"] }, "Invalid organization UUID"],
    [
      "its user is not in an organization",
      { scoped_organizations: ["00000000-0000-4000-8000-000000000000"] },
      "You must be a member of all organizations that you are scoping the key to.",
    ],
  ])("%s", async (_, part, detail, code = "invalid_input", attr = Object.keys(part)[0]) => {
    expect(await session.post(PATH, { ...KEY, ...part })).toMatchObject(badValue(detail, attr, code));
  });

  test("it is for a project that its user cannot open", async () => {
    const project = emulator.store.projects.all()[0];
    await asOwner(emulator).put(`/api/projects/${project?.id}/access_controls/`, { access_level: "none" });
    const analyst = await asSession(emulator, "analyst@acme.test", "acme-analyst-password");
    expect(await analyst.post(PATH, { ...KEY, scoped_teams: [project?.id] })).toMatchObject(
      badValue("You must be a member of all teams that you are scoping the key to.", "scoped_teams"),
    );
  });
});

test("a granted gateway scope stays when the key is changed", async () => {
  const made = await session.post(PATH, KEY);
  emulator.store.personalApiKeys.update(textAt(made, "id"), { scopes: ["llm_gateway:read"] }, SYSTEM);
  const path = `${PATH}${textAt(made, "id")}/`;
  expect((await session.patch(path, { scopes: ["llm_gateway:read", "insight:read"] })).status).toBe(200);
});

test("the activity log records creating, changing, rolling and deleting a key, never its value", async () => {
  const made = await session.post(PATH, KEY, { "x-posthog-client": "tests" });
  const path = `${PATH}${textAt(made, "id")}/`;
  await session.patch(path, { label: "deploy" });
  const rolled = await session.post(`${path}roll/`);
  await session.delete(path);
  const rows = requestRows(emulator);
  const keyRows = rows.filter(({ scope }) => scope === "PersonalAPIKey");
  expect(keyRows).toMatchObject([
    {
      activity: "created",
      client: "tests",
      item_id: at(made, "id"),
      detail: { name: at(made, "mask_value") },
    },
    { activity: "updated", detail: { changes: [{ field: "label", before: "ci", after: "deploy" }] } },
    { activity: "updated", detail: { changes: [{ field: "mask_value" }] } },
    { activity: "deleted", detail: { name: at(rolled, "mask_value"), changes: null } },
  ]);
  const log = JSON.stringify(rows);
  expect(log).not.toContain(textAt(made, "value"));
  expect(log).not.toContain(textAt(rolled, "value"));
});

describe("on an old server", () => {
  let old: Emulator;
  beforeAll(async () => {
    old = await startEmulator({ generation: "old" });
  });
  afterAll(() => old.close());

  test("a key may have no scopes, is shown with the wildcard and may do everything", async () => {
    const owner = await asSession(old, old.email, old.password);
    const made = await owner.post(PATH, { ...KEY, scopes: [] });
    expect(made).toMatchObject({ status: 201, body: { scopes: ["*"] } });
    expect(made.body).not.toHaveProperty("description");
    const answer = await withKey(old, textAt(made, "value")).patch("/api/organizations/@current/", {
      name: "A",
    });
    expect(answer.status).toBe(200);
  });
});

describe("on a mid server", () => {
  let mid: Emulator;
  beforeAll(async () => {
    mid = await startEmulator({ generation: "mid" });
  });
  afterAll(() => mid.close());

  test("a key needs scopes, and internal ones are still taken", async () => {
    const owner = await asSession(mid, mid.email, mid.password);
    expect(await owner.post(PATH, { ...KEY, scopes: [] })).toMatchObject(
      badValue("This list may not be empty.", "scopes", "empty"),
    );
    expect((await owner.post(PATH, { ...KEY, scopes: ["internal_run:read"] })).status).toBe(201);
  });
});
