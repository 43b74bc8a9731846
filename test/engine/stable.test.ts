import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { handlers } from "../../provider/handlers";
import type { StackResult } from "../../tools/stack";
import { currentCertificate } from "../fixtures/sso/certificates";
import { oldSeed } from "../support/oldStack";
import { changesOf, javascript, withStack } from "./harness";

const saml = {
  entityId: "https://idp.acme.com/e",
  ssoUrl: "https://idp.acme.com/s",
  x509Cert: currentCertificate,
};

/** For each kind: its arguments, those of the second run, and every output that an update leaves unchanged. */
const kinds: Record<string, { args: string; later: string; stable: readonly string[] }> = {
  Project: {
    args: '{ name: "Staging", timezone: "Europe/Berlin" }',
    later: '{ timezone: "Europe/Paris" }',
    stable: ["projectId", "uuid", "apiToken", "url", "createdAt"],
  },
  ProjectMember: {
    args: '{ projectId: made.Project.projectId, user: "ana@acme.test", accessLevel: "member" }',
    later: '{ accessLevel: "admin" }',
    stable: ["userUuid", "membershipId", "joinedAt"],
  },
  ProjectAccess: {
    args: '{ projectId: 918273, members: { "ana@acme.test": "member" } }',
    later: '{ members: { "ana@acme.test": "admin" } }',
    stable: [],
  },
  AccessControl: {
    args: '{ projectId: 918273, resource: "feature_flag", resourceId: "new-checkout", user: "ana@acme.test", accessLevel: "viewer" }',
    later: '{ accessLevel: "editor" }',
    stable: ["objectId", "userUuid", "membershipId"],
  },
  Role: { args: '{ name: "Engineers" }', later: '{ members: ["ana@acme.test"] }', stable: ["roleId"] },
  RoleMembership: {
    args: '{ roleId: made.Role.roleId, user: "developer@acme.test" }',
    // Each of its own arguments identifies another membership.
    later: '{ account: "second" }',
    stable: ["roleUuid", "userUuid", "joinedAt"],
  },
  RoleMembers: {
    args: '{ roleId: made.Role.roleId, members: ["support@acme.test"] }',
    later: '{ members: ["support@acme.test", "designer@acme.test"] }',
    stable: ["roleUuid"],
  },
  OrganizationMember: {
    args: '{ user: "designer@acme.test", level: "member" }',
    later: '{ level: "admin" }',
    stable: ["userUuid", "membershipId"],
  },
  OrganizationSettings: {
    args: "{ membersCanInvite: false }",
    later: "{ membersCanInvite: true }",
    stable: ["organizationId"],
  },
  OrgSsoSettings: {
    args: `{ domain: "acme.com", saml: ${JSON.stringify(saml)}, scim: { enabled: true } }`,
    later: '{ enforcement: "saml" }',
    stable: [
      "domainId",
      "challengeRecordName",
      "challengeRecordValue",
      "spEntityId",
      "spAcsUrl",
      "relayState",
      "scimBaseUrl",
      "samlProviderId",
      "scimProviderId",
    ],
  },
  OrganizationDomain: {
    args: '{ domain: "acme.org" }',
    later: "{ jitProvisioning: true }",
    stable: ["domainId", "challengeRecordName", "challengeRecordValue"],
  },
  IdentityProvider: {
    args: `{ name: "Okta", domains: [made.OrganizationDomain.domain], saml: ${JSON.stringify(saml)}, scim: { enabled: true } }`,
    later: '{ name: "Okta of Acme" }',
    stable: ["spEntityId", "spAcsUrl", "relayState", "scimBaseUrl", "samlProviderId", "scimProviderId"],
  },
  PersonalApiKey: {
    args: '{ label: "Reports", scopes: ["query:read"] }',
    later: '{ label: "Nightly reports" }',
    stable: ["keyId", "createdAt"],
  },
  ProjectSecretApiKey: {
    args: '{ projectId: made.Project.projectId, label: "Flags", scopes: ["feature_flag:read"] }',
    later: '{ label: "All flags" }',
    stable: ["keyId", "createdAt"],
  },
};

const noteText = `exports.handler = () => ({
  create: async (inputs) => ({ id: "note", outs: inputs }),
  update: async (id, before, inputs) => ({ outs: inputs }),
})`;

/** A program with a resource of each kind, and a note for each stable output, which changes if the output does. */
const program = (isLater: boolean): string => `
  class Note extends pulumi.CustomResource {
    constructor(name, text) {
      super("pulumi-nodejs:dynamic/notes:Note", name, { text, __provider: ${JSON.stringify(noteText)} });
    }
  }
  const made = {};
  ${Object.entries(kinds)
    .map(
      ([kind, { args, later }]) =>
        `made.${kind} = new posthog.${kind}("${kind}", { ...${args}, ...${isLater ? later : "{}"} });`,
    )
    .join("\n")}
  ${Object.entries(kinds)
    .flatMap(([kind, { stable }]) => [...stable, "organizationUuid"].map((output) => [kind, output]))
    .map(([kind, output]) => `new Note("${kind}.${output}", made.${kind}.${output});`)
    .join("\n")}
  exports.stable = { ${Object.keys(kinds)
    .map(
      (kind) =>
        `${kind}: pulumi.all([${kinds[kind]?.stable.map((output) => `made.${kind}.${output}`).join()}])`,
    )
    .join()} };
`;

test("with one argument of each kind changed, nothing that depends on a stable output shows in the preview", () =>
  withStack(
    program(false),
    async (stack) => {
      expect(Object.keys(kinds).sort()).toEqual([...handlers.keys()].sort());
      await stack.up();
      const before = await stack.outputs();
      for (const [kind, values] of Object.entries(Object(before.stable))) {
        expect({ kind, values }).toEqual({ kind, values: kinds[kind]?.stable.map(() => expect.anything()) });
      }
      await stack.setProgram(javascript(program(true)));
      const changing = Object.keys(kinds).map((kind) => `update ${kind}`);
      const changed = (result: StackResult) => changesOf(result).map((line) => line.split(":")[0] ?? line);
      const isOwn = (line: string) => changing.includes(line);
      // Without lookups, only what the inputs already carry is known, so notes may show, and nothing else.
      await stack.setConfig({ "posthog:preflight": "false" });
      const blind = changed(await stack.preview());
      expect(blind.filter(isOwn).sort()).toEqual([...changing].sort());
      for (const line of blind.filter((one) => !isOwn(one))) expect(line).toMatch(/^update \w+\.\w+$/);
      await stack.setConfig({ "posthog:preflight": "true" });
      for (const run of [() => stack.preview(), () => stack.up()]) {
        expect(changed(await run()).sort()).toEqual([...changing].sort());
      }
      expect((await stack.outputs()).stable).toEqual(before.stable);

      // What the inputs carry is neither a change nor an output. Two domains wait for their record.
      const waiting = ["update OrgSsoSettings", "update OrganizationDomain"];
      expect(changed(await stack.preview({ flags: ["--refresh"] })).sort()).toEqual(waiting);
      const { deployment } = await stack.exportState();
      const own = (deployment.resources ?? []).filter(({ type }) => /dynamic\/posthog:/.test(type));
      expect(own.length).toBe(changing.length);
      for (const { type, inputs, outputs } of own) {
        expect({ type, carried: Object(inputs).__stable }).toEqual({ type, carried: expect.any(Object) });
        expect(Object.keys(outputs ?? {})).not.toContain("__stable");
      }
    },
    {
      emulator: { seed: oldSeed },
      config: { "posthog:accounts": JSON.stringify({ second: { apiKey: "phx_old0stack0key" } }) },
    },
  ));

test.each([
  ["quickstart", undefined, 'timezone: "Europe/Berlin"', 'timezone: "Europe/Paris"', "production: timezone"],
  [
    "access-matrix",
    "organization.yaml",
    'name: "Staging"',
    'name: "Staging", timezone: "Europe/Paris"',
    "staging: timezone",
  ],
])(
  "one changed setting of the program %s shows one changed resource",
  (example, seed, before, after, changed) => {
    const folder = join(__dirname, "..", "..", "examples", example);
    return withStack(
      { folder, main: "index.ts" },
      async (stack, emulator) => {
        await stack.up();
        // A domain that waits for its record would rightly show too.
        for (const { domain, verification_challenge: challenge } of emulator.store.domains.all()) {
          emulator.publishDns(`_posthog-challenge.${domain}`, challenge);
        }
        await stack.up();
        const main = join(stack.project, "index.ts");
        const text = await readFile(main, "utf8");
        expect(text).toContain(before);
        await writeFile(main, text.replace(before, after));
        expect(changesOf(await stack.preview())).toEqual([`update ${changed}`]);
      },
      { emulator: seed === undefined ? {} : { seed: join(folder, seed) } },
    );
  },
);
