import { type Emulator, type SeedInput, startEmulator } from "../../../emulator";
import { asOwner, at, badValue, type Client, forbidden, logged, missing, textAt, withKey } from "../support";

const PATH = "/api/organizations/@current/identity_provider_configs/";
const SAML = {
  saml_entity_id: "https://idp.test",
  saml_acs_url: "https://idp.test/sso",
  saml_x509_cert: "MII",
};
const OIDC = { config_scope: "oidc", oidc_issuer_url: "https://idp.dev", oidc_client_id: "posthog" };
const NOWHERE = "00000000-0000-4000-8000-000000000000";
const SEED: SeedInput = {
  organizations: [
    {
      name: "Acme",
      members: [{ email: "owner@acme.test", level: "owner" }, { email: "member@acme.test" }],
      domains: [
        { domain: "acme.test", verified: true },
        { domain: "acme.dev", verified: true },
        { domain: "pending.test" },
      ],
    },
    { name: "Globex", members: [{ email: "boss@globex.test" }], domains: [{ domain: "globex.test" }] },
  ],
  keys: [
    { user: "owner@acme.test", label: "reader", value: "phx_reader", scopes: ["organization:read"] },
    { user: "member@acme.test", label: "member", value: "phx_member", scopes: ["organization:write"] },
  ],
};

let emulator: Emulator;
let owner: Client;
beforeAll(async () => {
  emulator = await startEmulator({ seed: SEED });
  owner = asOwner(emulator);
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

const domainId = (name: string) => emulator.store.domains.where("domain", name)[0]?.id ?? "";

async function make(body: object): Promise<string> {
  const made = await owner.post(PATH, body);
  expect(made.status).toBe(201);
  return `${PATH}${textAt(made, "id")}/`;
}

describe("a configuration", () => {
  test("may be empty, and shows everything it could have", async () => {
    const made = await owner.post(PATH, {});
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: "",
        domain_scope: null,
        config_scope: null,
        organization_domain_ids: [],
        has_saml: false,
        has_scim: false,
        has_id_jag: false,
        has_oidc: false,
        has_oidc_client_secret: false,
        saml_entity_id: null,
        scim_enabled: false,
        scim_bearer_token: null,
        id_jag_allowed_clients: [],
        oidc_issuer_url: "",
        oidc_client_id: "",
      },
    });
    expect(at(made, "saml_relay_state")).toMatch(/^[0-9a-f-]{36}$/);
    expect(textAt(made, "scim_base_url")).toMatch(new RegExp(`^${emulator.url}/scim/v2/[a-z0-9]+$`));
  });

  test("is listed with the others in the order of creation", async () => {
    await make({ name: "Okta" });
    await make({ name: "Entra" });
    expect(await owner.get(PATH)).toMatchObject({
      status: 200,
      body: { count: 2, results: [{ name: "Okta" }, { name: "Entra" }] },
    });
  });

  test("keeps omitted fields in PATCH and in PUT, and never changes its relay state", async () => {
    const path = await make({ ...SAML, name: "Okta", config_scope: "saml" });
    const before = await owner.get(path);
    await owner.patch(path, { saml_acs_url: "https://idp.test/other", saml_relay_state: NOWHERE });
    const after = await owner.put(path, { name: "Entra" });
    expect(after).toMatchObject({
      status: 200,
      body: { ...SAML, name: "Entra", saml_acs_url: "https://idp.test/other", has_saml: true },
    });
    expect(at(after, "saml_relay_state")).toBe(at(before, "saml_relay_state"));
    expect(at(after, "created_at")).toBe(at(before, "created_at"));
  });

  test("gets all its domains replaced by an update", async () => {
    const path = await make({ organization_domain_ids: [domainId("acme.test"), domainId("pending.test")] });
    expect(await owner.patch(path, { organization_domain_ids: [domainId("acme.dev")] })).toMatchObject({
      body: { organization_domain_ids: [domainId("acme.dev")] },
    });
    await owner.delete(`/api/organizations/@current/domains/${domainId("acme.dev")}/`);
    expect(await owner.get(path)).toMatchObject({ body: { organization_domain_ids: [] } });
  });

  test("never shows its client secret, keeps it if it is omitted and removes it if it is empty", async () => {
    const made = await owner.post(PATH, { ...OIDC, oidc_client_secret: "very-secret" });
    expect(made).toMatchObject({ status: 201, body: { has_oidc: true, has_oidc_client_secret: true } });
    expect(JSON.stringify(made.body)).not.toContain("very-secret");
    const path = `${PATH}${textAt(made, "id")}/`;
    expect(await owner.patch(path, { name: "A" })).toMatchObject({ body: { has_oidc_client_secret: true } });
    expect(await owner.patch(path, { oidc_client_secret: "" })).toMatchObject({
      body: { has_oidc_client_secret: false },
    });
  });

  test("has its trusted URLs trimmed", async () => {
    const path = await make({ config_scope: "xaa", id_jag_issuer_url: " https://idp.dev/tenant/ " });
    expect(await owner.get(path)).toMatchObject({
      body: { has_id_jag: true, id_jag_issuer_url: "https://idp.dev/tenant" },
    });
    expect(await owner.patch(path, { id_jag_issuer_url: "" })).toMatchObject({
      body: { has_id_jag: false, id_jag_issuer_url: null },
    });
  });

  test("is deleted once it has a scope, not before", async () => {
    const path = await make({});
    expect(await owner.delete(path)).toMatchObject(
      badValue(
        "This identity provider configuration cannot be deleted until it has a feature scope.",
        null,
        "unscoped_config",
      ),
    );
    await owner.patch(path, { config_scope: "scim" });
    expect((await owner.delete(path)).status).toBe(204);
    expect(await owner.get(path)).toMatchObject(missing());
  });
});

test("is readable for members and writable for admins, each with the organization's scope", async () => {
  expect((await withKey(emulator, "phx_member").get(PATH)).status).toBe(200);
  expect(await withKey(emulator, "phx_member").post(PATH, {})).toMatchObject(
    forbidden("Your organization access level is insufficient."),
  );
  expect(await withKey(emulator, "phx_reader").post(PATH, {})).toMatchObject(
    forbidden("API key missing required scope 'organization:write'"),
  );
});

describe("a value is refused if", () => {
  test.each([
    ["the scope is unknown", { config_scope: "ldap" }, '"ldap" is not a valid choice.', "invalid_choice"],
    [
      "the domain scope is unknown",
      { domain_scope: "none" },
      '"none" is not a valid choice.',
      "invalid_choice",
    ],
    [
      "the entity id is longer than 512 characters",
      { saml_entity_id: "x".repeat(513) },
      "Ensure this field has no more than 512 characters.",
      "max_length",
    ],
    [
      "a domain is not there",
      { organization_domain_ids: [NOWHERE] },
      `Invalid pk "${NOWHERE}" - object does not exist.`,
      "does_not_exist",
    ],
    [
      "a trusted URL is no URL",
      { id_jag_issuer_url: "idp" },
      "URL is not allowed: URL must start with http:// or https://",
    ],
    [
      "a trusted URL leads to the server itself",
      { id_jag_jwks_url: "http://localhost:8000" },
      "URL is not allowed: Local/Loopback host not allowed",
    ],
    [
      "a trusted URL leads to metadata of the cloud",
      { id_jag_jwks_url: "http://169.254.169.254/" },
      "URL is not allowed: Local/metadata host",
    ],
    [
      "a trusted URL leads into a private network",
      { id_jag_jwks_url: "https://10.1.2.3" },
      "URL is not allowed: Private IP address not allowed",
    ],
    [
      "a trusted URL has an internal name",
      { id_jag_jwks_url: "https://keys.corp" },
      "URL is not allowed: Internal domain pattern blocked: .corp",
    ],
    ...["http://idp.dev", "https://user@idp.dev", "https://idp.dev?a=b", "https://idp.dev/#"].map(
      (oidc_issuer_url) =>
        [
          `the issuer is ${oidc_issuer_url}`,
          { ...OIDC, oidc_issuer_url },
          "Use an HTTPS issuer URL without credentials, a query, or a fragment.",
          "invalid_input",
          "oidc_issuer_url",
        ] as const,
    ),
    [
      "OpenID Connect is asked of another kind",
      { oidc_client_id: "posthog", config_scope: "saml" },
      "Use an OIDC configuration for OIDC settings.",
      "invalid_input",
      "config_scope",
    ],
  ] as const)("%s", async (_, body, detail, code = "invalid_input", attr = Object.keys(body)[0]) => {
    expect(await owner.post(PATH, body)).toMatchObject(badValue(detail, attr, code));
  });

  test("a domain is another organization's", async () => {
    const foreign = domainId("globex.test");
    expect(await owner.post(PATH, { organization_domain_ids: [foreign] })).toMatchObject(
      badValue(
        `Invalid pk "${foreign}" - object does not exist.`,
        "organization_domain_ids",
        "does_not_exist",
      ),
    );
  });
});

describe("the plan", () => {
  let poor: Emulator;
  beforeAll(async () => {
    const [acme] = SEED.organizations;
    poor = await startEmulator({
      seed: { organizations: acme === undefined ? [] : [{ ...acme, features: "none" }] },
    });
  });
  afterAll(() => poor.close());

  test.each([
    [{ scim_enabled: true }, "SCIM provisioning is not available for this organization."],
    [{ scim_enabled: false }, "SCIM provisioning is not available for this organization."],
    [{ id_jag_issuer_url: "https://idp.dev" }, "XAA (ID-JAG) is not available for this organization."],
    [{ oidc_issuer_url: "https://idp.dev" }, "OIDC is not available for this organization."],
  ])("must include the feature for %j", async (body, detail) => {
    expect(await asOwner(poor).post(PATH, body)).toMatchObject(
      badValue(detail, Object.keys(body)[0], "feature_not_available"),
    );
  });

  test("does not matter for SAML", async () => {
    expect(await asOwner(poor).post(PATH, SAML)).toMatchObject({ status: 201, body: { has_saml: true } });
  });
});

describe("two complete configurations of one protocol", () => {
  const overlap = (name: string) =>
    badValue(
      `This ${name} configuration overlaps with another ${name} configuration on one or more verified domains. Choose different domains before saving.`,
      "domain_scope",
    );

  test("may not share a verified domain", async () => {
    const first = { ...SAML, config_scope: "saml", organization_domain_ids: [domainId("acme.test")] };
    await make(first);
    expect(await owner.post(PATH, { ...SAML, config_scope: "saml", domain_scope: "all" })).toMatchObject(
      overlap("SAML"),
    );
    const path = await make({ ...first, organization_domain_ids: [domainId("acme.dev")] });
    expect(await owner.patch(path, { organization_domain_ids: first.organization_domain_ids })).toMatchObject(
      overlap("SAML"),
    );
  });

  test("may not share one with OpenID Connect either", async () => {
    await make({ ...OIDC, domain_scope: "all" });
    expect(
      await owner.post(PATH, { ...OIDC, organization_domain_ids: [domainId("acme.dev")] }),
    ).toMatchObject(overlap("OIDC"));
  });

  test("may share a domain that is not verified, or differ in protocol, or be incomplete", async () => {
    const pending = { organization_domain_ids: [domainId("pending.test")] };
    await make({ ...SAML, ...pending, config_scope: "saml" });
    await make({ ...SAML, ...pending, config_scope: "saml" });
    await make({ ...OIDC, domain_scope: "all" });
    await make({ config_scope: "oidc", oidc_client_id: "half", domain_scope: "all" });
  });
});

test("the activity log keeps no record of a configuration", async () => {
  const path = await make({ config_scope: "oidc" });
  await owner.patch(path, { ...SAML, oidc_client_secret: "very-secret", scim_enabled: true });
  await owner.delete(path);
  expect(logged(emulator)).toEqual([]);
});
