import { SYSTEM } from "../../../emulator";
import { unknownValue } from "../../../provider/engine/unknown";
import { certificate } from "../../../tools/sweep/certificate";
import { withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

const labs = {
  name: "Labs",
  slug: "labs",
  id: "018f0000-0000-4000-8000-000000000002",
  members: [{ email: "owner@acme.test", level: "owner" as const }],
};

/** A world in which the key has two organizations. */
function twoOrganizations() {
  const { emulator, config } = acmeWorld();
  const seed = { ...emulator.seed, organizations: [...emulator.seed.organizations, labs] };
  return { config, emulator: { ...emulator, seed } };
}

describe("while the configuration names a different organization", () => {
  const kinds: [string, Record<string, unknown>][] = [
    ["Project", { name: "Staging" }],
    ["OrgSsoSettings", { domain: "acme.com" }],
  ];
  test.each(kinds)("a %s is neither treated as deleted nor dropped from the state", (type, args) =>
    withWorld(async ({ emulator, resource, run }) => {
      const it = resource(type);
      await it.up(args);
      run({ organizationId: labs.id });
      await expect(it.refresh()).rejects.toThrow(/belongs to organization .* now names .*Set it back/s);
      await expect(it.destroy()).rejects.toThrow(/belongs to organization/);
      run();
      expect(await it.refresh()).toBeDefined();
      await it.destroy();
      expect(emulator.store.domains.size).toBe(0);
    }, twoOrganizations()),
  );
});

test.each([
  ["saml", /was refused: people of acme\.com have to sign in with SAML/],
  ["", undefined],
])(
  "an identity provider whose domain enforces %p moves to another organization, or does not",
  (enforced, refusal) =>
    withWorld(async ({ emulator, resource, run }) => {
      await resource("OrganizationDomain").up({ domain: "acme.com" });
      const saml = {
        entityId: "https://idp.acme.com/e",
        ssoUrl: "https://idp.acme.com/s",
        x509Cert: certificate,
      };
      const provider = resource("IdentityProvider");
      await provider.up({ name: "Okta", domains: ["acme.com"], saml });
      const [domain] = emulator.store.domains.all();
      emulator.store.domains.update(
        domain?.id ?? "",
        { verified_at: "2026-01-01", sso_enforcement: enforced },
        SYSTEM,
      );
      run();
      const moved = provider.diff({ name: "Okta", domains: [], saml, organizationId: labs.id });
      if (refusal !== undefined) await expect(moved).rejects.toThrow(refusal);
      else expect(await moved).toMatchObject({ replaces: ["organizationId"] });
    }, twoOrganizations()),
);

describe("an object that another resource of the program now manages", () => {
  const access = { projectId: 1, user: "analyst@acme.test", accessLevel: "member" };

  test("stays when its earlier resource leaves the program, as in a renaming", () =>
    withWorld(async ({ emulator, resource, run, messages }) => {
      const before = resource("ProjectMember", "before");
      await before.up(access);
      run();
      await resource("ProjectMember", "after").up(access);
      await before.leave();
      expect(emulator.store.accessRules.all()).toHaveLength(1);
      expect(messages.join()).toMatch(/is kept: another resource of the program manages it now/);
    }));

  test("stays when two resources swap their people", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const [one, two] = [resource("ProjectMember", "one"), resource("ProjectMember", "two")];
      const other = { ...access, user: "developer@acme.test" };
      await one.up(access);
      await two.up(other);
      const old = [one, two].map(({ id, state }) => ({ id, state }));
      run();
      one.remember("", {}, {});
      two.remember("", {}, {});
      await one.up(other);
      await two.up(access);
      for (const [index, { id, state }] of old.entries()) {
        const replaced = resource("ProjectMember", `replaced ${index}`);
        replaced.remember(id, state, {});
        await replaced.leave();
      }
      expect(emulator.store.accessRules.all()).toHaveLength(2);
    }));

  test("is deleted if no other resource manages it", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const member = resource("ProjectMember");
      await member.up(access);
      run();
      await resource("ProjectMember", "other").up({ ...access, user: "developer@acme.test" });
      await member.leave();
      expect(emulator.store.accessRules.all()).toHaveLength(1);
    }));
});

describe("another spelling of account or organization", () => {
  const args = { name: "Staging" };

  test("reaches the state, because refresh and destroy use it", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const { apiKey, url: host, organizationId } = emulator;
      const accounts = (name: string) => JSON.stringify({ [name]: { apiKey, host, organizationId } });
      const project = resource("Project");
      run({ accounts: accounts("old") });
      await project.up({ ...args, account: "old" });
      run({ accounts: accounts("new") });
      const renamed = { ...args, account: "new" };
      expect(await project.diff(renamed)).toMatchObject({ changes: true, replaces: [] });
      await project.up(renamed);
      expect(await project.refresh()).toBeDefined();
      expect(await project.diff(renamed)).toMatchObject({ changes: false });
    }));

  test("of an organization is not a lasting difference", () =>
    withWorld(async ({ resource }) => {
      const project = resource("Project");
      await project.up({ ...args, organizationId: "acme" });
      expect(await project.diff({ ...args, organizationId: "acme" })).toMatchObject({ changes: false });
      const settings = resource("OrganizationSettings");
      const declared = { name: "Acme", organizationId: "acme" };
      await settings.up({ ...declared, adopt: true });
      expect(await settings.diff(declared)).toMatchObject({ changes: false });
    }, acmeWorld()));

  test("may be unknown in a preview, which then skips what it cannot read", () =>
    withWorld(async ({ resource, run, requests }) => {
      run({ organizationId: undefined });
      for (const unknown of [{ organizationId: unknownValue }, { account: unknownValue }]) {
        expect(await resource("Project").refusals({ ...args, ...unknown })).toEqual([]);
        expect(await resource("Project").diff({ ...args, ...unknown })).toMatchObject({ changes: true });
      }
      expect(requests()).toEqual([]);
    }, twoOrganizations()));
});
