import { readPlan } from "../../../cli/adopt/planned";
import { fillReferences, whyUnknown } from "../../../cli/adopt/references";
import { toSecret } from "../../../cli/adopt/secrets";
import type { Properties } from "../../../provider/engine/state";
import { unknownValue } from "../../../provider/engine/unknown";

const urnOf = (kind: string, name: string): string =>
  `urn:pulumi:dev::acme::pulumi-nodejs:dynamic/posthog:${kind}::${name}`;
const [prod, analysts, eli] = [
  urnOf("Project", "prod"),
  urnOf("Role", "analysts"),
  urnOf("OrganizationMember", "eli"),
];

/** Everything that can be referred to, as in the state. */
const entries = [
  { urn: prod, outputs: { projectId: 2, name: "Production" } },
  { urn: analysts, outputs: { roleId: "r1", name: "Analysts" } },
  { urn: eli, outputs: { email: "eli@acme.test" } },
];

/** A resource with references and a pending update, with its references filled in. */
function filled(inputs: Properties, propertyDependencies: Record<string, string[]>, ops = ["update"]) {
  const type = "pulumi-nodejs:dynamic/posthog:ProjectMember";
  const urn = urnOf("ProjectMember", "reads");
  const newState = { urn, type, custom: true, inputs, propertyDependencies };
  const resourcePlans = Object.fromEntries(entries.map((entry) => [entry.urn, { steps: ops }]));
  const plan = readPlan(
    JSON.stringify({ steps: [{ op: "create", urn, newState }] }),
    JSON.stringify({ resourcePlans }),
  );
  const [planned] = fillReferences(plan, entries);
  if (planned === undefined) throw new Error("the program declares one resource");
  return planned;
}

describe("a reference to a resource with a pending update", () => {
  test("takes project, role and person from the state", () => {
    const inputs = { projectId: unknownValue, role: unknownValue, user: unknownValue, accessLevel: "admin" };
    const { args, waitsFor, resource } = filled(inputs, { projectId: [prod], role: [analysts], user: [eli] });
    const known = { projectId: 2, role: "r1", user: "eli@acme.test", accessLevel: "admin" };
    expect([args, resource.inputs, waitsFor]).toEqual([known, known, []]);
  });

  test("takes them even if the program makes them secret", () => {
    const { args, waitsFor } = filled({ projectId: toSecret(unknownValue) }, { projectId: [prod] });
    expect([args, waitsFor]).toEqual([{ projectId: 2 }, []]);
  });

  test.each<[string, Properties, Record<string, string[]>, string[]]>([
    ["another kind", { projectId: unknownValue }, { projectId: [analysts] }, [analysts]],
    ["two resources", { projectId: unknownValue }, { projectId: [prod, analysts] }, [prod, analysts]],
    ["a part of the argument", { projectId: { of: unknownValue } }, { projectId: [prod] }, [prod]],
    [
      "an argument with a built-in property name",
      { constructor: unknownValue },
      { constructor: [prod] },
      [prod],
    ],
    ["what is not in the state", { projectId: unknownValue }, { projectId: [`${prod}2`] }, [`${prod}2`]],
  ])("waits if it has another form: %s", (_what, inputs, dependencies, waitsFor) => {
    expect(filled(inputs, dependencies).waitsFor).toEqual(waitsFor);
  });

  test.each([
    ["replaced", ["create-replacement", "replace", "delete-replaced"]],
    ["only read", ["read"]],
  ])("takes nothing from a resource that is %s", (_what, ops) => {
    expect(filled({ projectId: unknownValue }, { projectId: [prod] }, ops).waitsFor).toEqual([prod]);
  });
});

describe("the reason for waiting", () => {
  const whyOf = (dependencies: string[], inState: string[]): string =>
    whyUnknown(filled({ name: unknownValue }, { name: dependencies }), (urn) => inState.includes(urn));

  test("is a missing resource if the state does not have it", () => {
    expect(whyOf([prod], [])).toBe('it refers to Project "prod", which is not in the state');
  });

  test("is the pending update if the state has it", () => {
    expect(whyOf([prod], [prod])).toBe(
      'it refers to Project "prod", which has a pending update: run pulumi up, then adopt again',
    );
  });

  test("is both, each with its resources", () => {
    expect(whyOf([prod, analysts, eli], [prod])).toMatch(
      /^it refers to Role "analysts", OrganizationMember "eli", which .*; it refers to Project "prod", which has/,
    );
  });

  test("is an unknown value if it comes from no resource", () => {
    expect(whyOf([], [])).toBe("the value of name is unknown before pulumi up");
  });
});
