import { type World, withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const domainOf = ({ emulator }: World) =>
  emulator.store.domains.all().find(({ domain }) => domain === "acme.com");
const writes = ({ requests }: World): string[] => requests().filter((request) => !request.startsWith("GET"));

describe.each(["mid", "new"] as const)("SCIM of a domain on a server of the generation %s", (generation) => {
  const options = acmeWorld({ generation });

  test("switches SCIM on with a token that PostHog shows once, and off again", () =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      const withScim = { domain: "acme.com", scim: { enabled: true } };
      await sso.up(withScim);
      const token = sso.state.scimToken;
      expect(token).toEqual(expect.stringMatching(/^\S{20,}$/));
      expect(sso.state.scimBaseUrl).toContain("/scim/v2/");
      world.run();
      await sso.refresh();
      expect(sso.state.scimToken).toBe(token);
      await sso.up({ domain: "acme.com" });
      expect(sso.state.scimToken).toBeUndefined();
    }, options));
});

describe.each([
  ["OrgSsoSettings", { domain: "acme.com" }],
  ["IdentityProvider", { name: "Okta", domains: ["acme.com"] }],
])("SCIM that a killed run switched on, for a %s,", (type, args) => {
  const off = { ...args, scim: { enabled: false } };
  const on = { ...args, scim: { enabled: true } };
  const domains = type === "IdentityProvider" ? [{ domain: "acme.com", verified: true }] : [];

  test.each([0, 1, 2])(
    "has no token in the state, so the next run creates one and reports it, after %s refreshes",
    (refreshes) =>
      withWorld(
        async (world) => {
          const it = world.resource(type);
          await it.up(off);
          const killed = { id: it.id, state: it.state, inputs: it.inputs };
          await it.up(on);
          const lost = it.state.scimToken;
          it.remember(killed.id, killed.state, killed.inputs);
          for (let refreshed = 0; refreshed < refreshes; refreshed += 1) {
            world.run();
            await it.refresh();
          }
          world.run();
          expect((await it.diff(on)).changes).toBe(true);
          expect(world.messages.join()).toContain("the update makes a new one");
          await it.up(on);
          expect(it.state.scimToken).toMatch(/^\S{20,}$/);
          expect(it.state.scimToken).not.toBe(lost);
          world.run();
          await it.refresh();
          expect((await it.diff(on)).changes).toBe(false);
          await it.up(off);
          expect(it.state).not.toHaveProperty("scimToken");
          expect(it.state).not.toHaveProperty("scimTokenIsMissing");
        },
        acmeWorld({ organization: { domains } }),
      ),
  );
});

describe("SCIM of a domain", () => {
  const withScim = { domain: "acme.com", scim: { enabled: true } };
  const { emulator, config } = acmeWorld({ generation: "2025-08" });
  const withoutSession = { emulator, config: { apiKey: config.apiKey, email: undefined } };

  test("is refused in the preview if the server is known to be of August 2025", () =>
    withWorld(
      async (world) => {
        const [refusal, ...others] = await world.resource("OrgSsoSettings").refusals(withScim);
        expect(refusal).toMatch(
          /^scim: this PostHog server has no SCIM\n {2}why: .* August 2025 .*\n {2}fix: Update PostHog/,
        );
        expect(others).toEqual([]);
      },
      acmeWorld({ generation: "2025-08", organization: { domains: [{ domain: "labs.acme.com" }] } }),
    ));

  test("is refused after the first domain was created on such a server, which is kept without it", () =>
    withWorld(
      async (world) => {
        const sso = world.resource("OrgSsoSettings");
        await expect(sso.up(withScim)).rejects.toThrow(
          /switching SCIM on for acme\.com was refused: this PostHog server has no SCIM/,
        );
        expect(domainOf(world)).toMatchObject({ domain: "acme.com" });
        sso.remember(domainOf(world)?.id ?? "", { domain: "acme.com" }, { domain: "acme.com" });
        world.run();
        await sso.up({ domain: "acme.com", scim: { enabled: false } });
        await sso.destroy();
        expect(domainOf(world)).toBeUndefined();
      },
      acmeWorld({ generation: "2025-08" }),
    ));

  test("is switched on at the domain on servers of late 2025", () =>
    withWorld(async (world) => {
      // The oldest server with these fields is of this kind, and no generation of the emulator matches it.
      const added = (fields: object) => ({
        ...domainFields,
        scim_enabled: false,
        scim_base_url: null,
        scim_bearer_token: null,
        ...fields,
      });
      const answer = (method: string, body: object) =>
        world.emulator.faults.add({ kind: "status", method, path: /\/domains\//, status: 200, body });
      answer("POST", added({}));
      const base = "https://posthog.test/scim/v2/1";
      answer("PATCH", added({ scim_enabled: true, scim_base_url: base, scim_bearer_token: "once" }));
      const sso = world.resource("OrgSsoSettings");
      await sso.up(withScim);
      expect(sso.state).toMatchObject({ scimToken: "once", scimBaseUrl: base });
      answer("PATCH", added({}));
      await sso.up({ domain: "acme.com" });
      expect(sso.state.scimToken).toBeUndefined();
      expect(writes(world).filter((request) => request.startsWith("PATCH"))).toHaveLength(2);
    }, withoutSession));
});

const domainFields = {
  id: "018f0000-0000-4000-8000-0000000000d1",
  domain: "acme.com",
  is_verified: false,
  verified_at: null,
  verification_challenge: "challenge",
  jit_provisioning_enabled: false,
  sso_enforcement: "",
  has_saml: false,
  saml_entity_id: null,
  saml_acs_url: null,
  saml_x509_cert: null,
};
