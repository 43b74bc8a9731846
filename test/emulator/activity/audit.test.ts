import { type Emulator, startEmulator } from "../../../emulator";
import { asNobody, asOwner, asSession, type Client, requestRows, textAt } from "../support";

const ORGANIZATION = "/api/organizations/@current";

let emulator: Emulator;
let key: Client;
let session: Client;
let project: string;
beforeAll(async () => {
  emulator = await startEmulator();
  project = `/api/projects/${emulator.store.projects.all()[0]?.id}`;
});
beforeEach(async () => {
  key = asOwner(emulator);
  session = await asSession(emulator, emulator.email, emulator.password);
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

/** Actor, scope, activity and changed fields of each row since the start of the test. */
function logged(): string[] {
  return requestRows(emulator)
    .filter(({ activity }) => activity !== "logged_in")
    .map(({ user_id, scope, activity, detail }) => {
      const who = user_id === null ? "nobody:" : `${emulator.store.users.get(user_id)?.email}:`;
      const fields = (detail.changes ?? []).map(({ field }) => field).join(",");
      return [who, scope, activity, fields].filter((part) => part !== "").join(" ");
    });
}

const userUuid = (email: string) => emulator.store.users.where("email", email)[0]?.uuid ?? "";

const WRITES: [string, () => Promise<unknown>, string[]][] = [
  [
    "an organization's setting",
    () => key.patch(ORGANIZATION, { enforce_2fa: true }),
    ["nobody: Organization updated two-factor authentication requirement"],
  ],
  [
    "a new organization",
    () => key.post("/api/organizations/", { name: "Other" }),
    [
      "nobody: Organization created",
      "nobody: Dashboard created",
      "owner@acme.test: Project created",
      "owner@acme.test: Team created",
      "nobody: OrganizationMembership created",
    ],
  ],
  [
    "a member's level",
    () => key.patch(`${ORGANIZATION}/members/${userUuid("analyst@acme.test")}/`, { level: 8 }),
    ["nobody: OrganizationMembership updated level"],
  ],
  [
    "a member's removal",
    () => key.delete(`${ORGANIZATION}/members/${userUuid("analyst@acme.test")}/`),
    ["nobody: OrganizationMembership deleted"],
  ],
  [
    "an invite and its end",
    async () => {
      const invite = await key.post(`${ORGANIZATION}/invites/`, { target_email: "new@acme.test" });
      await key.delete(`${ORGANIZATION}/invites/${textAt(invite, "id")}/`);
    },
    ["nobody: OrganizationInvite created", "nobody: OrganizationInvite deleted"],
  ],
  [
    "a new project",
    () => key.post(`${ORGANIZATION}/projects/`, { name: "Web" }),
    ["nobody: Dashboard created", "owner@acme.test: Project created", "owner@acme.test: Team created"],
  ],
  [
    "a project's name and setting",
    () => key.patch(`${project}/`, { name: "Web", anonymize_ips: true }),
    ["owner@acme.test: Project updated name", "owner@acme.test: Team updated name,anonymize_ips"],
  ],
  [
    "a project's secret token",
    () => session.patch(`${project}/rotate_secret_token/`),
    ["owner@acme.test: Team updated secret_api_token"],
  ],
  [
    "an access rule, its change and its end",
    async () => {
      await key.put(`${project}/access_controls/`, { access_level: "none" });
      await key.put(`${project}/access_controls/`, { access_level: "member" });
      await key.put(`${project}/access_controls/`, { access_level: null });
    },
    [],
  ],
  [
    "a role with a member, and what its deletion takes along",
    async () => {
      const role = `${ORGANIZATION}/roles/`;
      const made = await key.post(role, { name: "Viewers" });
      const one = `${role}${textAt(made, "id")}/`;
      await key.post(`${one}role_memberships/`, { user_uuid: userUuid("analyst@acme.test") });
      await key.patch(one, { name: "Readers" });
      await key.delete(one);
    },
    [],
  ],
  [
    "a personal API key, by a session",
    () =>
      session.post("/api/personal_api_keys/", {
        label: "ci",
        scopes: ["*"],
        scoped_teams: [],
        scoped_organizations: [],
      }),
    ["owner@acme.test: PersonalAPIKey created"],
  ],
  [
    "a project's secret key",
    () => key.post(`${project}/project_secret_api_keys/`, { label: "f", scopes: ["feature_flag:read"] }),
    ["nobody: ProjectSecretAPIKey created"],
  ],
  [
    "a domain",
    () => key.post(`${ORGANIZATION}/domains/`, { domain: "acme.test" }),
    ["nobody: OrganizationDomain created"],
  ],
  [
    "an identity provider",
    () => key.post(`${ORGANIZATION}/identity_provider_configs/`, { name: "Okta" }),
    [],
  ],
];

test.each(WRITES)(
  "%s leaves the same rows in the activity log as in PostHog, with the same people",
  async (_, write, rows) => {
    await write();
    expect(logged()).toEqual(rows);
  },
);

test("refused writes leave no row", async () => {
  await key.patch(ORGANIZATION, { name: "" });
  await key.post(`${ORGANIZATION}/domains/`, { domain: "No" });
  await key.put(`${project}/access_controls/`, { access_level: "lord" });
  await key.post(`${ORGANIZATION}/roles/`, {});
  expect(logged()).toEqual([]);
});

test("no secret of any kind is in the log, in the store's columns or in the request log", async () => {
  const secrets = [emulator.apiKey, emulator.password];
  const personal = await session.post("/api/personal_api_keys/", {
    label: "ci",
    scopes: ["*"],
    scoped_teams: [],
    scoped_organizations: [],
  });
  secrets.push(textAt(personal, "value"), "phx_in_the_query");
  await asNobody(emulator).get("/api/users/@me/?personal_api_key=phx_in_the_query");
  const ofProject = await key.post(`${project}/project_secret_api_keys/`, {
    label: "f",
    scopes: ["feature_flag:read"],
  });
  secrets.push(textAt(ofProject, "value"));
  const provider = await key.post(`${ORGANIZATION}/identity_provider_configs/`, {
    config_scope: "oidc",
    scim_enabled: true,
    oidc_client_secret: "oidc-client-secret",
  });
  secrets.push(textAt(provider, "scim_bearer_token"));
  await session.patch(`${project}/rotate_secret_token/`);
  const before = await session.patch(`${project}/rotate_secret_token/`);
  const tokens = [textAt(before, "secret_api_token"), textAt(before, "secret_api_token_backup")];

  const log = JSON.stringify([emulator.store.activity.all(), emulator.requests]);
  for (const secret of [...secrets, ...tokens, "oidc-client-secret"]) {
    expect(secret).not.toBe("undefined");
    expect(log).not.toContain(secret);
  }
  expect(log).toContain("masked");
  const { personalApiKeys, projectSecretApiKeys, identityProviders, users } = emulator.store;
  const columns = JSON.stringify(
    [personalApiKeys, projectSecretApiKeys, identityProviders, users].map((c) => c.all()),
  );
  for (const secret of secrets) {
    expect(columns).not.toContain(secret);
  }
});
