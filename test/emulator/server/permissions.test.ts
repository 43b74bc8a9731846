import { type Emulator, type Generation, SYSTEM, startEmulator } from "../../../emulator";
import {
  as,
  asSession,
  at,
  forbidden,
  IDS,
  limited,
  missing,
  textAt,
  twoOrganizations,
  withEmulator,
} from "../support";

let emulator: Emulator;
withEmulator({ seed: twoOrganizations() }, (started) => {
  emulator = started;
});

const ACME = `/api/organizations/${IDS.acme}/`;
const MEMBERS = `${ACME}members/`;
const WEBSITE = `/api/projects/${IDS.website}/`;
const UNSUPPORTED = "This action does not support personal API key access";

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
  ])("%s is the scope for %s, and write covers it", async (scope, path) => {
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
    ["mid", UNSUPPORTED],
    ["old", "This action does not support Personal API Key access"],
  ] as [Generation, string][])(
    "an action without a scope accepts no key, not even * (%s)",
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

  test("a project's own URL is checked against the caller's current organization", async () => {
    const key = limited(emulator, { organizations: [IDS.acme] });
    const made = await as(emulator, "owner").post("/api/organizations/", { name: "Initech" });
    const initech = textAt(made, "id");
    const error = forbidden(`API key does not have access to the requested organization: ID ${initech}.`);
    expect(await key.get(WEBSITE)).toMatchObject(error);
    expect(await key.get("/api/projects/")).toMatchObject(error);
    expect(await key.get(`${WEBSITE}dashboards/`)).toMatchObject({ status: 200 });
    expect(await key.get(`${ACME}projects/${IDS.website}/`)).toMatchObject({ status: 200 });
  });

  test("the restriction is reported before the missing scope", async () => {
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

  test("refuses members everywhere except on users/@me", async () => {
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

describe("an organization limited to verified domains", () => {
  const SHUT_OUT = forbidden(
    "Your organization only allows members with a verified email domain. Contact your organization's admin for access.",
    "verified_domain_required",
  );

  test("refuses people of other domains, but an admin can turn it off", async () => {
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
  ])("a non-member requesting %s", async (path, error) => {
    expect(await as(emulator, "globex").get(path)).toMatchObject(error);
  });

  test("the level is checked before the body", async () => {
    expect(await as(emulator, "analyst").post(`${ACME}roles/`, { name: "" })).toMatchObject(
      forbidden("Your organization access level is insufficient."),
    );
  });
});
