import * as pulumi from "@pulumi/pulumi";
import { SYSTEM } from "../../../emulator";
import * as posthog from "../../../provider";
import { currentCertificate } from "../../fixtures/sso/certificates";
import { acmeWorld } from "../../support/seeds";
import { configure, requestsOf, settled, withPosthog } from "./support";

const generations = ["old", "mid", "new"] as const;
const organization = {
  roles: [{ name: "Analysts", members: ["analyst@acme.test"] }],
  accessRules: [
    { project: "Default project", level: "none" },
    { project: "Default project", member: "analyst@acme.test", level: "member" },
    { project: "Default project", role: "Analysts", level: "admin" },
    { project: "Default project", resource: "feature_flag", level: "viewer" },
    { project: "Default project", resource: "feature_flag", role: "Analysts", level: "editor" },
  ],
  domains: [
    { domain: "acme.test", verified: true, ssoEnforcement: "google-oauth2" },
    { domain: "labs.acme.test", challenge: "prove-it" },
  ],
};

/** All functions at once. */
const everything = () =>
  Promise.all([
    posthog.getOrganization(),
    posthog.getOrganizationMembers(),
    posthog.getProjects(),
    posthog.getRoles(),
    posthog.getProjectAccess({ projectId: 1 }),
    posthog.getSsoStatus(),
    posthog.getPersonalApiKeys(),
  ]);

describe.each(generations)("on a server of the generation %s", (generation) => {
  const world = acmeWorld({ generation, organization });
  const plain = acmeWorld({ generation });

  test("getOrganization returns the plan, the settings and the caller's level", () =>
    withPosthog(async (emulator) => {
      const found = await posthog.getOrganization();
      expect(found).toMatchObject({
        organizationId: emulator.organizationId,
        name: "Acme",
        slug: "acme",
        level: "owner",
        memberCount: 4,
        settings: { name: "Acme", enforce2fa: false, membersCanInvite: true },
      });
      expect("defaultRoleId" in found.settings).toBe(generation !== "old");
      expect(found.features).toContainEqual({ key: "saml", limit: undefined, unit: undefined });
      expect("enforceVerifiedDomains" in found.settings).toBe(generation === "new");
    }, world));

  test("members, projects and roles are complete, with names instead of numbers", () =>
    withPosthog(async () => {
      const { members } = await posthog.getOrganizationMembers();
      expect(members).toHaveLength(4);
      expect(members.find(({ email }) => email === "admin@acme.test")).toMatchObject({
        level: "admin",
        userUuid: expect.any(String),
        membershipId: expect.any(String),
        joinedAt: expect.any(String),
      });
      expect(await posthog.getProjects()).toMatchObject({
        projects: [{ projectId: 1, name: "Default project", timezone: "UTC", isPendingDeletion: false }],
      });
      expect(await posthog.getRoles()).toMatchObject({
        roles: [{ name: "Analysts", isDefault: false, members: [{ email: "analyst@acme.test" }] }],
      });
    }, world));

  test("getProjects shows what PostHog is deleting", () =>
    withPosthog(async ({ store }) => {
      store.projects.update(1, { is_pending_deletion: true }, SYSTEM);
      expect(await posthog.getProjects()).toMatchObject({
        // Servers of August 2025 delete at once, and do not have the mark.
        projects: [{ projectId: 1, isPendingDeletion: generation !== "old" }],
      });
    }, world));

  test("getProjectAccess returns what a ProjectAccess would declare", () =>
    withPosthog(async () => {
      expect(await posthog.getProjectAccess({ projectId: "1" })).toEqual({
        projectId: 1,
        defaultAccess: "none",
        members: { "analyst@acme.test": "member" },
        roles: { Analysts: "admin" },
        resources: { feature_flag: { default: "viewer", members: {}, roles: { Analysts: "editor" } } },
      });
    }, world));

  test("getSsoStatus shows what can bypass single sign-on", () =>
    withPosthog(
      async () => {
        const { domains, membersOutside } = await posthog.getSsoStatus();
        expect(domains).toMatchObject([
          { domain: "acme.test", isVerified: true, enforcement: "google-oauth2", samlConfigured: false },
          {
            domain: "labs.acme.test",
            isVerified: false,
            challengeRecordName: "_posthog-challenge.labs.acme.test",
            challengeRecordValue: "prove-it",
            bypass: "nothing is enforced for labs.acme.test: its people can sign in with a password",
          },
        ]);
        expect(domains[0]?.bypass).toBeUndefined();
        expect(membersOutside).toEqual([]);
      },
      { ...world, config: { ...world.config, email: undefined, password: undefined } },
    ));

  test("getPersonalApiKeys returns own keys, and with an admin's session everyone's", () =>
    withPosthog(async () => {
      const { keys, inventory } = await posthog.getPersonalApiKeys();
      expect(keys).toMatchObject([{ label: "caller", scopes: ["*"], maskValue: expect.any(String) }]);
      if (generation === "old") expect(inventory).toBeUndefined();
      else expect(inventory).toMatchObject([{ owner: "owner@acme.test", reach: "all", projects: [] }]);
      configure({ ...plain.config, host: configured("host"), email: undefined, password: undefined });
      const alone = await posthog.getPersonalApiKeys();
      expect(alone.keys).toMatchObject([{ label: "caller", scopes: ["*"] }]);
      expect(alone.inventory).toBeUndefined();
    }, plain));
});

describe("getSamlServiceProvider", () => {
  const values = (host: string) => ({ entityId: host, acsUrl: `${host}/complete/saml/` });

  test("returns what the application needs, without a request", () =>
    withPosthog(async (emulator) => {
      const before = requestsOf(emulator).length;
      expect(await posthog.getSamlServiceProvider()).toEqual(values(emulator.url));
      expect(
        await settled(posthog.getSamlServiceProviderOutput({ host: pulumi.output("eu.posthog.com/") })),
      ).toEqual(values("https://eu.posthog.com"));
      expect(requestsOf(emulator)).toHaveLength(before);
    }));

  test("refuses an address that is not PostHog's API", () =>
    withPosthog(async () => {
      await expect(posthog.getSamlServiceProvider({ host: "https://eu.i.posthog.com" })).rejects.toThrow(
        /accepts events/,
      );
    }));
});

test("getSsoStatus returns a provider's certificate, and shows who can no longer sign in", () =>
  withPosthog(
    async ({ store }) => {
      const [first] = (await posthog.getSsoStatus()).domains;
      expect(first).toMatchObject({
        identityProviders: ["Okta"],
        samlConfigured: true,
        certificateExpiresAt: expect.stringMatching(/^\d{4}-/),
      });
      expect(first?.lockOut).toBeUndefined();
      for (const { id } of store.identityProviders.all())
        store.identityProviders.update(id, { saml_x509_cert: null }, SYSTEM);
      expect((await posthog.getSsoStatus()).domains[0]).toMatchObject({
        samlConfigured: false,
        lockOut: "nobody of acme.com can sign in: SAML is enforced, and not set up",
      });
    },
    acmeWorld({
      organization: {
        domains: [{ domain: "acme.com", verified: true, ssoEnforcement: "saml" }],
        identityProviders: [
          {
            name: "Okta",
            configScope: "saml",
            domains: ["acme.com"],
            samlEntityId: "https://idp.acme.com/entity",
            samlAcsUrl: "https://idp.acme.com/sso",
            samlX509Cert: currentCertificate,
          },
        ],
      },
    }),
  ));

test("no function returns a secret", () =>
  withPosthog(async (emulator) => {
    const answers = JSON.stringify(await everything());
    const tokens = emulator.store.projects.all().flatMap(({ secret_api_token }) => secret_api_token ?? []);
    for (const secret of [emulator.apiKey, emulator.password, ...tokens])
      expect(answers).not.toContain(secret);
    expect(answers).not.toMatch(/ph[xs]_[A-Za-z0-9]{8}/);
    expect(answers).not.toMatch(/token_hash|secure_value|password/);
  }));

describe("requests", () => {
  test("are shared by calls at the same time, and repeated for later ones", () =>
    withPosthog(
      async (emulator) => {
        await Promise.all([everything(), everything(), posthog.getRoles()]);
        const first = requestsOf(emulator).filter((request) => request.startsWith("GET"));
        expect(first.length).toBe(new Set(first).size);
        emulator.store.organizations.update(emulator.organizationId, { name: "Acme Ltd" }, SYSTEM);
        expect((await posthog.getOrganization()).name).toBe("Acme Ltd");
      },
      { config: { email: undefined, password: undefined } },
    ));

  test("follow the pages of a long list to its end", () =>
    withPosthog(
      async () => {
        expect((await posthog.getRoles()).roles).toHaveLength(1234);
      },
      acmeWorld({
        organization: { roles: Array.from({ length: 1234 }, (_, index) => ({ name: `Role ${index}` })) },
      }),
    ));
});

describe("what a function reads", () => {
  test("is the account that is named", () =>
    withPosthog(async (eu) => {
      await withPosthog(async (us) => {
        const accounts = { eu: { host: eu.url, apiKey: eu.apiKey, organizationId: eu.organizationId } };
        configure({ host: us.url, apiKey: us.apiKey, accounts: JSON.stringify(accounts) });
        expect((await posthog.getOrganization()).organizationId).toBe(us.organizationId);
        expect((await posthog.getOrganization({ account: "eu" })).organizationId).toBe(eu.organizationId);
        await expect(posthog.getOrganization({ account: "asia" })).rejects.toThrow(
          /^getOrganization: unknown account "asia"[\s\S]*has the entries eu/,
        );
      });
    }));

  test("is the organization that is named, as UUID or slug", () =>
    withPosthog(async ({ organizationId }) => {
      configure({ host: configured("host"), apiKey: configured("apiKey") });
      expect((await posthog.getOrganization({ organizationId: "ACME" })).organizationId).toBe(organizationId);
      await expect(posthog.getOrganization({ organizationId: "globex" })).rejects.toThrow(
        /the key has no access to organization "globex"[\s\S]*Acme \(acme, /,
      );
    }, acmeWorld()));
});

describe("errors", () => {
  test.each([
    [
      () => posthog.getRoles(Object({ organisationId: "x" })),
      /organisationId: unknown argument; did you mean organizationId\?/,
    ],
    [
      () => posthog.getProjectAccess(Object({})),
      /^getProjectAccess: invalid arguments: projectId: is required/,
    ],
    [() => posthog.getProjectAccess({ projectId: "staging" }), /projectId: must be a project's number/],
    [() => posthog.getRoles({ organizationId: "@current" }), /organizationId: @current changes/],
  ])("a wrong argument is reported before any request", (call, message) =>
    withPosthog(async (emulator) => {
      await expect(call()).rejects.toThrow(message);
      expect(emulator.requests).toEqual([]);
    }),
  );

  test("a missing scope is an error that Pulumi prints without a stack trace", () =>
    withPosthog(
      async () => {
        const error: unknown = await posthog.getRoles().catch((caught: unknown) => caught);
        expect(pulumi.RunError.isInstance(error)).toBe(true);
        expect(String(error)).toMatch(
          /getRoles: listing the organization's roles failed[\s\S]*organization:read/,
        );
      },
      acmeWorld({ scopes: ["organization_member:read"] }),
    ));

  test("without a key no request is sent, and the error shows how to set one", () =>
    withPosthog(async (emulator) => {
      configure({ host: emulator.url });
      await expect(posthog.getRoles()).rejects.toThrow(/no API key is configured[\s\S]*posthog:apiKey/);
    }));

  test("the next call retries a failed one", () =>
    withPosthog(async (emulator) => {
      emulator.faults.add({ kind: "status", status: 400, body: "no", path: /\/roles\/?$/ });
      await expect(posthog.getRoles()).rejects.toThrow();
      expect(await posthog.getRoles()).toEqual({ roles: [] });
    }));

  test("a plain member's session sees only the member's own keys", () =>
    withPosthog(
      async () => {
        const { keys, inventory } = await posthog.getPersonalApiKeys();
        expect(keys).toMatchObject([{ label: "caller" }]);
        expect(inventory).toBeUndefined();
      },
      acmeWorld({ caller: "analyst@acme.test" }),
    ));
});

test("with outputs of resources as arguments the answer is an output", () =>
  withPosthog(async () => {
    const project = pulumi.output(Promise.resolve(1));
    expect(await settled(posthog.getProjectAccessOutput({ projectId: project }))).toMatchObject({
      projectId: 1,
    });
    const all = [
      posthog.getOrganizationOutput(),
      posthog.getOrganizationMembersOutput(),
      posthog.getProjectsOutput(),
      posthog.getRolesOutput(),
      posthog.getSsoStatusOutput(),
      posthog.getPersonalApiKeysOutput(),
      posthog.getActivityLogOutput({ scopes: [pulumi.output("Role")], limit: pulumi.output(5) }),
    ];
    for (const output of all)
      expect(await settled(pulumi.output<object>(output))).toEqual(expect.any(Object));
  }));

const configured = (key: string): string => new pulumi.Config("posthog").require(key);
