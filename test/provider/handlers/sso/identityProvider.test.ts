import { SYSTEM } from "../../../../emulator";
import { unknownValue } from "../../../../provider/engine/unknown";
import { asNobody, at } from "../../../emulator/support";
import { currentCertificate, longerCertificate } from "../../../fixtures/sso/certificates";
import { plain as metadataXml } from "../../../fixtures/sso/metadata";
import { type World, withWorld } from "../../../support/driver";
import { opens } from "../../../support/scim";
import { acmeWorld } from "../../../support/seeds";

const saml = {
  entityId: "https://idp.acme.com/entity",
  ssoUrl: "https://idp.acme.com/sso",
  x509Cert: currentCertificate,
};
const okta = { name: "Okta", domains: ["acme.com"], saml };
const withScim = { ...okta, scim: { enabled: true } };
const twoDomains = {
  organization: {
    domains: [
      { domain: "acme.com", verified: true },
      { domain: "acme.de", verified: true },
    ],
  },
};

const providersOf = ({ emulator }: World) => emulator.store.identityProviders.all();
const domainOf = ({ emulator }: World, name = "acme.com") => emulator.store.domains.where("domain", name)[0];
const writes = ({ requests }: World): string[] => requests().filter((request) => !request.startsWith("GET"));

/** The RelayState that PostHog accepts: the provider's on the newest servers, the domain's on older ones. */
const relayOf = (world: World, generation: string, domain = "acme.com") =>
  generation === "mid" ? domainOf(world, domain)?.id : providersOf(world)[0]?.saml_relay_state;

/** The domains whose people can use SAML, according to PostHog's sign-in. */
async function samlDomains({ emulator }: World): Promise<string[]> {
  const domains = ["acme.com", "acme.de"];
  const open = await Promise.all(
    domains.map(async (domain) => {
      const email = `ann@${domain}`;
      return at(await asNobody(emulator).post("/api/login/precheck/", { email }), "saml_available");
    }),
  );
  return domains.filter((_, index) => open[index]);
}

describe.each(["mid", "new"] as const)(
  "an identity provider on a server of the generation %s",
  (generation) => {
    const options = acmeWorld({ generation, ...twoDomains });

    test("shows the RelayState of each of its domains", () =>
      withWorld(async (world) => {
        const provider = world.resource("IdentityProvider");
        await provider.up({ ...okta, domains: ["acme.com", "acme.de"] });
        expect(provider.state.relayStates).toEqual({
          "acme.com": relayOf(world, generation),
          "acme.de": relayOf(world, generation, "acme.de"),
        });
        expect(provider.state.relayState).toBe(generation === "mid" ? undefined : relayOf(world, generation));
      }, options));

    test("is created without values, which are added later and can be removed again", () =>
      withWorld(async (world) => {
        const provider = world.resource("IdentityProvider");
        const bare = { name: "Okta", domains: ["acme.com"] };
        await provider.up(bare);
        const id = provider.id;
        expect(providersOf(world)).toMatchObject([{ id, name: "Okta", saml_entity_id: null }]);
        expect(provider.state).toMatchObject({
          relayState: relayOf(world, generation),
          samlConfigured: false,
          samlProviderId: id,
        });
        for (const declared of [bare, okta, bare]) {
          await provider.up(declared);
          world.run();
          await provider.refresh();
          expect((await provider.diff(declared)).changes).toBe(false);
          expect(provider.state).toMatchObject({ samlConfigured: declared === okta, samlProviderId: id });
          expect(providersOf(world)).toHaveLength(1);
        }
        expect((await world.resource("IdentityProvider", "again").refusals(bare)).join()).toMatch(
          /already exists/,
        );
        await provider.destroy();
        expect(providersOf(world)).toEqual([]);
      }, options));

    test("serves its domains, and does not change in the next run", () =>
      withWorld(async (world) => {
        const provider = world.resource("IdentityProvider");
        await provider.up(okta);
        expect(await samlDomains(world)).toEqual(["acme.com"]);
        expect(provider.state).toMatchObject({
          spEntityId: world.emulator.url,
          spAcsUrl: `${world.emulator.url}/complete/saml/`,
          relayState: relayOf(world, generation),
          relayStates: { "acme.com": relayOf(world, generation) },
          samlConfigured: true,
          certificateExpiresAt: expect.any(String),
          samlProviderId: provider.id,
        });
        world.run();
        expect((await provider.refresh())?.inputs).toEqual(okta);
        expect((await provider.diff(okta)).changes).toBe(false);
        await provider.up(okta);
        expect(writes(world)).toEqual([]);
        expect(world.emulator.ignoredFields).toEqual([]);
      }, options));

    test("adds and removes domains, in any order of the list", () =>
      withWorld(async (world) => {
        const provider = world.resource("IdentityProvider");
        await provider.up({ ...okta, domains: ["acme.de", "acme.com"] });
        expect(await samlDomains(world)).toEqual(["acme.com", "acme.de"]);
        expect((await provider.diff({ ...okta, domains: ["acme.com", "acme.de"] })).changes).toBe(false);
        world.run();
        await provider.up({ ...okta, domains: ["acme.de"] });
        // A server of mid 2026 needs an extra step, so that the domain keeps no copy of the provider's settings.
        const [configs, domains] = ["/identity_provider_configs", "/domains"];
        expect(writes(world).map((request) => request.split("/", 2).join("/"))).toEqual(
          generation === "mid"
            ? [`POST ${configs}`, `PATCH ${domains}`, `PATCH ${domains}`, `DELETE ${configs}`]
            : [`PATCH ${configs}`],
        );
        expect(await samlDomains(world)).toEqual(["acme.de"]);
        await provider.up({ ...okta, domains: [] });
        expect(await samlDomains(world)).toEqual([]);
      }, options));

    test("is renamed and gets a renewed certificate in place", () =>
      withWorld(async (world) => {
        const provider = world.resource("IdentityProvider");
        await provider.up(okta);
        const expires = provider.state.certificateExpiresAt;
        world.run();
        const renewed = { ...okta, name: "Okta EU", saml: { ...saml, x509Cert: longerCertificate } };
        expect(await provider.diff(renewed)).toMatchObject({ changes: true, replaces: [] });
        await provider.up(renewed);
        expect(provider.state.certificateExpiresAt).not.toBe(expires);
        expect(providersOf(world)).toMatchObject([{ name: "Okta EU" }]);
        expect(writes(world)).toHaveLength(1);
      }, options));

    test("provisions with a token that PostHog shows once, with or without SAML", () =>
      withWorld(async (world) => {
        const provider = world.resource("IdentityProvider");
        await provider.up(withScim);
        const { scimToken, scimBaseUrl } = provider.state;
        expect(opens(world, scimToken)).toBe(true);
        expect(scimBaseUrl).toMatch(/\/scim\/v2\/[0-9a-z-]{12,}$/);
        world.run();
        await provider.refresh();
        expect(provider.state.scimToken).toBe(scimToken);
        await provider.up({ ...withScim, scim: { enabled: false } });
        expect(provider.state).not.toHaveProperty("scimToken");
        await provider.up({ name: "Okta", domains: ["acme.com"], scim: { enabled: true } });
        expect(provider.state).toMatchObject({ samlConfigured: false, scimToken: expect.any(String) });
        expect(await samlDomains(world)).toEqual([]);
        expect(providersOf(world)).toHaveLength(1);
        await provider.destroy();
        expect(providersOf(world)).toEqual([]);
      }, options));

    test("shows every managed field as drift, and corrects it", () =>
      withWorld(async (world) => {
        const provider = world.resource("IdentityProvider");
        await provider.up(withScim);
        const { identityProviders, domains } = world.emulator.store;
        for (const { id } of providersOf(world)) {
          const fields = { name: "Renamed", saml_entity_id: "https://evil.test", scim_enabled: false };
          identityProviders.update(id, { ...fields, organization_domain_ids: [] }, SYSTEM);
        }
        domains.update(domainOf(world)?.id ?? "", { identity_provider_config: null }, SYSTEM);
        world.run();
        expect((await provider.refresh())?.inputs).toMatchObject({
          name: "Renamed",
          domains: [],
          saml: { entityId: "https://evil.test" },
          scim: { enabled: false },
        });
        await provider.up(withScim);
        world.run();
        expect((await provider.refresh())?.inputs).toEqual(withScim);
        expect(await samlDomains(world)).toEqual(["acme.com"]);
      }, options));

    test.each(["dropAfter", "dropBefore"] as const)(
      "is created once when responses are lost, and its token is known (%s)",
      (kind) =>
        withWorld(async (world) => {
          world.emulator.faults.add({
            kind,
            method: "POST",
            path: /\/identity_provider_configs\/?$/,
            times: 2,
          });
          const provider = world.resource("IdentityProvider");
          await provider.up(withScim);
          expect(providersOf(world)).toHaveLength(generation === "mid" ? 1 : 2);
          expect(opens(world, provider.state.scimToken)).toBe(true);
        }, options),
    );

    test("that was partly created is completed by the next run", () =>
      withWorld(async (world) => {
        const provider = world.resource("IdentityProvider");
        const body = { type: "validation_error", code: "invalid_input", detail: "Not now.", attr: null };
        const path = generation === "mid" ? /\/domains\/[^/]+\/?$/ : /\/identity_provider_configs\/?$/;
        const method = generation === "mid" ? "PATCH" : "POST";
        world.emulator.faults.add({
          kind: "status",
          status: 400,
          body,
          method,
          path,
          skip: generation === "mid" ? 0 : 1,
        });
        const failure: unknown = await provider.up(withScim).catch((error: unknown) => error);
        expect(failure).toMatchObject({
          id: providersOf(world)[0]?.id,
          properties: { samlProviderId: expect.any(String) },
        });
        const { id, properties } = failure as { id: string; properties: Record<string, unknown> };
        provider.remember(id, properties, withScim);
        world.run();
        await provider.up(withScim);
        expect(await samlDomains(world)).toEqual(["acme.com"]);
        expect(providersOf(world)).toHaveLength(generation === "mid" ? 1 : 2);
        expect(provider.state.scimToken).toEqual(expect.any(String));
      }, options));

    test("is refused if the name exists, and adopted with adopt: true", () =>
      withWorld(async (world) => {
        await world.resource("IdentityProvider", "first").up(withScim);
        world.run();
        const provider = world.resource("IdentityProvider");
        expect((await provider.refusals({ ...okta, name: "okta" })).join()).toMatch(/already exists/);
        world.run();
        await provider.up({ ...withScim, domains: ["acme.com", "acme.de"], adopt: true });
        expect(world.messages.join("\n")).toMatch(/adopts identity provider .*; changes domains/);
        expect(world.messages.join("\n")).toMatch(
          /warning: .*SCIM is already on, and PostHog shows its token only once/,
        );
        expect(provider.id).toBe(world.resource("IdentityProvider", "first").id);
        expect(provider.state).not.toHaveProperty("scimToken");
        expect(await samlDomains(world)).toEqual(["acme.com", "acme.de"]);
      }, options));

    test("keeps SCIM when only SAML is adopted", () =>
      withWorld(async (world) => {
        await world.resource("IdentityProvider", "first").up(withScim);
        world.run();
        const provider = world.resource("IdentityProvider");
        await provider.up({ ...okta, adopt: true });
        expect(providersOf(world).some(({ scim_enabled }) => scim_enabled)).toBe(true);
      }, options));

    test("shows as deleted when it was deleted by hand, and is found by id or name", () =>
      withWorld(async (world) => {
        const provider = world.resource("IdentityProvider");
        await provider.up(okta);
        world.run();
        for (const id of [provider.id, "Okta", "okta"]) {
          const { outputs } = await world.resource("IdentityProvider").get(id);
          expect(outputs).toMatchObject({ name: "Okta", domains: ["acme.com"], samlConfigured: true });
        }
        world.emulator.store.identityProviders.delete(provider.id, SYSTEM);
        world.run();
        expect(await provider.refresh()).toBeUndefined();
        await expect(world.resource("IdentityProvider").get("Okta")).rejects.toThrow(
          /there is no IdentityProvider/,
        );
      }, options));

    test("cannot lose SAML that a domain enforces, and the error has the fix", () =>
      withWorld(async (world) => {
        const provider = world.resource("IdentityProvider");
        await provider.up(withScim);
        world.emulator.store.domains.update(domainOf(world)?.id ?? "", { sso_enforcement: "saml" }, SYSTEM);
        world.run();
        const refusal = /people of acme\.com have to sign in with SAML through it[\s\S]*enforcement: "off"/;
        expect((await provider.refusals({ ...withScim, domains: ["acme.de"] })).join()).toMatch(refusal);
        const scimOnly = { name: "Okta", domains: ["acme.com"], scim: { enabled: true } };
        expect((await provider.refusals(scimOnly)).join()).toMatch(refusal);
        await expect(provider.destroy()).rejects.toThrow(refusal);
        world.run({ preflight: "false" });
        await expect(provider.up(scimOnly)).rejects.toThrow(refusal);
        expect(await samlDomains(world)).toEqual(["acme.com"]);
      }, options));
  },
);

describe("a server whose generation shows late", () => {
  test.each(["mid", "new"] as const)("gets its first provider before its first domain (%s)", (generation) =>
    withWorld(async (world) => {
      const provider = world.resource("IdentityProvider");
      await provider.up({ ...withScim, domains: [] });
      expect(providersOf(world)).toHaveLength(generation === "mid" ? 1 : 2);
      expect(provider.state).toMatchObject({ samlConfigured: true, scimToken: expect.any(String) });
    }, acmeWorld({ generation })),
  );

  test("of the oldest generation has no providers, and the preview and the update say so", () =>
    withWorld(
      async ({ resource, run }) => {
        const refusal = /no identity providers[\s\S]*on the domain itself[\s\S]*Use OrgSsoSettings/;
        expect((await resource("IdentityProvider").refusals(okta)).join()).toMatch(refusal);
        run({ preflight: "false" });
        await expect(resource("IdentityProvider").up(okta)).rejects.toThrow(refusal);
        await expect(resource("IdentityProvider").get("Okta")).rejects.toThrow(refusal);
      },
      acmeWorld({ generation: "old", ...twoDomains }),
    ));
});

describe("several providers", () => {
  const other = {
    name: "Entra",
    configScope: "saml" as const,
    domainScope: "selected" as const,
    domains: ["acme.com"],
    samlEntityId: saml.entityId,
    samlAcsUrl: saml.ssoUrl,
    samlX509Cert: saml.x509Cert,
  };
  const rivals = (over: object = {}) =>
    acmeWorld({ organization: { ...twoDomains.organization, identityProviders: [other], ...over } });

  test("of one domain give a warning before PostHog rejects the second one", () =>
    withWorld(async (world) => {
      const provider = world.resource("IdentityProvider");
      expect(await provider.refusals(okta)).toEqual([]);
      expect(world.messages.join()).toMatch(
        /acme\.com signs in through "Entra" now: remove the domain from that provider first/,
      );
      await expect(provider.up(okta)).rejects.toThrow(/overlaps with another SAML configuration/);
    }, rivals()));

  test("of one name give an error that lists them", () =>
    withWorld(
      async ({ resource }) => {
        expect((await resource("IdentityProvider").refusals({ ...okta, name: "Entra" })).join()).toMatch(
          /2 identity providers are named "Entra"\s+why: They are .*, .*\./,
        );
      },
      rivals({ identityProviders: [other, { ...other, domains: ["acme.de"] }] }),
    ));

  test("include one for every domain, which is limited to the declared ones once adopted", () =>
    withWorld(
      async (world) => {
        const provider = world.resource("IdentityProvider");
        await provider.up({ ...okta, name: "Entra", adopt: true });
        expect(await samlDomains(world)).toEqual(["acme.com"]);
        expect(world.messages.join()).toMatch(/changes domains/);
      },
      rivals({ identityProviders: [{ ...other, domainScope: "all" as const, domains: [] }] }),
    ));

  test("serving one domain are refused in one program, also with OrgSsoSettings", () =>
    withWorld(async ({ resource }) => {
      expect(await resource("IdentityProvider", "one").refusals(okta)).toEqual([]);
      expect((await resource("IdentityProvider", "two").refusals({ ...okta, name: "Entra" })).join()).toMatch(
        /IdentityProvider "two" and IdentityProvider "one" manage the same thing/,
      );
      expect((await resource("OrgSsoSettings", "sso").refusals({ domain: "acme.com", saml })).join()).toMatch(
        /OrgSsoSettings "sso" and IdentityProvider "one" manage the same thing/,
      );
    }, acmeWorld()));
});

describe("a preview of an identity provider", () => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["no name", { domains: [], saml }, /^name: is required/],
    ["an empty name", { ...okta, name: "" }, /^name: must not be empty/],
    ["a name that is too long", { ...okta, name: "x".repeat(256) }, /^name: must be at most 255/],
    ["missing domains", { name: "Okta", saml }, /^domains: is required/],
    [
      "a domain that is none",
      { ...okta, domains: ["acme.com", "Acme.de"] },
      /^domains\[1\]: must be in lower case/,
    ],
    [
      "a domain that is listed twice",
      { ...okta, domains: ["acme.com", "acme.com"] },
      /^domains\[1\]: lists acme\.com twice/,
    ],
    ["two sources of SAML", { ...okta, saml: { ...saml, metadataXml } }, /^saml: declare exactly one of/],
    ["a wrong type", { ...okta, scim: true }, /^scim: /],
    ["an argument of the domain", { ...okta, enforcement: "saml" }, /^enforcement: unknown argument/],
  ];
  test.each(bad)("refuses %s before any request", (_, wrong, message) =>
    withWorld(async ({ resource, requests }) => {
      expect((await resource("IdentityProvider").refusals(wrong)).join("\n")).toMatch(message);
      expect(requests()).toEqual([]);
    }),
  );

  test("warns of a domain that no resource adds, and the update names the nearest one", () =>
    withWorld(async ({ resource, messages }) => {
      const provider = resource("IdentityProvider");
      const declared = { ...okta, domains: ["acme.con"] };
      expect(await provider.refusals(declared)).toEqual([]);
      expect(messages.join()).toMatch(/warning: .*acme\.con is not a domain of the organization/);
      await expect(provider.up(declared)).rejects.toThrow(/nearest domain is acme\.com/);
    }, acmeWorld(twoDomains)));

  test("does not warn of a domain that the same program adds first", () =>
    withWorld(async ({ resource, messages }) => {
      await resource("OrganizationDomain").refusals({ domain: "acme.com" });
      messages.length = 0;
      expect(await resource("IdentityProvider").refusals(okta)).toEqual([]);
      expect(messages).toEqual([]);
    }));

  test("accepts values that are not known yet", () =>
    withWorld(async ({ resource }) => {
      const provider = resource("IdentityProvider");
      expect(await provider.refusals({ ...okta, domains: [unknownValue], saml: unknownValue })).toEqual([]);
      expect(await provider.refusals({ ...okta, saml: { metadataXml: unknownValue } })).toEqual([]);
    }, acmeWorld(twoDomains)));

  test("does not count SAML that is not known yet as removed", () =>
    withWorld(async (world) => {
      const provider = world.resource("IdentityProvider");
      await provider.up(okta);
      world.emulator.store.domains.update(domainOf(world)?.id ?? "", { sso_enforcement: "saml" }, SYSTEM);
      world.run();
      expect(await provider.refusals({ ...okta, saml: { metadataXml: unknownValue } })).toEqual([]);
    }, acmeWorld(twoDomains)));

  test("names the plan features that are missing", () =>
    withWorld(
      async ({ resource }) => {
        expect((await resource("IdentityProvider").refusals(withScim)).join()).toMatch(
          /does not include "saml"[\s\S]*does not include "scim"/,
        );
      },
      acmeWorld({ organization: { features: ["sso_enforcement"] } }),
    ));
});
