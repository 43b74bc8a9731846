import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { describeAdoption } from "../../cli/adopt/describe";
import { findObjects, type Outcome } from "../../cli/adopt/find";
import type { PlannedResource } from "../../cli/adopt/planned";
import { whyUnknown } from "../../cli/adopt/references";
import { registerAudit } from "../../cli/audit";
import { describeReport } from "../../cli/doctor/report";
import { registerDrift } from "../../cli/drift";
import { registerExport } from "../../cli/export";
import { registerReview } from "../../cli/review";
import { type Emulator, type SeedInput, startEmulator } from "../../emulator";
import type { Properties } from "../../provider/engine/state";
import { log } from "../support/activity";
import { runCommand, withFolder } from "../support/command";
import { actor, program, stateText, withFile } from "../support/drift";
import { withWorld } from "../support/driver";
import { acmeWorld } from "../support/seeds";
import { root, textOf } from "../support/sources";
import { examined } from "./doctor/support";

/** The code block of a page in `docs` that begins like this, in any language or none. */
function sample(page: string, begins: RegExp): string {
  const text = readFileSync(join(root, "docs", page), "utf8");
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);
  return masked(blocks.find((block) => begins.test(block)) ?? "there is none");
}

/** A text without the parts that differ between runs. */
const masked = (text: string): string =>
  text
    .replace(/ at https?:\/\/[\w.:]+(?=[:,] )/, " at HOST")
    .replace(/ \(https?:\/\/[\w.:]+\)| https?:\/\/[\w.:]+(?= answers)/g, " HOST")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?(?: UTC)?|(?<=since )\d{4}-\d\d-\d\d/g, "MOMENT")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "MOMENT")
    .replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, "UUID")
    .trim();

/** A command's output about an organization, with the seed's last key. */
async function printed(
  register: (program: Command) => void,
  seed: SeedInput,
  args: readonly string[],
): Promise<string> {
  const emulator = await startEmulator({ seed });
  const apiKey = seed.keys === undefined ? emulator.apiKey : pulumiKey;
  try {
    return masked((await runCommand(register, { ...emulator, apiKey }, args)).printed);
  } finally {
    await emulator.close();
  }
}

const pulumiKey = "phx_pulumi0key";

/** The organization whose review and changes the page shows. */
const acme: SeedInput = {
  users: ["olga@acme.com", "otto@acme.com", "ann@acme.com", "bob@acme.com", "eve@partner.org"].map(
    (email) => ({
      email,
      socialAuth: email.endsWith("acme.com"),
      password: "a-long-enough-password",
    }),
  ),
  organizations: [
    {
      name: "Acme",
      members: [
        { email: "olga@acme.com", level: "owner" },
        { email: "otto@acme.com", level: "admin" },
        { email: "ann@acme.com" },
        { email: "bob@acme.com" },
        { email: "eve@partner.org" },
      ],
      projects: [
        { name: "Production", id: 1 },
        { name: "Staging", id: 2 },
      ],
      roles: [{ name: "Analysts", members: ["ann@acme.com"] }],
      domains: [{ domain: "acme.com", verified: true, ssoEnforcement: "google-oauth2" }],
      accessRules: [
        { project: "Production", level: "none" },
        { project: "Production", role: "Analysts", level: "member" },
        { project: "Production", member: "bob@acme.com", level: "admin" },
        { project: "Production", resource: "feature_flag", level: "viewer" },
      ],
    },
  ],
  keys: [
    {
      user: "olga@acme.com",
      label: "Pulumi",
      value: pulumiKey,
      scopes: ["access_control:read", "organization:read", "organization_member:read", "project:read"],
    },
  ],
};

/** The organization whose matrix the page on adoption shows. */
const staging: SeedInput = {
  users: ["olga@acme.example", "ana@acme.example", "eli@acme.example", "temp@acme.example"].map((email) => ({
    email,
  })),
  organizations: [
    {
      name: "Acme",
      members: [
        { email: "olga@acme.example", level: "owner" },
        { email: "ana@acme.example" },
        { email: "eli@acme.example" },
        { email: "temp@acme.example" },
      ],
      projects: [
        { name: "Staging", id: 1 },
        { name: "Production", id: 2 },
      ],
      roles: [{ name: "Analysts", members: ["ana@acme.example", "eli@acme.example"] }],
      accessRules: [
        { project: "Production", level: "none" },
        { project: "Production", member: "temp@acme.example", level: "member" },
        { project: "Production", role: "Analysts", level: "member" },
        { project: "Production", role: "Analysts", resource: "feature_flag", level: "viewer" },
      ],
    },
  ],
};

/** The organization that Acme's matrix is compared with. */
const withFlags: SeedInput = {
  ...acme,
  organizations: acme.organizations.map((one) => ({
    ...one,
    accessRules: [
      ...(one.accessRules ?? []),
      { project: "Production", role: "Analysts", resource: "feature_flag", level: "editor" },
    ],
  })),
};

function planned(
  kind: string,
  name: string,
  args: Properties,
  waitsFor: readonly string[] = [],
): PlannedResource {
  const type = `pulumi-nodejs:dynamic/posthog:${kind}`;
  const resource = { urn: `urn:pulumi:dev::acme::${type}::${name}`, type, custom: true };
  return { resource, kind, name, args, secrets: new Set(), waitsFor };
}

const matrix = (production: string, members: string) => `projects:
  Production: ${production}
access_matrix:
  Analysts:
    members: ${members}
    Production: { role: member, resources: { feature_flag: editor } }
`;

describe("docs/access-review.md shows the command's output", () => {
  test("for an organization", async () => {
    expect(await printed(registerReview, acme, ["review"])).toBe(
      sample("access-review.md", /^Acme at .*: 5 people/),
    );
  });

  test("for the changes to a matrix", () =>
    withFolder(async (path) => {
      writeFileSync(
        path("before.yaml"),
        matrix(
          "{ id: 1, defaultAccess: none, members: { bob@acme.com: { role: admin } } }",
          "[ann@acme.com]",
        ),
      );
      writeFileSync(
        path("access.yaml"),
        matrix("{ id: 1, defaultAccess: none }", "[ann@acme.com, bob@acme.com]"),
      );
      const args = ["review", "--changes", "--matrix", path("access.yaml"), "--base", path("before.yaml")];
      expect(await printed(registerReview, withFlags, args)).toBe(
        sample("access-review.md", /^Acme at .*\n\nPeople/),
      );
    }));
});

describe("docs/adopting.md shows", () => {
  test("the matrix of an export", async () => {
    expect(await printed(registerExport, staging, ["export", "--format", "matrix"])).toContain(
      sample("adopting.md", /^projects:/),
    );
  });

  test("the report of an adoption", async () => {
    const projectId = 2;
    const production = planned("Project", "production", { name: "Production" });
    const sandbox = planned("Project", "sandbox", { name: "Sandbox" });
    const members = ["ana@acme.example", "eli@acme.example", "temp@acme.example"];
    const policy = {
      roles: { Analysts: "member" },
      resources: { feature_flag: { roles: { Analysts: "viewer" } } },
    };
    const waiting = planned("ProjectAccess", "sandbox", {}, [sandbox.resource.urn]);
    const key = { projectId, label: "Flags", scopes: ["feature_flag:read"] };
    const resources = [
      production,
      planned("ProjectAccess", "production", { projectId, ...policy }),
      planned("Role", "analysts", { name: "Analysts", members }),
      sandbox,
      planned("ProjectSecretApiKey", "flags", key),
    ];
    const keys = [{ user: "olga@acme.example", label: "Pulumi", value: pulumiKey }];
    let found: readonly Outcome[] = [];
    await withWorld(
      async ({ host }) => {
        found = await findObjects(host(), resources, new Map());
      },
      { emulator: { seed: { ...staging, keys } }, config: { apiKey: pulumiKey } },
    );
    const [missing, unreadable] = found.filter(({ why }) => why !== undefined);
    const report = {
      stack: "dev",
      dryRun: false,
      kept: 0,
      adopted: found.filter(({ why }) => why === undefined),
      left: [
        missing,
        { planned: waiting, differs: [], why: whyUnknown(waiting, () => false) },
        unreadable,
      ].flatMap((one) => one ?? []),
      later: [],
      backup: ".pulumi-posthog/dev-before-adopt-2026-11-23T19-51-05-038Z.json",
    };
    expect(describeAdoption(report)).toBe(sample("adopting.md", /^Stack dev/));
  });
});

/** An organization with a stack, before a manual change. */
const watched: SeedInput = {
  users: ["ann@acme.test", "bob@acme.test", "eve@acme.test"].map((email) => ({ email })),
  organizations: [
    {
      name: "Acme",
      members: [
        { email: "ann@acme.test", level: "owner" },
        { email: "bob@acme.test", level: "admin" },
        { email: "eve@acme.test" },
      ],
      projects: [{ name: "Production", id: 1 }],
    },
  ],
  keys: [{ user: "ann@acme.test", label: "ann", value: pulumiKey }],
};

/** Makes Eve an admin, as Bob with a session. */
function promoteEve(emulator: Emulator): void {
  const eve = actor(emulator, "eve@acme.test").user?.id;
  const { id = "" } = emulator.store.memberships.find(({ user_id }) => user_id === eve) ?? {};
  emulator.store.memberships.update(id, { level: 8 }, actor(emulator, "bob@acme.test", "web"));
}

test("docs/drift.md shows the command's output", () =>
  withWorld(
    async ({ emulator, resource }) => {
      log(emulator, []);
      const key = resource("ProjectSecretApiKey");
      await key.up({ projectId: 1, label: "flags", scopes: ["feature_flag:read"] });
      const eve = resource("OrganizationMember");
      await eve.up({ user: "eve@acme.test", level: "member" });
      const analysts = resource("Role");
      await analysts.up({ name: "Analysts", members: ["eve@acme.test"] });
      const production = resource("ProjectAccess");
      await production.up({ projectId: 1, roles: { Analysts: "member" } });
      const stack = stateText([
        { type: "ProjectSecretApiKey", name: "flags", driven: key },
        { type: "OrganizationMember", name: "eve", driven: eve },
        { type: "Role", name: "analysts", driven: analysts },
        { type: "ProjectAccess", name: "production", driven: production },
      ]);

      const terraform = program(emulator, pulumiKey, "terraform");
      await terraform(
        "DELETE",
        `projects/1/project_secret_api_keys/${emulator.store.projectSecretApiKeys.all()[0]?.id}/`,
      );
      promoteEve(emulator);
      const [rule] = emulator.store.accessRules.all();
      emulator.store.accessRules.update(
        rule?.id ?? "",
        { access_level: "admin" },
        actor(emulator, "bob@acme.test"),
      );
      await terraform("POST", `organizations/${emulator.organizationId}/domains/`, { domain: "acme.test" });

      emulator.clearRequests();
      await withFile("state.json", stack, async (path) => {
        const { printed: report } = await runCommand(registerDrift, { ...emulator, apiKey: pulumiKey }, [
          "drift",
          "--state",
          path,
        ]);
        const shown = masked(report).replace(path, "stack dev");
        expect(shown).toBe(sample("drift.md", /^stack dev compared/));
      });
      const count = textOf("docs/drift.md").match(/the run above took (\d+) requests/)?.[1];
      expect(emulator.requests).toHaveLength(Number(count));
    },
    { emulator: { seed: watched }, config: { apiKey: pulumiKey, email: undefined, password: undefined } },
  ));

test("docs/checking-the-setup.md shows parts of the command's output", async () => {
  const has = [
    "project:write",
    "project_secret_api_key:write",
    "organization:read",
    "access_control:read",
    "activity_log:read",
  ];
  const world = acmeWorld({ scopes: has, organization: { projects: [{ name: "Production", id: 1 }] } });
  const keys = world.emulator.seed.keys?.map((key) => ({ ...key, label: "Pulumi" }));
  await examined(
    { ...world, emulator: { seed: { ...world.emulator.seed, keys } } },
    {
      over: { email: undefined, password: undefined },
      resources: ["Project", "ProjectMember", "ProjectSecretApiKey"],
      after: (_, report) => {
        const parts = sample("checking-the-setup.md", /answers as PostHog/).split(/^\.\.\.$/m);
        expect(parts.length).toBeGreaterThan(2);
        const printed = masked(describeReport(report));
        for (const part of parts) expect(printed).toContain(part.trim());
      },
    },
  );
});

describe("docs/audit.md shows", () => {
  /** The output of `audit` about the actions of Ann, Bob and two programs. */
  const audit = async (...args: string[]): Promise<string> => {
    const emulator = await startEmulator({ seed: watched });
    try {
      log(emulator, []);
      const through = (name: string) => program(emulator, pulumiKey, name);
      const organization = `organizations/${emulator.organizationId}`;
      await through("pulumi-posthog")("POST", `${organization}/domains/`, { domain: "acme.test" });
      await through("terraform")("POST", `${organization}/invites/`, { target_email: "kim@acme.test" });
      promoteEve(emulator);
      const bob = actor(emulator, "bob@acme.test");
      emulator.store.organizations.update(emulator.organizationId, { enforce_2fa: true }, bob);
      await through("pulumi-posthog")("PATCH", "projects/1/", { timezone: "Europe/Berlin" });
      const caller = { ...emulator, apiKey: pulumiKey };
      const { printed: entries, stderr: notes } = await runCommand(registerAudit, caller, ["audit", ...args]);
      return inOrder(notes + entries);
    } finally {
      await emulator.close();
    }
  };
  /** Puts notes first, in whatever order two streams reach a terminal. */
  const inOrder = (text: string): string => {
    const lines = masked(text).split("\n");
    const isNote = (line: string) => line.startsWith("note: ");
    return [...lines.filter(isNote), ...lines.filter((line) => !isNote(line))].join("\n");
  };

  test("entries with their notes", async () => {
    const shown = inOrder(sample("audit.md", /2FA|two-factor/));
    expect(await audit("--preset", "access", "--since", "7d")).toBe(shown);
  });

  test("that nothing matches", async () => {
    const shown = sample("audit.md", /pulumi-postho --since/);
    const [command = "", ...notes] = shown.split("\n");
    expect(await audit(...command.replace("$ npx pulumi-posthog audit ", "").split(" "))).toBe(
      notes.join("\n"),
    );
  });

  test("an entry as JSON", async () => {
    const shown = sample("audit.md", /^\{"/);
    const entry = (await audit("--scope", "Team", "--format", "jsonl")).split("\n").at(-1);
    expect(entry).toBe(shown);
  });
});
