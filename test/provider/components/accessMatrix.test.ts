import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { AccessMatrix, type AccessMatrixArgs, type MatrixObject, Project, Role } from "../../../provider";
import { plainMatrix } from "../matrix/support";

/** A resource that a program declared. */
interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

const declared: Declared[] = [];
/** Names of the resources that the stand-in for the engine has answered. */
const answered: string[] = [];
const messages: string[] = [];

/** Stands in for the engine: records what is declared, and makes up outputs from the name. */
async function useEngine({ preview = true, delay = 0 } = {}): Promise<void> {
  for (const list of [declared, answered, messages]) list.length = 0;
  const mocks: pulumi.runtime.Mocks = {
    async newResource({ type, name, inputs }) {
      const { __provider: _text, __declared: _sent, ...rest } = inputs;
      declared.push({ type: type.replace("pulumi-nodejs:dynamic/posthog:", ""), name, inputs: rest });
      await new Promise((done) => setTimeout(done, delay));
      answered.push(name);
      return {
        id: `id-of-${name}`,
        state: { ...inputs, roleId: `role-${name}`, value: `key-${name}` },
      };
    },
    call: ({ inputs }) => inputs,
  };
  await pulumi.runtime.setMocks(mocks, "project", "stack", preview);
}

beforeEach(() => {
  jest.useFakeTimers({
    now: Date.parse("2026-11-23T10:00:00Z"),
    doNotFake: ["nextTick", "setImmediate", "setTimeout"],
  });
  for (const severity of ["warn", "info"] as const) {
    jest.spyOn(pulumi.log, severity).mockImplementation(async (...args) => {
      messages.push(`${severity}: ${args[0]}`);
    });
  }
  return useEngine();
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const projects = { staging_project: 1, production_project: 2 };

/** An output's value as the program sees it. */
function seen<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** Declares a matrix and waits for everything that it declares. */
async function declare(args: Partial<AccessMatrixArgs> = {}) {
  const access = new AccessMatrix("access", { matrix: plainMatrix, projects, ...args });
  const { urn, roles, keys, grants, notEnforceable } = access;
  const values = await Promise.all([seen(urn), seen(roles), seen(keys), seen(grants), seen(notEnforceable)]);
  await pulumi.runtime.disconnect();
  return values;
}

const children = () => declared.filter(({ type }) => type !== "posthog:index:AccessMatrix");
const child = (name: string) => children().find((one) => one.name === name)?.inputs;

describe("the plain matrix", () => {
  test("declares one role a team, one policy a project and one key a service account, under stable names", async () => {
    await declare();
    expect(
      children()
        .map(({ type, name }) => `${type} ${name}`)
        .sort(),
    ).toEqual([
      "PersonalApiKey access-bi_service_account/production_project",
      "PersonalApiKey access-flag_service_account/production_project",
      "ProjectAccess access-production_project",
      "ProjectAccess access-staging_project",
      "Role access-engineering",
      "Role access-product",
    ]);
  });

  test("gives each of them exactly what the matrix says", async () => {
    await declare({ members: { product: ["pia@acme.com", "pat@acme.com"] } });
    expect(child("access-engineering")).toEqual({ name: "engineering" });
    expect(child("access-product")).toEqual({ name: "product", members: ["pia@acme.com", "pat@acme.com"] });
    expect(child("access-production_project")).toEqual({
      projectId: 2,
      members: {},
      roles: { engineering: "member", product: "member" },
      resources: {
        feature_flag: { members: {}, roles: { engineering: "editor" } },
        insight: { members: {}, roles: { product: "editor" } },
        session_recording: { members: {}, roles: { product: "viewer" } },
      },
    });
    expect(child("access-bi_service_account/production_project")).toEqual({
      label: "bi_service_account/production_project",
      scopes: ["dashboard:read", "insight:read", "query:read"],
      projects: [2],
    });
  });

  test("keeps the people of a team in the file's order, so that a message about members[1] points to the right person", async () => {
    await declare({ matrix: "access_matrix: {web: {members: [zoe@acme.com, Ann@acme.com, bob@acme.com]}}" });
    expect(child("access-web")).toMatchObject({ members: ["zoe@acme.com", "Ann@acme.com", "bob@acme.com"] });
  });

  test("puts policies after the roles that they name", async () => {
    await useEngine({ delay: 30 });
    const running = declare({ matrix: "access_matrix: {web: {staging_project: {role: member}}}" });
    while (!answered.includes("access-web")) {
      expect(declared.map(({ name }) => name)).not.toContain("access-staging_project");
      await new Promise((done) => setTimeout(done, 5));
    }
    await running;
    expect(answered).toContain("access-staging_project");
  });

  test("is one component, of which the others are parts", async () => {
    const [urn] = await declare();
    expect(urn).toMatch(/posthog:index:AccessMatrix::access$/);
    expect(declared[0]).toMatchObject({ type: "posthog:index:AccessMatrix", name: "access" });
  });

  test("has roles, keys, grants and what cannot be enforced as outputs", async () => {
    const [, roles, keys, grants, notEnforceable] = await declare();
    expect(roles).toEqual({ engineering: "role-access-engineering", product: "role-access-product" });
    expect(keys).toEqual({
      bi_service_account: { production_project: "key-access-bi_service_account/production_project" },
      flag_service_account: { production_project: "key-access-flag_service_account/production_project" },
    });
    expect(grants).toHaveLength(10);
    expect(grants[0]).toEqual({
      project: "production_project",
      team: "engineering",
      resource: "feature_flag",
      level: "editor",
    });
    expect(notEnforceable).toEqual([expect.objectContaining({ asked: "can_delete_flags: false" })]);
  });

  test("keeps keys secret", async () => {
    const access = new AccessMatrix("access", { matrix: plainMatrix, projects });
    expect(await pulumi.isSecret(access.keys)).toBe(true);
    expect(await pulumi.isSecret(access.roles)).toBe(false);
    await seen(access.keys);
    await pulumi.runtime.disconnect();
  });
});

describe("a matrix with everything", () => {
  const matrix = `
mode: exclusive
removalLimit: 0.1
ignore: [scim@acme.com, Contractors]
waitForMembers: true
projects:
  production_project: {defaultAccess: none, can_view_recordings: false, members: {Ann@acme.com: {role: admin}}}
  archive: {id: 9}
access_matrix:
  web:
    name: Web Team
    members: [bob@acme.com, {user: cat@acme.com, until: 2030-11-22}]
    production_project: {role: member, can_view_recordings: true}
  bot:
    production_project: {api_key_scopes: [feature_flag:read], label: Flags, rotateAfterDays: 90}
    archive: {api_key_scopes: [query:read]}
`;

  test("passes mode, limit and whom to leave alone on to roles and policies", async () => {
    await declare({ matrix });
    const treatment = { mode: "exclusive", removalLimit: 0.1 };
    expect(child("access-web")).toEqual({
      ...treatment,
      name: "Web Team",
      members: ["bob@acme.com", "cat@acme.com"],
      ignore: ["scim@acme.com"],
      waitForMembers: true,
    });
    expect(child("access-production_project")).toEqual({
      ...treatment,
      projectId: 2,
      defaultAccess: "none",
      members: { "ann@acme.com": "admin" },
      roles: { "Web Team": "member" },
      resources: { session_recording: { default: "none", members: {}, roles: { "Web Team": "viewer" } } },
      ignore: ["Contractors", "scim@acme.com"],
    });
  });

  test("makes project keys where the scopes allow it, and takes numbers of projects from the matrix", async () => {
    await declare({ matrix });
    expect(children().filter(({ type }) => type.endsWith("Key"))).toMatchObject([
      {
        type: "PersonalApiKey",
        name: "access-bot/archive",
        inputs: { projects: [9], scopes: ["query:read"] },
      },
      {
        type: "ProjectSecretApiKey",
        name: "access-bot/production_project",
        inputs: { projectId: 2, label: "Flags", scopes: ["feature_flag:read"], rotateAfterDays: 90 },
      },
    ]);
  });

  test("passes account, organization and adopt on to every resource", async () => {
    const common = { account: "eu", organizationId: "acme", adopt: true };
    await declare({ matrix, ...common });
    expect(children()).toHaveLength(4);
    for (const { inputs } of children()) expect(inputs).toMatchObject(common);
  });

  test("omits a role's members and their settings if there are none", async () => {
    await declare({ matrix: "mode: exclusive\naccess_matrix: {web: {}}" });
    expect(child("access-web")).toEqual({ name: "web" });
  });
});

describe("values that are not known yet", () => {
  const unknown = expect.objectContaining({ __pulumiUnknown: true });

  test("pass through: numbers of projects and people of teams may come out of other resources", async () => {
    const project = new Project("new", { name: "New" });
    const group = new Role("group", { name: "Group" });
    const people = group.unmanaged.apply((emails) => emails ?? []);
    const [, roles] = await declare({
      projects: { staging_project: project.projectId, production_project: 2 },
      members: { engineering: people, product: pulumi.output(["pia@acme.com"]) },
    });
    expect(child("access-staging_project")).toMatchObject({
      projectId: unknown,
      roles: { product: "member" },
    });
    expect(child("access-engineering")).toEqual({ name: "engineering", members: unknown });
    expect(child("access-product")).toEqual({ name: "product", members: ["pia@acme.com"] });
    expect(Object.keys(roles)).toEqual(["engineering", "product"]);
  });
});

describe("a preview says", () => {
  test("what cannot be enforced, why, and what comes closest", async () => {
    await declare();
    expect(messages).toEqual([
      `warn: engineering in production_project: can_delete_flags: false cannot be enforced
  why: PostHog has no separate right to delete feature_flags: the level editor includes it
  applied: feature_flag: editor
  closest: feature_flag: viewer, which takes away creating, editing and deleting together`,
    ]);
  });

  test("what ends soon and what has ended, with the reason and what holds then", async () => {
    const after = "; then the project's default access applies: make sure that defaultAccess is none";
    const matrix = `
projects: {production_project: {members: {ann@acme.com: {role: admin, until: 2026-11-23, because: INC-42}}}}
access_matrix:
  web: {members: [{user: bob@acme.com, until: 2026-11-24}], staging_project: {role: member, until: 2026-12-07}}
  old: {staging_project: {role: member, until: 2026-11-22, because: trial}}
  far: {staging_project: {role: member, until: 2026-12-08}}`;
    await declare({ matrix });
    expect(messages).toEqual([
      `warn: access of ann@acme.com to production_project ends today (2026-11-23) (INC-42)${after}`,
      "warn: bob@acme.com's membership of web ends in 1 day, with 2026-11-24",
      `warn: access of web to staging_project ends in 14 days, with 2026-12-07${after}`,
      "info: access of old to staging_project ended with 2026-11-22 (trial); remove its line",
    ]);
  });

  test("where an inherited end is written, and what to do about it", async () => {
    const matrix = `defaults: {staging_project: {role: member, until: 2026-11-01}}
templates: {lead: {production_project: {role: admin, until: 2026-11-24, because: trial}}}
access_matrix:
  web: {extends: lead, staging_project: {role: admin}}
  data: {staging_project: {role: admin, until: never}}
  own: {staging_project: {until: 2026-11-24}}`;
    await declare({ matrix });
    const after = "; then the project's default access applies: make sure that defaultAccess is none";
    expect(messages).toEqual([
      `warn: access of web to production_project ends in 1 day, with 2026-11-24, as templates.lead.production_project.until (line 2) says (trial)${after}`,
      `warn: access of own to staging_project ends in 1 day, with 2026-11-24${after}`,
      "info: access of web to staging_project ended with 2026-11-01, as defaults.staging_project.until (line 1) says; to extend it, set until: never, or another day, on the team's own entry",
    ]);
  });

  test("that a denial ends, of which nobody loses anything", async () => {
    const matrix = `
projects: {production_project: {members: {ann@acme.com: {role: none, until: 2026-11-24}}}}
access_matrix:
  web: {staging_project: {can_view_flags: false, resources: {survey: none}, until: 2026-11-25, because: audit}}
  old: {staging_project: {role: none, until: 2026-11-22}}
  mixed: {staging_project: {role: member, can_view_flags: false, until: 2026-11-26}}`;
    await declare({ matrix });
    expect(messages).toEqual([
      "warn: the denial for ann@acme.com in production_project ends in 1 day, with 2026-11-24; then the project's default access applies",
      "warn: the denial for web in staging_project ends in 2 days, with 2026-11-25 (audit); then the project's default access applies",
      expect.stringMatching(/^warn: access of mixed to staging_project ends in 3 days/),
      "info: the denial for old in staging_project ended with 2026-11-22; remove its line",
    ]);
  });

  test("nothing of what everybody has where the project is closed, or a key ends", async () => {
    const matrix = `
projects: {production_project: {defaultAccess: none, members: {ann@acme.com: {role: admin, until: 2026-11-30}}}}
access_matrix: {bot: {staging_project: {api_key_scopes: [query:read], until: 2026-11-30}}}`;
    await declare({ matrix });
    expect(messages).toEqual([
      "warn: access of ann@acme.com to production_project ends in 7 days, with 2026-11-30",
      "warn: access of bot to staging_project ends in 7 days, with 2026-11-30",
    ]);
  });

  test("nothing once more when it is applied", async () => {
    await useEngine({ preview: false });
    await declare();
    expect(messages).toEqual([]);
    expect(children()).toHaveLength(6);
  });
});

describe("where a matrix comes from", () => {
  const folder = mkdtempSync(join(tmpdir(), "access-matrix-"));
  const file = join(folder, "access.yaml");
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The error of a program that declares this matrix. */
  async function refusal(args: Partial<AccessMatrixArgs>): Promise<string> {
    try {
      await declare(args);
      return "";
    } catch (error) {
      // Pulumi prints only the message of these errors, without a stack trace.
      expect(pulumi.RunError.isInstance(error)).toBe(true);
      return error instanceof Error ? error.message : String(error);
    }
  }

  test("a file, text in YAML or JSON and an object come to the same", async () => {
    const object: MatrixObject = {
      mode: "additive",
      defaults: { staging_project: { role: "member" } },
      projects: {
        production_project: {
          defaultAccess: "none",
          can_view_recordings: false,
          members: { "ann@acme.com": { role: "admin", until: "2030-01-01" } },
        },
      },
      templates: { base: { production_project: { role: "member", can_edit_flags: true } } },
      access_matrix: {
        web: {
          extends: "base",
          members: ["ann@acme.com", { user: "bob@acme.com", until: "2030-01-01" }],
          staging_project: { role: "admin", resources: { survey: "editor" } },
        },
        bot: { production_project: { api_key_scopes: ["query:read"], rotateAfterDays: 30 } },
      },
    };
    const text = stringify(object);
    const oneLine = stringify(object, { collectionStyle: "flow", lineWidth: 0 }).trim();
    expect(oneLine).not.toContain("\n");
    writeFileSync(file, text);
    const seen = new Set<string>();
    for (const matrix of [file, text, oneLine, JSON.stringify(object, null, 2), object]) {
      await useEngine();
      await declare({ matrix });
      seen.add(JSON.stringify(children()));
    }
    expect(seen.size).toBe(1);
  });

  test("problems of a file name the file, line and column, all at once", async () => {
    writeFileSync(
      file,
      "access_matrix:\n  web:\n    stagin_project: {role: member}\n    production_project: {role: amdin}\n",
    );
    expect(await refusal({ matrix: file })).toBe(
      `the access matrix has 2 problems
  ${file}:3:5 access_matrix.web.stagin_project: unknown project "stagin_project"; did you mean "staging_project"?
  ${file}:4:32 access_matrix.web.production_project.role: must be none, member or admin; did you mean "admin"?`,
    );
    expect(declared).toEqual([]);
  });

  test("problems of a text have line and column, those of an object their path", async () => {
    expect(await refusal({ matrix: "access_matrix:\n  web: 5" })).toContain(
      "\n  matrix:2:8 access_matrix.web: must be",
    );
    const broken: MatrixObject = {
      access_matrix: { web: { staging_project: { role: "none", can_view_flags: true } } },
    };
    expect(await refusal({ matrix: broken })).toContain(
      "\n  access_matrix.web.staging_project.can_view_flags: contradicts",
    );
  });

  test.each<[string, () => string, RegExp]>([
    [
      "is not there",
      () => join(folder, "acess.yaml"),
      /acess\.yaml failed\n {2}why: .*ENOENT[^\n]*\n {2}fix: give the path relative to /,
    ],
    ["is a folder", () => folder, /failed\n {2}why: .*EISDIR/],
  ])("a file that %s is refused with the folder where it was looked for", async (_, path, expected) => {
    expect(await refusal({ matrix: path() })).toMatch(expected);
  });

  test("a file that is far too large is not even read", async () => {
    writeFileSync(file, "x".repeat(8_000_001));
    expect(await refusal({ matrix: file })).toContain(
      "why: it has 8000001 bytes; a matrix has 2000000 at most",
    );
  });

  test("an Output is refused: children cannot depend on what is not known", async () => {
    const matrix = Object(pulumi.output(plainMatrix));
    expect(await refusal({ matrix })).toMatch(
      /is an Output[\s\S]*fix: pass the file's path, its text or an object/,
    );
  });

  test("what cannot be enforced is an error where the program is strict", async () => {
    expect(await refusal({ strict: true })).toContain("matrix:4:");
    expect(await refusal({ strict: true })).toContain("can_delete_flags: cannot be enforced");
    expect(await refusal({ strict: false })).toBe("");
  });

  test("people of a team that does not exist are refused", async () => {
    expect(await refusal({ members: { enginering: [] } })).toContain('did you mean "engineering"?');
  });
});

/** Names that every JavaScript object has. */
describe.each(["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__"])(
  "a team and a project called %s",
  (name) => {
    const matrix = {
      access_matrix: {
        [name]: { [name]: { role: "member" as const } },
        robot: { [name]: { api_key_scopes: ["query:read"] } },
      },
    };

    test("are ordinary ones", async () => {
      const [, roles, keys, grants] = await declare({ matrix, projects: { [name]: 7 } });
      expect(Object.entries(roles)).toEqual([[name, `role-access-${name}`]]);
      expect(Object.entries(keys.robot ?? {})).toEqual([[name, `key-access-robot/${name}`]]);
      expect(grants).toEqual(
        expect.arrayContaining([expect.objectContaining({ team: name, project: name })]),
      );
      const policy = children().find(({ type }) => type === "ProjectAccess")?.inputs;
      expect(policy).toMatchObject({ projectId: 7 });
      expect(Object.entries(Object(policy?.roles))).toEqual([
        // No entry of an argument can be called __proto__.
        [name === "__proto__" ? "role-access-__proto__" : name, "member"],
      ]);
    });

    test("have people and numbers only if they are given", async () => {
      await declare({ matrix, projects: { [name]: 7 }, members: { [name]: ["ann@acme.test"] } });
      expect(child(`access-${name}`)).toBeDefined();
      expect(children().find(({ type }) => type === "Role")?.inputs).toMatchObject({
        members: ["ann@acme.test"],
      });
      expect(() => new AccessMatrix("other", { matrix, projects: {} })).toThrow(new RegExp(name));
    });
  },
);
