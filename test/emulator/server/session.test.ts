import { TOTP } from "otpauth";
import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import { asNobody, asSession, badValue, Client, forbidden, IDS, refusal, twoOrganizations } from "../support";

const SECRET = "JBSWY3DPEHPK3PXP";
const START = new Date("2026-06-01T10:00:00Z");
let now = START;
let emulator: Emulator;
beforeAll(async () => {
  const seed = twoOrganizations({
    domains: [
      { domain: "globex.test", verified: true, ssoEnforcement: "saml" },
      { domain: "acme.test", verified: false, ssoEnforcement: "saml" },
    ],
    identityProviders: [
      {
        domains: ["globex.test"],
        samlEntityId: "urn:idp",
        samlAcsUrl: "https://idp.test/sso",
        samlX509Cert: "certificate",
      },
    ],
  });
  seed.users?.push({ email: "careful@acme.test", password: "careful-password", totpSecret: SECRET });
  emulator = await startEmulator({ seed, now: () => now });
});
afterEach(() => {
  emulator.reset();
  now = START;
});
afterAll(() => emulator.close());

const OWNER = { email: "owner@acme.test", password: "owner-password" };

function later(seconds: number): void {
  now = new Date(now.getTime() + seconds * 1000);
}

describe("with a password", () => {
  test("sets the two cookies and records the time", async () => {
    const answer = await asNobody(emulator).post("/api/login/", OWNER);
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    const cookies = answer.headers.getSetCookie();
    expect(cookies).toEqual([
      expect.stringMatching(/^sessionid=\w+; HttpOnly/),
      expect.stringMatching(/^posthog_csrftoken=\w+; (?!HttpOnly)/),
    ]);
    expect(emulator.store.users.where("uuid", IDS.ownerUser)[0]?.last_login).toBe(
      "2026-06-01T10:00:00.000000Z",
    );
  });

  test("the case of the address does not matter", async () => {
    const body = { ...OWNER, email: "Owner@ACME.test" };
    expect(await asNobody(emulator).post("/api/login", body)).toMatchObject({ status: 200 });
  });

  const WRONG = badValue("Invalid email or password.", null, "invalid_credentials");
  test.each([
    [{ ...OWNER, password: "guess" }, WRONG],
    [{ ...OWNER, email: "nobody@acme.test" }, WRONG],
    [{ email: "admin@acme.test", password: "guess" }, WRONG],
    [{ email: OWNER.email }, badValue("This field is required.", "password", "required")],
    [{ password: OWNER.password }, badValue("This field is required.", "email", "required")],
  ])("%j is refused", async (body, error) => {
    expect(await asNobody(emulator).post("/api/login/", body)).toMatchObject(error);
  });

  test("a closed account is refused", async () => {
    const user = emulator.store.users.where("uuid", IDS.ownerUser)[0];
    emulator.store.users.update(user?.id ?? 0, { is_active: false }, SYSTEM);
    expect(await asNobody(emulator).post("/api/login/", OWNER)).toMatchObject(WRONG);
  });

  test("thirty wrong passwords lock the address out for ten minutes", async () => {
    const nobody = asNobody(emulator);
    for (let attempt = 0; attempt < 30; attempt += 1) {
      await nobody.post("/api/login/", { ...OWNER, password: "guess" });
    }
    const locked = forbidden(
      "Too many failed login attempts. Please try again in 10 minutes.",
      "too_many_failed_attempts",
    );
    expect(await nobody.post("/api/login/", OWNER)).toMatchObject(locked);
    later(601);
    expect(await nobody.post("/api/login/", OWNER)).toMatchObject({ status: 200 });
  });

  test("is refused if sign-on is enforced for the verified domain", async () => {
    const body = { email: "boss@globex.test", password: "anything" };
    expect(await asNobody(emulator).post("/api/login/", body)).toMatchObject(
      badValue("You can only login with SSO for this account (saml).", null, "sso_enforced"),
    );
  });
});

describe("with a second factor", () => {
  const CAREFUL = { email: "careful@acme.test", password: "careful-password" };
  const code = () => new TOTP({ secret: SECRET }).generate({ timestamp: now.getTime() });

  async function halfSignedIn(): Promise<Client> {
    const answer = await asNobody(emulator).post("/api/login/", CAREFUL);
    expect(answer).toMatchObject(refusal(401, "server_error", "2fa_required", "2FA is required."));
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    return new Client(emulator, { Cookie: cookie });
  }

  test("the code completes the login", async () => {
    const half = await halfSignedIn();
    expect(await half.get("/api/users/@me/")).toMatchObject({ status: 401 });
    const answer = await half.post("/api/login/token/", { token: code() });
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    expect(answer.headers.getSetCookie()).toHaveLength(2);
  });

  test("a wrong code is refused, and the next one must wait longer each time", async () => {
    const half = await halfSignedIn();
    const invalid = badValue("Invalid authentication code", null, "2fa_invalid");
    const tooMany = badValue("Too many attempts.", null, "2fa_too_many_attempts");
    expect(await half.post("/api/login/token/", { token: "000000" })).toMatchObject(invalid);
    expect(await half.post("/api/login/token/", { token: code() })).toMatchObject(tooMany);
    later(1);
    expect(await half.post("/api/login/token/", { token: "000000" })).toMatchObject(invalid);
    later(1);
    expect(await half.post("/api/login/token/", { token: code() })).toMatchObject(tooMany);
    later(1);
    expect(await half.post("/api/login/token/", { token: code() })).toMatchObject({ status: 200 });
  });

  test("a code is accepted once", async () => {
    const token = code();
    await (await halfSignedIn()).post("/api/login/token/", { token });
    const again = await (await halfSignedIn()).post("/api/login/token/", { token });
    expect(again).toMatchObject({ status: 400, body: { code: "2fa_invalid" } });
  });

  test("after ten minutes sign-in starts over", async () => {
    const half = await halfSignedIn();
    later(601);
    expect(await half.post("/api/login/token/", { token: code() })).toMatchObject(
      badValue("Login attempt has expired. Re-enter username/password.", null, "2fa_expired"),
    );
  });

  test("a code alone is refused", async () => {
    expect(await asNobody(emulator).post("/api/login/token/", { token: code() })).toMatchObject({
      status: 401,
    });
  });
});

describe("a session", () => {
  const SELF = `/api/organizations/${IDS.acme}/`;

  test("reads without the CSRF token, and writes only with it", async () => {
    const answer = await asNobody(emulator).post("/api/login/", OWNER);
    const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
    const bare = new Client(emulator, { Cookie: cookies.join("; ") });
    expect(await bare.get(SELF)).toMatchObject({ status: 200 });
    expect(await bare.patch(SELF, { name: "A" })).toMatchObject(
      forbidden("CSRF Failed: CSRF token missing."),
    );
    expect(await bare.patch(SELF, { name: "A" }, { "X-CSRFToken": "guess" })).toMatchObject(
      forbidden("CSRF Failed: CSRF token from the 'X-Csrftoken' HTTP header incorrect."),
    );
    const noCookie = new Client(emulator, { Cookie: cookies[0] ?? "", "X-CSRFToken": "guess" });
    expect(await noCookie.patch(SELF, {})).toMatchObject(forbidden("CSRF Failed: CSRF cookie not set."));
  });

  test("may do sensitive actions for two hours, and can read afterwards", async () => {
    const session = await asSession(emulator, OWNER.email, OWNER.password);
    later(7200);
    expect(await session.patch(SELF, { name: "A" })).toMatchObject({ status: 200 });
    later(1);
    expect(await session.patch(SELF, { name: "B" })).toMatchObject(
      forbidden("This action requires you to be recently authenticated.", "sensitive_action_required_reauth"),
    );
    expect(await session.get(SELF)).toMatchObject({ status: 200, body: { name: "A" } });
  });

  test("needs no scopes", async () => {
    const session = await asSession(emulator, OWNER.email, OWNER.password);
    expect(await session.get(`${SELF}members/@me/scoped_api_keys/`)).toMatchObject({ status: 200 });
  });

  test("ends with signing out", async () => {
    const session = await asSession(emulator, OWNER.email, OWNER.password);
    const out = await fetch(`${emulator.url}/logout`, { method: "POST", redirect: "manual" });
    expect(out.status).toBe(302);
    expect(await session.get("/api/users/@me/")).toMatchObject({ status: 200 });
    await session.send("POST", "/logout", { body: {} });
    expect(await session.get("/api/users/@me/")).toMatchObject({ status: 401 });
  });
});

describe("the precheck", () => {
  test.each([
    ["boss@globex.test", { sso_enforcement: "saml", saml_available: true }],
    ["owner@acme.test", { sso_enforcement: null, saml_available: false }],
    ["someone@example.com", { sso_enforcement: null, saml_available: false }],
  ])("%s gets its sign-in methods", async (email, body) => {
    expect(await asNobody(emulator).post("/api/login/precheck/", { email })).toMatchObject({
      status: 200,
      body,
    });
  });

  test("a plan without the feature enforces nothing", async () => {
    emulator.store.organizations.update(IDS.acme, { available_product_features: [] }, SYSTEM);
    const answer = await asNobody(emulator).post("/api/login/precheck/", { email: "boss@globex.test" });
    expect(answer.body).toEqual({ sso_enforcement: null, saml_available: false });
  });
});

describe("users/@me", () => {
  test("shows the caller and all of its organizations", async () => {
    const session = await asSession(emulator, OWNER.email, OWNER.password);
    const answer = await session.get("/api/users/@me/");
    expect(answer.body).toMatchObject({
      uuid: IDS.ownerUser,
      email: OWNER.email,
      has_password: true,
      is_2fa_enabled: false,
      sensitive_session_expires_at: "2026-06-01T12:00:00.000000Z",
      organization: { id: IDS.acme, membership_level: 15 },
      organizations: [{ id: IDS.acme, name: "Acme", membership_level: 15 }],
      team: { id: IDS.website },
    });
    for (const id of [IDS.ownerUser, IDS.adminUser]) {
      expect(await session.get(`/api/users/${id}/`)).toMatchObject(
        forbidden("As a non-staff user you're only allowed to access the `@me` user instance."),
      );
    }
  });
});

test("if codes come by mail, people without an authenticator are refused, and others are not", async () => {
  const users = [{ email: "careful@acme.test", password: "careful-password", totpSecret: SECRET }];
  const seed = twoOrganizations();
  const mailing = await startEmulator({
    seed: { ...seed, users: [...(seed.users ?? []), ...users] },
    emailCodes: true,
  });
  try {
    const nobody = asNobody(mailing);
    expect(await nobody.post("/api/login/", OWNER)).toMatchObject({
      status: 401,
      body: { type: "server_error", code: "email_mfa_required", attr: null },
    });
    const careful = { email: "careful@acme.test", password: "careful-password" };
    expect(await nobody.post("/api/login/", careful)).toMatchObject({
      status: 401,
      body: { code: "2fa_required" },
    });
  } finally {
    await mailing.close();
  }
});
