import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import {
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

const KEY = { label: "flags", scopes: ["feature_flag:read"] };
const ALLOWED = "account:read, endpoint:read, experiment:read, feature_flag:read, loop:write";

let emulator: Emulator;
let owner: Client;
let project: number;
let path: string;
beforeAll(async () => {
  emulator = await startEmulator();
});
beforeEach(() => {
  owner = asOwner(emulator);
  project = emulator.store.projects.all()[0]?.id ?? 0;
  path = `/api/projects/${project}/project_secret_api_keys/`;
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

async function personalKey(email: string, password: string, scopes: string[]): Promise<Client> {
  const session = await asSession(emulator, email, password);
  const body = { label: "own", scopes, scoped_teams: [], scoped_organizations: [] };
  return withKey(emulator, textAt(await session.post("/api/personal_api_keys/", body), "value"));
}

describe("a project's secret key", () => {
  test("shows its value once and names its creator", async () => {
    const made = await owner.post(path, KEY);
    const value = textAt(made, "value");
    expect(value).toMatch(/^phs_[A-Za-z0-9]+$/);
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...KEY,
        mask_value: `phs_...${value.slice(-4)}`,
        created_by: { email: emulator.email },
        last_used_at: null,
        last_rolled_at: null,
      },
    });
    expect(await owner.get(`${path}${textAt(made, "id")}/`)).toMatchObject({
      status: 200,
      body: { ...KEY, value: null, mask_value: at(made, "mask_value") },
    });
  });

  test("is listed newest first in pages, under the project's own paths", async () => {
    await owner.post(path, KEY);
    await owner.post(path, { ...KEY, label: "later" });
    for (const parent of [`/api/projects/${project}`, `/api/environments/${project}`]) {
      expect(await owner.get(`${parent}/project_secret_api_keys/`)).toMatchObject({
        status: 200,
        body: { count: 2, next: null, previous: null, results: [{ label: "later" }, { label: "flags" }] },
      });
    }
    const nested = `/api/organizations/${emulator.organizationId}/projects/${project}/project_secret_api_keys/`;
    expect(await owner.get(nested)).toMatchObject(missing("Endpoint not found."));
  });

  test("is updated by PATCH or PUT, keeps its value, and can be deleted", async () => {
    const made = await owner.post(path, KEY);
    const one = `${path}${textAt(made, "id")}/`;
    expect(await owner.patch(one, { label: "renamed" })).toMatchObject({
      status: 200,
      body: { label: "renamed", value: null, mask_value: at(made, "mask_value") },
    });
    expect(await owner.put(one, { label: "whole" })).toMatchObject(
      badValue("This field is required.", "scopes", "required"),
    );
    expect((await owner.delete(one)).status).toBe(204);
    expect(await owner.get(one)).toMatchObject(missing());
  });

  test("gets a new value if it is rolled", async () => {
    const made = await owner.post(path, KEY);
    const rolled = await owner.post(`${path}${textAt(made, "id")}/roll/`);
    expect(rolled).toMatchObject({ status: 200, body: { id: at(made, "id"), label: "flags" } });
    expect(at(rolled, "value")).not.toBe(at(made, "value"));
    expect(at(rolled, "last_rolled_at")).not.toBeNull();
  });

  test("belongs to its project alone", async () => {
    const made = await owner.post(path, KEY);
    const other = await owner.post("/api/projects/", { name: "Other" });
    const elsewhere = `/api/projects/${textAt(other, "id")}/project_secret_api_keys/`;
    expect(await owner.get(`${elsewhere}${textAt(made, "id")}/`)).toMatchObject(missing());
    expect((await owner.post(elsewhere, KEY)).status).toBe(201);
  });

  test("is refused by everything that manages projects and organizations", async () => {
    const secret = withKey(emulator, textAt(await owner.post(path, KEY), "value"));
    expect(await secret.get(path)).toMatchObject(
      forbidden("This action does not support project secret API key access"),
    );
    expect(await secret.get("/api/organizations/@current/")).toMatchObject(
      forbidden("Project secret API keys are only supported on project-based endpoints."),
    );
  });

  test("leaves rows in the project's activity log with the mask, never the value", async () => {
    const made = await owner.post(path, KEY);
    const one = `${path}${textAt(made, "id")}/`;
    const rolled = await owner.post(`${one}roll/`);
    await owner.delete(one);
    const rows = requestRows(emulator);
    expect(rows).toMatchObject([
      { scope: "ProjectSecretAPIKey", activity: "created", item_id: at(made, "id") },
      {
        scope: "ProjectSecretAPIKey",
        activity: "updated",
        detail: {
          changes: [{ field: "mask_value", before: at(made, "mask_value"), after: at(rolled, "mask_value") }],
        },
      },
      { scope: "ProjectSecretAPIKey", activity: "deleted", detail: { name: "flags" } },
    ]);
    expect(JSON.stringify(rows)).not.toContain(textAt(rolled, "value"));
  });
});

describe("who may manage them:", () => {
  test("reading needs project:read, writing project:write", async () => {
    const reader = await personalKey(emulator.email, emulator.password, ["project:read"]);
    expect((await reader.get(path)).status).toBe(200);
    const made = await owner.post(path, KEY);
    const refused = forbidden("API key missing required scope 'project:write'");
    expect(await reader.post(path, KEY)).toMatchObject(refused);
    expect(await reader.post(`${path}${textAt(made, "id")}/roll/`)).toMatchObject(refused);
  });

  test("a project member may read, and a project admin may write", async () => {
    const access = `/api/projects/${project}/access_controls/`;
    await owner.put(access, { access_level: "member" });
    const analyst = await personalKey("analyst@acme.test", "acme-analyst-password", ["project:write"]);
    const made = await owner.post(path, KEY);
    expect((await analyst.get(`${path}${textAt(made, "id")}/`)).status).toBe(200);
    const refused = forbidden("You don't have sufficient permissions in the project.");
    expect(await analyst.post(path, KEY)).toMatchObject(refused);
    expect(await analyst.delete(`${path}${textAt(made, "id")}/`)).toMatchObject(refused);
    await owner.put(access, { access_level: "none" });
    expect(await analyst.get(path)).toMatchObject(forbidden("You don't have access to the project."));
  });
});

describe("a secret key is refused if", () => {
  test.each<[string, object, string, string?]>([
    ["its label is missing", { label: undefined }, "This field is required.", "required"],
    [
      "its label is very long",
      { label: "x".repeat(41) },
      "Ensure this field has no more than 40 characters.",
      "max_length",
    ],
    ["it has no scopes", { scopes: [] }, "This list may not be empty.", "empty"],
    [
      "it asks for everything",
      { scopes: ["*"] },
      "Wildcard scope '*' is not allowed for project API keys. Please specify explicit scopes.",
    ],
    ["a scope does not exist", { scopes: ["event:read"] }, "Invalid scope: event:read"],
    ["a scope is internal", { scopes: ["internal_run:read"] }, "Invalid scope: internal_run:read"],
    [
      "a scope is for managing",
      { scopes: ["feature_flag:read", "organization:read"] },
      `Scope 'organization:read' can not be assigned to a project secret API key. Allowed scopes: ${ALLOWED}`,
    ],
    [
      "it asks for the language-model gateway",
      { scopes: ["llm_gateway:read"] },
      "LLM gateway scope is not available for this project. Contact support to enable this feature.",
    ],
  ])("%s", async (_, part, detail, code = "invalid_input") => {
    const refused = badValue(detail, Object.keys(part)[0], code);
    expect(await owner.post(path, { ...KEY, ...part })).toMatchObject(refused);
  });

  test("its label is taken in the project", async () => {
    await owner.post(path, KEY);
    expect(await owner.post(path, KEY)).toMatchObject(
      badValue("Project secret API key with label 'flags' already exists."),
    );
  });

  test("a change gives it a label that is taken: PostHog crashes", async () => {
    await owner.post(path, KEY);
    const other = await owner.post(path, { ...KEY, label: "other" });
    const one = `${path}${textAt(other, "id")}/`;
    expect(await owner.patch(one, { label: "flags" })).toMatchObject(
      refusal(500, "server_error", "error", "A server error occurred."),
    );
    expect((await owner.patch(one, { label: "other" })).status).toBe(200);
  });

  test("the project already has fifty", async () => {
    for (let count = 0; count < 50; count += 1) {
      await owner.post(path, { ...KEY, label: `key ${count}` });
    }
    expect(await owner.post(path, KEY)).toMatchObject(
      badValue(
        "You can only have 50 project secret API keys. Remove an existing key before creating a new one.",
      ),
    );
  });
});

test("a granted gateway scope can still be assigned to its key", async () => {
  const made = await owner.post(path, KEY);
  emulator.store.projectSecretApiKeys.update(textAt(made, "id"), { scopes: ["llm_gateway:read"] }, SYSTEM);
  const one = `${path}${textAt(made, "id")}/`;
  expect((await owner.patch(one, { scopes: ["llm_gateway:read", "endpoint:read"] })).status).toBe(200);
});

test("servers of July 2026 have two scopes, and those of August 2025 no such keys", async () => {
  const [july, august] = [
    await startEmulator({ generation: "2026-07" }),
    await startEmulator({ generation: "2025-08" }),
  ];
  try {
    const keys = "/api/projects/@current/project_secret_api_keys/";
    expect(await asOwner(july).post(keys, { ...KEY, scopes: ["experiment:read"] })).toMatchObject(
      badValue(
        "Scope 'experiment:read' can not be assigned to a project secret API key. Allowed scopes: endpoint:read, feature_flag:read",
        "scopes",
      ),
    );
    expect(await asOwner(july).post(keys, { ...KEY, scopes: ["loop:write"] })).toMatchObject(
      badValue("Invalid scope: loop:write", "scopes"),
    );
    expect(await asOwner(july).post(keys, KEY)).toMatchObject({ status: 201 });
    expect(await asOwner(august).post(keys, KEY)).toMatchObject(missing("Endpoint not found."));
  } finally {
    await july.close();
    await august.close();
  }
});
