import type { Properties } from "../../../provider/engine/state";
import { handlers } from "../../../provider/handlers";
import { withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

const world = acmeWorld({
  organization: {
    roles: [{ name: "Analysts", members: ["analyst@acme.test"] }],
    accessRules: [
      { project: "Default project", level: "none" },
      { project: "Default project", member: "developer@acme.test", level: "member" },
      { project: "Default project", role: "Analysts", resource: "feature_flag", level: "viewer" },
    ],
    domains: [{ domain: "acme.test", verified: true }],
  },
});

const howPeopleAreManaged = {
  mode: "exclusive",
  removalLimit: 0.5,
  ignore: ["admin@acme.test"],
  waitForMembers: true,
};

/**
 * For each kind that finds its object: arguments that partly match what PostHog holds and partly differ, and others
 * that only say how the object is managed.
 */
const cases: Record<string, { before?: Properties; args: Properties; differs: string }> = {
  Project: {
    args: {
      name: "Default project",
      timezone: "Europe/Berlin",
      settings: { completedSnippetOnboarding: true },
      unset: ["businessModel"],
      deletionProtection: true,
    },
    differs: "timezone, settings",
  },
  ProjectMember: {
    args: { projectId: 1, user: "developer@acme.test", accessLevel: "admin" },
    differs: "accessLevel",
  },
  ProjectAccess: {
    args: {
      projectId: 1,
      defaultAccess: "none",
      members: { "developer@acme.test": "admin" },
      mode: "exclusive",
      removalLimit: 0.5,
      ignore: ["admin@acme.test"],
    },
    differs: "members",
  },
  AccessControl: {
    args: { projectId: 1, resource: "feature_flag", role: "Analysts", accessLevel: "editor" },
    differs: "accessLevel",
  },
  Role: {
    args: {
      name: "Analysts",
      members: ["analyst@acme.test", "developer@acme.test"],
      ...howPeopleAreManaged,
    },
    differs: "members",
  },
  OrganizationMember: {
    args: {
      user: "admin@acme.test",
      level: "member",
      invite: { message: "Welcome" },
      onDestroy: "demote",
    },
    differs: "level",
  },
  OrgSsoSettings: {
    args: {
      domain: "acme.test",
      jitProvisioning: true,
      scim: { enabled: true },
      waitForVerification: 60,
    },
    differs: "jitProvisioning, scim",
  },
  OrganizationDomain: {
    args: { domain: "acme.test", jitProvisioning: true, waitForVerification: 60 },
    differs: "jitProvisioning",
  },
  IdentityProvider: {
    before: { name: "Okta", domains: [], scim: { enabled: true } },
    args: { name: "Okta", domains: ["acme.test"], scim: { enabled: true } },
    differs: "domains",
  },
  PersonalApiKey: {
    before: { label: "Reports", scopes: ["query:read"] },
    args: {
      label: "Reports",
      scopes: ["query:read", "insight:read"],
      keepers: { year: "2026" },
      rotateAfterDays: 90,
      allowWildcard: true,
    },
    differs: "scopes",
  },
  ProjectSecretApiKey: {
    before: { projectId: 1, label: "Flags", scopes: ["feature_flag:read"] },
    args: {
      projectId: 1,
      label: "Flags",
      scopes: ["feature_flag:read", "endpoint:read"],
      keepers: { year: "2026" },
      rotateAfterDays: 90,
    },
    differs: "scopes",
  },
};

test.each(Object.entries(cases))(
  "a new %s whose object exists differs only in what PostHog holds, as does one that adopts it",
  (kind, { before, args, differs }) =>
    withWorld(async ({ resource, run, messages }) => {
      if (before !== undefined) await resource(kind, "earlier").up(before);
      run();
      expect((await resource(kind).refusals(args)).join("\n")).toMatch(
        new RegExp(`already exists \\(id [^)]+\\) and differs in ${differs}\n`),
      );
      run();
      await resource(kind).refusals({ ...args, adopt: true });
      expect(messages.join("\n")).toMatch(new RegExp(`adopts .*; changes ${differs}$`, "m"));
    }, world),
);

/** For kinds that take an equal object as theirs: arguments with which a replacement is none. */
const others: Record<string, Properties> = {
  ProjectMember: { accessLevel: "member" },
  ProjectAccess: { members: { "developer@acme.test": "member" } },
  AccessControl: { accessLevel: "viewer" },
  OrganizationMember: { level: "admin" },
};

test.each(Object.entries(cases))(
  "a %s that the program replaces by force is not said to be someone else's, in previews and in updates",
  (kind, { before, args }) =>
    withWorld(async ({ resource, run, host, messages }) => {
      const held = { ...(before ?? args), adopt: true };
      const driven = resource(kind);
      await driven.up(held);
      run();
      // As the engine does for the plugin with replaceOnChanges: once with what the program had, then as new.
      expect(await driven.refusals(held)).toEqual([]);
      const replacement = { ...held, ...others[kind], adopt: undefined };
      const handler = handlers.get(kind);
      expect((await handler?.check(host(), "it", {}, replacement))?.errors).toEqual([]);
      expect(messages.join("\n")).toMatch(
        /is to be replaced while PostHog still has the old one \(id [^)]+\): set deleteBeforeReplace: true, or/,
      );
      await expect(handler?.create(host(), replacement)).rejects.toThrow(
        /already exists[^\n]*\n {2}why: A resource of this program has it\.\n {2}fix: [^\n]*deleteBeforeReplace: true/,
      );
      expect((await handler?.check(host(), "another", {}, replacement))?.errors.join()).not.toMatch(
        /outside this program/,
      );
    }, world),
);

test.each(Object.entries(cases))(
  "a new %s whose object no resource of the program has is told of aliases and of replacements",
  (kind, { before, args }) =>
    withWorld(async ({ resource, run, host }) => {
      if (before !== undefined) await resource(kind, "earlier").up(before);
      run();
      const elsewhere =
        /made outside this program[\s\S]*fix: set adopt: true .*add an alias .*, or deleteBeforeReplace: true as well for pulumi up --replace/i;
      expect((await resource(kind).refusals(args)).join("\n")).toMatch(elsewhere);
      await expect(handlers.get(kind)?.create(host(), args)).rejects.toThrow(elsewhere);
    }, world),
);

test("a resource without a known name is not taken for the replacement of another one", () =>
  withWorld(async ({ host }) => {
    const handler = handlers.get("ProjectMember");
    const args = cases.ProjectMember?.args ?? {};
    const stored = { ...args, accessLevel: "member" };
    expect((await handler?.check(host(), "", stored, stored))?.errors).toEqual([]);
    const [error] = (await handler?.check(host(), "", {}, args))?.errors ?? [];
    expect(error?.message).toMatch(/already exists .* and differs in accessLevel/);
  }, world));

test("the cases include every kind whose object can be missing or different", () => {
  const found = [...handlers.keys()].filter((kind) => {
    const existing = handlers.get(kind)?.definition.existing;
    return existing !== "alwaysThere" && kind !== "RoleMembership";
  });
  expect(found.sort()).toEqual(Object.keys(cases).sort());
});
