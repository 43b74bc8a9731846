import { hasFeature } from "../../../provider/posthog/organizations";
import { rulesIn } from "../../support/access";
import { withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

const world = () => acmeWorld({ generation: "2025-08", organization: { roles: [{ name: "Analysts" }] } });

describe("servers of August 2025", () => {
  test("are asked for roles without parameters, which they would take for filters", () =>
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

  test("name the feature that enforces access rules otherwise", () => {
    const plan = (key: string) => ({ available_product_features: [{ key, name: key }] });
    const organization = { id: "o", name: "Acme", slug: "acme" };
    expect(hasFeature({ ...organization, ...plan("advanced_permissions") }, "access_control")).toBe(true);
    expect(hasFeature({ ...organization, ...plan("access_control") }, "access_control")).toBe(true);
    expect(hasFeature({ ...organization, ...plan("saml") }, "access_control")).toBe(false);
  });
});
