import type { Outcome } from "../../../cli/adopt/find";
import { leaveTaken } from "../../../cli/adopt/holders";
import type { StateEntry } from "../../../cli/adopt/mergeState";

const role = "pulumi-nodejs:dynamic/posthog:Role";
const urnOf = (name: string, type = role): string => `urn:pulumi:dev::acme::${type}::${name}`;
const organizationUuid = "acme";

/** A resource that was found in PostHog, or was not. */
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
  if (id === undefined) return { planned, differs: [], why: "PostHog has none" };
  return { planned, observed: { id, inputs: {}, outputs: { organizationUuid } }, differs: ["name"] };
}

const entry = (name: string, more: Partial<StateEntry> = {}): StateEntry => ({
  urn: urnOf(name),
  id: "r1",
  outputs: { organizationUuid },
  ...more,
});

/** What is said of a resource that has the object `r1`, beside one entry of the state. */
function whyBeside(there: StateEntry, type = role): string | undefined {
  const [outcome] = leaveTaken([there], [found("analysts-team", "r1", type)]);
  expect(outcome?.observed === undefined).toBe(outcome?.why !== undefined);
  return outcome?.why;
}

describe("an object that the state has already", () => {
  test("is left out with the alias that renames the resource", () => {
    expect(whyBeside(entry("analysts"))).toBe(
      'Role "analysts" in the state has it (r1); if this is its new name, say so: { aliases: [{ name: "analysts" }] }',
    );
  });

  test("is left out with the whole URN where the resource has moved to another parent", () => {
    const moved = urnOf("analysts", `acme:index:Team$${role}`);
    expect(whyBeside(entry("analysts", { urn: moved }))).toContain(`{ aliases: ["${moved}"] }`);
  });

  test("is left out where it is still to be deleted, even by the name that the resource has", () => {
    expect(whyBeside(entry("analysts-team", { delete: true }))).toMatch(
      /Role "analysts-team" \(r1\), which the next pulumi up deletes/,
    );
  });

  test("is left out too where the state does not tell its organization", () => {
    expect(whyBeside(entry("analysts", { outputs: null }))).toContain('Role "analysts" in the state');
  });

  test.each([
    ["another id", entry("analysts", { id: "r2" })],
    ["another kind", entry("analysts", { urn: urnOf("analysts", "pulumi-nodejs:dynamic/posthog:Project") })],
    ["another organization", entry("analysts", { outputs: { organizationUuid: "other" } })],
    ["a resource that is only looked up", entry("analysts", { external: true })],
    ["no id", entry("analysts", { id: undefined })],
  ])("is another one with %s", (_what, there) => {
    expect(whyBeside(there)).toBeUndefined();
  });
});

test("of two resources with one object only the first gets it, and what was not found stays as it is", () => {
  const outcomes = leaveTaken([], [found("one", "r1"), found("none", undefined), found("two", "r1")]);
  expect(outcomes.map(({ why }) => why)).toEqual([
    undefined,
    "PostHog has none",
    'Role "one" is the same object (r1)',
  ]);
  expect(outcomes[0]?.differs).toEqual(["name"]);
});
