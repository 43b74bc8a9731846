import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALL_FEATURES, type SeedInput, startEmulator } from "../../../emulator";
import { asOwner, asSession, at, IDS, withKey } from "../support";

const folder = mkdtempSync(join(tmpdir(), "emulator-seeds-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("the default is Acme: every feature, two owners, one project, credentials", async () => {
  const emulator = await startEmulator();
  const owner = asOwner(emulator);
  const organization = await owner.get(`/api/organizations/${emulator.organizationId}/`);
  expect(organization.body).toMatchObject({
    name: "Acme",
    slug: "acme",
    membership_level: 15,
    teams: [{ name: "Default project" }],
  });
  const features: { key: string; limit: unknown }[] = Object(organization.body).available_product_features;
  expect(features.map(({ key }) => key)).toEqual(ALL_FEATURES);
  const members = Object(at(await owner.get("/api/organizations/@current/members/"), "results"));
  const levels = members.map(({ level }: { level: number }) => level).sort();
  expect(levels).toEqual([1, 1, 1, 1, 15, 15, 8]);
  const session = await asSession(emulator, emulator.email, emulator.password);
  expect(await session.get("/api/users/@me/")).toMatchObject({ body: { email: "owner@acme.test" } });
  expect(emulator.store.roles.size + emulator.store.domains.size).toBe(0);
  await emulator.close();
});

const YAML = `
users:
  - { email: ann@acme.test, firstName: Ann, password: secret-of-ann, totpSecret: JBSWY3DPEHPK3PXP }
organizations:
  - name: Acme
    id: ${IDS.acme}
    features: [access_control, { key: organizations_projects, limit: 3 }]
    settings: { members_can_invite: false }
    members:
      - { email: ann@acme.test, level: owner }
      - { email: bob@acme.test, id: ${IDS.analystMember} }
    projects:
      - name: Website
        id: 7
        ingestedEvent: true
        settings: { timezone: Europe/Berlin }
        objects: [{ resource: insight, name: Sign-ups, shortId: abc }]
    roles: [{ name: Engineers, members: [bob@acme.test] }]
    accessRules:
      - { project: Website, level: none }
      - { project: "7", member: bob@acme.test, level: member }
      - { project: Website, resource: dashboard, role: Engineers, level: viewer }
    invites: [{ email: new@acme.test, level: admin, invitedBy: ann@acme.test }]
    domains: [{ domain: acme.test, verified: true, ssoEnforcement: saml }]
    identityProviders: [{ name: Okta, domains: [acme.test], configScope: saml }]
  - name: Acme
    members: [{ email: bob@acme.test, level: owner }]
keys:
  - { user: bob@acme.test, label: ci, value: phx_bob, scopes: ["project:read"] }
`;

test("a YAML file seeds everything in it, with its ids", async () => {
  const emulator = await startEmulator({ seed: file("acme.yaml", YAML) });
  const { store } = emulator;
  expect(emulator).toMatchObject({
    organizationId: IDS.acme,
    email: "ann@acme.test",
    password: "secret-of-ann",
    totpSecret: "JBSWY3DPEHPK3PXP",
  });
  expect(store.organizations.get(IDS.acme)).toMatchObject({
    members_can_invite: false,
    available_product_features: [{ key: "access_control" }, { key: "organizations_projects", limit: 3 }],
  });
  expect(store.projects.get(7)).toMatchObject({
    ingested_event: true,
    settings: { timezone: "Europe/Berlin", anonymize_ips: false },
  });
  expect(store.accessRules.all()).toMatchObject([
    { resource: "project", resource_id: "7", access_level: "none" },
    { organization_member: IDS.analystMember, access_level: "member" },
    { resource: "dashboard", resource_id: null, role: store.roles.all()[0]?.id },
  ]);
  expect(store.invites.all()).toMatchObject([{ target_email: "new@acme.test", level: 8 }]);
  expect(store.domains.all()).toMatchObject([{ domain: "acme.test", verified_at: expect.any(String) }]);
  expect(store.identityProviders.all()).toMatchObject([
    { name: "Okta", organization_domain_ids: [store.domains.all()[0]?.id] },
  ]);
  expect(store.objects.all()).toMatchObject([{ resource: "insight", short_id: "abc" }]);
  expect(store.organizations.all()[1]).toMatchObject({ slug: expect.stringMatching(/^acme-/) });
  expect(await withKey(emulator, "phx_bob").get("/api/projects/7/")).toMatchObject({ status: 200 });
  expect(await withKey(emulator, "phx_bob").patch("/api/projects/7/")).toMatchObject({ status: 403 });
  await emulator.close();
});

test("a JSON file works too, and new ids never repeat seeded ones", async () => {
  const seed: SeedInput = {
    users: [{ email: "ann@acme.test", id: 5 }],
    organizations: [
      {
        name: "Acme",
        members: [{ email: "ann@acme.test", level: "owner" }, { email: "bob@acme.test" }],
        projects: [{ name: "One", id: 40 }, { name: "Two" }],
      },
    ],
  };
  const emulator = await startEmulator({ seed: file("acme.json", JSON.stringify(seed)) });
  expect(emulator.store.projects.all().map(({ id }) => id)).toEqual([40, 41]);
  expect(emulator.store.users.all().map(({ id }) => id)).toEqual([5, 6]);
  expect(emulator.apiKey).toMatch(/^phx_/);
  const session = await asSession(emulator, emulator.email, emulator.password);
  expect(await session.get("/api/users/@me/")).toMatchObject({ status: 200 });
  await emulator.close();
});

const ORGANIZATION = { name: "Acme", members: [{ email: "ann@acme.test", level: "owner" as const }] };
const bad = (change: object): SeedInput => ({ organizations: [{ ...ORGANIZATION, ...change }] });

test("PostHog's own ids, which are not UUIDs by RFC 9562, are kept unchanged", async () => {
  const ids = {
    user: "01a222aa-4609-0000-010e-4f3daa1d13a0",
    organization: "01a222aa-4c01-0000-0d17-74723c0b2427",
    member: "01A222AA-C9AF-0000-0E6E-AE1D79CE038C",
    role: "01a222aa-0b0e-0000-0000-00000000b00c",
  };
  const email = "owner@acme.test";
  const emulator = await startEmulator({
    seed: {
      users: [{ email, uuid: ids.user }],
      organizations: [
        {
          name: "Acme",
          id: ids.organization,
          members: [{ email, level: "owner", id: ids.member }],
          roles: [{ name: "Engineers", id: ids.role, members: [email] }],
        },
      ],
    },
  });
  const roles = await asOwner(emulator).get(`/api/organizations/${ids.organization}/roles/${ids.role}/`);
  expect(at(roles, "members", 0, "organization_member", "id")).toBe(ids.member.toLowerCase());
  expect(at(roles, "members", 0, "user", "uuid")).toBe(ids.user);
  await emulator.close();
});

test.each<[string, SeedInput, RegExp]>([
  ["no organization", { organizations: [] }, /organizations: /],
  ["an organization without members", bad({ members: [] }), /organizations\.0\.members: /],
  ["an unknown key", bad({ color: "blue" }), /organizations\.0: .*color/],
  ["a wrong level", bad({ members: [{ email: "a@b.test", level: "boss" }] }), /members\.0\.level: /],
  ["a broken address", bad({ members: [{ email: "ann" }] }), /members\.0\.email: /],
  ["an unknown setting", bad({ settings: { color: "blue" } }), /unknown setting color/],
  [
    "an unknown project setting",
    bad({ projects: [{ name: "A", settings: { color: "blue" } }] }),
    /projects: A: settings: unknown setting color/,
  ],
  ["no owner", bad({ members: [{ email: "a@b.test" }] }), /needs a member whose level is owner/],
  [
    "a rule for an unknown project",
    bad({ accessRules: [{ project: "Nowhere", level: "none" }] }),
    /unknown project Nowhere/,
  ],
  [
    "a rule for an unknown role",
    bad({ projects: [{ name: "A" }], accessRules: [{ project: "A", role: "Nobodies", level: "none" }] }),
    /unknown role Nobodies/,
  ],
  [
    "a role for an outsider",
    bad({ roles: [{ name: "R", members: ["zoe@acme.test"] }] }),
    /unknown user zoe@acme\.test/,
  ],
  [
    "a provider for an unknown domain",
    bad({ identityProviders: [{ domains: ["acme.test"] }] }),
    /unknown domain acme\.test/,
  ],
  [
    "a user twice",
    { users: [{ email: "ann@acme.test" }, { email: "Ann@acme.test" }], organizations: [ORGANIZATION] },
    /Ann@acme\.test is duplicated/,
  ],
  [
    "a key of the wrong form",
    { organizations: [ORGANIZATION], keys: [{ user: "ann@acme.test", label: "k", value: "secret" }] },
    /keys\.0\.value: a personal API key starts with phx_/,
  ],
  [
    "a TOTP secret that is none",
    { users: [{ email: "ann@acme.test", totpSecret: "1!" }], organizations: [ORGANIZATION] },
    /users\.0\.totpSecret: a TOTP secret is base32/,
  ],
])("%s is an error with its position", async (_, seed, message) => {
  await expect(startEmulator({ seed })).rejects.toThrow(message);
});

test("the error names a file that is missing, or that is neither YAML nor JSON", async () => {
  const broken = file("broken.yaml", "organizations: [");
  await expect(startEmulator({ seed: broken })).rejects.toThrow(
    new RegExp(`Seed file ${broken} is neither YAML nor JSON: `),
  );
  await expect(startEmulator({ seed: join(folder, "none.yaml") })).rejects.toThrow(/ENOENT/);
});
