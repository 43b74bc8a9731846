import { type Emulator, startEmulator } from "../../../emulator";
import { asOwner, asSession, at, forbidden, refusal, withKey } from "../support";

const MEMBERS = {
  members: [
    { email: "owner@acme.test", level: "owner" as const },
    { email: "admin@acme.test", level: "admin" as const },
    { email: "analyst@acme.test" },
  ],
};
const PASSWORDS = ["owner", "admin", "analyst"].map((name) => ({
  email: `${name}@acme.test`,
  firstName: name,
  password: `${name}-password`,
}));

let emulator: Emulator;
let path: string;
beforeAll(async () => {
  emulator = await startEmulator({
    seed: {
      users: [...PASSWORDS, { email: "outsider@globex.test" }],
      organizations: [
        { name: "Acme", ...MEMBERS, projects: [{ name: "App", id: 7 }] },
        {
          name: "Globex",
          id: "11111111-1111-4111-8111-111111111111",
          members: [{ email: "outsider@globex.test", level: "owner" }, { email: "analyst@acme.test" }],
          projects: [{ name: "Web", id: 8 }],
        },
      ],
      keys: [
        { user: "owner@acme.test", label: "all", value: "phx_owner0000all", scopes: ["*"] },
        { user: "analyst@acme.test", label: "app", value: "phx_app00000app", projects: [7, 8] },
        {
          user: "analyst@acme.test",
          label: "globex",
          value: "phx_globex00glo",
          organizations: ["11111111-1111-4111-8111-111111111111"],
        },
        { user: "outsider@globex.test", label: "foreign", value: "phx_foreign0for" },
      ],
    },
  });
  path = `/api/organizations/${emulator.organizationId}/personal_api_keys/`;
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

test("an admin's session sees the members' keys that can access the organization, used ones last", async () => {
  await withKey(emulator, "phx_owner0000all").get("/api/users/@me/");
  const admin = await asSession(emulator, "admin@acme.test", "admin-password");
  const answer = await admin.get(path);
  expect(answer).toMatchObject({
    status: 200,
    body: {
      count: 2,
      results: [
        {
          owner: { first_name: "analyst", last_name: "", email: "analyst@acme.test" },
          mask_value: "phx_...0app",
          access_scope: { type: "projects", projects: [{ id: 7, name: "App" }] },
          last_used_at: null,
        },
        { owner: { email: "owner@acme.test" }, scopes: ["*"], access_scope: { type: "all" } },
      ],
    },
  });
  expect(Object.keys(Object(at(answer, "results", 0)))).toEqual([
    "owner",
    "mask_value",
    "scopes",
    "access_scope",
    "last_used_at",
    "created_at",
  ]);
});

test("a key that is restricted to the organization shows that", async () => {
  const globex = "/api/organizations/11111111-1111-4111-8111-111111111111/personal_api_keys/";
  const owner = await asSession(emulator, emulator.email, emulator.password);
  expect(await owner.get(globex)).toMatchObject(
    forbidden("You do not have permission to perform this action."),
  );
  const key = {
    label: "org",
    scopes: ["*"],
    scoped_teams: [],
    scoped_organizations: [emulator.organizationId],
  };
  await owner.post("/api/personal_api_keys/", key);
  expect(at(await owner.get(path), "results", 0)).toMatchObject({ access_scope: { type: "organization" } });
});

test("keys and members are refused", async () => {
  expect(await asOwner(emulator).get(path)).toMatchObject(
    forbidden("This action does not support personal API key access"),
  );
  const analyst = await asSession(emulator, "analyst@acme.test", "analyst-password");
  expect(await analyst.get(path)).toMatchObject(forbidden("Your organization access level is insufficient."));
});

test.each([
  [true, "To use it, subscribe to PostHog Cloud with a generous free tier."],
  [
    false,
    "Self-hosted licenses are no longer available for purchase. Please contact sales@posthog.com to discuss options.",
  ],
])("without security settings in the plan, the list is refused (on Cloud: %s)", async (cloud, ending) => {
  const seed = { users: PASSWORDS, organizations: [{ name: "Acme", features: "none" as const, ...MEMBERS }] };
  const poor = await startEmulator({ cloud, seed });
  try {
    const owner = await asSession(poor, poor.email, poor.password);
    expect(await owner.get(`/api/organizations/${poor.organizationId}/personal_api_keys/`)).toMatchObject(
      refusal(
        402,
        "server_error",
        "payment_required",
        `Organization security settings is part of the premium PostHog offering. ${ending}`,
      ),
    );
  } finally {
    await poor.close();
  }
});
