import { createHash } from "node:crypto";
import { type Emulator, type SeedInput, SYSTEM, startEmulator } from "../../../emulator";
import { asNobody, asOwner } from "../support";

const SEED: SeedInput = {
  users: [
    { email: "olivia@acme.test", firstName: "Olivia", lastName: "Owner", totpSecret: "JBSWY3DPEHPK3PXP" },
    { email: "ben@acme.test", firstName: "<script>alert('ben')</script>" },
    { email: "chris@acme.test", firstName: "Chris" },
    { email: "dora@acme.test", firstName: "Dora" },
  ],
  organizations: [
    {
      name: 'Acme & "Sons"',
      members: [
        { email: "chris@acme.test" },
        { email: "olivia@acme.test", level: "owner" },
        { email: "ben@acme.test" },
        { email: "dora@acme.test" },
      ],
      projects: [
        { name: "Production", id: 1 },
        { name: "Staging", id: 2 },
      ],
      roles: [{ name: "Analysts", members: ["chris@acme.test"] }],
      accessRules: [
        { project: "Production", level: "none" },
        { project: "Production", role: "Analysts", level: "member" },
        { project: "Production", member: "ben@acme.test", level: "admin" },
      ],
      invites: [{ email: "fay@acme.test" }, { email: "late@acme.test", createdAt: "2024-01-01T00:00:00Z" }],
      domains: [
        { domain: "acme.test", verified: true, ssoEnforcement: "saml" },
        { domain: "pending.test", challenge: "the-challenge" },
      ],
      identityProviders: [{ name: "Okta", configScope: "saml", domains: ["acme.test"] }],
    },
    { name: "Globex", id: "11111111-1111-4111-8111-111111111111", members: [{ email: "ben@acme.test" }] },
  ],
  keys: [
    { user: "olivia@acme.test", label: "Everything", value: "phx_0123456789everything", scopes: ["*"] },
    { user: "ben@acme.test", label: "One project", scopes: ["insight:read"], projects: [2] },
  ],
};

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ seed: SEED });
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

const page = async (path = "/") => (await asNobody(emulator).get(path)).text;

/** The text that a reader sees in a piece of HTML. */
function read(html: string): string {
  const text = html.replace(/<(style|script)>.*?<\/\1>/gs, "").replace(/<[^>]*>/g, " ");
  const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };
  return text.replace(/&(\w+|#39);/g, (whole, name) => entities[name] ?? whole).replace(/\s+/g, " ");
}

test("shows who has access to which project, and why", async () => {
  const text = read(await page());
  expect(text).toContain("4 people × 2 projects");
  expect(text).toContain("Production 1 · default none Staging 2 · default admin");
  expect(text).toContain("Olivia Owner 2FA olivia@acme.test owner admin organization owner");
  expect(text).toContain("ben@acme.test member admin own rule admin no rule");
  expect(text).toContain("chris@acme.test member member role Analysts admin no rule");
  expect(text).toContain("dora@acme.test member none project default admin no rule");
});

test("reports if the plan has no access rules", async () => {
  emulator.store.organizations.update(emulator.organizationId, { available_product_features: [] }, SYSTEM);
  expect(read(await page())).toContain("ben@acme.test member member rules not in plan");
});

test("shows roles, invites, domains and identity providers", async () => {
  const text = read(await page());
  expect(text).toContain("Analysts chris@acme.test Production member");
  expect(text).toContain("fay@acme.test member pending");
  expect(text).toContain("late@acme.test member expired 00:00:00 2024-01-01");
  expect(text).toContain("acme.test verified saml required");
  expect(text).toContain(
    "not verified TXT _posthog-challenge.pending.test = the-challenge passwords allowed",
  );
  expect(text).toContain("Okta saml not set up yet acme.test");
});

test("shows keys by their masks, never a value, a password or a sign-in secret", async () => {
  const html = await page();
  expect(read(html)).toContain("Everything phx_...hing olivia@acme.test * everything its owner can reach");
  expect(read(html)).toMatch(/One project phx_\.\.\..{4} ben@acme.test insight:read Staging never/);
  for (const secret of ["phx_0123456789everything", emulator.password, "JBSWY3DPEHPK3PXP"]) {
    expect(html).not.toContain(secret);
  }
});

test("shows the latest activity, its actors and clients, and the latest requests", async () => {
  await asOwner(emulator).patch(
    "/api/organizations/@current/",
    { enforce_2fa: true, color: "blue" },
    { "x-posthog-client": "tests/1" },
  );
  const text = read(await page());
  expect(text).toContain(
    'no person tests/1 Organization updated Acme & "Sons" two-factor authentication requirement: null → true',
  );
  expect(text).toMatch(/PATCH \/api\/organizations\/@current\/ 200 \d+ ms API key tests\/1/);
  expect(text).toContain("Ignored fields: color (PATCH /api/organizations/@current/)");
  expect(text).toContain("2FA required");
});

test("escapes everything that people can write", async () => {
  const html = await page();
  expect(html).not.toContain("<script>alert");
  expect(html).toContain("&lt;script&gt;alert(&#39;ben&#39;)&lt;/script&gt;");
  expect(html).toContain("<title>Acme &amp; &quot;Sons&quot; · PostHog emulator</title>");
  const role = '"><img src=x onerror=alert(1)>';
  await asOwner(emulator).post("/api/organizations/@current/roles/", { name: role });
  expect(await page()).not.toContain("<img");
});

test("loads nothing from other servers, and runs only its own script", async () => {
  const { text, headers } = await asNobody(emulator).get("/");
  expect(text).not.toMatch(/(src|href)="(?!data:|\/\?)/);
  const script = /<script>(.*)<\/script>/s.exec(text)?.[1] ?? "";
  const hash = createHash("sha256").update(script).digest("base64");
  expect(headers.get("content-security-policy")).toContain(`script-src 'sha256-${hash}'`);
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
});

test("refreshes in part, without counting as a request or meeting a fault", async () => {
  emulator.faults.add({ kind: "status" });
  const part = await page("/_emulator/page");
  expect(part.startsWith('<p class="facts">')).toBe(true);
  expect(await page()).toContain(part.slice(0, 200));
  expect(emulator.requests).toEqual([]);
  expect(emulator.faults.pending).toBe(1);
});

test("lets the reader choose an organization, and falls back to the first", async () => {
  expect(read(await page("/?organization=11111111-1111-4111-8111-111111111111"))).toContain(
    "Globex PostHog emulator",
  );
  expect(read(await page("/?organization=unknown"))).toContain('Acme & "Sons" PostHog emulator');
  expect(await page()).toContain('href="/?organization=11111111-1111-4111-8111-111111111111">Globex</a>');
});

test("stays readable with very many people, projects and keys", async () => {
  const { store } = emulator;
  const project = store.projects.all()[0];
  const role = store.roles.all()[0];
  for (let index = 0; index < 100; index += 1) {
    if (project !== undefined && role !== undefined) {
      store.projects.insert({ ...project, id: 1000 + index, name: `P${index}` }, SYSTEM);
      store.roles.insert({ ...role, id: store.uuid(), name: `R${index}` }, SYSTEM);
    }
  }
  const text = read(await page());
  expect(text).toContain("4 people × 102 projects");
  expect(text).toContain("and 41 more, which a print shows");
  expect(text).toContain("and 90 more projects, which a print shows");
  expect(text).not.toContain("P99 1099");
  const printed = read(await page("/_emulator/page?print="));
  expect(printed).toContain("P99 1099");
  expect(printed).toContain("R99 nobody");
  expect(printed).not.toContain("more, which");
});

test("shows a server without organizations", async () => {
  for (const { id } of emulator.store.organizations.all()) {
    emulator.store.organizations.delete(id, SYSTEM);
  }
  expect(read(await page())).toContain("No organization PostHog emulator");
});
