import { SYSTEM } from "../../../../emulator";
import { unknownValue } from "../../../../provider/engine/unknown";
import { currentCertificate } from "../../../fixtures/sso/certificates";
import { type World, withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const saml = {
  entityId: "https://idp.acme.com/entity",
  ssoUrl: "https://idp.acme.com/sso",
  x509Cert: currentCertificate,
};
const plain = { domain: "acme.com" };
const generations = ["old", "mid", "new"] as const;
const verified = { organization: { domains: [{ domain: "acme.com", verified: true }] } };

const domainOf = ({ emulator }: World) => emulator.store.domains.where("domain", "acme.com")[0];
const writes = ({ requests }: World): string[] => requests().filter((request) => !request.startsWith("GET"));

function publish(world: World, state: Record<string, unknown>): void {
  world.emulator.publishDns(String(state.challengeRecordName), String(state.challengeRecordValue));
}

describe.each(generations)("a domain on a server of the generation %s", (generation) => {
  const options = acmeWorld({ generation });

  test("is added, shows its DNS record, and is verified in a run after the record exists", () =>
    withWorld(async (world) => {
      const domain = world.resource("OrganizationDomain");
      await domain.up(plain);
      expect(domain.id).toBe(domainOf(world)?.id);
      expect(domain.state).toMatchObject({
        domainId: domain.id,
        isVerified: false,
        enforceSso: false,
        challengeRecordName: "_posthog-challenge.acme.com",
        challengeRecordValue: expect.stringMatching(/^\S{20,}$/),
      });
      publish(world, domain.state);
      world.run();
      expect((await domain.diff(plain)).changes).toBe(false);
      await domain.up({ ...plain, waitForVerification: 5 });
      expect(domain.state.isVerified).toBe(true);
      expect(world.emulator.ignoredFields).toEqual([]);
    }, options));

  test.each(["dropAfter", "spoilAfter", "truncate"] as const)(
    "is verified in the same run or the next one after a lost response: %s",
    (kind) =>
      withWorld(async (world) => {
        const domain = world.resource("OrganizationDomain");
        await domain.up(plain);
        publish(world, domain.state);
        world.run();
        world.emulator.faults.add({ kind, method: "POST", path: /verify/ });
        const waiting = { ...plain, waitForVerification: 5 };
        await domain.up(waiting).catch(() => undefined);
        expect(world.emulator.faults.pending).toBe(0);
        world.run();
        await domain.up(waiting);
        expect(domain.state.isVerified).toBe(true);
        expect((await domain.diff(waiting)).changes).toBe(false);
      }, options),
  );

  test("adds people who sign in, which shows as drift when it is switched off by hand", () =>
    withWorld(
      async (world) => {
        const domain = world.resource("OrganizationDomain");
        const declared = { ...plain, jitProvisioning: true, enforcement: "google-oauth2" };
        await domain.up({ ...declared, adopt: true });
        expect(domainOf(world)).toMatchObject({
          jit_provisioning_enabled: true,
          sso_enforcement: "google-oauth2",
        });
        expect(writes(world)).toHaveLength(1);
        world.emulator.store.domains.update(domain.id, { jit_provisioning_enabled: false }, SYSTEM);
        world.run();
        expect((await domain.refresh())?.inputs).toMatchObject({ jitProvisioning: false });
        await domain.up({ ...declared, adopt: true });
        expect(domainOf(world)?.jit_provisioning_enabled).toBe(true);
      },
      acmeWorld({ generation, ...verified }),
    ));

  test("switches off what is no longer declared", () =>
    withWorld(
      async (world) => {
        const domain = world.resource("OrganizationDomain");
        await domain.up({ ...plain, adopt: true, jitProvisioning: true, enforcement: "github" });
        world.run();
        await domain.up({ ...plain, adopt: true });
        expect(domainOf(world)).toMatchObject({ jit_provisioning_enabled: false, sso_enforcement: "" });
      },
      acmeWorld({ generation, ...verified }),
    ));

  test("is created once when the response is lost, and deleted with its enforcement off first", () =>
    withWorld(async (world) => {
      world.emulator.faults.add({ kind: "dropAfter", method: "POST", path: /\/domains\/?$/ });
      const domain = world.resource("OrganizationDomain");
      await domain.up(plain);
      expect(world.emulator.store.domains.size).toBe(1);
      publish(world, domain.state);
      world.run();
      await domain.up({ ...plain, enforcement: "github" });
      const { id, state, inputs } = domain;
      world.run();
      await domain.destroy();
      expect(writes(world)).toEqual([`PATCH /domains/${id}`, `DELETE /domains/${id}`]);
      domain.remember(id, state, inputs);
      world.run();
      await domain.destroy();
    }, options));
});

describe("the sign-in of a domain as a resource of its own", () => {
  const signIn = { ...plain, signInOnly: true, jitProvisioning: true };

  test("is set after the record and the provider, so that one run is enough", () =>
    withWorld(async (world) => {
      const domain = world.resource("OrganizationDomain", "acme");
      await domain.up(plain);
      publish(world, domain.state);
      await world.resource("IdentityProvider").up({ name: "Okta", domains: ["acme.com"], saml });
      const later = world.resource("OrganizationDomain", "sign-in");
      await later.up({ ...signIn, enforcement: "saml", waitForVerification: 60 });
      expect(later.id).toBe(domain.id);
      expect(later.state).toMatchObject({ isVerified: true, enforceSso: true, enforcement: "saml" });
      expect(domainOf(world)).toMatchObject({ sso_enforcement: "saml", jit_provisioning_enabled: true });
      world.run();
      expect((await domain.diff(plain)).changes).toBe(false);
      expect((await later.diff({ ...signIn, enforcement: "saml", waitForVerification: 60 })).changes).toBe(
        false,
      );
      await later.destroy();
      expect(domainOf(world)).toMatchObject({ sso_enforcement: "", jit_provisioning_enabled: false });
    }));

  test("keeps what it does not declare", () =>
    withWorld(async (world) => {
      const later = world.resource("OrganizationDomain", "sign-in");
      await later.up({ ...plain, signInOnly: true, enforcement: "github" });
      world.emulator.store.domains.update(
        domainOf(world)?.id ?? "",
        { jit_provisioning_enabled: true },
        SYSTEM,
      );
      world.run();
      await later.destroy();
      expect(domainOf(world)).toMatchObject({ sso_enforcement: "", jit_provisioning_enabled: true });
    }, acmeWorld(verified)));

  test("does not conflict with the domain unless both declare the sign-in", () =>
    withWorld(async ({ resource }) => {
      expect(await resource("OrganizationDomain", "acme").refusals(plain)).toEqual([]);
      expect(await resource("OrganizationDomain", "sign-in").refusals(signIn)).toEqual([]);
      expect(
        (await resource("OrganizationDomain", "acme").refusals({ ...plain, enforcement: "off" })).join(),
      ).toMatch(/"acme" and OrganizationDomain "sign-in" manage the same thing/);
    }));

  test("names what is missing when nothing adds the domain", () =>
    withWorld(async ({ resource }) => {
      await expect(resource("OrganizationDomain").up({ ...signIn, domain: "acme.con" })).rejects.toThrow(
        /acme\.con is not a domain of the organization[\s\S]*nearest domain is acme\.com/,
      );
    }, acmeWorld(verified)));

  test("is a different resource from the domain", () =>
    withWorld(async ({ resource }) => {
      const domain = resource("OrganizationDomain");
      await domain.up(plain);
      expect((await domain.diff({ ...plain, signInOnly: false })).changes).toBe(false);
      expect((await domain.diff({ ...plain, signInOnly: true })).replaces).toEqual(["signInOnly"]);
    }));
});

test("a domain that waits is checked in every run until anyone has verified it", () =>
  withWorld(async (world) => {
    const domain = world.resource("OrganizationDomain");
    const waiting = { ...plain, waitForVerification: 1 };
    await domain.up(waiting);
    world.run();
    expect((await domain.diff(waiting)).changes).toBe(true);
    expect(world.messages.join()).toMatch(/is not verified yet; the update checks the DNS record again/);
    const verified_at = world.emulator.store.timestamp();
    world.emulator.store.domains.update(domain.id, { verified_at }, SYSTEM);
    world.run();
    expect((await domain.diff(waiting)).changes).toBe(false);
  }));

describe("a domain does not lock people out", () => {
  test("when it enforces SAML that is not set up: the preview warns, the update refuses", () =>
    withWorld(async (world) => {
      const domain = world.resource("OrganizationDomain");
      const declared = { ...plain, adopt: true, enforcement: "saml" };
      expect(await domain.refusals(declared)).toEqual([]);
      expect(world.messages.join()).toMatch(
        /warning: .*nobody of acme\.com can sign in with SAML yet: the update is refused unless an IdentityProvider/,
      );
      await expect(domain.up(declared)).rejects.toThrow(
        /nobody of acme\.com could sign in: SAML is not set up/,
      );
      expect(domainOf(world)?.sso_enforcement).toBe("");
    }, acmeWorld(verified)));

  test("when the plan would ignore the enforcement", () =>
    withWorld(
      async ({ resource }) => {
        expect(
          (await resource("OrganizationDomain").refusals({ ...plain, enforcement: "github" })).join(),
        ).toMatch(/does not include "sso_enforcement"/);
      },
      acmeWorld({ organization: { features: ["automatic_provisioning"] } }),
    ));
});

describe("a preview of a domain", () => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["no domain", {}, /^domain: is required/],
    ["an upper-case domain", { domain: "Acme.com" }, /^domain: must be in lower case: acme\.com/],
    ["an address", { domain: "https://acme.com" }, /^domain: must be the domain alone: acme\.com/],
    ["an unknown enforcement", { ...plain, enforcement: "okta" }, /^enforcement: must be off, saml/],
    ["a wait that is too long", { ...plain, waitForVerification: 3601 }, /^waitForVerification: must be/],
    ["text for a switch", { ...plain, jitProvisioning: "yes" }, /^jitProvisioning: /],
    ["text for the other switch", { ...plain, signInOnly: "yes" }, /^signInOnly: must be true or false/],
    ["an argument of the provider", { ...plain, saml }, /^saml: unknown argument/],
  ];
  test.each(bad)("refuses %s before any request", (_, wrong, message) =>
    withWorld(async ({ resource, requests }) => {
      expect((await resource("OrganizationDomain").refusals(wrong)).join("\n")).toMatch(message);
      expect(requests()).toEqual([]);
    }),
  );

  test("says that enforcement waits for the record, and what it needs", () =>
    withWorld(
      async ({ resource, messages }) => {
        const declared = { ...plain, enforcement: "saml", waitForVerification: 60 };
        expect(await resource("OrganizationDomain").refusals(declared)).toEqual([]);
        expect(messages.join("\n")).toMatch(/publish the TXT record _posthog-challenge\.acme\.com/);
        expect(messages.join("\n")).toMatch(/warning: .*waitForVerification has no effect without a session/);
      },
      { config: { email: undefined, password: undefined } },
    ));

  test("refuses a domain that the plan does not include on PostHog Cloud", () =>
    withWorld(
      async ({ resource, run }) => {
        const domain = resource("OrganizationDomain");
        expect(await domain.refusals(plain)).toEqual([
          expect.stringMatching(
            /^domain: .*lacks automatic_provisioning, which PostHog Cloud requires to add a domain\n {2}fix: /,
          ),
        ]);
        run({ preflight: "false" });
        await expect(domain.up(plain)).rejects.toThrow(
          /adding the domain acme\.com failed: PostHog answered 403[\s\S]*plan does not include/,
        );
      },
      acmeWorld({ organization: { features: ["saml"] } }),
    ));

  test("leaves domains to every plan on other servers", () => {
    const { emulator, config } = acmeWorld({ organization: { features: ["saml"] } });
    return withWorld(
      async ({ resource, messages }) => {
        await resource("OrganizationDomain").up(plain);
        expect(messages.join()).not.toContain("plan");
      },
      { emulator: { ...emulator, cloud: false }, config },
    );
  });

  test("shows what it adopts and what changes on it", () =>
    withWorld(async ({ resource, messages, run }) => {
      expect((await resource("OrganizationDomain").refusals(plain)).join()).toMatch(/already exists/);
      run();
      await resource("OrganizationDomain").refusals({ ...plain, jitProvisioning: true, adopt: true });
      expect(messages.join()).toMatch(/adopts organization domain .*; changes jitProvisioning/);
    }, acmeWorld(verified)));

  test("accepts a domain that is not known yet", () =>
    withWorld(async ({ resource }) => {
      expect(await resource("OrganizationDomain").refusals({ domain: unknownValue })).toEqual([]);
    }));
});

test("a domain is read by its name or its id", () =>
  withWorld(async (world) => {
    const found = await world.resource("OrganizationDomain").get("acme.com");
    expect(found.outputs).toMatchObject({ domain: "acme.com", isVerified: true, jitProvisioning: false });
    expect((await world.resource("OrganizationDomain").get(found.id)).id).toBe(found.id);
    await expect(world.resource("OrganizationDomain").get("acme.org")).rejects.toThrow(
      /there is no OrganizationDomain with the id "acme\.org"/,
    );
  }, acmeWorld(verified)));

test("a refresh removes a domain that was deleted by hand", () =>
  withWorld(async ({ emulator, resource, run }) => {
    const domain = resource("OrganizationDomain");
    await domain.up(plain);
    emulator.store.domains.delete(domain.id, SYSTEM);
    run();
    expect(await domain.refresh()).toBeUndefined();
  }));

describe("enforcement that the server does not have", () => {
  const verified = (cloud: boolean) => {
    const { emulator, ...rest } = acmeWorld({
      organization: { domains: [{ domain: "acme.com", verified: true }] },
    });
    return { ...rest, emulator: { ...emulator, cloud } };
  };
  const kinds = ["OrganizationDomain", "OrgSsoSettings"];

  test.each(kinds.flatMap((kind) => ["google-oauth2", "github", "gitlab", "oidc"].map((way) => [kind, way])))(
    "is refused by %s for %s, in the preview and without one",
    (kind, enforcement) =>
      withWorld(async (world) => {
        const declared = { domain: "acme.com", enforcement, adopt: true };
        const why =
          enforcement === "oidc" ? /nobody of acme\.com could sign in/ : /is not set up on this server/;
        expect((await world.resource(kind).refusals(declared)).join()).toMatch(why);
        world.run({ preflight: "false" });
        await expect(world.resource(kind).up(declared)).rejects.toThrow(why);
        expect(world.emulator.store.domains.all()[0]?.sso_enforcement).toBe("");
      }, verified(false)),
  );

  test.each(kinds)("is accepted for %s if it is set up", (kind) =>
    withWorld(async (world) => {
      await world.resource(kind).up({ domain: "acme.com", enforcement: "github", adopt: true });
      expect(world.emulator.store.domains.all()[0]?.sso_enforcement).toBe("github");
      expect(world.messages.join()).toMatch(/with github only/);
    }, verified(true)),
  );
});

test.each(["OrganizationDomain", "OrgSsoSettings"])(
  "%s shows the reason for its change once in each preview while the domain waits for verification",
  (kind) =>
    withWorld(async (world) => {
      const it = world.resource(kind);
      const declared = { domain: "acme.com", jitProvisioning: true };
      const said = () => world.messages.filter((line) => line.includes("waits for verification"));
      await it.up(declared);
      expect(said()).toEqual([expect.stringContaining("TXT record _posthog-challenge.acme.com")]);
      for (const args of [declared, { ...declared, enforcement: "github" }, declared]) {
        world.run();
        expect(await it.refusals(args)).toEqual([]);
        expect((await it.diff(args)).changes).toBe(true);
        expect(said()).toHaveLength(1);
      }
      world.emulator.publishDns(String(it.state.challengeRecordName), String(it.state.challengeRecordValue));
      world.run();
      await it.up(declared);
      world.run();
      expect((await it.diff(declared)).changes).toBe(false);
      expect(said()).toEqual([]);
    }),
);
