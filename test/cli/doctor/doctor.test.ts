import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configurationOf } from "../../../cli/common/connection";
import { examine, readNames } from "../../../cli/doctor";
import type { Check } from "../../../cli/doctor/check";
import { describeReport, type Report } from "../../../cli/doctor/report";
import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import { ALL_FEATURES } from "../../../emulator/seed/seed";
import { handlers } from "../../../provider/handlers";
import type { Configuration } from "../../../provider/posthog/configuration";
import { currentCertificate, expiredCertificate } from "../../fixtures/sso/certificates";
import { hideOrganizationLog } from "../../support/activity";
import { acmeWorld } from "../../support/seeds";

type World = ReturnType<typeof acmeWorld>;

/** Has `doctor` examine the emulator. */
async function examined(
  world: World = acmeWorld(),
  options: {
    over?: Partial<Configuration>;
    resources?: string[];
    before?: (emulator: Emulator) => void;
    after?: (emulator: Emulator, report: Report) => void;
  } = {},
): Promise<(name: string) => Check> {
  const emulator = await startEmulator(world.emulator);
  try {
    options.before?.(emulator);
    const configuration: Configuration = {
      host: emulator.url,
      organizationId: emulator.organizationId,
      ...world.config,
      preflight: true,
      requestsPerMinute: 430,
      ...options.over,
    };
    const report = await examine(Promise.resolve(configuration), options.resources);
    options.after?.(emulator, report);
    return (name) => {
      const check = report.checks.find((one) => one.name === name);
      if (check === undefined) throw new Error(`no check is called ${name}`);
      return check;
    };
  } finally {
    await emulator.close();
  }
}

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
  test("a host that does not answer is the one problem", async () => {
    const check = await examined(healthy, { over: { host: "http://127.0.0.1:9" } });
    expect(check("host")).toMatchObject({
      status: "problem",
      message: expect.stringMatching(/no answer from http:\/\/127\.0\.0\.1:9/),
    });
    expect(check("key").status).toBe("skipped");
    expect(check("scopes").status).toBe("skipped");
  }, 20_000);

  test("an address that is not PostHog's is reported as such", async () => {
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

  test("an organization that is not the key's is named with those that are", async () => {
    const check = await examined(healthy, { over: { organizationId: "globex" } });
    expect(check("organization")).toMatchObject({
      status: "problem",
      message: 'the key has no access to organization "globex"',
      details: [expect.stringMatching(/Acme \(acme, /)],
    });
  });

  test("a session that does not open is a problem, a missing one a warning", async () => {
    const wrong = await examined(healthy, { over: { password: "hunter2" } });
    expect(wrong("session")).toMatchObject({ status: "problem", fix: expect.stringMatching(/Check both/) });
    expect(JSON.stringify(wrong("session"))).not.toContain("hunter2");
    const none = await examined(healthy, { over: { email: undefined } });
    expect(none("session")).toMatchObject({ status: "warning", fix: expect.stringMatching(/posthog:email/) });
  });

  test("previews that do not ask PostHog are a warning", async () => {
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
  test("a production project that is open to everybody is named", async () => {
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

  const saml = {
    samlEntityId: "https://idp",
    samlAcsUrl: "https://idp/sso",
    samlX509Cert: currentCertificate,
  };
  const okta = { name: "Okta", configScope: "saml" as const, domains: ["acme.test"], ...saml };
  const signOn: [string, object, Partial<Record<keyof Check, unknown>>][] = [
    [
      "is enforced nowhere",
      { domains: [{ domain: "acme.test", verified: true }] },
      { status: "warning", message: "not every domain enforces it" },
    ],
    [
      "is enforced, but not verified",
      { domains: [{ domain: "acme.test", ssoEnforcement: "saml" }], identityProviders: [okta] },
      {
        status: "problem",
        message: expect.stringMatching(/is not verified, so what it enforces has no effect/),
      },
    ],
    [
      "is enforced for some people only",
      { domains: [{ domain: "acme.com", verified: true, ssoEnforcement: "github" }] },
      { status: "warning", message: "4 members have an e-mail address outside the enforced domains" },
    ],
    [
      "is enforced and not set up",
      { domains: [{ domain: "acme.test", verified: true, ssoEnforcement: "saml" }] },
      { status: "problem", message: expect.stringMatching(/nobody of acme\.test can sign in/) },
    ],
    [
      "is enforced and set up",
      {
        domains: [{ domain: "acme.test", verified: true, ssoEnforcement: "saml" }],
        identityProviders: [okta],
      },
      { status: "ok", message: "every member's e-mail domain enforces it" },
    ],
    [
      "is enforced in a way that no server has but the newest",
      { domains: [{ domain: "acme.test", verified: true, ssoEnforcement: "oidc" }] },
      { status: "problem", message: expect.stringMatching(/nobody of acme\.test could sign in/) },
    ],
    [
      "has a certificate that has ended",
      {
        domains: [{ domain: "acme.test", verified: true, ssoEnforcement: "saml" }],
        identityProviders: [{ ...okta, samlX509Cert: expiredCertificate }],
      },
      {
        status: "warning",
        message: "the SAML certificate of acme.test ended on 2020-01-01; PostHog still accepts it",
      },
    ],
  ];
  test.each(signOn)("single sign-on that %s is reported", async (_, organization, expected) => {
    const check = await examined(acmeWorld({ organization }), { over: { email: undefined } });
    expect(check("single sign-on")).toMatchObject(expected);
  });

  const domains = [{ domain: "acme.com", verified: true }];
  const leftovers: [string, object, object][] = [
    [
      "serve their domains, are none",
      { domains, identityProviders: [{ name: "Okta", ...saml, domains: ["acme.com"] }] },
      { status: "ok", message: "nothing is left of identity providers that were removed" },
    ],
    [
      "are named after their domain, are none: someone may have meant them",
      { domains, identityProviders: [{ name: "acme.com", ...saml, domains: ["acme.com"] }] },
      { status: "ok" },
    ],
    [
      "serve nobody, are reported with how to remove them",
      { domains, identityProviders: [{ name: "Okta", ...saml }] },
      {
        status: "warning",
        message: 'Identity provider "Okta" serves no domain, and still has SAML.',
        fix: expect.stringMatching(/clear its SAML values and switch SCIM off first/),
      },
    ],
    [
      "PostHog made out of another one, are reported with that one",
      {
        domains,
        identityProviders: [
          { name: "Okta", ...saml },
          { name: "acme.com", ...saml, domains: ["acme.com"] },
        ],
      },
      {
        status: "warning",
        message: "2 things are left of removed identity providers",
        details: [
          'Identity provider "Okta" serves no domain, and still has SAML.',
          'Identity provider "acme.com" is a copy of "Okta": people of acme.com still sign in through it.',
        ],
      },
    ],
  ];
  test.each(leftovers)("identity providers that %s", async (_, organization, expected) => {
    const check = await examined(acmeWorld({ organization, generation: "2026-07" }));
    expect(check("sign-on leftovers")).toMatchObject(expected);
  });

  test("settings of an identity provider that someone deleted are reported", async () => {
    const organization = { domains, identityProviders: [{ name: "Okta", ...saml, domains: ["acme.com"] }] };
    const check = await examined(acmeWorld({ organization, generation: "2026-07" }), {
      before: ({ store }) => {
        for (const { id } of store.identityProviders.all()) store.identityProviders.delete(id, SYSTEM);
      },
    });
    expect(check("sign-on leftovers")).toMatchObject({
      status: "warning",
      message: expect.stringMatching(/^acme\.com still holds the settings of an identity provider/),
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

test("whether there is a log of the organization is asked of the server, whatever else it has", async () => {
  const world = acmeWorld({ generation: "mid" });
  const check = await examined(world, { before: hideOrganizationLog });
  expect(check("server generation").details).toContain("it lacks an activity log of the whole organization");
  expect(check("activity log").message).toMatch(/no activity log of the whole organization/);
});

// Servers of August 2025 know the feature of access rules under its earlier name only.
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

  test("takes the names of all resources", () => {
    const names = [...handlers.keys()];
    expect(readNames(names.join(", "))).toEqual(names);
  });
});
