import { DEFAULT_SEED, SYSTEM } from "../../emulator";
import { currentCertificate } from "../fixtures/sso/certificates";
import { changesOf, javascript, withStack } from "./harness";

const saml = JSON.stringify({
  entityId: "https://idp.acme.com/entity",
  ssoUrl: "https://idp.acme.com/sso",
  x509Cert: currentCertificate,
});

/** A DNS record of the emulator as a resource, as with any DNS provider. */
const record = `
  class Record extends pulumi.CustomResource {
    constructor(name, args) {
      const call = 'const send = (inputs, more) => fetch(inputs.server + "/_emulator/dns", { method: "POST", ' +
        'headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name: inputs.name, ...more }) });';
      const provider = call + 'exports.handler = () => ({' +
        'create: async (inputs) => { await send(inputs, { txt: inputs.txt }); return { id: inputs.name, outs: inputs }; },' +
        'delete: async (id, inputs) => { await send(inputs, { withdraw: true }); } })';
      super("pulumi-nodejs:dynamic/dns:Record", name, { ...args, __provider: provider });
    }
  }
`;

const program = (over = ""): string => `${record}
  const domain = new posthog.OrganizationDomain("acme", { domain: "acme.com" });
  const txt = new Record("challenge", {
    server: new pulumi.Config("posthog").require("host"),
    name: domain.challengeRecordName,
    txt: domain.challengeRecordValue,
  });
  const provider = new posthog.IdentityProvider("okta", {
    name: "Okta", domains: [domain.domain], saml: ${saml}, scim: { enabled: true },
  });
  const signIn = new posthog.OrganizationDomain("acme-sign-in", {
    domain: domain.domain, signInOnly: true, waitForVerification: 60, jitProvisioning: true,
    enforcement: "saml", ${over}
  }, { dependsOn: [txt, provider] });
  exports.enforced = signIn.enforceSso;
  exports.token = provider.scimToken;
`;

test("one run goes from nothing to enforced sign-on, with the DNS record and the provider in between", () =>
  withStack(program(), async (stack, emulator) => {
    const domain = () => emulator.store.domains.all()[0];
    await stack.preview();
    await stack.up();
    expect(await stack.outputs()).toMatchObject({ enforced: true, token: "[secret]" });
    expect(domain()).toMatchObject({ sso_enforcement: "saml", jit_provisioning_enabled: true });
    await stack.preview({ flags: ["--expect-no-changes"] });

    emulator.store.domains.update(domain()?.id ?? "", { jit_provisioning_enabled: false }, SYSTEM);
    for (const { id } of emulator.store.identityProviders.all())
      emulator.store.identityProviders.update(id, { name: "Renamed" }, SYSTEM);
    await stack.refresh();
    expect(changesOf(await stack.up()).sort()).toEqual([
      "update acme-sign-in: jitProvisioning",
      "update okta: name",
    ]);
    expect(emulator.store.identityProviders.all()).toMatchObject([{ name: "Okta" }, { name: "Okta" }]);

    await stack.destroy();
    expect([emulator.store.domains.size, emulator.store.identityProviders.size]).toEqual([0, 0]);
  }));

test("a provider that was deleted manually is created again, found by its name, and adopted", () =>
  withStack(program('enforcement: "off"'), async (stack, emulator) => {
    await stack.up();
    for (const { id } of emulator.store.identityProviders.all())
      emulator.store.identityProviders.delete(id, SYSTEM);
    await stack.refresh();
    expect(changesOf(await stack.up())).toEqual(["create okta"]);

    // The provider is removed from the state but not deleted: it is the one to adopt.
    const state = await stack.exportState();
    const resources = (state.deployment.resources ?? []).filter(
      ({ urn }) => !/::(okta|acme-sign-in)$/.test(urn),
    );
    await stack.importState({ ...state, deployment: { ...state.deployment, resources } });
    await stack.setProgram(
      javascript(`${record}
        const found = posthog.IdentityProvider.get("found", "okta");
        const other = posthog.OrganizationDomain.get("found-domain", "acme.com");
        new posthog.IdentityProvider("adopted", {
          name: "Okta", domains: [other.domain], saml: ${saml}, scim: { enabled: true }, adopt: true,
        });
        new posthog.OrganizationDomain("acme", { domain: "acme.com" });
        exports.entity = found.saml.apply((saml) => saml.entityId);
        exports.verified = other.isVerified;
      `),
    );
    expect((await stack.preview()).text).toMatch(/adopts identity provider .*; changes nothing/);
    await stack.up();
    expect(await stack.outputs()).toEqual({ entity: "https://idp.acme.com/entity", verified: true });
    expect(emulator.store.identityProviders.size).toBe(2);
  }));

const globex = {
  name: "Globex",
  id: "018f0000-0000-4000-8000-0000000000f1",
  members: [{ email: "owner@acme.test", level: "owner" as const }],
};

test("removing SAML from a domain that enforces it is refused: changes in the preview, deletions before a write", () => {
  const changed = (provider: string): string => `${record}
    const domain = new posthog.OrganizationDomain("acme", { domain: "acme.com" });
    ${provider}
  `;
  const okta = (args: string): string =>
    changed(`new posthog.IdentityProvider("okta", { name: "Okta", ${args} });`);
  return withStack(
    okta(`domains: [domain.domain], saml: ${saml}`),
    async (stack, emulator) => {
      await stack.up();
      const [domain] = emulator.store.domains.all();
      const enforced = { verified_at: emulator.store.timestamp(), sso_enforcement: "saml" };
      emulator.store.domains.update(domain?.id ?? "", enforced, SYSTEM);
      emulator.clearRequests();
      const refusal =
        /was refused: people of acme\.com have to sign in with SAML[\s\S]*enforcement: "off" for acme\.com first/;

      for (const args of [`domains: [], saml: ${saml}`, "domains: [domain.domain]"]) {
        await stack.setProgram(javascript(okta(args)));
        expect((await stack.preview({ fails: true })).text).toMatch(refusal);
      }

      const elsewhere = `organizationId: "${globex.id}", domains: [], saml: ${saml}`;
      await stack.setProgram(javascript(okta(elsewhere)));
      expect((await stack.preview({ fails: true })).text).toMatch(refusal);

      await stack.setProgram(javascript(changed("")));
      expect(changesOf(await stack.preview())).toEqual(["delete okta"]);
      expect((await stack.up({ fails: true })).text).toMatch(refusal);
      expect((await stack.destroy({ fails: true })).text).toMatch(refusal);
      expect(
        emulator.requests.filter(({ method, path }) => method !== "GET" && !path.includes("login")),
      ).toEqual([]);

      emulator.store.domains.update(domain?.id ?? "", { sso_enforcement: "" }, SYSTEM);
      await stack.destroy();
      expect([emulator.store.domains.size, emulator.store.identityProviders.size]).toEqual([0, 0]);
    },
    { emulator: { seed: { ...DEFAULT_SEED, organizations: [...DEFAULT_SEED.organizations, globex] } } },
  );
});

/** A DNS record that is not visible to anyone yet. */
const slowRecord = `
  class SlowRecord extends pulumi.CustomResource {
    constructor(name, args) {
      const provider = 'exports.handler = () => ({ create: async (inputs) => ({ id: inputs.name, outs: inputs }) })';
      super("pulumi-nodejs:dynamic/dns:Record", name, { ...args, __provider: provider });
    }
  }
`;

test("while verification is pending, no preview shows the DNS record, and each says what it waits for", () =>
  withStack(
    `${slowRecord}
     const domains = {
       acme: new posthog.OrgSsoSettings("acme", { domain: "acme.com", saml: ${saml}, enforcement: "saml" }),
       labs: new posthog.OrganizationDomain("labs", { domain: "acme.org", jitProvisioning: true }),
     };
     exports.records = Object.entries(domains).map(([name, domain]) =>
       new SlowRecord(name + "-record", { name: domain.challengeRecordName, txt: domain.challengeRecordValue }).txt);
     exports.nested = { txt: domains.acme.challengeRecordValue };`,
    async (stack) => {
      await stack.up();
      for (const round of ["first", "second"]) {
        const preview = await stack.preview();
        expect({ round, changes: changesOf(preview).sort() }).toEqual({
          round,
          changes: ["update acme", "update labs"],
        });
        expect(
          preview.text.match(/waits for verification: publish the TXT record/g)?.length,
        ).toBeGreaterThanOrEqual(2);
      }
    },
  ));
