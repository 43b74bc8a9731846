import { type Emulator, type SeedInput, SYSTEM, startEmulator } from "../../../emulator";
import {
  asOwner,
  asSession,
  at,
  badValue,
  type Client,
  forbidden,
  forgetSeed,
  missing,
  textAt,
  withKey,
} from "../support";

const PATH = "/api/organizations/@current/domains/";
const ACME: SeedInput["organizations"][number] = {
  name: "Acme",
  members: [
    { email: "owner@acme.test", level: "owner" },
    { email: "member@acme.test", level: "member" },
  ],
};
const SEED: SeedInput = {
  users: [
    { email: "owner@acme.test", password: "owner-password" },
    { email: "member@acme.test", password: "member-password" },
  ],
  organizations: [
    { ...ACME, domains: [{ domain: "zebra.test" }, { domain: "acme.test", verified: true }] },
    { name: "Globex", members: [{ email: "boss@globex.test" }], domains: [{ domain: "globex.test" }] },
  ],
  keys: [
    { user: "owner@acme.test", label: "reader", value: "phx_reader", scopes: ["organization:read"] },
    { user: "member@acme.test", label: "member", value: "phx_member", scopes: ["organization:write"] },
  ],
};

let emulator: Emulator;
let owner: Client;
let verified: string;
let unverified: string;
beforeAll(async () => {
  emulator = await startEmulator({ seed: SEED });
  owner = asOwner(emulator);
  verified = `${PATH}${emulator.store.domains.where("domain", "acme.test")[0]?.id}/`;
  unverified = `${PATH}${emulator.store.domains.where("domain", "zebra.test")[0]?.id}/`;
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

function rows() {
  return emulator.store.activity.all().filter(({ scope }) => scope === "OrganizationDomain");
}

describe("domains", () => {
  test("are listed in alphabetical order, each with its challenge and without SAML or SCIM inline", async () => {
    const answer = await owner.get(PATH);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        count: 2,
        results: [
          { domain: "acme.test", is_verified: true },
          { domain: "zebra.test", is_verified: false, verified_at: null, sso_enforcement: "" },
        ],
      },
    });
    expect(at(answer, "results", 1, "verification_challenge")).toMatch(/^[\w-]{43}$/);
    expect(Object.keys(Object(at(answer, "results", 0)))).toEqual([
      "id",
      "domain",
      "is_verified",
      "verified_at",
      "verification_challenge",
      "jit_provisioning_enabled",
      "sso_enforcement",
      "scim_base_url",
      "has_id_jag",
    ]);
  });

  test("show whether a configuration for them trusts an issuer (PostHog: posthog/api/organization_domain.py)", async () => {
    const shown = async () => at(await owner.get(PATH), "results", 0, "has_id_jag");
    expect(await shown()).toBe(false);
    const config = {
      name: "XAA",
      config_scope: "xaa",
      domain_scope: "all",
      id_jag_issuer_url: "https://idp.example",
    };
    const made = await owner.post(PATH.replace("domains", "identity_provider_configs"), config);
    expect(made).toMatchObject({ status: 201 });
    expect(await shown()).toBe(true);
  });

  test("are always added unverified", async () => {
    const answer = await owner.post(PATH, {
      domain: "sub-domain.acme.test",
      jit_provisioning_enabled: true,
      sso_enforcement: "saml",
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { is_verified: false, jit_provisioning_enabled: false, sso_enforcement: "" },
    });
    expect(emulator.ignoredFields.map(({ field }) => field)).toEqual([
      "jit_provisioning_enabled",
      "sso_enforcement",
    ]);
  });

  test("keep their name: a change of it is ignored", async () => {
    expect(await owner.patch(verified, { domain: "other.test" })).toMatchObject({
      status: 200,
      body: { domain: "acme.test" },
    });
    expect(emulator.ignoredFields).toMatchObject([{ field: "domain" }]);
  });

  test("accept any text as enforcement, even an impossible one", async () => {
    for (const sso_enforcement of ["saml", "google-oauth2", "nonsense", ""]) {
      expect(await owner.patch(verified, { sso_enforcement })).toMatchObject({
        status: 200,
        body: { sso_enforcement },
      });
    }
    expect(await owner.put(verified, { sso_enforcement: "x".repeat(29) })).toMatchObject(
      badValue("Ensure this field has no more than 28 characters.", "sso_enforcement", "max_length"),
    );
  });

  test("no longer exist after a deletion, and are never visible to other organizations", async () => {
    expect((await owner.delete(unverified)).status).toBe(204);
    expect(await owner.get(unverified)).toMatchObject(missing());
    const foreign = emulator.store.domains.where("domain", "globex.test")[0]?.id;
    expect(await owner.patch(`${PATH}${foreign}/`, {})).toMatchObject(missing());
  });
});

describe("a domain is refused if", () => {
  test.each([
    ["it is missing", {}, "This field is required.", "required"],
    [
      "it is in upper case",
      { domain: "Acme.com" },
      "Please enter a valid domain or subdomain name.",
      undefined,
    ],
    ["it has no ending", { domain: "acme" }, "Please enter a valid domain or subdomain name.", undefined],
    ["it is a URL", { domain: "https://a.com" }, "Please enter a valid domain or subdomain name.", undefined],
    [
      "it is longer than 128 characters",
      { domain: `${"a".repeat(128)}.com` },
      "Ensure this field has no more than 128 characters.",
      "max_length",
    ],
    [
      "any organization has it",
      { domain: "globex.test" },
      "domain with this domain already exists.",
      "unique",
    ],
  ])("%s", async (_, body, detail, code) => {
    expect(await owner.post(PATH, body)).toMatchObject(badValue(detail, "domain", code));
  });
});

describe("who may:", () => {
  test("any member may read, with organization:read", async () => {
    expect((await withKey(emulator, "phx_reader").get(PATH)).status).toBe(200);
    expect((await withKey(emulator, "phx_member").get(verified)).status).toBe(200);
  });

  test("admins may write, with organization:write", async () => {
    expect(await withKey(emulator, "phx_reader").post(PATH, {})).toMatchObject(
      forbidden("API key missing required scope 'organization:write'"),
    );
    expect(await withKey(emulator, "phx_member").post(PATH, {})).toMatchObject(
      forbidden("Your organization access level is insufficient."),
    );
  });

  test("no key verifies a domain or reads its SCIM log", async () => {
    const refused = forbidden("This action does not support personal API key access");
    expect(await owner.post(`${unverified}verify/`)).toMatchObject(refused);
    expect(await owner.get(`${unverified}scim/logs`)).toMatchObject(refused);
  });
});

describe("verification", () => {
  const challenge = () =>
    emulator.store.domains.where("domain", "zebra.test")[0]?.verification_challenge ?? "";

  test("answers 200 and leaves the domain unverified while the record is missing or another", async () => {
    const session = await asSession(emulator, emulator.email, emulator.password);
    expect(await session.post(`${unverified}verify/`)).toMatchObject({
      status: 200,
      body: { is_verified: false },
    });
    emulator.publishDns("_posthog-challenge.zebra.test", "something else");
    emulator.publishDns("zebra.test", challenge());
    expect(await session.post(`${unverified}verify/`)).toMatchObject({ body: { is_verified: false } });
    expect(rows().filter(({ activity }) => activity === "updated")).toEqual([]);
  });

  test("succeeds with the challenge in DNS, once", async () => {
    const session = await asSession(emulator, emulator.email, emulator.password);
    emulator.publishDns("_posthog-challenge.zebra.test", challenge());
    const answer = await session.post(`${unverified}verify/`);
    expect(answer).toMatchObject({ status: 200, body: { is_verified: true } });
    expect(at(answer, "verified_at")).not.toBeNull();
    expect(await session.post(`${unverified}verify/`)).toMatchObject(
      badValue("This domain has already been verified.", null, "already_verified"),
    );
  });

  test("is for admins only", async () => {
    const member = await asSession(emulator, "member@acme.test", "member-password");
    expect(await member.post(`${unverified}verify/`)).toMatchObject(
      forbidden("Your organization access level is insufficient."),
    );
  });

  test.each([{ jit_provisioning_enabled: false }, { sso_enforcement: "" }])(
    "comes before any other setting, even before %j",
    async (body) => {
      expect(await owner.patch(unverified, body)).toMatchObject(
        badValue(
          "This attribute cannot be updated until the domain is verified.",
          Object.keys(body)[0],
          "verification_required",
        ),
      );
    },
  );
});

describe("the last verified domain", () => {
  test("cannot be deleted by someone whose own address needs it", async () => {
    emulator.store.organizations.update(emulator.organizationId, { enforce_verified_domains: true }, SYSTEM);
    expect(await owner.delete(verified)).toMatchObject(
      badValue(
        "You can't delete this domain while membership is restricted to verified email domains, because your own email address would no longer be allowed. Turn off that setting first.",
        null,
        "would_block_self",
      ),
    );
    expect((await owner.delete(unverified)).status).toBe(204);
  });

  test("may be deleted while membership is open to every domain", async () => {
    expect((await owner.delete(verified)).status).toBe(204);
  });
});

describe("without automatic provisioning in the plan", () => {
  const poorSeed: SeedInput = {
    ...SEED,
    organizations: [{ ...ACME, features: "none", domains: [{ domain: "acme.test", verified: true }] }],
  };

  test("Cloud refuses new domains, after it checks the name", async () => {
    const poor = await startEmulator({ seed: poorSeed });
    try {
      expect(await asOwner(poor).post(PATH, { domain: "new.test" })).toMatchObject(
        forbidden("Automatic provisioning is not enabled for this organization."),
      );
      expect(await asOwner(poor).post(PATH, { domain: "New" })).toMatchObject({ status: 400 });
    } finally {
      await poor.close();
    }
  });

  test("a self-hosted server accepts domains, but provisions no one", async () => {
    const poor = await startEmulator({ seed: poorSeed, cloud: false });
    try {
      expect((await asOwner(poor).post(PATH, { domain: "new.test" })).status).toBe(201);
      const path = `${PATH}${poor.store.domains.all()[0]?.id}/`;
      expect(await asOwner(poor).patch(path, { jit_provisioning_enabled: true })).toMatchObject(
        badValue(
          "Automatic provisioning is not enabled for this organization.",
          "jit_provisioning_enabled",
          "feature_not_available",
        ),
      );
      expect((await asOwner(poor).patch(path, { jit_provisioning_enabled: false })).status).toBe(200);
    } finally {
      await poor.close();
    }
  });
});

test("the activity log records what changed on a domain, without the challenge and the attempts", async () => {
  forgetSeed(emulator);
  const made = await owner.post(PATH, { domain: "fresh.test" });
  await owner.patch(verified, { sso_enforcement: "saml" });
  emulator.store.domains.update(textAt(made, "id"), { verification_challenge: "another" }, SYSTEM);
  await owner.delete(`${PATH}${textAt(made, "id")}/`);
  expect(rows()).toMatchObject([
    { activity: "created", detail: { name: "Domain fresh.test added to Acme", changes: [] } },
    {
      activity: "updated",
      detail: {
        name: "Domain acme.test updated in Acme",
        changes: [{ field: "SSO enforcement", action: "created", before: null, after: "saml" }],
      },
    },
    { detail: { changes: [{ field: "verification_challenge", before: "masked", after: "masked" }] } },
    { activity: "deleted", detail: { name: "Domain fresh.test removed from Acme" } },
  ]);
});
