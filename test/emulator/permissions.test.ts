import { type Emulator, type Generation, SYSTEM, startEmulator } from "../../emulator";
import {
  as,
  asNobody,
  asOwner,
  asSession,
  at,
  Client,
  forbidden,
  IDS,
  limited,
  missing,
  refusal,
  twoOrganizations,
  withKey,
} from "./support";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ seed: twoOrganizations() });
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

const ACME = `/api/organizations/${IDS.acme}/`;
const MEMBERS = `${ACME}members/`;
const WEBSITE = `/api/projects/${IDS.website}/`;
const UNSUPPORTED = "This action does not support personal API key access";

function invalidKey(place: string): object {
  const detail = `Personal API key found in request ${place} is invalid.`;
  return refusal(401, "authentication_error", "authentication_failed", detail);
}

describe("credentials", () => {
  test("without any, newer servers say where to get some", async () => {
    const answer = await asNobody(emulator).get("/api/users/@me/");
    expect(answer).toMatchObject(
      refusal(
        401,
        "authentication_error",
        "not_authenticated",
        "Authentication credentials were not provided.",
      ),
    );
    expect(answer.headers.get("www-authenticate")).toBe(
      `Bearer resource_metadata="${emulator.url}/.well-known/oauth-protected-resource"`,
    );
  });

  test("a key works in the header, in the body and in the query", async () => {
    const nobody = asNobody(emulator);
    expect(await nobody.get("/api/users/@me/?personal_api_key=phx_owner")).toMatchObject({ status: 200 });
    const body = { personal_api_key: "phx_owner", name: "Renamed" };
    expect(await nobody.patch(ACME, body)).toMatchObject({ status: 200 });
    expect(await as(emulator, "owner").get("/api/users/@me/")).toMatchObject({ status: 200 });
  });

  test("the header wins over the query, and Bearer is spelt exactly", async () => {
    const wrong = await withKey(emulator, "phx_wrong").get("/api/users/@me/?personal_api_key=phx_owner");
    expect(wrong).toMatchObject(invalidKey("Authorization header"));
    const lower = new Client(emulator, { Authorization: "bearer phx_owner" });
    expect(await lower.get("/api/users/@me/")).toMatchObject({ body: { code: "not_authenticated" } });
  });

  test("a wrong key is refused with the place it was found in", async () => {
    const nobody = asNobody(emulator);
    expect(await nobody.get("/api/users/@me/?personal_api_key=phx_x")).toMatchObject(
      invalidKey("query string"),
    );
    expect(await nobody.post("/api/projects/", { personal_api_key: "phx_x" })).toMatchObject(
      invalidKey("body"),
    );
    expect(await withKey(emulator, "pha_x").get("/api/users/@me/")).toMatchObject(
      refusal(401, "authentication_error", "authentication_failed", "Invalid access token."),
    );
  });

  test("a deleted key stops working at once, and so do the keys of a closed account", async () => {
    const { store } = emulator;
    const key = store.personalApiKeys.find(({ label }) => label === "admin");
    store.personalApiKeys.delete(key?.id ?? "", SYSTEM);
    expect(await as(emulator, "admin").get(ACME)).toMatchObject(invalidKey("Authorization header"));
    const analyst = store.users.where("uuid", IDS.analystUser)[0];
    store.users.update(analyst?.id ?? 0, { is_active: false }, SYSTEM);
    expect(await as(emulator, "analyst").get(ACME)).toMatchObject(invalidKey("Authorization header"));
  });

  test("no key is kept in clear", () => {
    const { personalApiKeys } = emulator.store;
    expect(JSON.stringify(personalApiKeys.all())).not.toContain('phx_owner"');
    expect(personalApiKeys.all()[0]?.secure_value).toMatch(/^sha256\$[0-9a-f]{64}$/);
  });

  test("its last use is noted at most once an hour, and not told in the log", async () => {
    let now = new Date("2026-06-01T10:00:00Z");
    const clocked = await startEmulator({ seed: twoOrganizations(), now: () => now });
    const used = () => clocked.store.personalApiKeys.find(({ label }) => label === "admin")?.last_used_at;
    for (const [minutes, expected] of [
      [0, "10:00"],
      [59, "10:00"],
      [61, "11:01"],
    ] as const) {
      now = new Date(Date.UTC(2026, 5, 1, 10, minutes));
      await as(clocked, "admin").get(ACME);
      expect(used()).toContain(`T${expected}:00`);
    }
    expect(clocked.store.activity.size).toBe(0);
    await clocked.close();
  });
});

describe("project secret keys", () => {
  test("are refused wherever they are not asked for", async () => {
    const { store } = emulator;
    const [key] = store.personalApiKeys.all();
    if (key === undefined) {
      throw new Error("The seed has no keys.");
    }
    const { secure_value, mask_value, scopes, created_at } = key;
    store.projectSecretApiKeys.insert(
      {
        id: "secret",
        team_id: IDS.website,
        label: "flags",
        secure_value,
        mask_value,
        scopes,
        created_by_id: null,
        created_at,
        last_used_at: null,
        last_rolled_at: null,
      },
      SYSTEM,
    );
    const holder = as(emulator, "owner");
    expect(await holder.get(WEBSITE)).toMatchObject(
      forbidden("This action does not support project secret API key access"),
    );
    expect(await holder.get(MEMBERS)).toMatchObject(
      forbidden("Project secret API keys are only supported on project-based endpoints."),
    );
  });
});

describe("scopes", () => {
  test.each([
    ["organization:read", ACME],
    ["organization_member:read", MEMBERS],
    ["organization_member:read", `${ACME}invites/`],
    ["organization:read", `${ACME}roles/`],
    ["project:read", WEBSITE],
    ["project:read", `${ACME}projects/`],
    ["dashboard:read", `${WEBSITE}dashboards/`],
    ["access_control:read", `${WEBSITE}access_controls/`],
    ["user:read", "/api/users/@me/"],
  ])("%s is what %s needs, and write covers it", async (scope, path) => {
    expect(await limited(emulator, { scopes: ["webhook:read"] }).get(path)).toMatchObject(
      forbidden(`API key missing required scope '${scope}'`),
    );
    for (const enough of [scope, scope.replace("read", "write"), "*"]) {
      expect(await limited(emulator, { scopes: [enough] }).get(path)).toMatchObject({ status: 200 });
    }
  });

  test.each([
    ["PATCH", ACME, "organization:write"],
    ["DELETE", ACME, "organization:write"],
    ["PATCH", `${MEMBERS}@me/`, "organization_member:write"],
    ["POST", `${ACME}invites/`, "organization_member:write"],
    ["POST", `${ACME}invites/bulk/`, "organization_member:write"],
    ["POST", `${ACME}roles/`, "organization:write"],
    ["POST", "/api/projects/", "project:write"],
    ["PATCH", WEBSITE, "project:write"],
    ["PUT", `${WEBSITE}resource_access_controls/`, "access_control:write"],
  ])("%s %s needs %s: read is not enough", async (method, path, scope) => {
    const reader = limited(emulator, { scopes: [scope.replace("write", "read")] });
    expect(await reader.send(method, path, { body: {} })).toMatchObject(
      forbidden(`API key missing required scope '${scope}'`),
    );
  });

  test("empty scopes grant nothing", async () => {
    expect(await limited(emulator, { scopes: [] }).get(ACME)).toMatchObject({ status: 403 });
  });

  test.each([
    ["new", UNSUPPORTED],
    ["mid", "This action does not support Personal API Key access"],
    ["old", "This action does not support Personal API Key access"],
  ] as [Generation, string][])(
    "an action without a scope takes no key, not even * (%s)",
    async (generation, detail) => {
      const server = await startEmulator({ seed: twoOrganizations(), generation });
      expect(await as(server, "owner").get(`${MEMBERS}@me/scoped_api_keys/`)).toMatchObject(
        forbidden(detail),
      );
      await server.close();
    },
  );
});

describe("restricted keys", () => {
  test("a key for one organization is refused in another, and on its projects", async () => {
    const key = limited(emulator, { organizations: [IDS.globex] });
    const error = forbidden(`API key does not have access to the requested organization: ID ${IDS.acme}.`);
    expect(await key.get(MEMBERS)).toMatchObject(error);
    expect(await key.get(WEBSITE)).toMatchObject(error);
  });

  test("a key for projects works on those, nested or not, and on no organization route", async () => {
    const key = limited(emulator, { projects: [IDS.website] });
    expect(await key.get(`${ACME}projects/${IDS.website}/`)).toMatchObject({ status: 200 });
    expect(await key.get(`/api/projects/${IDS.app}/access_controls/`)).toMatchObject(
      forbidden(`API key does not have access to the requested project: ID ${IDS.app}.`),
    );
    for (const path of [ACME, MEMBERS, "/api/organizations/"]) {
      expect(await key.get(path)).toMatchObject(
        forbidden("API keys with scoped projects are only supported on project-based endpoints."),
      );
    }
  });

  test("users/@me is exempt, and lists every organization", async () => {
    const key = limited(emulator, { projects: [IDS.website], organizations: [IDS.globex] });
    expect(at(await key.get("/api/users/@me/"), "organizations", 0, "id")).toBe(IDS.acme);
  });

  test("the restriction is told before the missing scope", async () => {
    const key = limited(emulator, { organizations: [IDS.globex], scopes: ["webhook:read"] });
    expect(await key.get(MEMBERS)).toMatchObject({
      body: { detail: expect.stringContaining("requested organization") },
    });
  });
});

describe("an organization that bans members' keys", () => {
  const BANNED = forbidden(
    "Organization 'Acme' does not allow using personal API keys. Contact an admin to enable personal API keys for this organization.",
  );
  beforeEach(() => {
    emulator.store.organizations.update(IDS.acme, { members_can_use_personal_api_keys: false }, SYSTEM);
  });

  test("refuses members everywhere but on users/@me", async () => {
    const analyst = as(emulator, "analyst");
    for (const path of [ACME, MEMBERS, WEBSITE]) {
      expect(await analyst.get(path)).toMatchObject(BANNED);
    }
    expect(await analyst.get("/api/users/@me/")).toMatchObject({ status: 200 });
  });

  test("lets admins' keys and members' sessions through", async () => {
    expect(await as(emulator, "admin").get(MEMBERS)).toMatchObject({ status: 200 });
    const session = await asSession(emulator, "analyst@acme.test", "analyst-password");
    expect(await session.get(MEMBERS)).toMatchObject({ status: 200 });
  });

  test("bans nothing without the plan's feature", async () => {
    emulator.store.organizations.update(IDS.acme, { available_product_features: [] }, SYSTEM);
    expect(await as(emulator, "analyst").get(MEMBERS)).toMatchObject({ status: 200 });
  });
});

describe("an organization open to verified domains only", () => {
  const SHUT_OUT = forbidden(
    "Your organization only allows members with a verified email domain. Contact your organization's admin for access.",
    "verified_domain_required",
  );

  test("shuts out who is on none, but lets an admin turn it off", async () => {
    emulator.store.organizations.update(IDS.acme, { enforce_verified_domains: true }, SYSTEM);
    const admin = as(emulator, "admin");
    expect(await admin.get(MEMBERS)).toMatchObject(SHUT_OUT);
    expect(await admin.get(WEBSITE)).toMatchObject(SHUT_OUT);
    expect(await admin.patch(ACME, { enforce_verified_domains: false })).toMatchObject({ status: 200 });
    expect(await admin.get(MEMBERS)).toMatchObject({ status: 200 });
  });
});

describe("membership", () => {
  test.each([
    [MEMBERS, forbidden("You do not have permission to perform this action.")],
    [`/api/organizations/${IDS.unknown}/members/`, missing("Organization not found.")],
    [`${WEBSITE}dashboards/`, forbidden("You don't have access to the project.")],
    ["/api/projects/999/dashboards/", missing("Project not found.")],
    ["/api/projects/nine/dashboards/", missing("Project not found.")],
    [WEBSITE, missing()],
  ])("a stranger asking for %s", async (path, error) => {
    expect(await as(emulator, "globex").get(path)).toMatchObject(error);
  });

  test("level comes before the body's validity", async () => {
    expect(await as(emulator, "analyst").post(`${ACME}roles/`, { name: "" })).toMatchObject(
      forbidden("Your organization access level is insufficient."),
    );
  });
});

describe("bodies", () => {
  const send = (body: string, type: string) =>
    fetch(`${emulator.url}${ACME}`, {
      method: "PATCH",
      headers: { Authorization: "Bearer phx_owner", "Content-Type": type },
      body,
    });

  test("broken JSON is a parse error", async () => {
    const response = await send("{", "application/json");
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      type: "invalid_request",
      code: "parse_error",
      detail: expect.stringMatching(/^JSON parse error - /),
    });
  });

  test("forms are read, other types are not", async () => {
    expect((await send("name=Formal", "application/x-www-form-urlencoded")).status).toBe(200);
    const other = await send("name: Acme", "text/yaml");
    expect(other.status).toBe(415);
    expect(await other.json()).toMatchObject({
      code: "unsupported_media_type",
      detail: 'Unsupported media type "text/yaml" in request.',
    });
  });
});

test("unknown routes are not found, with or without a key", async () => {
  expect(await asOwner(emulator).get("/api/nothing/here/")).toMatchObject(missing("Endpoint not found."));
  expect(await asNobody(emulator).get("/api/nothing/here")).toMatchObject(missing("Endpoint not found."));
});
