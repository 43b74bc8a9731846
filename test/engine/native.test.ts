import { parse } from "yaml";
import * as z from "zod";
import { SYSTEM } from "../../emulator";
import { handlers } from "../../provider/handlers";
import { ensureHost, lackOfHost } from "../../tools/engine/hosts";
import type { PulumiStack, StackResult } from "../../tools/stack";
import { certificate } from "../../tools/sweep/certificate";
import { describePart } from "../support/parts";
import { acmeWorld } from "../support/seeds";
import { changesOf, javascript } from "./harness";
import { credentialsOf, withYamlStack, type YamlResources, yaml } from "./nativeHarness";
import { packFlags, violationsIn } from "./policyPack";

const { emulator } = acmeWorld({
  organization: {
    roles: [{ name: "Team" }, { name: "Guests" }],
    domains: [{ domain: "acme.test", verified: true }],
  },
});

const out = (path: string): string => `$\{${path}}`;

/** Every kind of resource, each with separate objects. */
const everyKind: YamlResources = {
  shop: {
    type: "posthog:Project",
    properties: {
      name: "Shop",
      defaultAccess: "none",
      settings: { anonymizeIps: true },
      unset: ["productDescription"],
    },
  },
  flag: {
    type: "posthog:AccessControl",
    properties: { projectId: 1, resource: "dashboard", accessLevel: "viewer" },
  },
  member: {
    type: "posthog:ProjectMember",
    properties: { projectId: 1, user: "analyst@acme.test", accessLevel: "admin" },
  },
  access: {
    type: "posthog:ProjectAccess",
    properties: { projectId: out("shop.projectId"), members: { "developer@acme.test": "member" } },
  },
  analysts: { type: "posthog:Role", properties: { name: "Analysts", members: ["analyst@acme.test"] } },
  team: { type: "posthog:RoleMembers", properties: { roleId: "Team", members: ["analyst@acme.test"] } },
  guest: { type: "posthog:RoleMembership", properties: { roleId: "Guests", user: "developer@acme.test" } },
  invited: { type: "posthog:OrganizationMember", properties: { user: "new@acme.test", level: "member" } },
  acme: { type: "posthog:OrganizationSettings", properties: { defaultAnonymizeIps: true } },
  signOn: { type: "posthog:OrgSsoSettings", properties: { domain: "acme.example" } },
  domain: {
    type: "posthog:OrganizationDomain",
    properties: { domain: "acme.test", signInOnly: true, jitProvisioning: true },
  },
  okta: {
    type: "posthog:IdentityProvider",
    properties: {
      name: "Okta",
      domains: ["acme.test"],
      saml: {
        entityId: "https://idp.acme.test/entity",
        ssoUrl: "https://idp.acme.test/sso",
        x509Cert: certificate,
      },
    },
  },
  personal: { type: "posthog:PersonalApiKey", properties: { label: "CI", scopes: ["insight:read"] } },
  flags: {
    type: "posthog:ProjectSecretApiKey",
    properties: { projectId: 1, label: "Flags", scopes: ["feature_flag:read"] },
  },
};

const keys = ["flags", "personal"];

/** The parts of a program other than its resources. */
const more = {
  variables: {
    projects: { "fn::invoke": { function: "posthog:getProjects", arguments: {}, return: "projects" } },
  },
  outputs: { value: out("personal.value"), first: out("projects[0].name") },
};

/** The types and ids of a stack's resources, by name. */
async function managedBy(stack: PulumiStack): Promise<Map<string, { type: string; id: string }>> {
  const { deployment } = await stack.exportState();
  const managed = (deployment.resources ?? []).filter(
    ({ type }) => /posthog[:/]/.test(type) && !type.includes("providers"),
  );
  return new Map(
    managed.map(({ urn, type, id }) => [urn.split("::").at(-1) ?? "", { type, id: String(id) }]),
  );
}

/** The kinds of changes in a run, without unchanged resources. */
const opsOf = ({ steps }: StackResult): string[] => [
  ...new Set(steps.map(({ op }) => op).filter((op) => !["same", "read", "refresh"].includes(op))),
];

test("every kind of resource is in the program", () => {
  const kinds = Object.values(everyKind).map((resource) =>
    String(Object(resource).type).replace("posthog:", ""),
  );
  expect(kinds.sort()).toEqual([...handlers.keys()].sort());
});

describePart("yaml", lackOfHost("yaml"), () => {
  // Building the host takes minutes if nothing is cached, which should not count as a test's time.
  beforeAll(() => ensureHost("yaml"), 900_000);

  test("every kind of resource runs its lifecycle in YAML, and is imported into another stack unchanged", async () => {
    const program = await yaml(everyKind, more);
    await withYamlStack(
      program,
      async (stack, posthog) => {
        const first = await stack.preview(await packFlags(stack, {}));
        expect(opsOf(first)).toEqual(["create"]);
        expect(violationsIn(first.text)).toEqual([
          "advisory keys-rotate flags",
          "advisory keys-rotate personal",
          "advisory sso-enforced domain",
          "advisory sso-enforced signOn",
        ]);
        await stack.up();
        expect((await stack.tool(["drift", "--stack", "dev"])).stdout).toContain("No drift");
        await stack.preview({ flags: ["--expect-no-changes"] });
        expect(await stack.outputs()).toEqual({ value: "[secret]", first: "Default project" });
        const { value } = await stack.outputs({ showSecrets: true });
        const state = await stack.exportText();
        for (const secret of [posthog.apiKey, posthog.password, String(value)])
          expect(state).not.toContain(secret);
        expect(state.match(/"ciphertext"/g)).toHaveLength(4);

        const env = credentialsOf(posthog);
        expect((await stack.refresh({ fails: true })).text).toMatch(/POSTHOG_API_KEY[\s\S]*--run-program/);
        const shop = posthog.store.projects.all().find(({ name }) => name === "Shop");
        posthog.store.projects.update(shop?.id ?? 0, { name: "Store" }, SYSTEM);
        const drift = await stack.tool(["drift", "--stack", "dev", "--json"]);
        expect(JSON.parse(drift.stdout)).toMatchObject({ differences: [{ name: "shop", property: "name" }] });
        await stack.refresh({ env });
        expect(changesOf(await stack.preview())).toEqual(["update shop: name"]);
        expect(changesOf(await stack.up())).toEqual(["update shop: name"]);

        const managed = await managedBy(stack);
        await withYamlStack(
          await yaml({}),
          async (other) => {
            const config = { "posthog:host": posthog.url, "posthog:organizationId": posthog.organizationId };
            await other.setConfig(config);
            const resources = [...managed].map(([name, { type, id }]) => ({ name, type, id }));
            const imported = await other.import(resources, { env });
            const generated = z
              .object({ resources: z.record(z.string(), z.looseObject({})) })
              .parse(parse(imported));
            expect(Object.keys(generated.resources).sort()).toEqual(Object.keys(everyKind).sort());
            expect(await managedBy(other)).toEqual(managed);
            await other.setProgram(await yaml(generated.resources));
            const preview = await other.preview({ env });
            expect(changesOf(preview).sort()).toEqual(keys.map((name) => `update ${name}`));
          },
          { emulator },
        );
        await stack.destroy({ env });
        posthog.finishDeletions();
        expect(posthog.store.projects.all().map(({ name }) => name)).toEqual(["Default project"]);
        expect(
          posthog.store.roles
            .all()
            .map(({ name }) => name)
            .sort(),
        ).toEqual(["Guests", "Team"]);
      },
      { emulator },
    );
  });

  test("a stack moves from the dynamic types to the plugin and back, and nothing is replaced", async () => {
    const names = ["p", "member", "analysts", "key"];
    const node = (aliased: boolean) => {
      const alias = (kind: string): string =>
        aliased ? `, { aliases: [{ type: "posthog:index:${kind}" }] }` : "";
      return javascript(`
        const p = new posthog.Project("p", { name: "Shop", defaultAccess: "none" }${alias("Project")});
        new posthog.ProjectMember("member", { projectId: p.projectId, user: "analyst@acme.test", accessLevel: "admin" }${alias("ProjectMember")});
        new posthog.Role("analysts", { name: "Analysts", members: ["analyst@acme.test"] }${alias("Role")});
        const key = new posthog.PersonalApiKey("key", { label: "CI", scopes: ["insight:read"] }${alias("PersonalApiKey")});
        exports.value = key.value;
      `);
    };
    const inYaml = await yaml(
      {
        p: { type: "posthog:Project", properties: { name: "Shop", defaultAccess: "none" } },
        member: {
          type: "posthog:ProjectMember",
          properties: { projectId: out("p.projectId"), user: "analyst@acme.test", accessLevel: "admin" },
        },
        analysts: everyKind.analysts ?? {},
        key: everyKind.personal ?? {},
      },
      { outputs: { value: out("key.value") } },
    );
    const typesOf = async (stack: PulumiStack) =>
      new Set([...(await managedBy(stack)).values()].map(({ type }) => type.split("posthog:")[0]));
    await withYamlStack(
      node(false),
      async (stack, posthog) => {
        await stack.up();
        const [before, value] = [await managedBy(stack), await stack.outputs({ showSecrets: true })];
        await stack.setProgram(inYaml);
        expect(opsOf(await stack.preview())).toEqual([]);
        await stack.up();
        expect(await typesOf(stack)).toEqual(new Set([""]));
        await stack.refresh({ env: credentialsOf(posthog) });
        await stack.preview({ flags: ["--expect-no-changes"] });
        expect(await stack.outputs({ showSecrets: true })).toEqual(value);
        expect(await stack.exportText()).not.toContain("__provider");
        await stack.setProgram(node(true));
        expect(opsOf(await stack.preview()).filter((op) => op !== "update")).toEqual([]);
        expect(opsOf(await stack.up()).filter((op) => op !== "update")).toEqual([]);
        expect(await managedBy(stack)).toEqual(before);
        await stack.preview({ flags: ["--expect-no-changes"] });
        expect(await stack.outputs({ showSecrets: true })).toEqual(value);
        expect([...before.keys()].sort()).toEqual([...names].sort());
        await stack.destroy();
      },
      { emulator },
    );
  });

  test("components, explicit providers and interrupted writes work in YAML", async () => {
    const matrix = {
      access_matrix: {
        Engineering: { shop: { role: "member" } },
        bot: { shop: { api_key_scopes: ["feature_flag:read"] } },
      },
    };
    const program = (posthog: { url: string; apiKey: string; organizationId: string }) =>
      yaml(
        {
          other: {
            type: "pulumi:providers:posthog",
            properties: {
              host: posthog.url,
              organizationId: posthog.organizationId,
              apiKey: { "fn::secret": posthog.apiKey },
            },
          },
          shop: {
            type: "posthog:Project",
            properties: { name: "Shop", settings: { anonymizeIps: true } },
            options: { provider: out("other") },
          },
          access: {
            type: "posthog:AccessMatrix",
            properties: { matrix, projects: { shop: out("shop.projectId") } },
          },
        },
        { outputs: { keys: out("access.keys"), roles: out("access.roles") } },
      );
    await withYamlStack(await yaml({}), async (stack, posthog) => {
      await stack.setProgram(await program(posthog));
      expect(opsOf(await stack.preview())).toEqual(["create"]);
      posthog.faults.add({ kind: "status", method: "PATCH", status: 400 });
      await stack.up({ fails: true });
      const half = (await stack.exportState()).deployment.resources?.find(({ urn }) =>
        urn.endsWith("::shop"),
      );
      expect(half).toMatchObject({ inputs: { name: "Shop" }, initErrors: [expect.any(String)] });
      const { steps } = await stack.up();
      expect(steps.find(({ name }) => name === "shop")?.op).toBe("update");
      expect(posthog.store.projects.all().filter(({ name }) => name === "Shop")).toHaveLength(1);
      await stack.preview({ flags: ["--expect-no-changes"] });
      const { keys: shown } = await stack.outputs();
      expect(shown).toBe("[secret]");
      const { keys: values, roles } = await stack.outputs({ showSecrets: true });
      expect(values).toEqual({ bot: { shop: expect.stringMatching(/^ph[sx]_/) } });
      expect(roles).toEqual({ Engineering: posthog.store.roles.all()[0]?.id });
      const state = await stack.exportText();
      for (const secret of [posthog.apiKey, String(Object(values).bot.shop)])
        expect(state).not.toContain(secret);
      await stack.destroy({ env: credentialsOf(posthog) });
    });
  });
});
