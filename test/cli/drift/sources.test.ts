import { findDrift } from "../../../cli/drift/run";
import { readSource, type Source } from "../../../cli/drift/sources";
import { SYSTEM } from "../../../emulator";
import { accessMatrixType, dynamicType, nativeType } from "../../../provider/access/typeTokens";
import { parseRefresh } from "../../../provider/drift/refresh";
import { parseState } from "../../../provider/drift/state";
import { handlers } from "../../../provider/handlers";
import {
  actor,
  driftFrom,
  driftOf,
  grantBehind,
  noProjects,
  type Stated,
  shown,
  stateText,
  withFile,
} from "../../support/drift";
import { type World, withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

const now = new Date("2026-06-01T00:00:00Z");

async function oneRule({ resource }: Pick<World, "resource">, more: Partial<Stated> = {}): Promise<Stated> {
  const driven = resource("ProjectMember");
  await driven.up({ projectId: 1, user: "analyst@acme.test", accessLevel: "member" });
  return { type: "ProjectMember", name: "analyst", driven, ...more };
}

describe("an unusable state is rejected with the cause and the fix", () => {
  test.each([
    ["is empty", "", /cannot be read\n {2}why: It is empty\./],
    ["is cut off", stateText([]).slice(0, 40), /cannot be read\n {2}why: It is not JSON: it is truncated/],
    ["is something else", "[]", /is not a stack's state\n {2}why: It has an unexpected form \(at the top: /],
    ["has no resources list", '{"version":3,"deployment":{"resources":{}}}', /at deployment\.resources: /],
  ])("because it %s", (_, text, message) => {
    expect(() => parseState(text, "state.json")).toThrow(message);
    expect(() => parseState(text, "state.json")).toThrow(/fix: Create it with: pulumi stack export/);
  });

  test("because it does not exist, or there are several, or none is given", async () => {
    await expect(readSource({ state: "nowhere.json" }, now, noProjects)).rejects.toThrow(
      /nowhere\.json cannot be read/,
    );
    await expect(readSource({ state: "a", matrix: "b" }, now, noProjects)).rejects.toThrow(
      /several things to compare/,
    );
    await expect(readSource({}, now, noProjects)).rejects.toThrow(/nothing to compare[\s\S]*--state <file>/);
  });

  test("... and a valid one is read from its file", () =>
    withFile("state.json", stateText([]), async (state) => {
      expect(await readSource({ state }, now, noProjects)).toEqual({
        kind: "stack",
        name: state,
        resources: [],
      });
    }));
});

describe("a state is read", () => {
  const entry = (over: object): string =>
    stateText([
      {
        type: "Role",
        name: "editors",
        driven: { id: "r1", state: { name: "Editors" } },
        more: over as never,
      },
    ]);
  const read = (over: object) => parseState(entry(over), "state");

  test("with the time of the last write and the place of the declaration", () => {
    const stackTrace = [
      { sourcePosition: "project:///../lib/x.js#1,1" },
      {},
      { sourcePosition: "project:///index.ts#5,16" },
    ];
    expect(read({ modified: "2026-06-01T10:00:00Z", stackTrace })).toMatchObject([
      {
        type: "Role",
        name: "editors",
        id: "r1",
        writtenAt: "2026-06-01T10:00:00Z",
        place: { file: "index.ts", line: 5 },
      },
    ]);
  });

  test.each([...handlers.keys()])("with a %s of the npm package and of the plugin", (kind) => {
    const types = [dynamicType(kind), nativeType(kind)];
    expect(types.flatMap((type) => read({ type })).map(({ type }) => type)).toEqual([kind, kind]);
  });

  test.each([
    ["other packages' resources", { type: "aws:s3:Bucket" }],
    ["access matrices, which consist of resources", { type: accessMatrixType }],
    ["resources that are only read", { external: true }],
    ["resources that are being replaced", { delete: true }],
    ["resources without an id", { id: "" }],
  ])("without %s", (_, over) => {
    expect(read(over)).toEqual([]);
  });

  test("without secrets, whether encrypted, in plain text or masked", () => {
    const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    const outputs = {
      name: "Editors",
      cipher: { ...mark, ciphertext: "v1:abc" },
      clear: { inner: [{ ...mark, plaintext: '"hush"' }] },
      masked: "[secret]",
    };
    const [resource] = read({ outputs });
    expect(resource?.outputs).toEqual({ name: "Editors" });
    expect(resource?.secret).toEqual(["cipher", "clear", "masked"]);
  });

  test("without what the engine keeps next to the outputs", () => {
    const kept = { __provider: "text", __declared: ["name"], __stable: { id: "1" }, __secrets: ["name"] };
    const [resource] = read({ outputs: { name: "Editors", ...kept } });
    expect(resource?.outputs).toEqual({ name: "Editors" });
  });
});

describe("what cannot be compared is reported, and is not drift:", () => {
  test("a secret argument", () =>
    withWorld(async (world) => {
      const rule = await oneRule(world);
      const { accessLevel: _level, ...state } = rule.driven.state;
      const driven = { id: rule.driven.id, state: { ...state, accessLevel: "[secret]" } };
      const report = await driftOf(world, [{ ...rule, driven }]);
      expect(report).toMatchObject({ verdict: "none", differences: [] });
      expect(report.notes).toEqual([
        "ProjectMember analyst: accessLevel is secret in the state, and was not compared",
      ]);
    }));

  test("a resource of a newer version; the others are compared, and the report is incomplete", () =>
    withWorld(async (world) => {
      const rule = await oneRule(world);
      const stack = [rule, { type: "Spaceship", name: "x", driven: rule.driven }];
      const report = await driftOf(world, stack, { unmanaged: "list" });
      expect(report).toMatchObject({ verdict: "incomplete", compared: 1, unmanaged: [] });
      expect(report.unread).toMatchObject([
        {
          type: "Spaceship",
          message: expect.stringMatching(/no resource Spaceship/),
          fix: expect.stringMatching(/npm install/),
        },
      ]);
      expect(report.notes).toEqual(["unmanaged objects were not checked: some resources could not be read"]);
    }));

  test("... and drift that was found is still reported", () =>
    withWorld(async (world) => {
      const rule = await oneRule(world);
      const [row] = world.emulator.store.accessRules.all();
      world.emulator.store.accessRules.delete(row?.id ?? "", SYSTEM);
      const report = await driftOf(world, [rule, { type: "Spaceship", driven: rule.driven }]);
      expect(report.verdict).toBe("drift");
    }));

  test("the state of another organization is an error that names it, and nothing counts as deleted", () =>
    withWorld(async (world) => {
      const rule = await oneRule(world);
      const home = "018f0000-0000-4000-8000-00000000ffff";
      const driven = { id: rule.driven.id, state: { ...rule.driven.state, organizationUuid: home } };
      await expect(
        driftOf(world, [
          { ...rule, driven },
          { ...rule, name: "b", driven },
        ]),
      ).rejects.toThrow(
        /ProjectMember analyst could not be compared, and neither could 1 more[\s\S]*belongs to organization 018f0000-0000-4000-8000-00000000ffff/,
      );
    }));

  test("a wrong key is an error, not drift", () =>
    withWorld(async (world) => {
      const rule = await oneRule(world);
      world.run({ apiKey: "phx_wrong" });
      const host = world.host();
      const source: Source = { kind: "stack", name: "s", resources: parseState(stateText([rule]), "s") };
      const shown = findDrift(host, source, { unmanaged: "list" }).catch(String);
      expect(await shown).toMatch(/could not be compared\n {2}why: .*[a-z]\. [A-Z]/);
      expect(await shown).not.toContain("..");
    }));
});

describe("a resource whose last update was interrupted", () => {
  test("is compared, and the interruption may be the cause", () =>
    withWorld(async (world) => {
      const rule = await oneRule(world, { more: { initErrors: ["creating failed"] } });
      const driven = { id: rule.driven.id, state: { ...rule.driven.state, accessLevel: "admin" } };
      const modified = new Date(Date.now() + 600_000).toISOString();
      const { differences, verdict } = await driftOf(world, [{ ...rule, driven }], { modified });
      expect(verdict).toBe("drift");
      expect(shown(differences)).toEqual([
        expect.stringMatching(
          /accessLevel: "admin" → "member" \| actor unknown: its last update stopped half-way/,
        ),
      ]);
    }));
});

test("an organization that changes during the run is not an error", () =>
  withWorld(async (world) => {
    const rule = await oneRule(world);
    const role = world.resource("Role");
    await role.up({ name: "Editors", members: ["analyst@acme.test"] });
    const { store, faults } = world.emulator;
    faults.add({ kind: "delay", path: /access_controls/, delayMs: 150, times: 2 });
    const leaving = setTimeout(() => {
      const row = store.roles.where("name", "Editors")[0];
      store.roles.delete(row?.id ?? "", actor(world.emulator, "admin@acme.test"));
      grantBehind(world, "developer@acme.test", SYSTEM);
    }, 60);
    const report = await driftOf(world, [rule, { type: "Role", name: "editors", driven: role }], {
      unmanaged: "list",
    });
    clearTimeout(leaving);
    expect(report.unread).toEqual([]);
    expect(report.compared).toBe(2);
    expect(report.differences.map(({ type }) => type).every((type) => type === "Role")).toBe(true);
  }));

describe("an access matrix", () => {
  const matrix = [
    "projects:",
    "  web: {id: 1, mode: exclusive}",
    "access_matrix:",
    "  editors:",
    "    members: [analyst@acme.test]",
    "    web: {role: admin}",
    "",
  ].join("\n");
  const sourceOf = (text: string, flags: object = {}): Promise<Source> =>
    withFile("access.yaml", text, (path) => readSource({ matrix: path, ...flags }, now, noProjects));

  test("is compared like its resources: what is missing, and what is extra", () =>
    withWorld(async (world) => {
      const source = await sourceOf(matrix);
      const nothing = await driftFrom(world, source);
      expect(shown(nothing.differences)).toEqual([
        expect.stringMatching(/^Role editors no longer exists/),
        expect.stringMatching(/^ProjectAccess web roles\.editors: "admin" → nothing/),
      ]);
      await world.resource("Role").up({ name: "editors", members: ["analyst@acme.test"] });
      await world.resource("ProjectAccess").up({ projectId: 1, roles: { editors: "admin" } });
      expect(await driftFrom(world, source)).toMatchObject({ verdict: "none", compared: 2 });
      grantBehind(world, "developer@acme.test", actor(world.emulator, "admin@acme.test", "web"));
      const extra = await driftFrom(world, source, { unmanaged: "list", kinds: ["grants", "roles"] });
      expect(shown(extra.differences)).toEqual([
        expect.stringMatching(
          /^ProjectAccess web .*developer@acme\.test: nothing → "admin" \| actor unknown: PostHog does not log access/,
        ),
      ]);
      expect(extra.unmanaged).toEqual([]);
    }, acmeWorld()));

  test("takes ids of projects and people of teams from flags, and names what is missing", async () => {
    const open = "access_matrix:\n  editors:\n    web: {role: admin}\n";
    await expect(sourceOf(open)).rejects.toThrow(/web/);
    await withWorld(async (world) => {
      await world.resource("Role").up({ name: "editors", members: ["analyst@acme.test"] });
      await world.resource("ProjectAccess").up({ projectId: 1, roles: { editors: "admin" } });
      const flags = {
        projects: new Map([["web", 1]]),
        members: new Map([["editors", ["analyst@acme.test", "developer@acme.test"]]]),
      };
      const report = await driftFrom(world, await sourceOf(open, flags), flags);
      expect(shown(report.differences)).toEqual([
        expect.stringMatching(/^Role editors members: developer@acme\.test is missing \| /),
      ]);
    }, acmeWorld());
  });

  test("that is invalid is rejected with file, line and column", async () => {
    await expect(sourceOf("access_matrix:\n  a: {web: {role: king}}\n")).rejects.toThrow(
      /access\.yaml:2:\d+/,
    );
  });
});

describe("the output of a refresh", () => {
  const written = (name: string, level: string) => ({
    urn: `urn:pulumi:dev::acme::pulumi-nodejs:dynamic/posthog:ProjectMember::${name}`,
    type: "pulumi-nodejs:dynamic/posthog:ProjectMember",
    id: "1/user/u1",
    outputs: { accessLevel: level, projectId: 1, user: "analyst@acme.test" },
    modified: "0001-01-01T00:00:00Z",
  });
  const step = (op: string, oldState: unknown, newState: unknown) => {
    const state = (oldState ?? newState) as { urn: string };
    return { op, urn: state.urn, ...(oldState ? { oldState } : {}), ...(newState ? { newState } : {}) };
  };
  const parse = (steps: readonly unknown[]) =>
    parseRefresh(JSON.stringify({ steps, changeSummary: {} }), "report");

  test("alone shows what existed, and what no longer exists", () => {
    const [kept, gone] = [written("kept", "member"), written("gone", "member")];
    const read = parse([step("refresh", kept, kept), step("delete", gone, undefined)]);
    expect(read.map(({ name, refreshed, writtenAt }) => [name, refreshed, writtenAt])).toEqual([
      ["kept", undefined, undefined],
      ["gone", "gone", undefined],
    ]);
  });

  test("before a preview shows what exists, without what the program would change", () => {
    const [was, is] = [written("a", "member"), written("a", "none")];
    const gone = written("gone", "member");
    const read = parse([
      step("refresh", was, was),
      step("refresh", gone, gone),
      step("update", is, was),
      step("create", undefined, gone),
      step("create", undefined, written("new", "member")),
    ]);
    expect(read.map(({ name, refreshed }) => [name, refreshed])).toEqual([
      ["a", expect.objectContaining({ accessLevel: "none" })],
      ["gone", "gone"],
    ]);
  });

  const event = (kind: "resourcePreEvent" | "resOutputsEvent", op: string, old: unknown, young: unknown) => {
    const { urn } = (old ?? young) as { urn: string };
    return JSON.stringify({ sequence: 1, [kind]: { metadata: { op, urn, old, new: young } } });
  };
  const began = (op: string, old: unknown) => event("resourcePreEvent", op, old, old);
  const ended = (op: string, old: unknown, young: unknown) => event("resOutputsEvent", op, old, young);
  const [was, is, gone] = [written("a", "member"), written("a", "none"), written("gone", "member")];

  test.each([
    [
      "of a refresh before an update",
      [
        began("refresh", was),
        began("refresh", gone),
        ended("refresh", was, is),
        ended("refresh", gone, null),
        began("update", is),
        ended("update", is, was),
        ended("create", null, gone),
      ],
    ],
    [
      "of a refresh by itself, which calls its end by what it found",
      [began("refresh", was), began("refresh", gone), ended("delete", gone, null), ended("update", was, is)],
    ],
    [
      "of a refresh with the program, which looks at what is gone once more",
      [
        began("refresh", was),
        began("refresh", gone),
        ended("delete", gone, null),
        began("same", gone),
        ended("same", gone, gone),
        ended("update", was, is),
      ],
    ],
  ])("as events %s shows what existed and what exists", (_, lines) => {
    const prelude = JSON.stringify({ sequence: 0, preludeEvent: {} });
    const read = parseRefresh([prelude, ...lines].join("\n"), "report");
    const level = (one: unknown) => (typeof one === "object" ? one : { accessLevel: one });
    expect(
      new Map(read.map(({ name, outputs, refreshed }) => [name, [outputs.accessLevel, level(refreshed)]])),
    ).toEqual(
      new Map([
        ["a", ["member", expect.objectContaining({ accessLevel: "none" })]],
        ["gone", ["member", { accessLevel: "gone" }]],
      ]),
    );
  });

  test("as events without the end of a resource's refresh has that resource read from PostHog", () => {
    const read = parseRefresh([began("refresh", was), began("refresh", gone)].join("\n"), "report");
    expect(read.map(({ name, refreshed }) => [name, refreshed])).toEqual([
      ["a", undefined],
      ["gone", undefined],
    ]);
  });

  test("with only deleted objects shows only those", () => {
    expect(parse([step("delete", gone, undefined)])).toMatchObject([{ name: "gone", refreshed: "gone" }]);
  });

  const stack = { urn: "urn:pulumi:dev::acme::pulumi:pulumi:Stack::acme-dev", type: "pulumi:pulumi:Stack" };
  test.each([
    ["the events of an update without a refresh", [began("same", was), ended("same", was, was)].join("\n")],
    ["the events of a run that ended at once", JSON.stringify({ sequence: 0, preludeEvent: {} })],
    ["an empty report", JSON.stringify({ steps: [], changeSummary: {} })],
    [
      "a preview without a refresh",
      JSON.stringify({ steps: [step("same", stack, stack), step("delete", gone, undefined)] }),
    ],
    [
      "the preview of a destruction",
      JSON.stringify({ steps: [step("delete", gone, undefined), step("delete", stack, undefined)] }),
    ],
  ])("is an error if nothing was refreshed: %s", (_, text) => {
    expect(() => parseRefresh(text, "report")).toThrow(/It shows no refreshed resource/);
  });

  test.each([
    ["", /It is empty/],
    ["Refreshing (dev)", /It is not JSON/],
    ["{}", /It has no steps/],
  ])("is rejected if it is something else: %j", (text, message) => {
    expect(() => parseRefresh(text, "the standard input")).toThrow(message);
    expect(() => parseRefresh(text, "the standard input")).toThrow(/refresh --preview-only --json \|/);
  });

  test("needs only the activity log if it has the values", () =>
    withWorld(async (world) => {
      const rule = await oneRule(world);
      const { store } = world.emulator;
      store.accessRules.update(
        store.accessRules.all()[0]?.id ?? "",
        { access_level: "none" },
        actor(world.emulator, "admin@acme.test"),
      );
      const [resource] = parseState(stateText([rule]), "s");
      if (resource === undefined) throw new Error("there is no resource");
      const refreshed = { ...resource.outputs, accessLevel: "none" };
      const source: Source = {
        kind: "refresh",
        name: "the standard input",
        resources: [{ ...resource, refreshed }],
      };
      const report = await driftFrom(world, source, { unmanaged: "list" });
      expect(shown(report.differences)).toEqual([
        expect.stringMatching(/"member" → "none" \| actor unknown: PostHog does not log access rules$/),
      ]);
      expect(report.unmanaged).toEqual([]);
      expect(world.requests().filter((line) => /access_controls/.test(line))).toEqual([]);
    }));
});
