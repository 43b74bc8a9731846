import { XMLParser } from "fast-xml-parser";
import { type Emulator, type SeedInput, SYSTEM, startEmulator } from "../../../emulator";
import { asNobody, asOwner, asSession, badValue, forbidden, refusal } from "../support";

const SAML = { samlEntityId: "https://idp.test", samlAcsUrl: "https://idp.test/sso", samlX509Cert: "MII" };
const ORGANIZATION: SeedInput["organizations"][number] = {
  name: "Acme",
  members: [
    { email: "owner@acme.test", level: "owner" },
    { email: "member@acme.test" },
    { email: "guest@elsewhere.test" },
  ],
  domains: [{ domain: "acme.test", verified: true }],
};
const USERS = ["owner@acme.test", "member@acme.test", "guest@elsewhere.test"].map((email) => ({
  email,
  password: "password",
}));

type Generation = "old" | "mid" | "new";

async function start(
  organization: Partial<SeedInput["organizations"][number]> = {},
  generation: Generation = "new",
): Promise<Emulator> {
  return startEmulator({
    generation,
    seed: { users: USERS, organizations: [{ ...ORGANIZATION, ...organization }] },
  });
}

const login = (emulator: Emulator, email: string) =>
  asNobody(emulator).post("/api/login/", { email, password: "password" });
const precheck = (emulator: Emulator, email: string) =>
  asNobody(emulator).post("/api/login/precheck/", { email });

describe("enforced single sign-on", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await start();
  });
  afterEach(() => emulator.reset());
  afterAll(() => emulator.close());

  const enforce = (sso_enforcement: string) => {
    const domain = emulator.store.domains.all()[0];
    emulator.store.domains.update(domain?.id ?? "", { sso_enforcement }, SYSTEM);
  };

  test.each(["saml", "google-oauth2", "github", "gitlab", "oidc"])(
    "with %s refuses passwords of the domain's people, in any case, and no one else's",
    async (provider) => {
      enforce(provider);
      const refused = badValue(
        `You can only login with SSO for this account (${provider}).`,
        null,
        "sso_enforced",
      );
      expect(await login(emulator, "owner@acme.test")).toMatchObject(refused);
      expect(await login(emulator, "Member@ACME.test")).toMatchObject(refused);
      expect(await precheck(emulator, "owner@acme.test")).toMatchObject({
        body: { sso_enforcement: provider },
      });
      expect((await login(emulator, "guest@elsewhere.test")).status).toBe(200);
    },
  );

  test("with an unknown method breaks sign-in and the precheck", async () => {
    enforce("okta");
    const broken = refusal(500, "server_error", "error", "A server error occurred.");
    expect(await login(emulator, "owner@acme.test")).toMatchObject(broken);
    expect(await precheck(emulator, "owner@acme.test")).toMatchObject(broken);
    expect((await login(emulator, "guest@elsewhere.test")).status).toBe(200);
  });

  test("has no effect while the domain is not verified", async () => {
    enforce("saml");
    emulator.store.domains.update(emulator.store.domains.all()[0]?.id ?? "", { verified_at: null }, SYSTEM);
    expect((await login(emulator, "owner@acme.test")).status).toBe(200);
    expect(await precheck(emulator, "owner@acme.test")).toMatchObject({ body: { sso_enforcement: null } });
  });

  test("keeps keys working", async () => {
    enforce("saml");
    expect((await asOwner(emulator).get("/api/organizations/@current/")).status).toBe(200);
  });
});

test.each([
  ["sso_enforcement", "saml", ["saml"]],
  ["sso_enforcement", "okta", ["saml"]],
  ["saml", "saml", ["sso_enforcement"]],
  ["oidc", "oidc", ["sso_enforcement"]],
])("without %s in the plan, enforcement by %s is stored and ignored", async (_, ssoEnforcement, features) => {
  const emulator = await start({
    features,
    domains: [{ domain: "acme.test", verified: true, ssoEnforcement }],
  });
  try {
    expect((await login(emulator, "owner@acme.test")).status).toBe(200);
  } finally {
    await emulator.close();
  }
});

test("a server without OpenID Connect fails if it is enforced", async () => {
  const emulator = await start(
    { domains: [{ domain: "acme.test", verified: true, ssoEnforcement: "oidc" }] },
    "mid",
  );
  try {
    expect((await login(emulator, "owner@acme.test")).status).toBe(500);
  } finally {
    await emulator.close();
  }
});

const SAML_SET_UP: [Generation, Partial<SeedInput["organizations"][number]>, boolean][] = [
  ["new", { identityProviders: [{ ...SAML, configScope: "saml", domains: ["acme.test"] }] }, true],
  ["new", { identityProviders: [{ ...SAML, domainScope: "all" }] }, true],
  ["new", { identityProviders: [{ ...SAML, configScope: "saml" }] }, false],
  ["new", { identityProviders: [{ ...SAML, configScope: "scim", domainScope: "all" }] }, false],
  ["new", { domains: [{ domain: "acme.test", verified: true, ...SAML }] }, false],
  ["new", { features: [], identityProviders: [{ ...SAML, domainScope: "all" }] }, false],
  ["mid", { identityProviders: [{ ...SAML, domains: ["acme.test"] }] }, true],
  ["mid", { identityProviders: [{ ...SAML, domainScope: "all" }] }, false],
  ["old", { domains: [{ domain: "acme.test", verified: true, ...SAML }] }, true],
  ["old", { identityProviders: [{ ...SAML, domains: ["acme.test"] }] }, false],
];

test.each(SAML_SET_UP)(
  "on a %s server with %j, people can sign in with SAML: %s",
  async (generation, parts, possible) => {
    const emulator = await start(parts, generation);
    try {
      expect(await precheck(emulator, "owner@acme.test")).toMatchObject({
        body: { saml_available: possible },
      });
    } finally {
      await emulator.close();
    }
  },
);

describe("the service provider's metadata", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await start();
  });
  afterAll(() => emulator.close());

  test("names the server as the entity and its only address for answers", async () => {
    const session = await asSession(emulator, "owner@acme.test", "password");
    const cookie = await session.get("/api/saml/metadata/");
    expect(cookie.status).toBe(200);
    expect(cookie.headers.get("content-type")).toBe("text/xml");
    const xml = new XMLParser({ ignoreAttributes: false, removeNSPrefix: true }).parse(cookie.text);
    expect(xml.EntityDescriptor).toMatchObject({
      "@_entityID": emulator.url,
      SPSSODescriptor: { AssertionConsumerService: { "@_Location": `${emulator.url}/complete/saml/` } },
    });
  });

  test("is not for members, and never for keys", async () => {
    const member = await asSession(emulator, "member@acme.test", "password");
    expect(await member.get("/api/saml/metadata/")).toMatchObject(
      forbidden("You need to be an administrator or owner to access this resource."),
    );
    expect(await asOwner(emulator).get("/api/saml/metadata/")).toMatchObject(
      refusal(
        401,
        "authentication_error",
        "not_authenticated",
        "Authentication credentials were not provided.",
      ),
    );
  });
});
