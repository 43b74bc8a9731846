import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configurationOf } from "../../../cli/common/connection";
import { readNames } from "../../../cli/doctor";
import { describeReport } from "../../../cli/doctor/report";
import { SYSTEM, startEmulator } from "../../../emulator";
import { ALL_FEATURES } from "../../../emulator/seed/defaults";
import { handlers } from "../../../provider/handlers";
import { hideOrganizationLog } from "../../support/activity";
import { acmeWorld } from "../../support/seeds";
import { examined } from "./support";

const healthy = acmeWorld({
  organization: {
    projects: [{ name: "Production", id: 1 }],
    accessRules: [{ project: "Production", level: "none" }],
  },
});

test("every check passes on a healthy setup, and nothing is changed", async () => {
  await examined(healthy, {
    after: (emulator, report) => {
      expect(report.checks.map(({ status }) => status)).toEqual(report.checks.map(() => "ok"));
      expect(report.ok).toBe(true);
      const writes = emulator.requests.filter(
        ({ method, path }) => method !== "GET" && !path.includes("/login"),
      );
      expect(writes).toEqual([]);
      expect(emulator.requests.length).toBeLessThanOrEqual(13);
      const text = describeReport(report);
      expect(text).toMatch(/No problems\./);
      for (const secret of [emulator.apiKey, "a-long-enough-password"]) {
        expect(text + JSON.stringify(report)).not.toContain(secret);
      }
    },
  });
});

describe("the connection", () => {
  test("a host that does not answer is the only problem", async () => {
    const check = await examined(healthy, { over: { host: "http://127.0.0.1:9" } });
    expect(check("host")).toMatchObject({
      status: "problem",
      message: expect.stringMatching(/http:\/\/127\.0\.0\.1:9 refused the connection/),
    });
    expect(check("key").status).toBe("skipped");
    expect(check("scopes").status).toBe("skipped");
  }, 20_000);

  test("an address that is not a PostHog server is reported as such", async () => {
    const check = await examined(healthy, {
      before: ({ faults }) => faults.add({ kind: "garbage", path: "/api/personal_api_keys/", times: 9 }),
    });
    expect(check("host").message).toMatch(/instead of PostHog's API/);
  });

  test("a key that PostHog does not know is the problem, not the host", async () => {
    const check = await examined(healthy, { over: { apiKey: "phx_unknown0key" } });
    expect(check("host").status).toBe("ok");
    expect(check("key")).toMatchObject({ status: "problem", fix: expect.stringMatching(/posthog:apiKey/) });
    expect(check("organization").status).toBe("skipped");
  });

  test("without a key no request is sent", async () => {
    const check = await examined(healthy, {
      over: { apiKey: undefined, email: undefined },
      after: ({ requests }) => expect(requests).toEqual([]),
    });
    expect(check("key")).toMatchObject({ status: "problem", message: "no API key is configured" });
    expect(check("host").status).toBe("skipped");
  });

  test("an organization without access is reported with those that the key can access", async () => {
    const check = await examined(healthy, { over: { organizationId: "globex" } });
    expect(check("organization")).toMatchObject({
      status: "problem",
      message: 'the key has no access to organization "globex"',
      details: [expect.stringMatching(/Acme \(acme, /)],
    });
  });

  test("a failed sign-in is a problem, a missing session a warning", async () => {
    const wrong = await examined(healthy, { over: { password: "hunter2" } });
    expect(wrong("session")).toMatchObject({ status: "problem", fix: expect.stringMatching(/Check both/) });
    expect(JSON.stringify(wrong("session"))).not.toContain("hunter2");
    const none = await examined(healthy, { over: { email: undefined } });
    expect(none("session")).toMatchObject({ status: "warning", fix: expect.stringMatching(/posthog:email/) });
  });

  test("previews that send no requests to PostHog are a warning", async () => {
    const check = await examined(healthy, { over: { preflight: false } });
    expect(check("previews")).toMatchObject({ status: "warning" });
    expect(check("rate limits").message).toMatch(/430 requests a minute; a self-hosted server/);
  });
});

describe("the key", () => {
  const reading = acmeWorld({ scopes: ["organization:read", "project:write"] });

  test("lacks a scope: every resource that needs it is named", async () => {
    const check = await examined(reading);
    expect(check("scopes")).toMatchObject({
      status: "problem",
      message: expect.stringMatching(/^the key lacks .*access_control:write/),
      details: expect.arrayContaining([
        "ProjectMember: access_control:write, organization_member:read",
        "Role: organization:write",
      ]),
      fix: expect.stringMatching(/^Add .* to the key under Settings/),
    });
    expect(check("scopes").details?.join()).not.toMatch(/\bProject: /);
  });

  test("passes when it is enough for the resources in use", async () => {
    const check = await examined(reading, { resources: ["Project", "ProjectSecretApiKey"] });
    expect(check("scopes").details?.join()).toMatch(/^Project with defaultAccess: access_control:write/);
    const narrow = await examined(reading, { resources: ["ProjectSecretApiKey"] });
    expect(narrow("scopes").status).toBe("ok");
  });

  test("is a problem when restricted to projects", async () => {
    const check = await examined(acmeWorld({ keyProjects: [1] }));
    expect(check("scopes")).toMatchObject({
      status: "problem",
      message: expect.stringMatching(/restricted to projects/),
    });
  });

  test("is a problem when its owner is a plain member", async () => {
    const check = await examined(acmeWorld({ caller: "analyst@acme.test" }));
    expect(check("level")).toMatchObject({
      status: "problem",
      message: "the key's owner is only member of Acme",
      details: expect.arrayContaining(["Role: admin", "IdentityProvider: admin"]),
    });
    expect(check("activity log")).toMatchObject({
      status: "warning",
      fix: expect.stringMatching(/organization admin/),
    });
  });

  test("is limited by the plan, feature by feature", async () => {
    const check = await examined(acmeWorld({ organization: { features: ["saml"] } }));
    expect(check("plan features")).toMatchObject({
      status: "warning",
      details: expect.arrayContaining(["IdentityProvider with scim: scim"]),
    });
    expect(check("activity log")).toMatchObject({
      status: "warning",
      message: expect.stringMatching(/402 payment_required/),
    });
  });
});

describe("common mistakes", () => {
  test("a production project that is open to everyone is named", async () => {
    const projects = [
      { name: "Production", id: 1 },
      { name: "acme-prod-eu", id: 2 },
      { name: "Products", id: 3 },
    ];
    const open = acmeWorld({
      organization: { projects, accessRules: [{ project: "Production", level: "none" }] },
    });
    const check = await examined(open);
    expect(check("production")).toMatchObject({
      status: "warning",
      message: "acme-prod-eu is open to every member of the organization",
      details: ["acme-prod-eu (2): default access admin"],
      fix: expect.stringMatching(/defaultAccess: "none"/),
    });
    const deleted = await examined(open, {
      before: ({ store }) => store.projects.update(2, { is_pending_deletion: true }, SYSTEM),
    });
    expect(deleted("production")).toMatchObject({ status: "ok" });
    const unenforced = await examined(acmeWorld({ organization: { projects, features: ["saml"] } }));
    expect(unenforced("production")).toMatchObject({
      status: "warning",
      message: expect.stringMatching(/lacks access_control/),
    });
  });

  test("a key cannot be created when ten are in use, or members may have none", async () => {
    const full = await examined(healthy, {
      before: ({ store }) => {
        const [row] = store.personalApiKeys.all();
        for (let index = 0; row !== undefined && index < 9; index += 1)
          store.personalApiKeys.insert({ ...row, id: `key${index}`, secure_value: `hash${index}` }, SYSTEM);
      },
    });
    expect(full("key creation")).toMatchObject({
      status: "problem",
      message: expect.stringMatching(/all 10 personal API keys/),
    });
    const banned = await examined(acmeWorld({ caller: "analyst@acme.test" }), {
      before: ({ store, organizationId }) => {
        const features = { members_can_use_personal_api_keys: false, available_product_features: [] };
        store.organizations.update(organizationId, features, SYSTEM);
      },
    });
    expect(banned("key creation")).toMatchObject({
      status: "problem",
      message: expect.stringMatching(/only admins of .* may use/),
    });
  });

  test("an activity log with limited retention is a warning", async () => {
    const features = [{ key: "audit_logs", limit: 3, unit: "months" }];
    const check = await examined(acmeWorld({ organization: { features } }));
    expect(check("activity log")).toMatchObject({
      status: "warning",
      message: expect.stringMatching(/keeps the log for 3 months/),
    });
  });
});

test.each([
  [
    "old",
    /of about August 2025/,
    ["identity providers (IdentityProvider)", "an activity log of the whole organization"],
  ],
  ["mid", /of about July 2026/, ["more than one identity provider for a domain"]],
  ["new", /of the newest generation/, []],
] as const)("the server's generation is reported: %s", async (generation, message, lacks) => {
  const check = await examined(acmeWorld({ generation }));
  expect(check("server generation").message).toMatch(message);
  expect(check("server generation").status).toBe(generation === "new" ? "ok" : "warning");
  expect(check("server generation").details ?? []).toEqual(lacks.map((what) => `it lacks ${what}`));
  expect(check("activity log").status).toBe(generation === "old" ? "warning" : "ok");
});

test("the server itself shows whether it has an organization log", async () => {
  const world = acmeWorld({ generation: "mid" });
  const check = await examined(world, { before: hideOrganizationLog });
  expect(check("server generation").details).toContain("it lacks an activity log of the whole organization");
  expect(check("activity log").message).toMatch(/no activity log of the whole organization/);
});

// Servers of August 2025 only know the feature of access rules by its earlier name.
test.each([
  ["old", ALL_FEATURES.filter((name) => name !== "access_control")],
  ["mid", ALL_FEATURES],
] as const)("there are no false findings on servers of generation %s", async (generation, features) => {
  const organization = { projects: [{ name: "Production" }], features: [...features] };
  const check = await examined(acmeWorld({ generation, organization }));
  expect(check("production").message).toBe("Production is open to every member of the organization");
  expect(check("plan features").status).toBe("ok");
});

describe("the command", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "doctor-test-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the built command. */
  function run(
    args: string[],
    env: Record<string, string>,
  ): Promise<{ code: number | null; out: string; err: string }> {
    const main = join(__dirname, "..", "..", "..", "dist", "cli", "main.js");
    const child = spawn(process.execPath, [main, "doctor", ...args], {
      env: { ...process.env, ...env },
      // Outside every program, whose stack would otherwise supply a key.
      cwd: folder,
    });
    const output = { out: "", err: "" };
    child.stdout.on("data", (chunk) => (output.out += String(chunk)));
    child.stderr.on("data", (chunk) => (output.err += String(chunk)));
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...output })));
  }

  test("exits with 0 without problems, else with 1, and prints JSON with --json", async () => {
    const emulator = await startEmulator(healthy.emulator);
    try {
      const good = await run([], { POSTHOG_HOST: emulator.url, POSTHOG_API_KEY: emulator.apiKey });
      expect(good).toMatchObject({ code: 0, err: "", out: expect.stringMatching(/^✓ host: .*\n✓ key: /) });
      expect(good.out).toMatch(/No problems, 2 warnings\.\n$/);
      const bad = await run(["--json"], { POSTHOG_HOST: emulator.url, POSTHOG_API_KEY: "phx_wrong" });
      expect(bad.code).toBe(1);
      expect(JSON.parse(bad.out)).toMatchObject({ ok: false, checks: expect.any(Array) });
      const ingestion = await run([], { POSTHOG_HOST: "us.i.posthog.com" });
      expect(ingestion).toMatchObject({
        code: 1,
        out: expect.stringMatching(/^✗ configuration: us\.i\.posthog\.com accepts events/),
      });
      const unknown = await run(["--resources", "Projct"], {});
      expect(unknown.err).toMatch(/Unknown resource "Projct"; did you mean "Project"\?/);
      expect(unknown.code).toBe(1);
    } finally {
      await emulator.close();
    }
  }, 60_000);

  test("reads the configuration of the named stack before the environment's", async () => {
    const pulumi = join(folder, "pulumi");
    const config = {
      "posthog:host": { value: "https://eu.posthog.com" },
      "posthog:apiKey": { value: "phx_1", secret: true },
    };
    writeFileSync(
      pulumi,
      `#!/bin/sh\n[ "$5" = dev ] || { echo "error: no stack named '$5' found" >&2; exit 255; }\necho '${JSON.stringify(config)}'\n`,
    );
    chmodSync(pulumi, 0o755);
    const path = process.env.PATH;
    process.env.PATH = `${folder}:${path ?? ""}`;
    try {
      expect(await configurationOf({ stack: "dev" })).toMatchObject({
        host: "https://eu.posthog.com",
        apiKey: "phx_1",
      });
      await expect(configurationOf({ stack: "prod" })).rejects.toThrow(
        /stack "prod" cannot be read[\s\S]*no stack named 'prod' found/,
      );
      process.env.PATH = join(folder, "nowhere");
      await expect(configurationOf({ stack: "dev" })).rejects.toThrow(
        /there is no pulumi command on the PATH/,
      );
    } finally {
      process.env.PATH = path;
    }
  });

  test("accepts the names of all resources", () => {
    const names = [...handlers.keys()];
    expect(readNames(names.join(", "))).toEqual(names);
  });
});
