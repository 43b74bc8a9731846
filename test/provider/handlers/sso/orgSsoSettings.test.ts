import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SYSTEM } from "../../../../emulator";
import { unknownValue } from "../../../../provider/engine/unknown";
import { currentCertificate, longerCertificate } from "../../../fixtures/sso/certificates";
import { body, plain } from "../../../fixtures/sso/metadata";
import { type World, withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const three = {
  entityId: "https://idp.acme.com/entity",
  ssoUrl: "https://idp.acme.com/sso",
  x509Cert: currentCertificate,
};
const args = { domain: "acme.com", saml: three, jitProvisioning: true, enforcement: "saml" };
const generations = ["old", "mid", "new"] as const;

const domainOf = ({ emulator }: World) =>
  emulator.store.domains.all().find(({ domain }) => domain === "acme.com");

/** Publishes the DNS record in the resource's outputs. */
function publish(world: World, state: Record<string, unknown>): void {
  world.emulator.publishDns(String(state.challengeRecordName), String(state.challengeRecordValue));
}

const writes = ({ requests }: World): string[] => requests().filter((request) => !request.startsWith("GET"));

describe.each(generations)("single sign-on of a domain on a server of the generation %s", (generation) => {
  const options = acmeWorld({ generation });

  test("waits for the DNS record, continues in the next run, and then does not change", () =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      await sso.up(args);
      expect(sso.state).toMatchObject({
        isVerified: false,
        enforceSso: false,
        samlConfigured: true,
        challengeRecordName: "_posthog-challenge.acme.com",
        challengeRecordValue: expect.stringMatching(/^\S{20,}$/),
        spEntityId: world.emulator.url,
        spAcsUrl: `${world.emulator.url}/complete/saml/`,
        relayState: expect.any(String),
        memberCount: 4,
        enforcement: "off",
      });
      expect(world.messages.join()).toMatch(/publish the TXT record _posthog-challenge\.acme\.com/);
      publish(world, sso.state);
      world.run();
      expect((await sso.diff(args)).changes).toBe(true);
      await sso.up(args);
      expect(sso.state).toMatchObject({
        isVerified: true,
        enforceSso: true,
        enforcement: "saml",
        jitProvisioning: true,
      });
      expect(domainOf(world)).toMatchObject({ sso_enforcement: "saml", jit_provisioning_enabled: true });
      world.run();
      expect(await sso.diff(args)).toMatchObject({ changes: false });
      await sso.up(args);
      expect(writes(world)).toEqual([]);
      expect(world.emulator.ignoredFields).toEqual([]);
    }, options));

  test("never shows a RelayState that PostHog does not accept", () =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      await sso.up({ domain: "acme.com" });
      const domainId = domainOf(world)?.id;
      expect(sso.state.relayState).toBe(generation === "new" ? undefined : domainId);
      world.run();
      await sso.up({ domain: "acme.com", saml: three });
      const [provider] = world.emulator.store.identityProviders.all();
      expect(sso.state.relayState).toBe(generation === "new" ? provider?.saml_relay_state : domainId);
    }, options));

  test("shows every managed field as drift, and corrects it", () =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      await sso.up({ ...args, enforcement: "off" });
      publish(world, sso.state);
      world.run();
      await sso.up(args);
      world.emulator.store.domains.update(
        domainOf(world)?.id ?? "",
        { sso_enforcement: "", jit_provisioning_enabled: false },
        SYSTEM,
      );
      world.run();
      const observed = await sso.refresh();
      expect(observed?.inputs).toMatchObject({ enforcement: "off", jitProvisioning: false, saml: three });
      await sso.up(args);
      expect(domainOf(world)).toMatchObject({ sso_enforcement: "saml", jit_provisioning_enabled: true });
    }, options));

  test("gets a renewed certificate in place, without switching enforcement off", () =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      await sso.up(args);
      publish(world, sso.state);
      world.run();
      await sso.up(args);
      const renewed = { ...args, saml: { ...three, x509Cert: longerCertificate } };
      world.run();
      expect(await sso.diff(renewed)).toMatchObject({ changes: true, replaces: [] });
      const expires = sso.state.certificateExpiresAt;
      await sso.up(renewed);
      expect(sso.state.certificateExpiresAt).not.toBe(expires);
      expect(writes(world)).toHaveLength(1);
    }, options));

  test("keeps SAML while it is enforced, and says so in the preview", () =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      await sso.up(args);
      publish(world, sso.state);
      world.run();
      await sso.up(args);
      const without = { domain: "acme.com", enforcement: "saml" };
      world.run();
      expect(await sso.refusals(without)).toEqual([expect.stringMatching(/^saml: cannot be removed/)]);
      world.run({ preflight: "false" });
      await expect(sso.up(without)).rejects.toThrow(/removing SAML from acme\.com was refused/);
      expect(writes(world)).toEqual([]);
      world.run();
      await sso.up({ domain: "acme.com", enforcement: "google-oauth2" });
      expect(domainOf(world)).toMatchObject({ sso_enforcement: "google-oauth2" });
      expect(sso.state.samlConfigured).toBe(false);
      expect(writes(world)[0]).toMatch(/^PATCH \/domains/);
    }, options));

  test("is destroyed in reverse order", () =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      const scim = generation === "old" ? undefined : { enabled: true };
      await sso.up({ ...args, scim });
      publish(world, sso.state);
      world.run();
      await sso.up({ ...args, scim });
      const { id, state, inputs } = sso;
      world.run();
      await sso.destroy();
      expect(world.emulator.store.domains.size).toBe(0);
      expect(world.emulator.store.identityProviders.size).toBe(0);
      expect(writes(world)[0]).toMatch(/^PATCH \/domains/);
      expect(writes(world).at(-1)).toMatch(/^DELETE \/domains/);
      sso.remember(id, state, inputs);
      world.run();
      await sso.destroy();
    }, options));

  test("is adopted by its domain", () =>
    withWorld(async (world) => {
      const first = world.resource("OrgSsoSettings", "first");
      await first.up({ domain: "acme.com", saml: three });
      world.run();
      const sso = world.resource("OrgSsoSettings");
      expect((await sso.refusals({ domain: "acme.com", saml: three })).join()).toMatch(/already exists/);
      world.run();
      await sso.up({ domain: "acme.com", saml: three, adopt: true });
      expect(sso.id).toBe(first.id);
      expect(
        writes(world).filter((request) => !request.endsWith("/verify") && !request.includes("/login")),
      ).toEqual([]);
    }, options));

  test.each(["dropAfter", "dropBefore"] as const)(
    "creates one domain and one provider when responses are lost (%s)",
    (kind) =>
      withWorld(async (world) => {
        world.emulator.faults.add({ kind, method: "POST", path: /\/domains\/?$/ });
        world.emulator.faults.add({ kind, method: "POST", path: /\/identity_provider_configs\/?$/ });
        await world.resource("OrgSsoSettings").up({ domain: "acme.com", saml: three });
        expect(world.emulator.store.domains.size).toBe(1);
        expect(world.emulator.store.identityProviders.size).toBe(generation === "old" ? 0 : 1);
      }, options),
  );
});

describe("the source of the SAML values", () => {
  test("may be the provider's metadata, which is no drift", () =>
    withWorld(async ({ resource, run }) => {
      const sso = resource("OrgSsoSettings");
      const declared = { domain: "acme.com", saml: { metadataXml: plain } };
      await sso.up(declared);
      expect(sso.state.samlConfigured).toBe(true);
      run();
      expect((await sso.refresh())?.inputs).toEqual(declared);
    }));

  describe("may be an address", () => {
    let xml = plain;
    const server = createServer((_, response) => response.end(xml));
    beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
    afterAll(() => {
      server.close();
      server.closeAllConnections();
    });

    test("which is read again on refresh and shows a renewed certificate", () =>
      withWorld(async ({ resource, run }) => {
        const sso = resource("OrgSsoSettings");
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`;
        const declared = { domain: "acme.com", saml: { metadataUrl: url } };
        await sso.up(declared);
        run();
        expect((await sso.refresh())?.inputs).toEqual(declared);
        xml = plain.replace(body(currentCertificate), body(longerCertificate));
        expect(xml).not.toBe(plain);
        run();
        expect((await sso.refresh())?.inputs.saml).not.toEqual(declared.saml);
        expect((await sso.diff(declared)).changes).toBe(true);
        await sso.up(declared);
        run();
        expect((await sso.refresh())?.inputs).toEqual(declared);
      }));
  });

  test("may be an address that does not answer: the preview says so, and it is no drift", () =>
    withWorld(async ({ resource }) => {
      const declared = { domain: "acme.com", saml: { metadataUrl: "http://127.0.0.1:9/metadata" } };
      expect((await resource("OrgSsoSettings").refusals(declared)).join()).toMatch(
        /reading the SAML metadata from 127\.0\.0\.1:9\/metadata failed/,
      );
    }));

  test("may be unknown in a preview", () =>
    withWorld(async ({ resource }) => {
      const sso = resource("OrgSsoSettings");
      expect(await sso.refusals({ domain: "acme.com", saml: { metadataXml: unknownValue } })).toEqual([]);
      expect(await sso.refusals({ domain: "acme.com", saml: unknownValue })).toEqual([]);
    }));
});

describe("enforcement does not lock people out", () => {
  const verified = (organization: object = {}) =>
    acmeWorld({ organization: { domains: [{ domain: "acme.com", verified: true }], ...organization } });

  test("by enforcing SAML that is not set up", () =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      const declared = { domain: "acme.com", enforcement: "saml", adopt: true };
      expect((await sso.refusals(declared)).join()).toMatch(
        /^enforcement: nobody of acme\.com could sign in: SAML is not set up/,
      );
      world.run({ preflight: "false" });
      await expect(sso.up(declared)).rejects.toThrow(/nobody of acme\.com could sign in/);
      expect(domainOf(world)?.sso_enforcement).toBe("");
    }, verified()));

  test("by changing a provider that serves other domains too", () =>
    withWorld(
      async ({ resource }) => {
        await expect(
          resource("OrgSsoSettings").up({
            domain: "acme.com",
            saml: { ...three, ssoUrl: "https://other.acme.com/sso" },
            adopt: true,
          }),
        ).rejects.toThrow(/of acme\.com also serves labs\.acme\.com/);
      },
      verified({
        domains: [
          { domain: "acme.com", verified: true },
          { domain: "labs.acme.com", verified: true },
        ],
        identityProviders: [
          {
            name: "Okta",
            configScope: "saml",
            domainScope: "selected",
            domains: ["acme.com", "labs.acme.com"],
            samlEntityId: three.entityId,
            samlAcsUrl: three.ssoUrl,
            samlX509Cert: three.x509Cert,
          },
        ],
      }),
    ));

  test("silently, when every admin is on the domain", () =>
    withWorld(
      async ({ resource, messages }) => {
        await resource("OrgSsoSettings").refusals({ ...args, domain: "acme.test", adopt: true });
        expect(messages.join()).toMatch(/every admin and owner has an address of acme\.test/);
        expect(messages.join()).toMatch(/posthog:email is an address of acme\.test/);
      },
      acmeWorld({ organization: { domains: [{ domain: "acme.test", verified: true }] } }),
    ));

  test("by an enforcement that the plan would ignore", () =>
    withWorld(
      async ({ resource }) => {
        expect((await resource("OrgSsoSettings").refusals(args)).join()).toMatch(
          /does not include "saml"[\s\S]*does not include "sso_enforcement"/,
        );
      },
      verified({ features: ["automatic_provisioning"] }),
    ));
});

describe("waiting for verification", () => {
  test(
    "checks repeatedly until the record exists",
    () =>
      withWorld(async (world) => {
        const sso = world.resource("OrgSsoSettings");
        await sso.up({ domain: "acme.com" });
        setTimeout(() => publish(world, sso.state), 300);
        world.run();
        await sso.up({ ...args, waitForVerification: 7 });
        expect(sso.state).toMatchObject({ isVerified: true, enforceSso: true });
      }),
    15_000,
  );

  test("without a session leaves verification to a person, and continues afterwards", () =>
    withWorld(
      async (world) => {
        const sso = world.resource("OrgSsoSettings");
        await sso.up(args);
        expect(writes(world).filter((request) => request.endsWith("/verify"))).toEqual([]);
        world.emulator.store.domains.update(
          domainOf(world)?.id ?? "",
          { verified_at: world.emulator.store.timestamp() },
          SYSTEM,
        );
        world.run();
        await sso.refresh();
        await sso.up(args);
        expect(sso.state).toMatchObject({ isVerified: true, enforceSso: true });
      },
      { config: { email: undefined, password: undefined } },
    ));
});

describe("a preview", () => {
  const saml = (over: object) => ({ domain: "acme.com", saml: { ...three, ...over } });
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["an upper-case domain", { domain: "Acme.com" }, /^domain: must be in lower case: acme\.com/],
    ["a malformed domain", { domain: "acme" }, /^domain: must be a domain/],
    [
      "an address instead of a domain",
      { domain: "https://acme.com/" },
      /^domain: must be the domain alone: acme\.com/,
    ],
    [
      "an unknown enforcement",
      { domain: "acme.com", enforcement: "okta" },
      /^enforcement: must be off, saml/,
    ],
    [
      "broken XML",
      { domain: "acme.com", saml: { metadataXml: "<EntityDescriptor" } },
      /^saml\.metadataXml: /,
    ],
    [
      "XML that is no SAML metadata",
      { domain: "acme.com", saml: { metadataXml: "<html><body/></html>" } },
      /^saml\.metadataXml: .*html/,
    ],
    [
      "two certificates in one value",
      saml({ x509Cert: body(currentCertificate) + body(longerCertificate) }),
      /^saml\.x509Cert: .*exactly one/,
    ],
    [
      "a fingerprint that is none",
      { domain: "acme.com", saml: { metadataXml: plain, certificate: "AB:CD" } },
      /^saml\.certificate: must be "auto" or the SHA-256 fingerprint/,
    ],
    [
      "a fingerprint that the metadata does not list",
      { domain: "acme.com", saml: { metadataXml: plain, certificate: "ab".repeat(32) } },
      /^saml\.metadataXml: saml\.certificate is none of the metadata's certificates: SHA-256/,
    ],
    [
      "a fingerprint besides a certificate",
      saml({ certificate: "ab".repeat(32) }),
      /^saml\.certificate: chooses among the certificates of metadata/,
    ],
    ["an unreadable certificate", saml({ x509Cert: "not a certificate" }), /^saml\.x509Cert: /],
    ["two sources at once", saml({ metadataXml: plain }), /^saml: declare exactly one of/],
    ["no source", { domain: "acme.com", saml: {} }, /^saml: declare exactly one of/],
    ["an incomplete one", { domain: "acme.com", saml: { entityId: "x" } }, /^saml\.ssoUrl: is required/],
    [
      "a sign-in address without https",
      saml({ ssoUrl: "http://idp.acme.com" }),
      /^saml\.ssoUrl: must begin with https/,
    ],
    ["an unknown argument", { domain: "acme.com", enforcment: "saml" }, /^enforcment: .*enforcement/],
    ["a wrong type", { domain: "acme.com", scim: true }, /^scim: /],
    [
      "a wait that is too long",
      { domain: "acme.com", waitForVerification: 86_400 },
      /^waitForVerification: /,
    ],
  ];
  test.each(bad)("refuses %s before any request, and quotes no content", (_, wrong, message) =>
    withWorld(async ({ resource, requests }) => {
      const refusals = (await resource("OrgSsoSettings").refusals(wrong)).join("\n");
      expect(refusals).toMatch(message);
      expect(refusals).not.toContain(body(currentCertificate).slice(0, 40));
      expect(requests()).toEqual([]);
    }),
  );

  test("refuses a member's key", () =>
    withWorld(
      async ({ resource }) => {
        expect((await resource("OrgSsoSettings").refusals(args)).join()).toMatch(/level admin/);
      },
      acmeWorld({ caller: "analyst@acme.test" }),
    ));

  test("refuses a second resource for the same domain, naming both", () =>
    withWorld(async ({ resource }) => {
      await resource("OrgSsoSettings", "one").refusals(args);
      expect((await resource("OrgSsoSettings", "two").refusals(args)).join()).toMatch(
        /"two" and OrgSsoSettings "one"/,
      );
    }));
});

test("a domain that another organization owns is refused by PostHog, and the error says so", () =>
  withWorld(
    async ({ resource }) => {
      await expect(resource("OrgSsoSettings").up({ domain: "taken.com" })).rejects.toThrow(
        /adding the domain taken\.com failed: PostHog answered 400 unique/,
      );
    },
    (() => {
      const world = acmeWorld();
      const other = {
        name: "Other",
        members: [{ email: "owner@acme.test", level: "owner" as const }],
        domains: [{ domain: "taken.com" }],
      };
      return {
        emulator: {
          seed: { ...world.emulator.seed, organizations: [...world.emulator.seed.organizations, other] },
        },
        config: world.config,
      };
    })(),
  ));
