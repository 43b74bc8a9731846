import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { gather, readLive } from "../../../cli/export/gather";
import { importFileOf } from "../../../cli/export/importFile";
import { matrixOf } from "../../../cli/export/matrix";
import { programOf } from "../../../cli/export/program";
import { missingProjectFiles, writeFiles } from "../../../cli/export/write";
import { type Emulator, type Generation, type SeedInput, startEmulator } from "../../../emulator";
import { printable } from "../../../provider/access/messages";
import { createHost, type Host } from "../../../provider/engine/host";
import { handlers } from "../../../provider/handlers";
import { parseMatrix } from "../../../provider/matrix/parse";
import { listProjects } from "../../../provider/posthog/projects";
import { listRoles } from "../../../provider/posthog/roles";
import { oddOrganization, organizationOf, ownersKey } from "../../support/organizations";

const quiet = { onProgress: () => undefined };

/** Runs a test with a read-only host, as the command does. */
async function reading(
  seed: SeedInput,
  body: (host: Host, emulator: Emulator) => Promise<void>,
  generation?: Generation,
): Promise<void> {
  const emulator = await startEmulator({ seed, generation });
  const values: Record<string, string> = {
    host: emulator.url,
    apiKey: ownersKey,
    organizationId: emulator.organizationId,
    email: "nobody@acme.test",
    password: "a password that nothing may use",
    requestsPerMinute: "off",
  };
  const host = createHost(
    (key) => values[key],
    () => undefined,
    { readOnly: true },
  );
  try {
    await body(host, emulator);
    expect(emulator.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  } finally {
    await emulator.close();
  }
}

/** The odd organization with a change. */
function changed(change: Partial<SeedInput["organizations"][number]>): SeedInput {
  const seed = oddOrganization();
  return { ...seed, organizations: seed.organizations.map((one) => ({ ...one, ...change })) };
}

describe("a file for pulumi import", () => {
  test("has what the program declares, under the same names, each with an id that finds it", () =>
    reading(oddOrganization(), async (host) => {
      const snapshot = await gather(host, { ...quiet, organizationSettings: true });
      const { resources } = z
        .object({
          resources: z.array(
            z.strictObject({ type: z.string(), name: z.string(), logicalName: z.string(), id: z.string() }),
          ),
        })
        .parse(JSON.parse(importFileOf(snapshot)));
      const kinds = new Set(resources.map(({ type }) => type.replace("posthog:index:", "")));
      expect([...kinds].sort()).toEqual([
        "OrgSsoSettings",
        "OrganizationMember",
        "OrganizationSettings",
        "Project",
        "ProjectAccess",
        "Role",
      ]);
      expect(new Set(resources.map(({ type, logicalName }) => `${type} ${logicalName}`)).size).toBe(
        resources.length,
      );
      // Generated code refers to them.
      expect(resources.filter(({ name }) => !/^[a-z]\w*$/i.test(name))).toEqual([]);
      expect(new Set(resources.map(({ name }) => name)).size).toBe(resources.length);
      const text = programOf(snapshot).files.get("index.ts") ?? "";
      const named = [...text.matchAll(/new posthog\.(\w+)\(\s*"([^"]+)"/g)].map(
        ([, kind, name]) => `${kind} ${name}`,
      );
      const imported = resources.map(
        ({ type, logicalName }) => `${type.replace("posthog:index:", "")} ${logicalName}`,
      );
      expect(imported.filter((name) => !name.startsWith("OrganizationMember"))).toEqual(
        expect.arrayContaining(named),
      );
      for (const { type, id } of resources) {
        const handler = handlers.get(type.replace("posthog:index:", ""));
        expect((await handler?.get(host, id, {}))?.id).toMatch(/./);
      }
    }));
});

describe("a program", () => {
  test("identifies everything by its name, in the same order every time", () =>
    reading(oddOrganization(), async (host) => {
      const [first, second] = [await gather(host, quiet), await gather(host, quiet)];
      const { files } = programOf(first);
      expect(programOf(second).files).toEqual(files);
      const text = files.get("index.ts") ?? "";
      for (const line of [
        'const classProject = new posthog.Project("class", { name: "class", timezone: "UTC" });',
        'new posthog.Project("default-project-11", { name: "Default project", timezone: "UTC" });',
        'new posthog.Project("untouched", { name: "Untouched", timezone: "UTC" });',
        'const newOldBoth = new posthog.Role("new-old-both", { name: "new/old: both", members: ["o\'hara@acme.test"] });',
        '    defaultAccess: "none",',
        "dependsOn: [classRole, newOldBoth, role",
        'owner: ["o\'hara@acme.test", "Olivia.Owner@Acme.Test"],',
        "x509Cert: `-----BEGIN CERTIFICATE-----\n",
      ]) {
        expect(text).toContain(line);
      }
    }));

  test("identifies a role by its id if no field can have its name, and keeps a two-line name", () =>
    reading(
      changed({
        roles: ["__proto__", "toString", "two\nlines", "R\\nD"].map((name) => ({ name, members: [] })),
        accessRules: ["__proto__", "toString", "two\nlines", "R\\nD"].flatMap((role) => [
          { project: "class", role, level: "member" },
          { project: "class", role, resource: "feature_flag", level: "viewer" },
        ]),
      }),
      async (host) => {
        const snapshot = await gather(host, quiet);
        const idOf = (role: string) => snapshot.live.access.roles.find(({ name }) => name === role)?.id;
        const text = programOf(snapshot).files.get("index.ts") ?? "";
        for (const [key, times] of [
          [`"${idOf("__proto__")}": "`, 2],
          [`"${idOf("toString")}": "`, 2],
          ['"two\\nlines": "', 2],
          ['"R\\\\nD": "', 2],
        ] as const) {
          expect(text.split(key)).toHaveLength(times + 1);
        }
        expect(text).not.toContain('"__proto__"]');
        expect(text).toMatch(/dependsOn: \[.*\bproto\b/);
      },
    ));

  test("explains in comments what it omits, and why", () =>
    reading(
      changed({
        accessRules: [
          { project: "class", resource: "project", resourceId: "21", level: "none" },
          { project: "class", resource: "session_recording_playlist", level: "viewer" },
        ],
        domains: [
          {
            domain: "old.test",
            verified: true,
          },
        ],
        identityProviders: [
          {
            name: "old.test",
            configScope: "saml",
            domains: ["old.test"],
            samlEntityId: "https://idp.old.test/entity",
            samlAcsUrl: "https://idp.old.test/sso",
            samlX509Cert: "no certificate",
          },
        ],
      }),
      async (host) => {
        const text = programOf(await gather(host, quiet)).files.get("index.ts") ?? "";
        const comments = text
          .split("\n")
          .filter((line) => line.startsWith("//"))
          .join(" ")
          .replace(/\s*\/\/\s*/g, " ");
        expect(comments).toContain("- rules on single objects, such as one dashboard");
        expect(comments).toContain("- personal API keys: each belongs to its owner");
        expect(comments).toContain("- invites, whose people are not members yet: soon@acme.test");
        expect(comments).toMatch(/- the SAML values of old\.test: .*certificate/);
        expect(text).toContain('new posthog.OrgSsoSettings("old.test", {');
        expect(text).not.toContain("no certificate");
      },
    ));

  test("has settings only on request, and only those with a value", () =>
    reading(oddOrganization(), async (host) => {
      const plain = programOf(await gather(host, quiet)).files.get("index.ts") ?? "";
      expect(plain).not.toMatch(/settings|OrganizationSettings/);
      const asked = { ...quiet, projectSettings: true, organizationSettings: true };
      const text = programOf(await gather(host, asked)).files.get("index.ts") ?? "";
      expect(text).toContain("weekStartDay: 1");
      expect(text).toContain("anonymizeIps: true");
      expect(text).not.toMatch(/^ {4}\w+: (null|false|""|\[\]|\{\}),?$/m);
      expect(text).toContain('new posthog.OrganizationSettings("organization", {');
    }));

  test("puts long lists into their own file, and names the account if one is given", () =>
    reading(organizationOf(300), async (host) => {
      const { files } = programOf(await gather(host, quiet), "eu");
      const text = files.get("index.ts") ?? "";
      expect([...files.keys()]).toEqual(["index.ts", "people.ts"]);
      expect(text).not.toContain("person0123@acme.test");
      expect(files.get("people.ts")).toContain("export const team1Members: string[] = [\n");
      expect(text.match(/account: "eu"/g)).toHaveLength(text.match(/new posthog\./g)?.length ?? 0);
    }));

  test.each(["old", "mid"] as const)("can be exported from a server of the generation %s", (generation) =>
    reading(
      changed({
        identityProviders: [],
        domains: [{ domain: "acme.test", verified: true, jitProvisioning: true }],
      }),
      async (host) => {
        const text = programOf(await gather(host, quiet)).files.get("index.ts") ?? "";
        expect(text).toContain("const classRole = new posthog.Role");
        expect(text).toMatch(/domain: "acme.test",\s+enforcement: "off",\s+jitProvisioning: true/);
        expect(text).not.toContain("could not be read");
      },
      generation,
    ),
  );

  test("needs only four read scopes, and reports what it cannot read", async () => {
    const scopes = ["organization:read", "organization_member:read", "project:read", "access_control:read"];
    const { keys = [], ...seed } = oddOrganization();
    await reading({ ...seed, keys: keys.map((key) => ({ ...key, scopes })) }, async (host) => {
      const text = programOf(await gather(host, quiet)).files.get("index.ts") ?? "";
      expect(text).not.toContain("could not be read");
    });
    await reading(oddOrganization(), async (host, { faults }) => {
      faults.add({ kind: "status", status: 403, path: /invites/ });
      const text = programOf(await gather(host, quiet)).files.get("index.ts") ?? "";
      expect(text).toContain("// - invites, which could not be read.");
      expect(text).toContain("new posthog.OrgSsoSettings(");
    });
  });

  test("is not written if people cannot be read", () =>
    reading(oddOrganization(), async (host, { faults }) => {
      faults.add({ kind: "status", status: 403, path: /members/, times: 100 });
      await expect(gather(host, quiet)).rejects.toThrow(/members/);
      // Other requests are still running.
      await Promise.allSettled([listProjects(host.connection()), listRoles(host.connection())]);
    }));

  test("contains no secret", () =>
    reading(oddOrganization(), async (host, { store }) => {
      const snapshot = await gather(host, { ...quiet, projectSettings: true, organizationSettings: true });
      const text = [...programOf(snapshot).files.values(), matrixOf(snapshot.live)].join("\n");
      expect(text).not.toMatch(/phx_|phs_|phc_|a password/);
      for (const { api_token } of store.projects.all()) expect(text).not.toContain(api_token);
    }));
});

describe("a matrix", () => {
  test.each([
    ["with the oddest names", oddOrganization()],
    ["with 250 people", organizationOf(250)],
    ["without any role or rule", changed({ roles: [], accessRules: [] })],
  ])("%s is valid for AccessMatrix", (_what, seed) =>
    reading(seed, async (host) => {
      const live = await readLive(host.connection(), { ...quiet, domains: false });
      const { matrix, problems } = parseMatrix(matrixOf(live));
      expect(problems).toEqual([]);
      expect(matrix).toBeDefined();
    }),
  );

  test("has teams with people and levels, and people with their own rules", () =>
    reading(oddOrganization(), async (host) => {
      const text = matrixOf(await readLive(host.connection(), { ...quiet, domains: false }));
      for (const lines of [
        "  members (2): { id: 24 }",
        "    defaultAccess: none\n    resources: { dashboard: viewer }\n    members:\n",
        "      Olivia.Owner@Acme.Test: { resources: { feature_flag: editor } }",
        '  new-old- both:\n    name: "new/old: both"\n    members:\n      - o\'hara@acme.test\n    class: { role: member }\n',
        "    class: { resources: { session_recording: viewer } }",
        "# - invites, whose people are not members yet: soon@acme.test",
      ]) {
        expect(text).toContain(lines);
      }
    }));
});

describe("names in a matrix", () => {
  const turned = "a\u202eb\u200b\u2028\u{e0041}";
  const names = ["App/iOS", "App-iOS", "Web\tTab", "two\r\nlines", "<<", "App-iOS (2)", turned];

  test("stay the same if the file allows that, and are always valid", () =>
    reading(
      changed({
        projects: names.map((name, at) => ({ name, id: at + 1 })),
        roles: names.map((name) => ({ name, members: [] })),
        accessRules: [],
      }),
      async (host) => {
        const text = matrixOf(await readLive(host.connection(), { ...quiet, domains: false }));
        const { matrix, problems } = parseMatrix(text);
        expect(problems).toEqual([]);
        expect(matrix).toBeDefined();
        // Nothing in it reverses a line, and the name stays the same.
        expect(text.split("\n").map(printable)).toEqual(text.split("\n"));
        expect([...(matrix?.teams.keys() ?? [])]).toContain(turned);
        for (const line of [
          "  App-iOS: { id: 2 }",
          "  App-iOS (2): { id: 6 }",
          "  App-iOS (3): { id: 1 }",
          "  Web Tab: { id: 3 }",
          "  two lines: { id: 4 }",
          "  --: { id: 5 }",
          "  App-iOS (3):\n    name: App/iOS\n",
          "  App-iOS:\n    members: []\n",
          '  "a\\U0000202eb\\U0000200b\\',
        ]) {
          expect(text).toContain(line);
        }
      },
    ));
});

test("nothing to write as a matrix is an error, not an invalid empty file", () =>
  reading(changed({ projects: [], roles: [], accessRules: [], identityProviders: [] }), async (host) => {
    const live = await readLive(host.connection(), { ...quiet, domains: false });
    expect(() => matrixOf(live)).toThrow(/nothing to write as a matrix[\s\S]*fix: /);
  }));

describe("files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "export-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("are never overwritten without --force, and then none of them is written", () => {
    const [there, fresh] = [join(folder, "index.ts"), join(folder, "deeper", "people.ts")];
    writeFileSync(there, "by hand");
    const files = new Map([
      [fresh, "people"],
      [there, "program"],
    ]);
    expect(() => writeFiles(files, false)).toThrow(/index\.ts exists already[\s\S]*--force/);
    expect(existsSync(fresh)).toBe(false);
    writeFiles(files, true);
    expect([there, fresh].map((file) => readFileSync(file, "utf8"))).toEqual(["program", "people"]);
  });

  test("of the project are added only if they are missing", () => {
    writeFileSync(join(folder, "package.json"), "{}");
    const missing = missingProjectFiles(folder, 'Acme "&" Söhne', "1.2.3");
    expect([...missing.keys()]).toEqual(["Pulumi.yaml", "tsconfig.json"].map((file) => join(folder, file)));
    expect(missing.get(join(folder, "Pulumi.yaml"))).toBe(
      "name: acme-s-hne\nruntime: nodejs\nmain: index.ts\n",
    );
  });
});
