import { type Emulator, type SeedInput, SYSTEM, startEmulator } from "../../../emulator";
import { asOwner, asSession, at, type Client, forbidden, missing, scim, textAt } from "../support";

const CONFIGS = "/api/organizations/@current/identity_provider_configs/";
const MEMBERS: SeedInput["organizations"][number] = {
  name: "Acme",
  members: [{ email: "owner@acme.test", level: "owner" }, { email: "member@acme.test" }],
  domains: [{ domain: "acme.test", verified: true }],
  identityProviders: [{ name: "Okta", configScope: "scim", domains: ["acme.test"] }],
};
const USERS = [
  { email: "owner@acme.test", password: "owner-password" },
  { email: "member@acme.test", password: "member-password" },
];

let emulator: Emulator;
let owner: Client;
let session: Client;
let config: string;
let domain: string;
beforeAll(async () => {
  emulator = await startEmulator({ seed: { users: USERS, organizations: [MEMBERS] } });
  owner = asOwner(emulator);
  config = `${CONFIGS}${emulator.store.identityProviders.all()[0]?.id}/`;
  domain = `/api/organizations/@current/domains/${emulator.store.domains.all()[0]?.id}/`;
});
beforeEach(async () => {
  session = await asSession(emulator, emulator.email, emulator.password);
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

describe("the SCIM token", () => {
  test("is shown once when SCIM is turned on, and deleted when it is turned off", async () => {
    const on = await owner.patch(config, { scim_enabled: true });
    expect(on).toMatchObject({ status: 200, body: { scim_enabled: true, has_scim: true } });
    expect(at(on, "scim_bearer_token")).toMatch(/^[\w-]{43}$/);
    expect(await owner.patch(config, { scim_enabled: true })).toMatchObject({
      body: { scim_bearer_token: null },
    });
    expect(await owner.patch(config, { scim_enabled: false })).toMatchObject({
      body: { has_scim: false, scim_bearer_token: null },
    });
    const again = await owner.patch(config, { scim_enabled: true });
    expect(at(again, "scim_bearer_token")).not.toBe(at(on, "scim_bearer_token"));
    expect(JSON.stringify(emulator.store.identityProviders.all())).not.toContain(
      textAt(again, "scim_bearer_token"),
    );
  });

  test("is renewed for a session", async () => {
    await owner.patch(config, { scim_enabled: true });
    const renewed = await session.post(`${config}scim/token/`);
    expect(renewed).toMatchObject({ status: 200, body: { scim_enabled: true } });
    expect(Object.keys(Object(renewed.body))).toEqual(["scim_enabled", "scim_bearer_token"]);
  });

  test("is not renewed while SCIM is off: an answer without PostHog's usual shape", async () => {
    const answer = await session.post(`${config}scim/token/`);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ detail: "SCIM is not enabled for this config" });
  });

  test("is not renewed for keys or for members", async () => {
    expect(await owner.post(`${config}scim/token/`)).toMatchObject(
      forbidden("This action does not support personal API key access"),
    );
    const member = await asSession(emulator, "member@acme.test", "member-password");
    expect(await member.post(`${config}scim/token/`)).toMatchObject(
      forbidden("Your organization access level is insufficient."),
    );
  });

  test("is not renewed if the plan has no SCIM", async () => {
    const seed: SeedInput = { users: USERS, organizations: [{ ...MEMBERS, features: "none" }] };
    const poor = await startEmulator({ seed });
    try {
      const admin = await asSession(poor, poor.email, poor.password);
      const path = `${CONFIGS}${poor.store.identityProviders.all()[0]?.id}/scim/token/`;
      expect(await admin.post(path)).toMatchObject(forbidden("SCIM is not available for this organization"));
    } finally {
      await poor.close();
    }
  });
});

test("a domain shows SCIM's address if it has exactly one configuration with SCIM", async () => {
  expect(await owner.get(domain)).toMatchObject({ body: { scim_base_url: null } });
  const on = await owner.patch(config, { scim_enabled: true });
  expect(await owner.get(domain)).toMatchObject({ body: { scim_base_url: at(on, "scim_base_url") } });
  await owner.post(CONFIGS, { config_scope: "scim", domain_scope: "all", scim_enabled: true });
  expect(await owner.get(domain)).toMatchObject({ body: { scim_base_url: null } });
});

describe("the SCIM log", () => {
  beforeEach(() => {
    for (let count = 1; count <= 25; count += 1) {
      emulator.store.scimRequests.insert(
        {
          id: emulator.store.uuid(),
          organization_domain_id: emulator.store.domains.all()[0]?.id ?? null,
          identity_provider_config_id: emulator.store.identityProviders.all()[0]?.id ?? null,
          request_method: "POST",
          request_path: `/scim/v2/abc/Users/${count}`,
          request_headers: { authorization: "***" },
          request_body: { userName: "a***@acme.test" },
          response_status: count <= 20 ? 201 : 409,
          response_body: {},
          identity_provider: "okta",
          duration_ms: 12,
          created_at: `2026-06-01T10:00:${String(count).padStart(2, "0")}.000000Z`,
        },
        SYSTEM,
      );
    }
  });

  test("shows twenty requests per page, latest first, on the configuration and on the domain", async () => {
    for (const path of [config, domain]) {
      const first = await session.get(`${path}scim/logs/`);
      expect(first).toMatchObject({
        status: 200,
        body: { count: 25, previous: null },
      });
      expect(at(first, "results", 0)).toMatchObject({ request_path: "/scim/v2/abc/Users/25" });
      expect(at(first, "results", 19)).toMatchObject({ request_path: "/scim/v2/abc/Users/6" });
      expect(at(first, "results", 20)).toBeUndefined();
      expect(at(first, "results", 0)).not.toHaveProperty("organization_domain_id");
      const next = new URL(textAt(first, "next"));
      const second = await session.get(next.pathname + next.search);
      expect(second).toMatchObject({ body: { next: null } });
      expect(at(second, "results", 0)).toMatchObject({ request_path: "/scim/v2/abc/Users/5" });
      expect(await session.get(`${path}scim/logs/?page=3`)).toMatchObject(missing("Invalid page."));
    }
  });

  test.each([
    ["status_min=400", 5],
    ["status_max=201", 20],
    ["search=users/12", 1],
    ["search=A***@acme", 25],
    ["after=2026-06-01T10:00:24Z", 2],
    ["before=2026-06-01T10:00:02Z", 2],
    ["status_min=many", 25],
    ["page_size=1000", 25],
  ])("narrowed by %s holds %d", async (query, count) => {
    expect(await session.get(`${config}scim/logs/?${query}`)).toMatchObject({ body: { count } });
  });

  test("is not visible to members", async () => {
    const member = await asSession(emulator, "member@acme.test", "member-password");
    expect(await member.get(`${config}scim/logs/`)).toMatchObject(
      forbidden("Only organization admins can view SCIM logs."),
    );
  });
});

describe.each(["2026-07", "current"] as const)("people through SCIM, on a server of %s", (generation) => {
  let server: Emulator;
  let admin: Client;
  let provider: string;
  let users: string;
  let token: string;
  beforeAll(async () => {
    server = await startEmulator({ generation, seed: { users: USERS, organizations: [MEMBERS] } });
    admin = asOwner(server);
    const row = server.store.identityProviders.all()[0];
    const tenant = generation === "current" ? row?.scim_slug : server.store.domains.all()[0]?.id;
    provider = `${CONFIGS}${row?.id}/`;
    users = `/scim/v2/${tenant}/Users`;
  });
  beforeEach(async () => {
    token = textAt(await admin.patch(provider, { scim_enabled: true }), "scim_bearer_token");
  });
  afterEach(() => server.reset());
  afterAll(() => server.close());

  test("are the organization's members, in SCIM's format", async () => {
    const answer = await scim(server, users, token);
    expect(answer).toMatchObject({ status: 200, type: "application/scim+json" });
    expect(answer.body).toMatchObject({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
      totalResults: 2,
      Resources: [{ userName: "owner@acme.test", active: true }, { userName: "member@acme.test" }],
    });
  });

  const refused = (status: number, detail: string) => ({
    status,
    type: "application/scim+json",
    body: { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status, detail },
  });

  test("need a token", async () => {
    expect(await scim(server, users)).toEqual(refused(401, "No bearer token provided"));
  });

  test.each<[string, () => unknown]>([
    [
      "another token",
      () => {
        token = "another";
      },
    ],
    [
      "an API key",
      () => {
        token = server.apiKey;
      },
    ],
    [
      "another tenant",
      () => {
        users = users.replace(/v2.+Users/, "v2/nobody/Users");
      },
    ],
    ["SCIM that was turned off", () => admin.patch(provider, { scim_enabled: false })],
    [
      "SCIM that was switched off and on",
      async () => {
        await admin.patch(provider, { scim_enabled: false });
        await admin.patch(provider, { scim_enabled: true });
      },
    ],
    ["a provider that was deleted", () => admin.delete(provider)],
    [
      "a domain that is not verified",
      () => {
        for (const { id } of server.store.domains.all()) {
          server.store.domains.update(id, { verified_at: null }, SYSTEM);
        }
      },
    ],
    [
      "a domain that was deleted",
      () => {
        for (const { id } of server.store.domains.all()) {
          server.store.domains.delete(id, SYSTEM);
        }
      },
    ],
    [
      "a plan without SCIM",
      () => {
        for (const { id } of server.store.organizations.all()) {
          server.store.organizations.update(id, { available_product_features: [] }, SYSTEM);
        }
      },
    ],
  ])("are refused to %s", async (_, change) => {
    const known = users;
    await change();
    try {
      expect(await scim(server, users, token)).toEqual(refused(403, "Authentication failed"));
    } finally {
      users = known;
    }
  });
});
