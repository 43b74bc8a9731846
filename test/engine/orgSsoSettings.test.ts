import { SYSTEM } from "../../emulator";
import { currentCertificate } from "../fixtures/sso/certificates";
import { plain } from "../fixtures/sso/metadata";
import { acmeWorld } from "../support/seeds";
import { changesOf, javascript, withStack } from "./harness";

const saml = JSON.stringify({
  entityId: "https://idp.acme.com/entity",
  ssoUrl: "https://idp.acme.com/sso",
  x509Cert: currentCertificate,
});
const program = (args: string): string => `
  const sso = new posthog.OrgSsoSettings("sso", ${args});
  exports.record = sso.challengeRecordName;
  exports.challenge = sso.challengeRecordValue;
  exports.enforced = sso.enforceSso;
  exports.verified = sso.isVerified;
  exports.token = sso.scimToken;
`;
const acme = (over = ""): string => `{ domain: "acme.com", saml: ${saml}, enforcement: "saml", ${over} }`;

test("single sign-on goes from a new domain to enforcement in two runs, drifts, is created again, and is destroyed", () =>
  withStack(program(acme()), async (stack, emulator) => {
    const domain = () => emulator.store.domains.all()[0];
    expect(changesOf(await stack.preview())).toEqual(["create sso"]);
    await stack.up();
    const first = await stack.outputs();
    expect(first).toMatchObject({ verified: false, enforced: false });
    emulator.publishDns(String(first.record), String(first.challenge));
    const pending = await stack.preview();
    expect(changesOf(pending)).toEqual(["update sso"]);
    // SCIM is off, so there is no token that could change.
    expect(pending.text).not.toMatch(/[+~] token\b/);
    await stack.up();
    expect(await stack.outputs()).toMatchObject({ verified: true, enforced: true });
    await stack.preview({ flags: ["--expect-no-changes"] });

    for (const [args, refusal] of [
      [
        '{ domain: "acme.com", enforcement: "saml" }',
        /saml: cannot be removed: people of the domain have to/,
      ],
      [acme('enforcement: "oidc"'), /nobody of acme\.com could sign in: this server shows no OpenID Connect/],
    ] as const) {
      await stack.setProgram(javascript(program(args)));
      expect((await stack.preview({ fails: true })).text).toMatch(refusal);
    }
    await stack.setProgram(javascript(program(acme())));

    emulator.store.domains.update(domain()?.id ?? "", { sso_enforcement: "" }, SYSTEM);
    await stack.preview({ flags: ["--refresh", "--expect-no-changes"], fails: true });
    await stack.refresh();
    expect(changesOf(await stack.up())).toEqual(["update sso: enforcement"]);
    expect(domain()).toMatchObject({ sso_enforcement: "saml" });

    emulator.store.domains.delete(domain()?.id ?? "", SYSTEM);
    await stack.refresh();
    expect(changesOf(await stack.up())).toEqual(["create sso"]);

    await stack.setProgram(javascript(program('{ domain: "acme.org" }')));
    expect(changesOf(await stack.up()).join()).toMatch(/replace/);
    await stack.destroy();
    expect(emulator.store.domains.size).toBe(0);
    expect(emulator.store.identityProviders.size).toBe(0);
  }));

const providerText = `exports.handler = () => ({
  create: async (inputs) => ({ id: "app", outs: { ...inputs, metadata: ${JSON.stringify(plain)} } }),
})`;

/** An identity provider's resource, whose metadata is known once it is created. */
const identityProvider = `
  class Application extends pulumi.CustomResource {
    constructor(name) {
      super("pulumi-nodejs:dynamic/idp:Application", name, { metadata: undefined, __provider: ${JSON.stringify(providerText)} });
    }
  }
`;

test("the identity provider's metadata may come from its own resource in the same stack, unknown in the preview", () =>
  withStack(
    `${identityProvider}
     const application = new Application("application");
     ${program('{ domain: "acme.com", saml: { metadataXml: application.metadata }, scim: { enabled: true } }')}
     exports.configured = sso.samlConfigured;`,
    async (stack) => {
      expect(changesOf(await stack.preview())).toEqual(["create application", "create sso"]);
      await stack.up();
      expect(await stack.outputs()).toMatchObject({ configured: true, token: "[secret]" });
      const { token } = await stack.outputs({ showSecrets: true });
      expect(await stack.exportText()).not.toContain(String(token));
      await stack.preview({ flags: ["--expect-no-changes"] });
    },
  ));

test("an existing domain is found by its name and adopted, and invalid metadata stops the preview", () =>
  withStack(
    'exports.verified = posthog.OrgSsoSettings.get("found", "acme.com").isVerified;',
    async (stack, emulator) => {
      const headers = { Authorization: `Bearer ${emulator.apiKey}`, "Content-Type": "application/json" };
      const url = `${emulator.url}/api/organizations/${emulator.organizationId}/domains/`;
      await fetch(url, { method: "POST", headers, body: JSON.stringify({ domain: "acme.com" }) });
      await stack.up();
      expect(await stack.outputs()).toEqual({ verified: false });
      await stack.setProgram(
        javascript(program('{ domain: "acme.com", adopt: true, saml: { metadataXml: "<html/>" } }')),
      );
      expect((await stack.preview({ fails: true })).text).toMatch(/saml\.metadataXml: /);
      await stack.setProgram(javascript(program('{ domain: "acme.com", adopt: true }')));
      expect((await stack.preview()).text).toMatch(/adopts org SSO settings/);
      await stack.up();
      expect(emulator.store.domains.size).toBe(1);
    },
  ));

test("sign-in methods that the server lacks are refused, and enforced once the server has them", () => {
  const ways = ["google-oauth2", "github", "gitlab", "oidc"];
  const domainOf = (way: string): string => `${way}.acme.com`;
  const signIns = ways.map(
    (way) =>
      `new posthog.OrganizationDomain("${way}", { domain: "${domainOf(way)}", signInOnly: true, enforcement: "${way}" });`,
  );
  const domains = ways.map((way) => ({ domain: domainOf(way), verified: true }));
  return withStack(
    signIns.join("\n"),
    async (stack, emulator) => {
      const enforced = () => emulator.store.domains.all().map((row) => row.sso_enforcement);
      // The engine stops at a preview's first error.
      const preview = await stack.preview({ fails: true });
      expect(preview.text).toMatch(/is not set up on this server|this server shows no OpenID Connect/);
      await stack.setConfig({ "posthog:preflight": "false" });
      const refused = await stack.up({ fails: true, flags: ["--continue-on-error"] });
      for (const way of ways.slice(0, 3))
        expect(refused.text).toContain(`${way} is not set up on this server`);
      expect(refused.text).toMatch(/nobody of oidc\.acme\.com could sign in: this server shows no OpenID/);
      expect(new Set(enforced())).toEqual(new Set([""]));

      const available = Object.fromEntries(ways.map((way) => [way, true]));
      const body = { cloud: false, available_social_auth_providers: available };
      const remove = emulator.faults.add({
        kind: "status",
        status: 200,
        body,
        path: "/_preflight",
        times: 99,
      });
      await stack.setConfig({ "posthog:preflight": "true" });
      const { text } = await stack.up();
      expect(text).toMatch(/github\.acme\.com can then sign in with github only/);
      expect(enforced().sort()).toEqual([...ways].sort());
      remove();
      // Doctor and review report a server that lost a way to sign in; the way out stays open.
      await stack.preview({ flags: ["--expect-no-changes"] });
      await stack.destroy();
      expect(new Set(enforced())).toEqual(new Set([""]));
    },
    { emulator: { cloud: false, seed: acmeWorld({ organization: { domains } }).emulator.seed } },
  );
});
