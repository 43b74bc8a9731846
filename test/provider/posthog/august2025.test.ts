import { activityPages, listActivity, NoOrganizationLogError } from "../../../provider/posthog/activityLog";
import { listKeyInventory, projectSecretApiKeys } from "../../../provider/posthog/apiKeys";
import { listIdentityProviders } from "../../../provider/posthog/identityProviders";
import { hasFeature } from "../../../provider/posthog/organizations";
import { readProjectKeys } from "../../../provider/snapshot/readKeys";
import { rulesIn } from "../../support/access";
import { withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

/** PostHog's response without the route, even if it has the object. */
const noRoute = { type: "invalid_request", code: "not_found", detail: "Endpoint not found.", attr: null };

const world = () => acmeWorld({ generation: "2025-08", organization: { roles: [{ name: "Analysts" }] } });

describe("servers of August 2025", () => {
  test("get requests for roles without parameters, which they would treat as filters", () =>
    withWorld(async ({ emulator, resource }) => {
      await resource("RoleMembership").up({ roleId: "Analysts", user: "analyst@acme.test" });
      const listed = emulator.requests.filter(
        ({ method, path }) => method === "GET" && /\/roles\/$/.test(path),
      );
      expect(listed.length).toBeGreaterThan(0);
      expect(listed.filter(({ query }) => query !== "")).toEqual([]);
    }, world()));

  test("keep the rules on types at their earlier address", () =>
    withWorld(async ({ emulator, resource, run, requests }) => {
      const args = { projectId: 1, resource: "survey", role: "Analysts", accessLevel: "viewer" };
      const rule = resource("AccessControl");
      await rule.up(args);
      expect(rulesIn(emulator)).toEqual(["survey role Analysts: viewer"]);
      run();
      expect((await rule.refresh())?.inputs).toEqual(args);
      await rule.destroy();
      expect(rulesIn(emulator)).toEqual([]);
      expect(requests().join()).toMatch(/PUT \/api\/projects\/1\/global_access_controls/);
    }, world()));

  test("have no project secret API keys, and every use of them says so", () =>
    withWorld(async ({ emulator, resource, host, run }) => {
      const none = /this server \(of about August 2025\) has no project secret API keys/;
      const key = resource("ProjectSecretApiKey");
      const args = { projectId: 1, label: "Reports", scopes: ["feature_flag:read"] };
      expect((await key.refusals(args)).join()).toMatch(none);
      run({ preflight: "false" });
      await expect(key.up(args)).rejects.toThrow(none);
      key.remember("1/gone", { ...args, organizationUuid: emulator.organizationId }, args);
      await expect(key.refresh()).rejects.toThrow(none);
      await expect(key.destroy()).rejects.toThrow(none);
      await expect(projectSecretApiKeys(host().connection(), 1).revoke("gone")).rejects.toThrow(/404/);
      expect(await readProjectKeys(host().connection(), [{ id: 1, name: "Production" }], [])).toEqual([]);
    }, world()));

  test("have no log of a project with filters: the plain one is read and filtered here", () =>
    withWorld(async ({ emulator, resource, host }) => {
      await resource("Project").up({ name: "Default project", timezone: "Europe/Berlin", adopt: true });
      const plain: string[] = [];
      const read = async (activities: string[]) => {
        const entries = [];
        const query = { projectId: 1, activities };
        for await (const page of activityPages(host().connection(), query, () => plain.push("plain")))
          entries.push(...page);
        return entries.map(({ activity }) => activity);
      };
      expect(new Set(await read(["updated"]))).toEqual(new Set(["updated"]));
      expect(await read(["merged"])).toEqual([]);
      expect(plain).toEqual(["plain", "plain"]);
      expect(
        emulator.requests.some(({ path, status }) => /\/activity_log\//.test(path) && status === 200),
      ).toBe(true);
    }, world()));

  test("have no log of the organization, which does not mean that the organization is missing", () =>
    withWorld(async ({ host }) => {
      await expect(listActivity(host().connection(), {})).rejects.toThrow(NoOrganizationLogError);
      expect(await listIdentityProviders(host().connection())).toBeUndefined();
      expect(await listKeyInventory(host().connection())).toBeUndefined();
    }, world()));

  test("use a different name for the feature that enforces access rules", () => {
    const plan = (key: string) => ({ available_product_features: [{ key, name: key }] });
    const organization = { id: "o", name: "Acme", slug: "acme" };
    expect(hasFeature({ ...organization, ...plan("advanced_permissions") }, "access_control")).toBe(true);
    expect(hasFeature({ ...organization, ...plan("access_control") }, "access_control")).toBe(true);
    expect(hasFeature({ ...organization, ...plan("saml") }, "access_control")).toBe(false);
  });
});

describe("an address that the server lacks", () => {
  const gone: [string, Record<string, unknown>][] = [
    ["Project", { name: "Staging" }],
    ["ProjectMember", { projectId: 1, user: "analyst@acme.test", accessLevel: "member" }],
    ["ProjectAccess", { projectId: 1, defaultAccess: "member" }],
    ["AccessControl", { projectId: 1, resource: "survey", role: "Analysts", accessLevel: "viewer" }],
    ["Role", { name: "Editors" }],
    ["RoleMembership", { roleId: "Analysts", user: "analyst@acme.test" }],
    ["RoleMembers", { roleId: "Analysts", members: ["analyst@acme.test"] }],
    ["OrganizationMember", { user: "new@acme.test", level: "member" }],
    ["OrganizationDomain", { domain: "acme.test" }],
    ["IdentityProvider", { name: "Okta", domains: [], scim: { enabled: true } }],
    ["ProjectSecretApiKey", { projectId: 1, label: "Reports", scopes: ["feature_flag:read"] }],
  ];

  test.each(gone)("never makes a %s look deleted, or its deletion successful", (type, args) =>
    withWorld(
      async ({ emulator, resource, run }) => {
        const driven = resource(type);
        await driven.up(args);
        const { id } = driven;
        run({ organizationId: emulator.organizationId });
        emulator.faults.add({ kind: "status", status: 404, body: noRoute, path: /./, times: 999 });
        await expect(driven.refresh()).rejects.toThrow(/404|this server \(of about|no identity providers/);
        await expect(driven.destroy()).rejects.toThrow(/404|this server \(of about|no identity providers/);
        expect(driven.id).toBe(id);
      },
      acmeWorld({ organization: { roles: [{ name: "Analysts" }] } }),
    ),
  );
});
