import { type Emulator, type SeedInput, startEmulator } from "../../../emulator";
import {
  asOwner,
  asSession,
  at,
  badValue,
  type Client,
  forbidden,
  missing,
  requestRows,
  scim,
  textAt,
} from "../support";

const PATH = "/api/organizations/@current/domains/";
const CONFIGS = "/api/organizations/@current/identity_provider_configs/";
const SAML = {
  saml_entity_id: "https://idp.test",
  saml_acs_url: "https://idp.test/sso",
  saml_x509_cert: "MII",
};
const ACME: SeedInput["organizations"][number] = {
  name: "Acme",
  members: [{ email: "owner@acme.test", level: "owner" }],
  domains: [{ domain: "acme.test", verified: true }],
};

async function start(generation: "old" | "mid", features: "all" | "none" = "all"): Promise<Emulator> {
  return startEmulator({ generation, seed: { organizations: [{ ...ACME, features }] } });
}

describe("an old server", () => {
  let emulator: Emulator;
  let owner: Client;
  let path: string;
  beforeAll(async () => {
    emulator = await start("old");
    owner = asOwner(emulator);
    path = `${PATH}${emulator.store.domains.all()[0]?.id}/`;
  });
  afterEach(() => emulator.reset());
  afterAll(() => emulator.close());

  test("has no identity provider configurations", async () => {
    expect(await owner.get(CONFIGS)).toMatchObject(missing("Endpoint not found."));
  });

  test("keeps SAML on the domain, verified or not, and offers it once all three values are set", async () => {
    const made = await owner.post(PATH, { domain: "new.test", saml_entity_id: "https://idp.test" });
    expect(made).toMatchObject({
      status: 201,
      body: {
        has_saml: false,
        saml_entity_id: "https://idp.test",
        saml_acs_url: null,
      },
    });
    expect(await owner.patch(`${PATH}${textAt(made, "id")}/`, SAML)).toMatchObject({
      status: 200,
      body: { ...SAML, has_saml: true },
    });
  });

  test("has no SCIM", async () => {
    const on = await owner.patch(path, { scim_enabled: true });
    expect(Object.keys(Object(on.body)).filter((name) => name.includes("scim"))).toEqual([]);
    expect(emulator.ignoredFields.map(({ field }) => field)).toEqual(["scim_enabled"]);
    expect(await owner.post(`${path}scim/token/`)).toMatchObject(missing("Endpoint not found."));
    expect((await fetch(`${emulator.url}/scim/v2/${textAt(on, "id")}/Users`)).status).toBe(404);
  });

  test("lets a domain be renamed, to a name that is free", async () => {
    await owner.post(PATH, { domain: "taken.test" });
    expect(await owner.patch(path, { domain: "renamed.test" })).toMatchObject({
      status: 200,
      body: { domain: "renamed.test" },
    });
    expect((await owner.put(path, { domain: "renamed.test" })).status).toBe(200);
    expect(await owner.patch(path, { domain: "taken.test" })).toMatchObject(
      badValue("domain with this domain already exists.", "domain", "unique"),
    );
  });

  test("does not record domains in the activity log", async () => {
    await owner.patch(path, SAML);
    expect(emulator.store.activity.all().filter(({ scope }) => scope === "OrganizationDomain")).toEqual([]);
  });

  test("lets an admin delete the domain of its own address", async () => {
    await owner.patch("/api/organizations/@current/", { enforce_verified_domains: true });
    expect((await owner.delete(path)).status).toBe(204);
  });

  test("opens SAML to people of a verified domain whose SAML is complete", async () => {
    const precheck = () => owner.post("/api/login/precheck/", { email: "Someone@acme.test" });
    expect(await precheck()).toMatchObject({ body: { sso_enforcement: null, saml_available: false } });
    await owner.patch(path, SAML);
    expect(await precheck()).toMatchObject({ body: { sso_enforcement: null, saml_available: true } });
  });
});

describe("a mid server", () => {
  let emulator: Emulator;
  let owner: Client;
  let path: string;
  beforeAll(async () => {
    emulator = await start("mid");
    owner = asOwner(emulator);
    path = `${PATH}${emulator.store.domains.all()[0]?.id}/`;
  });
  afterEach(() => emulator.reset());
  afterAll(() => emulator.close());

  test("creates a SCIM token when SCIM is turned on, shows it once, and deletes it when SCIM is turned off", async () => {
    const on = await owner.patch(path, { scim_enabled: true });
    expect(on).toMatchObject({
      status: 200,
      body: { has_scim: true, scim_base_url: `${emulator.url}/scim/v2/${textAt(on, "id")}` },
    });
    expect(at(on, "scim_bearer_token")).toMatch(/^[\w-]{43}$/);
    expect(await owner.get(path)).toMatchObject({ body: { has_scim: true, scim_bearer_token: null } });
    expect(await owner.patch(path, { scim_enabled: true })).toMatchObject({
      body: { scim_bearer_token: null },
    });
    expect(await owner.patch(path, { scim_enabled: false })).toMatchObject({
      body: { has_scim: false, scim_base_url: null },
    });
  });

  test("renews the SCIM token of a domain for a session, not for a key", async () => {
    expect(await owner.post(`${path}scim/token/`)).toMatchObject(
      forbidden("This action does not support personal API key access"),
    );
    const session = await asSession(emulator, emulator.email, emulator.password);
    expect(await session.post(`${path}scim/token/`)).toEqual(
      expect.objectContaining({ status: 400, body: { detail: "SCIM is not enabled for this domain" } }),
    );
    const first = await owner.patch(path, { scim_enabled: true });
    const second = await session.post(`${path}scim/token/`);
    expect(second).toMatchObject({ status: 200, body: { scim_enabled: true } });
    expect(at(second, "scim_bearer_token")).not.toBe(at(first, "scim_bearer_token"));
  });

  test("masks certificate and SCIM token in the activity log", async () => {
    await owner.patch(path, { ...SAML, scim_enabled: true });
    const rows = requestRows(emulator);
    expect(rows.find(({ scope }) => scope === "OrganizationDomain")).toMatchObject({
      detail: {
        changes: expect.arrayContaining([
          expect.objectContaining({ field: "SAML entity ID", after: "https://idp.test" }),
          expect.objectContaining({ field: "SAML X.509 certificate", after: "masked" }),
          expect.objectContaining({ field: "scim_bearer_token", after: "masked" }),
        ]),
      },
    });
  });

  test("refuses any value of scim_enabled if the plan has no SCIM", async () => {
    const poor = await start("mid", "none");
    try {
      const poorPath = `${PATH}${poor.store.domains.all()[0]?.id}/`;
      expect(await asOwner(poor).patch(poorPath, { scim_enabled: false })).toMatchObject(
        badValue(
          "SCIM provisioning is not available for this organization.",
          "scim_enabled",
          "feature_not_available",
        ),
      );
    } finally {
      await poor.close();
    }
  });

  test("links a configuration from the domain, and shows its settings there", async () => {
    const config = await owner.post(CONFIGS, {
      ...SAML,
      scim_enabled: true,
      id_jag_issuer_url: "https://i.dev",
    });
    expect(config.status).toBe(201);
    const linked = await owner.patch(path, { identity_provider_config: at(config, "id") });
    expect(linked).toMatchObject({
      status: 200,
      body: {
        has_saml: true,
        has_scim: true,
        has_id_jag: true,
        scim_base_url: `${emulator.url}/scim/v2/${textAt(linked, "id")}`,
        identity_provider_config: at(config, "id"),
      },
    });
    // The domain has a copy of the settings, but never the token in plain text.
    expect(linked).toMatchObject({ body: { ...SAML, scim_enabled: true, scim_bearer_token: null } });
    expect(await owner.post("/api/login/precheck/", { email: "x@acme.test" })).toMatchObject({
      body: { saml_available: true },
    });
  });

  test("unlinks a configuration without settings by null, or by deleting it, whatever its scope", async () => {
    const config = await owner.post(CONFIGS, { name: "Okta" });
    await owner.patch(path, { identity_provider_config: at(config, "id") });
    expect(await owner.patch(path, { identity_provider_config: null })).toMatchObject({
      body: { has_saml: false, identity_provider_config: null },
    });
    await owner.patch(path, { identity_provider_config: at(config, "id") });
    expect((await owner.delete(`${CONFIGS}${textAt(config, "id")}/`)).status).toBe(204);
    expect(await owner.get(path)).toMatchObject({ body: { identity_provider_config: null } });
    expect(emulator.store.identityProviders.all()).toEqual([]);
  });

  test("creates a configuration with the domain's name from settings that are written to the domain", async () => {
    const written = await owner.patch(path, { ...SAML, scim_enabled: true });
    expect(written).toMatchObject({ body: { has_saml: true, has_scim: true } });
    expect(at(written, "scim_bearer_token")).toMatch(/^[\w-]{43}$/);
    const id = at(written, "identity_provider_config");
    expect(emulator.store.identityProviders.all()).toMatchObject([{ id, name: "acme.test", ...SAML }]);
    await owner.patch(path, { saml_acs_url: "https://idp.test/other" });
    expect(await owner.get(`${CONFIGS}${id}/`)).toMatchObject({
      body: { saml_acs_url: "https://idp.test/other" },
    });
  });

  test("does not copy incomplete SAML from the domain to a configuration", async () => {
    const written = await owner.patch(path, { saml_entity_id: "https://idp.test" });
    expect(written).toMatchObject({
      body: { has_saml: false, saml_entity_id: "https://idp.test", identity_provider_config: null },
    });
    expect(emulator.store.identityProviders.all()).toEqual([]);
  });

  test("refuses SCIM on an unverified domain", async () => {
    const domain = await owner.post(PATH, { domain: "labs.acme.test" });
    expect(await owner.patch(`${PATH}${textAt(domain, "id")}/`, { scim_enabled: true })).toMatchObject(
      badValue(
        "This attribute cannot be updated until the domain is verified.",
        "scim_enabled",
        "verification_required",
      ),
    );
  });

  describe("removes nothing by itself:", () => {
    const settings = { ...SAML, scim_enabled: true };
    const users = () => `/scim/v2/${emulator.store.domains.all()[0]?.id}/Users`;
    let token: string;
    let config: string;
    beforeEach(async () => {
      const made = await owner.post(CONFIGS, { name: "Okta", ...settings });
      token = textAt(made, "scim_bearer_token");
      config = textAt(made, "id");
      await owner.patch(path, { identity_provider_config: config });
    });

    test("a configuration that is unlinked comes back under the domain's name, with the same token", async () => {
      const unlinked = await owner.patch(path, { identity_provider_config: null });
      expect(unlinked).toMatchObject({ body: { has_saml: true, has_scim: true, ...settings } });
      const names = emulator.store.identityProviders.all().map(({ name }) => name);
      expect(names).toEqual(["Okta", "acme.test"]);
      expect(at(unlinked, "identity_provider_config")).not.toBe(config);
      expect((await scim(emulator, users(), token)).status).toBe(200);
    });

    test("a configuration that is deleted comes back at the next change of the domain", async () => {
      await owner.delete(`${CONFIGS}${config}/`);
      expect(await owner.get(path)).toMatchObject({
        body: { has_saml: false, has_scim: false, ...settings, identity_provider_config: null },
      });
      expect((await scim(emulator, users(), token)).status).toBe(403);
      expect(await owner.patch(path, { jit_provisioning_enabled: true })).toMatchObject({
        body: { has_saml: true, has_scim: true },
      });
      expect((await scim(emulator, users(), token)).status).toBe(200);
    });

    test("a configuration that is emptied first does not come back", async () => {
      const nothing = { saml_entity_id: null, saml_acs_url: null, saml_x509_cert: null };
      await owner.patch(`${CONFIGS}${config}/`, { ...nothing, scim_enabled: false });
      await owner.patch(path, { identity_provider_config: null });
      await owner.delete(`${CONFIGS}${config}/`);
      expect(await owner.patch(path, { jit_provisioning_enabled: true })).toMatchObject({
        body: { has_saml: false, scim_enabled: false, ...nothing, identity_provider_config: null },
      });
      expect(emulator.store.identityProviders.all()).toEqual([]);
      expect((await scim(emulator, users(), token)).status).toBe(403);
    });

    test("one of several domains is removed through an empty configuration", async () => {
      const empty = await owner.post(CONFIGS, { name: "" });
      await owner.patch(path, { identity_provider_config: at(empty, "id") });
      await owner.patch(path, { identity_provider_config: null });
      await owner.delete(`${CONFIGS}${textAt(empty, "id")}/`);
      expect(await owner.get(path)).toMatchObject({
        body: { scim_enabled: false, saml_entity_id: null, identity_provider_config: null },
      });
      expect(emulator.store.identityProviders.all()).toMatchObject([{ id: config, ...settings }]);
      expect((await scim(emulator, users(), token)).status).toBe(403);
    });
  });

  test("refuses to link a missing configuration", async () => {
    const nowhere = "00000000-0000-4000-8000-000000000000";
    expect(await owner.patch(path, { identity_provider_config: nowhere })).toMatchObject(
      badValue(
        `Invalid pk "${nowhere}" - object does not exist.`,
        "identity_provider_config",
        "does_not_exist",
      ),
    );
    expect(await owner.patch(path, { identity_provider_config: "okta" })).toMatchObject(
      badValue("“okta” is not a valid UUID.", "identity_provider_config"),
    );
  });

  test("has no scopes, domains or OpenID Connect in configurations", async () => {
    const config = await owner.post(CONFIGS, {
      name: "Okta",
      config_scope: "saml",
      domain_scope: "all",
      organization_domain_ids: [],
      oidc_issuer_url: "https://i.dev",
    });
    expect(Object.keys(Object(config.body))).toEqual([
      "id",
      "name",
      "created_at",
      "updated_at",
      "has_saml",
      "saml_entity_id",
      "saml_acs_url",
      "saml_x509_cert",
      "has_scim",
      "scim_enabled",
      "scim_bearer_token",
      "has_id_jag",
      "id_jag_issuer_url",
      "id_jag_jwks_url",
      "id_jag_allowed_clients",
    ]);
    expect(emulator.ignoredFields.map(({ field }) => field)).toEqual([
      "config_scope",
      "domain_scope",
      "organization_domain_ids",
      "oidc_issuer_url",
    ]);
  });

  test("renews the SCIM token on the configuration and on the domain, and has a log only on the domain", async () => {
    const session = await asSession(emulator, emulator.email, emulator.password);
    const config = await owner.post(CONFIGS, { scim_enabled: true });
    const token = `${CONFIGS}${textAt(config, "id")}/scim`;
    expect((await session.post(`${token}/token/`)).status).toBe(200);
    expect(await session.get(`${token}/logs/`)).toMatchObject(missing("Endpoint not found."));
    expect((await session.get(`${path}scim/logs/`)).status).toBe(200);
    await owner.patch(path, { identity_provider_config: at(config, "id") });
    const renewed = await session.post(`${path}scim/token/`);
    const users = `/scim/v2/${emulator.store.domains.all()[0]?.id}/Users`;
    expect((await scim(emulator, users, textAt(config, "scim_bearer_token"))).status).toBe(403);
    expect((await scim(emulator, users, textAt(renewed, "scim_bearer_token"))).status).toBe(200);
  });
});
