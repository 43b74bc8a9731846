import { type SeedInput, SYSTEM } from "../../../../emulator";
import { currentCertificate } from "../../../fixtures/sso/certificates";
import { type Driven, type World, withWorld } from "../../../support/driver";
import { opens } from "../../../support/scim";
import { acmeWorld } from "../../../support/seeds";

const saml = {
  entityId: "https://idp.acme.com/entity",
  ssoUrl: "https://idp.acme.com/sso",
  x509Cert: currentCertificate,
};
const values = { samlEntityId: "https://old.acme.com", samlAcsUrl: "https://old.acme.com/sso" };
const args = { domain: "acme.com", saml, scim: { enabled: true } };

const providersOf = ({ emulator }: World) => emulator.store.identityProviders.all();
const idsOf = (world: World) => providersOf(world).map(({ id }) => id);
const writes = ({ requests }: World): string[] => requests().filter((request) => !request.startsWith("GET"));

/** Deletes every domain as someone would in PostHog's settings. */
function deleteByHand({ emulator }: World): void {
  for (const { id } of emulator.store.domains.all()) emulator.store.domains.delete(id, SYSTEM);
}

/** Another run, whose refresh does not find the domain and removes the resource from the state. */
async function forgetGone(world: World, sso: Driven): Promise<void> {
  world.run();
  expect(await sso.refresh()).toBeUndefined();
  sso.remember("", {}, {});
}

describe.each(["old", "mid", "new"] as const)(
  "a domain that was deleted by hand on a server of the generation %s",
  (generation) => {
    const options = acmeWorld({ generation });
    // Servers of 2025 have no SCIM.
    const hasScim = generation !== "old";
    const args = { domain: "acme.com", saml, ...(hasScim ? { scim: { enabled: true } } : {}) };

    test("is created again with the provider that it left behind", () =>
      withWorld(async (world) => {
        const sso = world.resource("OrgSsoSettings");
        await sso.up(args);
        const before = idsOf(world);
        const { scimToken } = sso.state;
        deleteByHand(world);
        await forgetGone(world, sso);
        world.run();
        await sso.up(args);
        expect(idsOf(world)).toEqual(before);
        expect(sso.state).toMatchObject({ samlConfigured: true, saml });
        expect(typeof sso.state.scimToken).toBe(hasScim ? "string" : "undefined");
        if (hasScim) expect(sso.state.scimToken).not.toBe(scimToken);
        expect(writes(world).filter((request) => request === "POST /identity_provider_configs")).toEqual([]);
        world.run();
        await sso.destroy();
        expect(idsOf(world)).toEqual([]);
      }, options));

    test("is destroyed with everything that it left behind", () =>
      withWorld(async (world) => {
        const sso = world.resource("OrgSsoSettings");
        await sso.up(args);
        deleteByHand(world);
        world.run();
        await sso.destroy();
        expect(idsOf(world)).toEqual([]);
      }, options));
  },
);

describe.each(["mid", "new"] as const)("a provider on a server of the generation %s", (generation) => {
  const isNew = generation === "new";
  const name = isNew ? "acme.com SAML" : "acme.com";
  type Provider = NonNullable<SeedInput["organizations"][number]["identityProviders"]>[number];
  const left = (over: Partial<Provider> = {}): Provider => ({
    name,
    ...(isNew ? ({ configScope: "saml", domainScope: "selected" } as const) : {}),
    ...values,
    ...over,
  });
  const seeded = (identityProviders: Provider[], domains: { domain: string }[] = []) =>
    acmeWorld({ generation, organization: { identityProviders, domains } });

  test("that is adopted shows in the preview, and has only what is declared", () =>
    withWorld(
      async (world) => {
        const [provider] = providersOf(world);
        const sso = world.resource("OrgSsoSettings");
        await sso.up({ domain: "acme.com", saml });
        expect(world.messages.join()).toContain(`adopts the identity provider "${name}"`);
        expect(providersOf(world)).toMatchObject([{ id: provider?.id, saml_entity_id: saml.entityId }]);
        expect(sso.state).toMatchObject({ samlProviderId: provider?.id, samlConfigured: true });
        world.run();
        expect((await sso.diff({ domain: "acme.com", saml })).changes).toBe(false);
      },
      seeded([left()]),
    ));

  test("of that name for a different domain is kept", () =>
    withWorld(
      async (world) => {
        const before = providersOf(world);
        const sso = world.resource("OrgSsoSettings");
        await sso.up({ domain: "acme.com", saml });
        expect(world.messages.join()).not.toContain("takes over");
        expect(providersOf(world)).toHaveLength(2);
        await sso.destroy();
        expect(providersOf(world)).toEqual(before);
      },
      seeded([left({ domains: ["labs.acme.com"] })], [{ domain: "labs.acme.com" }]),
    ));

  const foreign: [string, Partial<Provider>][] = [
    ["another name", { name: "Okta" }],
    ["the same name in other letters", { name: name.toUpperCase().replace("SAML", "saml") }],
    ...(isNew ? ([["another kind", { configScope: "scim" }]] as [string, Partial<Provider>][]) : []),
    ...(isNew ? ([["no kind", { configScope: undefined }]] as [string, Partial<Provider>][]) : []),
  ];
  test.each(foreign)("without domains, but with %s, is kept", (_, over) =>
    withWorld(
      async (world) => {
        const [before] = providersOf(world);
        const sso = world.resource("OrgSsoSettings");
        await sso.up({ domain: "acme.com", saml });
        expect(providersOf(world)).toHaveLength(2);
        await sso.destroy();
        expect(providersOf(world)).toEqual([before]);
      },
      seeded([left(over)]),
    ),
  );

  test("is the one with the first id of several, and destroying deletes all of them", () =>
    withWorld(
      async (world) => {
        const sso = world.resource("OrgSsoSettings");
        await sso.up({ domain: "acme.com", saml });
        expect(sso.state.samlProviderId).toBe("018f0000-0000-4000-8000-0000000000a1");
        expect(providersOf(world)).toHaveLength(2);
        world.run();
        await sso.destroy();
        expect(providersOf(world)).toEqual([]);
      },
      seeded([
        left({ id: "018f0000-0000-4000-8000-0000000000b2" }),
        left({ id: "018f0000-0000-4000-8000-0000000000a1" }),
      ]),
    ));

  test("whose SCIM is adopted gets a token that works, and the earlier token stops working", () =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      await sso.up(args);
      const old = sso.state.scimToken;
      deleteByHand(world);
      await forgetGone(world, sso);
      // The response to the third change contains the token.
      const path = /\/identity_provider_configs\//;
      world.emulator.faults.add({ kind: "dropAfter", method: "PATCH", path, skip: 2 });
      await sso.up(args);
      expect(opens(world, sso.state.scimToken)).toBe(true);
      expect(opens(world, old)).toBe(false);
    }, acmeWorld({ generation })));

  test("is adopted without the SCIM and SAML that are no longer declared", () =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      await sso.up(args);
      deleteByHand(world);
      await forgetGone(world, sso);
      await sso.up({ domain: "acme.com", scim: { enabled: true } });
      expect(sso.state).toMatchObject({ samlConfigured: false, scimToken: expect.any(String) });
      deleteByHand(world);
      await forgetGone(world, sso);
      await sso.up({ domain: "acme.com", saml });
      expect(sso.state.samlConfigured).toBe(true);
      expect(sso.state.scimToken).toBeUndefined();
      expect((await sso.refresh())?.inputs).toEqual({ domain: "acme.com", saml });
    }, acmeWorld({ generation })));
});

describe("destroying after the domain was deleted by hand", () => {
  test("removes a provider whose id is in state, whatever its name", () =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      await sso.up({ domain: "acme.com", saml });
      const [provider] = providersOf(world);
      world.emulator.store.identityProviders.update(provider?.id ?? "", { name: "Okta" }, SYSTEM);
      deleteByHand(world);
      world.run();
      await sso.destroy();
      expect(providersOf(world)).toEqual([]);
    }));

  test("removes a provider by its name if the state has no ids", () =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      await sso.up({ domain: "acme.com", saml });
      const { samlProviderId: _, ...older } = sso.state;
      deleteByHand(world);
      sso.remember(sso.id, older, sso.inputs);
      world.run();
      await sso.destroy();
      expect(providersOf(world)).toEqual([]);
    }));

  test("keeps a provider that now serves a different domain", () =>
    withWorld(
      async (world) => {
        const sso = world.resource("OrgSsoSettings");
        await sso.up({ domain: "acme.com", saml });
        const [provider] = providersOf(world);
        const { domains, identityProviders } = world.emulator.store;
        const labs = domains.where("domain", "labs.acme.com")[0]?.id ?? "";
        identityProviders.update(provider?.id ?? "", { organization_domain_ids: [labs] }, SYSTEM);
        domains.delete(sso.id, SYSTEM);
        world.run();
        await sso.destroy();
        expect(providersOf(world)).toHaveLength(1);
        expect(writes(world)).toEqual([]);
      },
      acmeWorld({ organization: { domains: [{ domain: "labs.acme.com" }] } }),
    ));

  test("keeps what the resource did not manage", () =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      await sso.up({ domain: "acme.com", saml });
      sso.remember(sso.id, { ...sso.state, saml: undefined }, { domain: "acme.com" });
      deleteByHand(world);
      world.run();
      await sso.destroy();
      expect(providersOf(world)).toHaveLength(1);
      expect(writes(world)).toEqual([]);
    }));
});
