import type { Emulator } from "../../../emulator";
import type { Actor } from "../../../emulator/store/collection";
import type { Properties } from "../../../provider/engine/state";
import { handlers } from "../../../provider/handlers";
import { actor, driftOf, shown } from "../../support/drift";
import { type Driven, type World, withWorld } from "../../support/driver";

/** A resource, a change outside of Pulumi, and what drift reports. */
interface Row {
  readonly type: string;
  readonly what: string;
  readonly args: Properties;
  /** What must exist before. */
  readonly before?: (world: World) => Promise<unknown> | unknown;
  readonly change: (store: Emulator["store"], by: Actor, it: Driven) => unknown;
  /** The difference, and after the bar who made it. */
  readonly expected: readonly RegExp[];
}

const analyst = "analyst@acme.test";
/** What PostHog records with the owner of the key or session. */
const named = String.raw`\| admin@acme\.test, .* UTC, web: `;
/** What it records for a key without an owner. */
const byKey = String.raw`\| an API key, through web, [^,]* UTC: `;
const reached = String.raw`\| probably .*: admin@acme\.test, .* UTC, web: `;
const unrecorded = (what: string): string => String.raw`\| actor unknown: PostHog does not log ${what}$`;
const bySession = (by: Actor): Actor => ({ ...by, with_key: false });
const domain = "acme.test";
const level = (store: Emulator["store"], by: Actor, to: string): void => {
  for (const { id } of store.accessRules.all()) store.accessRules.update(id, { access_level: to }, by);
};
const membershipOf = (store: Emulator["store"], email: string): string => {
  const user = store.users.where("email", email)[0]?.id;
  return store.memberships.all().find(({ user_id }) => user_id === user)?.id ?? "";
};
const organizationOf = (store: Emulator["store"]): string => store.organizations.all()[0]?.id ?? "";

const rows: readonly Row[] = [
  {
    type: "Project",
    what: "name and a setting",
    args: { name: "Web", settings: { anonymizeIps: true, heatmapsOptIn: true } },
    change: (store, by, { id }) => {
      const { settings } = store.projects.get(Number(id)) ?? { settings: {} };
      store.projects.update(
        Number(id),
        { name: "Shop", settings: { ...settings, anonymize_ips: false } },
        by,
      );
    },
    expected: [
      new RegExp(`^Project it name: "Web" → "Shop" ${named}`),
      new RegExp(`^Project it settings\\.anonymizeIps: true → false ${named}`),
    ],
  },
  {
    type: "Project",
    what: "what everybody may do",
    args: { name: "Web", defaultAccess: "none" },
    change: (store, by) => level(store, by, "member"),
    expected: [new RegExp(`^Project it defaultAccess: "none" → "member" ${unrecorded("access rules")}`)],
  },
  {
    type: "ProjectMember",
    what: "level of a person",
    args: { projectId: 1, user: analyst, accessLevel: "member" },
    change: (store, by) => level(store, by, "admin"),
    expected: [new RegExp(`^ProjectMember it accessLevel: "member" → "admin" ${unrecorded("access rules")}`)],
  },
  {
    type: "ProjectMember",
    what: "person, who left",
    args: { projectId: 1, user: analyst, accessLevel: "member" },
    change: (store, by) => store.memberships.delete(membershipOf(store, analyst), by),
    expected: [new RegExp(`^ProjectMember it no longer exists ${byKey}`)],
  },
  {
    type: "AccessControl",
    what: "level of everybody on a type",
    args: { projectId: 1, resource: "feature_flag", accessLevel: "viewer" },
    change: (store, by) => level(store, by, "editor"),
    expected: [
      new RegExp(`^AccessControl it accessLevel: "viewer" → "editor" ${unrecorded("access rules")}`),
    ],
  },
  {
    type: "ProjectAccess",
    what: "grants, each by itself",
    args: { projectId: 1, members: { [analyst]: "member" }, resources: { survey: { default: "viewer" } } },
    change: (store, by) => {
      for (const { id, resource } of store.accessRules.all()) {
        if (resource === "survey") store.accessRules.update(id, { access_level: "editor" }, by);
        else store.accessRules.delete(id, by);
      }
    },
    expected: [
      new RegExp(
        `^ProjectAccess it members\\.analyst@acme\\.test: "member" → nothing ${unrecorded("access rules")}`,
      ),
      new RegExp(
        `^ProjectAccess it resources\\.survey\\.default: "viewer" → "editor" ${unrecorded("access rules")}`,
      ),
    ],
  },
  {
    type: "Role",
    what: "name and people",
    args: { name: "Editors", members: [analyst, "developer@acme.test"] },
    change: (store, by, { id }) => {
      const left = membershipOf(store, analyst);
      for (const row of store.roleMemberships.all()) {
        if (row.membership_id === left) store.roleMemberships.delete(row.id, by);
      }
      store.roles.update(id, { name: "Writers" }, by);
    },
    expected: [
      new RegExp(`^Role it members: analyst@acme\\.test is missing ${unrecorded("role memberships")}`),
      new RegExp(`^Role it name: "Editors" → "Writers" ${unrecorded("roles")}`),
    ],
  },
  {
    type: "RoleMembers",
    what: "people",
    args: { roleId: "Editors", members: [analyst] },
    before: (world) => world.resource("Role").up({ name: "Editors" }),
    change: (store, by) => store.roleMemberships.delete(store.roleMemberships.all()[0]?.id ?? "", by),
    expected: [
      new RegExp(`^RoleMembers it members: analyst@acme\\.test is missing ${unrecorded("role memberships")}`),
    ],
  },
  {
    type: "RoleMembership",
    what: "membership",
    args: { roleId: "Editors", user: analyst },
    before: (world) => world.resource("Role").up({ name: "Editors" }),
    change: (store, by) => store.roleMemberships.delete(store.roleMemberships.all()[0]?.id ?? "", by),
    expected: [new RegExp(`^RoleMembership it no longer exists ${unrecorded("role memberships")}`)],
  },
  {
    type: "OrganizationMember",
    what: "level",
    args: { user: analyst, level: "member" },
    change: (store, by, { state }) => store.memberships.update(String(state.membershipId), { level: 8 }, by),
    expected: [new RegExp(`^OrganizationMember it level: "member" → "admin" ${byKey}`)],
  },
  {
    type: "OrganizationMember",
    what: "membership",
    args: { user: analyst, level: "member" },
    change: (store, by, { state }) => store.memberships.delete(String(state.membershipId), by),
    expected: [new RegExp(`^OrganizationMember it no longer exists ${byKey}removed analyst@acme\\.test`)],
  },
  {
    type: "OrganizationMember",
    what: "invite",
    args: { user: "new@acme.test", level: "member" },
    change: (store, by) => store.invites.delete(store.invites.all()[0]?.id ?? "", by),
    expected: [
      new RegExp(`^OrganizationMember it no longer exists ${byKey}withdrew the invite of new@acme\\.test`),
    ],
  },
  {
    type: "OrganizationSettings",
    what: "settings",
    args: { name: "Acme", membersCanInvite: true },
    change: (store, by) =>
      store.organizations.update(organizationOf(store), { name: "Umbrella", members_can_invite: false }, by),
    expected: [
      new RegExp(`^OrganizationSettings it membersCanInvite: true → false ${byKey}`),
      new RegExp(`^OrganizationSettings it name: "Acme" → "Umbrella" ${byKey}`),
    ],
  },
  {
    type: "PersonalApiKey",
    what: "label and value",
    args: { label: "ci", scopes: ["project:read"] },
    change: (store, by, { id }) =>
      store.personalApiKeys.update(id, { label: "old ci", mask_value: "phx_...zzzz" }, bySession(by)),
    expected: [
      new RegExp(`^PersonalApiKey it label: "ci" → "old ci" ${named}`),
      new RegExp(`^PersonalApiKey it value: .* → .*phx_\\.\\.\\.zzzz.* ${named}`),
    ],
  },
  {
    type: "PersonalApiKey",
    what: "reach",
    args: { label: "ci", scopes: ["project:read"], projects: [1] },
    change: (store, by, { id }) =>
      store.personalApiKeys.update(id, { label: "old ci", scoped_teams: [2] }, bySession(by)),
    expected: [
      new RegExp(`^PersonalApiKey it label: "ci" → "old ci" ${named}(created|revoked) personal API key`),
      new RegExp(`^PersonalApiKey it projects: .* ${reached}(created|revoked) personal API key`),
    ],
  },
  {
    type: "ProjectSecretApiKey",
    what: "scopes",
    args: { projectId: 1, label: "flags", scopes: ["feature_flag:read"] },
    change: (store, by, { state }) =>
      store.projectSecretApiKeys.update(String(state.keyId), { scopes: ["endpoint:read"] }, by),
    expected: [
      new RegExp(`^ProjectSecretApiKey it scopes: .*feature_flag:read.* → .*endpoint:read.* ${byKey}`),
    ],
  },
  {
    type: "OrganizationDomain",
    what: "enforcement and provisioning",
    args: { domain, enforcement: "off", jitProvisioning: false },
    change: (store, by, { id }) =>
      store.domains.update(id, { sso_enforcement: "github", jit_provisioning_enabled: true }, by),
    expected: [
      new RegExp(`^OrganizationDomain it enforcement: "off" → "github" ${byKey}`),
      new RegExp(`^OrganizationDomain it jitProvisioning: false → true ${byKey}`),
    ],
  },
  {
    type: "OrgSsoSettings",
    what: "domain",
    args: { domain, enforcement: "off" },
    change: (store, by, { id }) => store.domains.delete(id, by),
    expected: [new RegExp(`^OrgSsoSettings it no longer exists ${byKey}deleted domain`)],
  },
  {
    type: "OrgSsoSettings",
    what: "SCIM",
    args: { domain, scim: { enabled: true } },
    change: (store, by) => {
      for (const { id } of store.identityProviders.all()) {
        store.identityProviders.update(id, { scim_enabled: false }, by);
      }
    },
    expected: [
      new RegExp(`^OrgSsoSettings it scim: .*true.* → .*false.* ${unrecorded("identity providers")}`),
    ],
  },
  {
    type: "IdentityProvider",
    what: "name",
    args: { name: "Okta", domains: [domain], scim: { enabled: true } },
    before: (world) => world.resource("OrganizationDomain").up({ domain }),
    change: (store, by, { id }) => store.identityProviders.update(id, { name: "Entra" }, by),
    expected: [new RegExp(`^IdentityProvider it name: "Okta" → "Entra" ${unrecorded("identity providers")}`)],
  },
];

test("every kind of resource is in the table", () => {
  expect(new Set(rows.map(({ type }) => type))).toEqual(new Set(handlers.keys()));
});

test.each(rows)("drift reports who changed $what of $type", (row) =>
  withWorld(async (world) => {
    await row.before?.(world);
    const driven = world.resource(row.type);
    await driven.up(row.args);
    world.run();
    expect((await driftOf(world, [{ type: row.type, driven }])).differences).toEqual([]);
    const by = { ...actor(world.emulator, "admin@acme.test", "web"), with_key: true };
    row.change(world.emulator.store, by, driven);
    const { differences, unread } = await driftOf(world, [{ type: row.type, driven }]);
    expect(unread).toEqual([]);
    expect(shown(differences)).toEqual(row.expected.map((line) => expect.stringMatching(line)));
  }),
);
