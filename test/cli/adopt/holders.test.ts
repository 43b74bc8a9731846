import { leaveTaken, type Outcome } from "../../../cli/adopt/find";
import type { StateEntry } from "../../../cli/adopt/mergeState";

const role = "pulumi-nodejs:dynamic/posthog:Role";
const urnOf = (name: string, type = role): string => `urn:pulumi:dev::acme::${type}::${name}`;
const organizationUuid = "acme";

/** A resource with its object in PostHog, or without one. */
function found(name: string, id: string | undefined, type = role): Outcome {
  const resource = { urn: urnOf(name, type), type, custom: true };
  const planned = {
    resource,
    kind: type.split(":").at(-1) ?? "",
    name,
    args: {},
    secrets: new Set<string>(),
    waitsFor: [],
  };
  if (id === undefined) return { planned, differs: [], why: "does not exist" };
  return { planned, observed: { id, inputs: {}, outputs: { organizationUuid } }, differs: ["name"] };
}

const entry = (name: string, more: Partial<StateEntry> = {}): StateEntry => ({
  urn: urnOf(name),
  id: "r1",
  outputs: { organizationUuid },
  ...more,
});

/** Why a resource with the object `r1` is not adopted, if the state has one entry. */
function whyBeside(there: StateEntry, type = role): string | undefined {
  const [outcome] = leaveTaken([there], [found("analysts-team", "r1", type)]);
  expect(outcome?.observed === undefined).toBe(outcome?.why !== undefined);
  return outcome?.why;
}

describe("an object in the state", () => {
  test("is not adopted; the reason names the alias that renames the resource", () => {
    expect(whyBeside(entry("analysts"))).toBe(
      'Role "analysts" in the state already has it (r1); if it was renamed, add { aliases: [{ name: "analysts" }] }',
    );
  });

  test("is not adopted; the reason names the whole URN if the resource moved to another parent", () => {
    const moved = urnOf("analysts", `acme:index:Team$${role}`);
    expect(whyBeside(entry("analysts", { urn: moved }))).toContain(`{ aliases: ["${moved}"] }`);
  });

  test("is not adopted while its deletion is pending, even under the resource's own name", () => {
    expect(whyBeside(entry("analysts-team", { delete: true }))).toMatch(
      /Role "analysts-team" \(r1\), which the next pulumi up deletes/,
    );
  });

  test("is not adopted if the state does not have its organization", () => {
    expect(whyBeside(entry("analysts", { outputs: null }))).toContain('Role "analysts" in the state');
  });

  test.each([
    ["another id", entry("analysts", { id: "r2" })],
    ["another kind", entry("analysts", { urn: urnOf("analysts", "pulumi-nodejs:dynamic/posthog:Project") })],
    ["another organization", entry("analysts", { outputs: { organizationUuid: "other" } })],
    ["a resource that is only read", entry("analysts", { external: true })],
    ["no id", entry("analysts", { id: undefined })],
  ])("counts as a different one with %s", (_what, there) => {
    expect(whyBeside(there)).toBeUndefined();
  });
});

test("if two resources match one object, only the first gets it", () => {
  const outcomes = leaveTaken([], [found("one", "r1"), found("none", undefined), found("two", "r1")]);
  expect(outcomes.map(({ why }) => why)).toEqual([
    undefined,
    "does not exist",
    'Role "one" already has the same object (r1)',
  ]);
  expect(outcomes[0]?.differs).toEqual(["name"]);
});
