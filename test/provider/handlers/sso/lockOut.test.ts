import { SYSTEM } from "../../../../emulator";
import { unknownValue } from "../../../../provider/engine/unknown";
import { asNobody, at } from "../../../emulator/support";
import { currentCertificate, longerCertificate } from "../../../fixtures/sso/certificates";
import { type World, withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const saml = {
  entityId: "https://idp.acme.com/entity",
  ssoUrl: "https://idp.acme.com/sso",
  x509Cert: currentCertificate,
};
const domains = [
  { domain: "acme.com", verified: true },
  { domain: "acme.de", verified: true },
];
const first = { name: "First", domains: ["acme.com"], saml };
const second = { name: "Second", domains: ["acme.com", "acme.de"] };

/** Whether people of acme.com, which enforces SAML, can sign in. */
async function canSignIn({ emulator }: World): Promise<unknown> {
  const answer = await asNobody(emulator).post("/api/login/precheck/", { email: "ann@acme.com" });
  expect(at(answer, "sso_enforcement")).toBe("saml");
  return at(answer, "saml_available");
}

/** A domain whose people must sign in through a provider. */
const enforced = (generation: "2026-07" | "current", body: (world: World) => Promise<void>): Promise<void> =>
  withWorld(
    async (world) => {
      await world.resource("IdentityProvider", "first").up(first);
      const { store } = world.emulator;
      const [{ id = "" } = {}] = store.domains.where("domain", "acme.com");
      store.domains.update(id, { sso_enforcement: "saml" }, SYSTEM);
      world.run();
      await body(world);
    },
    acmeWorld({ generation, organization: { domains } }),
  );

const withoutSaml: [string, object][] = [
  ["neither SAML nor SCIM", {}],
  ["SCIM only", { scim: { enabled: true } }],
];

describe("an identity provider that takes over a domain with enforced SAML", () => {
  const refusal =
    /acme\.com have to sign in with SAML, and it would take the place of their provider without any[\s\S]*Declare saml here too/;

  test.each(withoutSaml)("is refused with %s if a domain links to one provider", (_, over) =>
    enforced("2026-07", async (world) => {
      const provider = world.resource("IdentityProvider", "second");
      expect((await provider.refusals({ ...second, ...over })).join()).toMatch(refusal);
      world.run({ preflight: "false" });
      await expect(provider.up({ ...second, ...over })).rejects.toThrow(refusal);
      expect(await canSignIn(world)).toBe(true);
      world.run();
      await provider.up({ ...second, ...over, domains: ["acme.de"] });
      expect((await provider.refusals({ ...second, ...over })).join()).toMatch(refusal);
      const later = { ...second, ...over, saml: { ...saml, x509Cert: unknownValue } };
      expect(await provider.refusals(later)).toEqual([]);
    }),
  );

  test.each(withoutSaml)("keeps sign-in working with %s if each protocol has its own provider", (_, over) =>
    enforced("current", async (world) => {
      const provider = world.resource("IdentityProvider", "second");
      await provider.up({ ...second, ...over });
      expect(await canSignIn(world)).toBe(true);
      world.run();
      await provider.destroy();
      expect(await canSignIn(world)).toBe(true);
    }),
  );

  test("takes over sign-in with SAML of its own; then only the first one can be deleted", () =>
    enforced("2026-07", async (world) => {
      const provider = world.resource("IdentityProvider", "second");
      await provider.up({ ...second, saml: { ...saml, x509Cert: longerCertificate } });
      await world.resource("IdentityProvider", "first").destroy();
      expect(await canSignIn(world)).toBe(true);
      await expect(provider.destroy()).rejects.toThrow(/have to sign in with SAML through it/);
    }));
});

test.each(["2026-07", "current"] as const)(
  "adopting a provider for fewer domains is refused while one of them enforces SAML (%s)",
  (generation) =>
    enforced(generation, async (world) => {
      const adopted = { ...first, domains: ["acme.de"], adopt: true };
      const provider = world.resource("IdentityProvider", "adopted");
      expect((await provider.refusals(adopted)).join()).toMatch(
        /^domains: .*people of acme\.com have to sign in with SAML through it/,
      );
      world.run({ preflight: "false" });
      await expect(provider.up(adopted)).rejects.toThrow(/have to sign in with SAML through it/);
      expect(await canSignIn(world)).toBe(true);
    }),
);

test.each(["2026-07", "current"] as const)(
  "a domain that enforces SAML while another provider takes it over without any keeps a way to sign in (%s)",
  (generation) =>
    withWorld(
      async (world) => {
        await world.resource("IdentityProvider", "first").up(first);
        world.run();
        const enforcing = { domain: "acme.com", enforcement: "saml", adopt: true };
        const ended = await Promise.allSettled([
          world.resource("IdentityProvider", "second").up(second),
          world.resource("OrganizationDomain").up(enforcing),
        ]);
        expect(ended.map(({ status }) => status).sort()).toEqual(
          generation === "current" ? ["fulfilled", "fulfilled"] : ["fulfilled", "rejected"],
        );
        const [domain] = world.emulator.store.domains.where("domain", "acme.com");
        if (domain?.sso_enforcement === "saml") expect(await canSignIn(world)).toBe(true);
        else expect(generation).toBe("2026-07");
      },
      acmeWorld({ generation, organization: { domains } }),
    ),
);
