import { describeDifference } from "../../../cli/adopt/describe";
import { whyUnreadable } from "../../../cli/adopt/find";
import { mergeState } from "../../../cli/adopt/mergeState";
import { previewErrors, readPlan, titleOf } from "../../../cli/adopt/planned";
import { containsMasked, containsSecret, revealed, toSecret } from "../../../cli/adopt/secrets";
import { ProgramStack } from "../../../cli/adopt/stack";
import * as pulumi from "../../../cli/common/pulumi";
import { accessMatrixType, nativeType } from "../../../provider/access/typeTokens";
import { unknownValue } from "../../../provider/engine/unknown";
import { handlers } from "../../../provider/handlers";

const type = "pulumi-nodejs:dynamic/posthog:Role";
const urnOf = (name: string, kind = type): string => `urn:pulumi:dev::acme::${kind}::${name}`;
const stack = "urn:pulumi:dev::acme::pulumi:pulumi:Stack::acme-dev";
const provider = "urn:pulumi:dev::acme::pulumi:providers:pulumi-nodejs::default";
const component = urnOf("team", "acme:index:Team");

/** A resource that a preview would create. */
function created(name: string, inputs: object, more: object = {}) {
  const newState = {
    urn: urnOf(name),
    type,
    custom: true,
    inputs: { ...inputs, __provider: "text" },
    parent: stack,
    provider: `${provider}::${unknownValue}`,
    stackTrace: [{ sourcePosition: "project:///index.ts#1,1" }],
    ...more,
  };
  return { op: "create", urn: newState.urn, newState };
}

const stackStep = {
  op: "create",
  urn: stack,
  newState: { urn: stack, type: "pulumi:pulumi:Stack", custom: false },
};
const teamStep = {
  op: "create",
  urn: component,
  newState: { urn: component, type: "acme:index:Team", custom: false, parent: stack },
};

function plan(steps: object[], resourcePlans: object = {}) {
  return readPlan(JSON.stringify({ steps }), JSON.stringify({ resourcePlans }));
}

const context = { now: "2026-11-23T12:00:00.000Z", providerId: "new-id" };
const empty = { version: 3 as const, deployment: {} };

describe("what a program declares", () => {
  test("includes what a preview would create from this package; the rest is kept or foreign", () => {
    const read = plan(
      [
        stackStep,
        created("new", { name: "New" }),
        { ...created("changed", {}), op: "update" },
        { ...created("looked-up", {}), op: "read" },
        created("other", {}, { urn: urnOf("other", "aws:s3/bucket:Bucket"), type: "aws:s3/bucket:Bucket" }),
      ],
      {
        [urnOf("new")]: { steps: ["create"] },
        [urnOf("changed")]: { steps: ["update"] },
        [urnOf("looked-up")]: { steps: ["read"] },
        [urnOf("same")]: { steps: ["same"] },
      },
    );
    expect(read.planned.map(({ name, kind, args }) => ({ name, kind, args }))).toEqual([
      { name: "new", kind: "Role", args: { name: "New" } },
    ]);
    expect(read.kept).toBe(2);
    expect([...read.components.keys()]).toEqual([stack]);
  });

  test.each([...handlers.keys()])("omits what the inputs of a %s carry for previews", (kind) => {
    const type = `pulumi-nodejs:dynamic/posthog:${kind}`;
    const carried = {
      __stable: { host: "https://eu.posthog.com", uuid: "u" },
      __secrets: ["name"],
    };
    const step = created("it", { name: "New", ...carried }, { urn: urnOf("it", type), type });
    const adds = { ...step.newState.inputs, name: "New" };
    const read = plan([step], { [step.urn]: { steps: ["create"], goal: { inputDiff: { adds } } } });
    expect(read.planned.map(({ args }) => args)).toEqual([{ name: "New" }]);
  });

  test.each([...handlers.keys()])("may include a %s of the plugin, which pulumi import adopts", (kind) => {
    const type = nativeType(kind);
    const [planned] = plan([created("it", {}, { urn: urnOf("it", type), type })]).planned;
    expect(planned && whyUnreadable(planned)).toContain(`run pulumi import ${type} it <id>`);
  });

  test("does not include an access matrix, which consists of resources", () => {
    const urn = urnOf("teams", accessMatrixType);
    const step = created("teams", {}, { urn, type: accessMatrixType, custom: false });
    expect(plan([step], { [urn]: { steps: ["same"] } })).toMatchObject({ planned: [], kept: 0 });
    expect(titleOf(urn)).toBe(`${accessMatrixType} "teams"`);
  });

  test("gets its secrets from the plan", () => {
    const adds = { name: toSecret("Hidden"), members: ["a@b.test"], __declared: {}, __provider: "text" };
    const [role] = plan([created("r", { name: "[secret]", members: ["a@b.test"] })], {
      [urnOf("r")]: { goal: { inputDiff: { adds } } },
    }).planned;
    expect(role?.args).toEqual({ name: "Hidden", members: ["a@b.test"] });
    expect([...(role?.secrets ?? [])]).toEqual(["name"]);
    expect(role?.resource.inputs).not.toHaveProperty("__declared");
  });

  test.each([
    [{ name: "known" }, {}, []],
    [{ name: unknownValue }, { name: [urnOf("source")] }, [urnOf("source")]],
    [{ members: ["a@b.test", unknownValue] }, { members: [urnOf("source")], name: [] }, [urnOf("source")]],
    [{ name: unknownValue }, {}, ["the value of name"]],
  ])("waits for unknown values: %j", (inputs, propertyDependencies, waitsFor) => {
    expect(plan([created("r", inputs, { propertyDependencies })]).planned[0]?.waitsFor).toEqual(waitsFor);
  });

  test("is identified by kind and name, even in a component", () => {
    expect(titleOf(`urn:pulumi:dev::acme::acme:index:Team$${type}::a::b`)).toBe('Role "a::b"');
    expect(titleOf(urnOf("x", "okta:group/group:Group"))).toBe('okta:group/group:Group "x"');
  });
});

test("a failed preview without JSON adds no errors", () => {
  expect(previewErrors("panic: something else")).toEqual([]);
});

test.each([
  ["timezone", "UTC", "Europe/Berlin", 'timezone is "UTC", not "Europe/Berlin"'],
  ["level", undefined, "admin", 'level is nothing, not "admin"'],
  [
    "members",
    ["A@b.test", "c@b.test"],
    ["a@b.test", "d@b.test"],
    "members lacks d@b.test and also has c@b.test",
  ],
  ["members", [], ["1", "2", "3", "4", "5", "6"], "members lacks 1, 2, 3, 4, 5 and 1 more"],
  ["scopes", ["a", "b"], ["b", "a"], "scopes differs"],
  ["members", { "a@b.test": "member" }, {}, 'members is {"a@b.test":"member"}, not {}'],
  ["saml", { x509Cert: "x".repeat(80) }, undefined, "saml differs"],
])("a difference in %s is described: %j instead of %j", (name, live, declared, text) => {
  expect(describeDifference(name, live, declared)).toBe(text);
});

describe("secrets", () => {
  test("are recognized and revealed at any depth", () => {
    const value = { a: [toSecret({ b: "c" })], d: 1 };
    expect(containsSecret(value)).toBe(true);
    expect(revealed(value)).toEqual({ a: [{ b: "c" }], d: 1 });
    expect([
      containsSecret({ a: 1 }),
      containsMasked({ a: ["[secret]"] }),
      containsMasked({ a: null }),
    ]).toEqual([false, true, false]);
  });
});

describe("a state", () => {
  const observed = (args: object, outputs: object = {}) => ({
    id: "id",
    inputs: { ...args },
    outputs: { ...args, ...outputs },
  });

  test("gets the stack, the provider with its configuration, components and then their resources", () => {
    const program = plan([stackStep, teamStep, created("r", { name: "R" }, { parent: component })], {
      [provider]: {
        goal: { inputDiff: { adds: { "posthog:host": "https://eu.posthog.com" } } },
        steps: ["create"],
      },
    });
    const found = program.planned.map((planned) => ({
      planned,
      observed: observed({ name: "R" }, { roleId: "id" }),
    }));
    const { state, orphans } = mergeState(empty, program, found, context);
    expect(orphans.size).toBe(0);
    const moment = { created: context.now, modified: context.now };
    expect(state.deployment.resources).toEqual([
      { urn: stack, type: "pulumi:pulumi:Stack", custom: false, ...moment },
      { urn: component, type: "acme:index:Team", custom: false, parent: stack, ...moment },
      {
        urn: provider,
        type: "pulumi:providers:pulumi-nodejs",
        custom: true,
        id: "new-id",
        inputs: { "posthog:host": "https://eu.posthog.com" },
        outputs: { "posthog:host": "https://eu.posthog.com" },
        ...moment,
      },
      {
        urn: urnOf("r"),
        type,
        custom: true,
        id: "id",
        inputs: { name: "R", __provider: "text" },
        outputs: { name: "R", roleId: "id", __provider: "text" },
        parent: component,
        provider: `${provider}::new-id`,
        ...moment,
      },
    ]);
  });

  test("keeps its entries, and refers to its provider", () => {
    const there = [{ urn: stack }, { urn: provider, id: "old-id" }, { urn: urnOf("kept"), id: "k" }];
    const program = plan([
      created(
        "r",
        { name: "R" },
        {
          provider: `${provider}::old-id`,
          dependencies: [urnOf("kept"), urnOf("gone")],
          propertyDependencies: { name: [urnOf("gone")] },
        },
      ),
    ]);
    const found = program.planned.map((planned) => ({ planned, observed: observed({ name: "R" }) }));
    const { state } = mergeState({ version: 3, deployment: { resources: there } }, program, found, context);
    expect(state.deployment.resources?.slice(0, 3)).toEqual(there);
    expect(state.deployment.resources?.[3]).toMatchObject({
      provider: `${provider}::old-id`,
      dependencies: [urnOf("kept")],
      propertyDependencies: { name: [] },
    });
  });

  test("has the live values, and its secrets stay secret", () => {
    const adds = { name: toSecret("Old name"), __provider: "text" };
    const program = plan(
      [stackStep, created("r", { name: "[secret]" }, { additionalSecretOutputs: ["token"] })],
      {
        [urnOf("r")]: { goal: { inputDiff: { adds } } },
      },
    );
    const found = program.planned.map((planned) => ({
      planned,
      observed: observed({ name: "New name" }, { token: "t" }),
    }));
    const { state } = mergeState(empty, program, found, context);
    expect(state.deployment.resources?.at(-1)).toMatchObject({
      inputs: { name: toSecret("New name") },
      outputs: { name: toSecret("New name"), token: toSecret("t") },
    });
  });

  test("adds nothing without its parent", () => {
    const program = plan([created("r", { name: "R" }, { parent: urnOf("absent") })]);
    const found = program.planned.map((planned) => ({ planned, observed: observed({ name: "R" }) }));
    const { state, orphans } = mergeState(empty, program, found, context);
    expect([...orphans]).toEqual([urnOf("r")]);
    expect(state.deployment.resources).toEqual([]);
  });

  test("that someone else changed in the meantime is not replaced", async () => {
    const asked: string[] = [];
    const answers = jest.spyOn(pulumi, "runPulumi").mockImplementation(async ([first = "", second = ""]) => {
      asked.push(`${first} ${second}`);
      return { ok: true, stdout: second === "export" ? "changed" : "dev\n", why: "" };
    });
    try {
      const opened = await ProgramStack.open(undefined);
      await expect(opened.replaceState("as it was", empty)).rejects.toThrow(
        /someone else changed the state of stack "dev" in the meantime[\s\S]*run this again/,
      );
      expect(asked).toEqual(["stack --show-name", "stack export"]);
      await opened.replaceState("changed", empty);
      expect(asked.slice(2)).toEqual(["stack export", "stack import"]);
    } finally {
      answers.mockRestore();
    }
  });
});
