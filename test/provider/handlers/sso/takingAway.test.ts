import { SYSTEM } from "../../../../emulator";
import { asNobody, at } from "../../../emulator/support";
import { currentCertificate } from "../../../fixtures/sso/certificates";
import { type Driven, type World, withWorld } from "../../../support/driver";
import { scimStatus } from "../../../support/scim";
import { acmeWorld } from "../../../support/seeds";

const saml = {
  entityId: "https://idp.acme.com/entity",
  ssoUrl: "https://idp.acme.com/sso",
  x509Cert: currentCertificate,
};
const scim = { enabled: true };

/** What the server still holds, in providers and in the copies of domains. */
interface Left {
  readonly saml: boolean;
  readonly scim: boolean;
  readonly providers: readonly string[];
}

/** One way to remove something, and what should be left of it. */
interface Way {
  readonly way: string;
  act(world: World, resource: Driven): Promise<void>;
  /** By default nothing. */
  left?(generation: string): Partial<Left>;
}

const nothing: Left = { saml: false, scim: false, providers: [] };

function leftIn({ emulator: { store } }: World): Left {
  const rows = [...store.identityProviders.all(), ...store.domains.all()];
  return {
    saml: rows.some((row) => Boolean(row.saml_entity_id || row.saml_acs_url || row.saml_x509_cert)),
    scim: rows.some((row) => row.scim_enabled || row.scim_token_hash !== null),
    providers: store.identityProviders.all().map(({ name }) => name),
  };
}

/** Changes every remaining domain, as someone would in PostHog's settings. */
async function changeDomains({ emulator }: World): Promise<void> {
  for (const { id, jit_provisioning_enabled } of emulator.store.domains.all()) {
    const answer = await fetch(`${emulator.url}/api/organizations/@current/domains/${id}/`, {
      method: "PATCH",
      headers: { Authorization: `Bearer ${emulator.apiKey}`, "Content-Type": "application/json" },
      body: JSON.stringify({ jit_provisioning_enabled: !jit_provisioning_enabled }),
    });
    expect(answer.status).toBe(200);
  }
}

/** Expects only what should be left; nothing comes back, and the old token is rejected. */
async function expectLeft(world: World, left: Left, { scimBaseUrl, scimToken }: Driven["state"]) {
  expect(leftIn(world)).toEqual(left);
  await changeDomains(world);
  expect(leftIn(world)).toEqual(left);
  if (left.scim) expect(await scimStatus(scimBaseUrl, scimToken)).toBe(200);
  else expect(await scimStatus(scimBaseUrl, scimToken)).not.toBe(200);
}

const deleteProvidersByHand = ({ emulator: { store } }: World) => {
  for (const { id } of store.identityProviders.all()) store.identityProviders.delete(id, SYSTEM);
};
const deleteDomainsByHand = ({ emulator: { store } }: World) => {
  for (const { id } of store.domains.all()) store.domains.delete(id, SYSTEM);
};

describe.each(["2026-07", "current"] as const)("OrgSsoSettings on a server of %s", (generation) => {
  const domain = "acme.com";
  const named = (protocol: "SAML" | "SCIM") =>
    ({ "2026-07": [domain], current: [`${domain} ${protocol}`] })[generation];
  const ways: Way[] = [
    {
      way: "saml is removed",
      act: (_, sso) => sso.up({ domain, scim }).then(() => undefined),
      left: () => ({ scim: true, providers: named("SCIM") }),
    },
    {
      way: "scim is switched off",
      act: (_, sso) => sso.up({ domain, saml, scim: { enabled: false } }).then(() => undefined),
      left: () => ({ saml: true, providers: named("SAML") }),
    },
    {
      way: "scim is removed",
      act: (_, sso) => sso.up({ domain, saml }).then(() => undefined),
      left: () => ({ saml: true, providers: named("SAML") }),
    },
    { way: "saml and scim are removed", act: (_, sso) => sso.up({ domain }).then(() => undefined) },
    {
      way: "saml is removed and scim switched off",
      act: (_, sso) => sso.up({ domain, scim: { enabled: false } }).then(() => undefined),
    },
    { way: "it is destroyed", act: (_, sso) => sso.destroy() },
    {
      way: "it is replaced by one for another domain",
      async act(world, sso) {
        await world.resource("OrgSsoSettings", "successor").up({ domain: "acme.de" });
        await sso.leave();
        deleteDomainsByHand(world);
      },
    },
    {
      way: "its domain is deleted by hand and it is destroyed",
      async act(world, sso) {
        deleteDomainsByHand(world);
        world.run();
        await sso.destroy();
      },
    },
    {
      way: "its providers are deleted by hand and it is destroyed",
      async act(world, sso) {
        deleteProvidersByHand(world);
        world.run();
        await sso.destroy();
      },
    },
    {
      way: "its providers are deleted by hand, saml and scim are removed, and provisioning changes",
      async act(world, sso) {
        deleteProvidersByHand(world);
        world.run();
        await sso.up({ domain, jitProvisioning: true });
      },
    },
  ];

  test.each(ways)("leaves nothing behind when $way", ({ act, left }) =>
    withWorld(async (world) => {
      const sso = world.resource("OrgSsoSettings");
      await sso.up({ domain, saml, scim });
      const { challengeRecordName, challengeRecordValue } = sso.state;
      world.emulator.publishDns(String(challengeRecordName), String(challengeRecordValue));
      await sso.up({ domain, saml, scim });
      await sso.refresh();
      const before = sso.state;
      expect(await scimStatus(before.scimBaseUrl, before.scimToken)).toBe(200);
      world.run();
      await act(world, sso);
      await expectLeft(world, { ...nothing, ...left?.(generation) }, before);
      expect(world.emulator.ignoredFields).toEqual([]);
    }, acmeWorld({ generation })),
  );
});

/** Whether PostHog offers SAML to people of acme.com. */
async function offersSaml({ emulator }: World): Promise<unknown> {
  return at(
    await asNobody(emulator).post("/api/login/precheck/", { email: "ann@acme.com" }),
    "saml_available",
  );
}

// Such a server has neither SCIM nor identity providers, so only SAML can be removed.
describe("OrgSsoSettings on a server of 2025-08", () => {
  const ways: Way[] = [
    { way: "saml is removed", act: (_, sso) => sso.up({ domain: "acme.com" }).then(() => undefined) },
    { way: "it is destroyed", act: (_, sso) => sso.destroy() },
    {
      way: "it is replaced by one for another domain",
      async act(world, sso) {
        await world.resource("OrgSsoSettings", "successor").up({ domain: "acme.de" });
        await sso.leave();
      },
    },
    {
      way: "its domain is deleted by hand and it is destroyed",
      async act(world, sso) {
        deleteDomainsByHand(world);
        world.run();
        await sso.destroy();
      },
    },
  ];

  test.each(ways)("leaves nothing behind when $way", ({ act }) =>
    withWorld(
      async (world) => {
        const sso = world.resource("OrgSsoSettings");
        await sso.up({ domain: "acme.com", saml });
        const { challengeRecordName, challengeRecordValue } = sso.state;
        world.emulator.publishDns(String(challengeRecordName), String(challengeRecordValue));
        await sso.up({ domain: "acme.com", saml });
        expect(await offersSaml(world)).toBe(true);
        world.run();
        await act(world, sso);
        expect(leftIn(world)).toEqual(nothing);
        expect(await offersSaml(world)).toBe(false);
      },
      acmeWorld({ generation: "2025-08" }),
    ),
  );
});

const twoDomains = {
  organization: {
    domains: [
      { domain: "acme.com", verified: true },
      { domain: "acme.de", verified: true },
    ],
  },
};

describe.each(["2026-07", "current"] as const)("IdentityProvider on a server of %s", (generation) => {
  const args = { name: "Okta", domains: ["acme.com"], saml, scim };
  const objects = generation === "current" ? ["Okta", "Okta"] : ["Okta"];
  const ways: Way[] = [
    {
      way: "saml is removed",
      act: (_, provider) => provider.up({ ...args, saml: undefined }).then(() => undefined),
      left: () => ({ scim: true, providers: ["Okta"] }),
    },
    {
      way: "scim is switched off",
      act: (_, provider) => provider.up({ ...args, scim: { enabled: false } }).then(() => undefined),
      left: () => ({ saml: true, providers: ["Okta"] }),
    },
    {
      way: "scim is removed",
      act: (_, provider) => provider.up({ ...args, scim: undefined }).then(() => undefined),
      left: () => ({ saml: true, providers: ["Okta"] }),
    },
    { way: "it is destroyed", act: (_, provider) => provider.destroy() },
    {
      way: "it is deleted by hand and destroyed",
      async act(world, provider) {
        deleteProvidersByHand(world);
        world.run();
        await provider.destroy();
      },
    },
    {
      way: "its domain is deleted by hand and it is destroyed",
      async act(world, provider) {
        deleteDomainsByHand(world);
        world.run();
        await provider.destroy();
      },
    },
  ];

  test.each(ways)("leaves nothing behind when $way", ({ act, left }) =>
    withWorld(
      async (world) => {
        const provider = world.resource("IdentityProvider");
        await provider.up(args);
        await provider.refresh();
        const before = provider.state;
        expect(await scimStatus(before.scimBaseUrl, before.scimToken)).toBe(200);
        world.run();
        await act(world, provider);
        await expectLeft(world, { ...nothing, ...left?.(generation) }, before);
      },
      acmeWorld({ generation, ...twoDomains }),
    ),
  );

  /** The addresses where SCIM accepts a token. */
  async function openDomains({ emulator: { store, url } }: World, token: unknown): Promise<string[]> {
    const domains = store.domains.all();
    const open = await Promise.all(
      domains.map(({ id }) => scimStatus(`${url}/scim/v2/${id}`, token).then((status) => status === 200)),
    );
    return domains.filter((_, index) => open[index]).map(({ domain }) => domain);
  }

  test("leaves nothing on removed domains, whose provider stays unchanged", () =>
    withWorld(
      async (world) => {
        const provider = world.resource("IdentityProvider");
        await provider.up({ ...args, domains: ["acme.com", "acme.de"] });
        await provider.refresh();
        const { scimToken } = provider.state;
        // On servers of July 2026 each domain has its own address.
        const own = `${world.emulator.url}/scim/v2/${world.emulator.store.domains.all()[0]?.id}`;
        const { scimBaseUrl = own } = provider.state;
        for (const [domains, status] of [
          [["acme.de"], 200],
          [[], 403],
        ] as const) {
          world.run();
          await provider.up({ ...args, domains });
          await changeDomains(world);
          expect(leftIn(world)).toEqual({ saml: true, scim: true, providers: objects });
          const rows = world.emulator.store.domains.all().map((row) => ({
            domain: row.domain,
            copied: Boolean(row.saml_entity_id || row.scim_enabled || row.scim_token_hash),
          }));
          const isCopied = (domain: string) =>
            generation === "2026-07" && domains.some((one) => one === domain);
          expect(rows).toEqual(
            ["acme.com", "acme.de"].map((domain) => ({ domain, copied: isCopied(domain) })),
          );
          if (generation === "2026-07") expect(await openDomains(world, scimToken)).toEqual(domains);
          else expect(await scimStatus(scimBaseUrl, scimToken)).toBe(status);
          world.run();
          expect((await provider.refresh())?.inputs).toMatchObject({ domains, saml, scim });
        }
        await provider.destroy();
        await expectLeft(world, nothing, { scimBaseUrl, scimToken });
      },
      acmeWorld({ generation, ...twoDomains }),
    ));
});

describe("IdentityProvider on a server of 2026-07, interrupted while a domain is removed", () => {
  const args = { name: "Okta", domains: ["acme.com"], saml, scim };

  test.each([
    [
      "before the provider without settings is created",
      { method: "POST", path: /identity_provider_configs/ },
    ],
    ["before the domain is linked with it", { method: "PATCH", path: /domains/ }],
    ["before the domain is unlinked", { method: "PATCH", path: /domains/, skip: 1 }],
    ["before it is deleted", { method: "DELETE", path: /identity_provider_configs/ }],
  ])("%s, is finished by the next run", (_, fault) =>
    withWorld(
      async (world) => {
        const provider = world.resource("IdentityProvider");
        await provider.up(args);
        world.run();
        const remove = world.emulator.faults.add({ kind: "status", status: 403, times: 100, ...fault });
        await expect(provider.up({ ...args, domains: [] })).rejects.toThrow();
        remove();
        world.run();
        await provider.up({ ...args, domains: [] });
        await changeDomains(world);
        expect(leftIn(world)).toEqual({ saml: true, scim: true, providers: ["Okta"] });
        const domains = world.emulator.store.domains.all();
        expect(domains.map(({ identity_provider_config }) => identity_provider_config)).toEqual([null, null]);
        await provider.destroy();
        expect(leftIn(world)).toEqual(nothing);
      },
      acmeWorld({ generation: "2026-07", ...twoDomains }),
    ),
  );
});

type Generation = "2026-07" | "current";

/** The verified domain of a program, with SAML and SCIM that someone set up in PostHog. */
async function setUpByHand(world: World, generation: Generation) {
  const domain = world.resource("OrganizationDomain");
  await domain.up({ domain: "acme.com" });
  const { store, url, apiKey } = world.emulator;
  store.domains.update(domain.id, { verified_at: store.timestamp() }, SYSTEM);
  const fields = {
    saml_entity_id: saml.entityId,
    saml_acs_url: saml.ssoUrl,
    saml_x509_cert: currentCertificate,
    scim_enabled: true,
  };
  const [method, path, body] =
    generation === "current"
      ? (["POST", "identity_provider_configs", { ...scoped(domain.id), ...fields }] as const)
      : (["PATCH", `domains/${domain.id}`, fields] as const);
  const answer = await fetch(`${url}/api/organizations/@current/${path}/`, {
    method,
    headers: { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const { scim_base_url: scimBaseUrl, scim_bearer_token: scimToken } = Object(await answer.json());
  expect(await scimStatus(scimBaseUrl, scimToken)).toBe(200);
  world.run();
  return { domain, client: { scimBaseUrl, scimToken } };
}

const scoped = (id: string) => ({ name: "Okta", config_scope: "scim", organization_domain_ids: [id] });

describe("OrganizationDomain", () => {
  test.each([
    ["2026-07", []],
    // A provider with another name belongs to the people who created it.
    ["current", ["Okta"]],
  ] as const)(
    "admits nobody after it is destroyed on a server of %s, and keeps the providers %j",
    (generation, left) =>
      withWorld(async (world) => {
        const { domain, client } = await setUpByHand(world, generation);
        await domain.destroy();
        expect(await scimStatus(client.scimBaseUrl, client.scimToken)).not.toBe(200);
        expect(world.emulator.store.domains.all()).toEqual([]);
        expect(leftIn(world).providers).toEqual(left);
      }, acmeWorld({ generation })),
  );

  test.each(["2026-07", "current"] as const)(
    "does not bring back a provider that was deleted by hand on a server of %s",
    (generation) =>
      withWorld(async (world) => {
        const { domain, client } = await setUpByHand(world, generation);
        deleteProvidersByHand(world);
        await domain.up({ domain: "acme.com", jitProvisioning: true });
        await expectLeft(world, nothing, client);
      }, acmeWorld({ generation })),
  );
});
