import {
  type DeclaredNeeds,
  type Need,
  type Needs,
  needsRows,
  resolveNeeds,
} from "../../../provider/engine/needs";
import { type CallerCapabilities, unmetNeeds, unmetOfProgram } from "../../../provider/engine/preflight";
import type { Properties } from "../../../provider/engine/state";

const organization = {
  id: "018f0000-0000-0000-0000-000000000001",
  name: "Acme",
  membership_level: 8,
  available_product_features: [{ key: "access_control" }],
};
const standing = (over: Partial<CallerCapabilities>): CallerCapabilities => ({
  key: { scopes: ["project:write"], scoped_teams: [], scoped_organizations: [] },
  organization,
  hasSession: false,
  sessionFix: "sign in",
  ...over,
});

const needing = (always: readonly Need[]) => resolveNeeds({ always }, {});

describe("what PostHog would refuse in an update", () => {
  const table: [string, readonly Need[], Partial<CallerCapabilities>, RegExp | undefined][] = [
    ["nothing, when the scope is there", [{ scope: "project:write" }], {}, undefined],
    ["nothing, when writing covers reading", [{ scope: "project:read" }], {}, undefined],
    [
      "a scope that the key lacks",
      [{ scope: "organization:write" }],
      {},
      /lacks the scope organization:write/,
    ],
    ["several at once", [{ scope: "a:read" }, { scope: "b:read" }], {}, /lacks the scopes a:read, b:read/],
    ["nothing, when the key says nothing of its scopes", [{ scope: "x:read" }], { key: {} }, undefined],
    [
      "a key that is restricted to projects, at organization level",
      [{ scope: "organization:read" }],
      { key: { scopes: ["organization:read"], scoped_teams: [3] } },
      /restricted to projects/,
    ],
    [
      "nothing, when that key works in its project",
      [{ scope: "project:write" }],
      { key: { scopes: ["project:write"], scoped_teams: [3] } },
      undefined,
    ],
    ["an owner's right that an admin lacks", [{ level: 15 }], {}, /level owner.*only admin/s],
    ["nothing, when the level suffices", [{ level: 8 }], {}, undefined],
    ["a plan feature", [{ feature: "saml" }], {}, /plan of Acme does not include "saml"/],
    ["nothing, when the plan has it", [{ feature: "access_control" }], {}, undefined],
    [
      "nothing, when the server does not say what the plan has",
      [{ feature: "saml" }],
      { organization: { ...organization, available_product_features: null } },
      undefined,
    ],
    ["a session", [{ session: true }], {}, /no session is configured\n {2}fix: sign in$/],
    ["nothing, with a session", [{ session: true }], { hasSession: true }, undefined],
    [
      "nothing, when the organization cannot be read",
      [{ level: 15 }, { feature: "x" }],
      { organization: undefined },
      undefined,
    ],
  ];
  test.each(table)("%s", (_, needs, over, message) => {
    const unmet = unmetNeeds(needing(needs), standing(over));
    if (message === undefined) expect(unmet).toEqual([]);
    else expect(unmet.join("\n")).toMatch(message);
  });
});

test("everything that a program lacks is reported in one line, by kind", () => {
  const planned = [
    { kind: "Project", count: 20, needs: needing([{ scope: "project:write" }]) },
    { kind: "Role", count: 1, needs: needing([{ scope: "organization:write" }, { level: 15 }]) },
    {
      kind: "IdentityProvider",
      count: 2,
      needs: needing([{ feature: "access_control" }, { feature: "scim" }]),
    },
    { kind: "PersonalApiKey", count: 3, needs: needing([{ session: true }]) },
  ];
  expect(unmetOfProgram(planned, standing({}))).toBe(
    "1 Role (organization:write, level owner), 2 IdentityProvider (scim), 3 PersonalApiKey (a session)",
  );
  expect(unmetOfProgram(planned.slice(0, 1), standing({}))).toBeUndefined();
  const nothingKnown = standing({ key: {}, organization: undefined, hasSession: true });
  expect(unmetOfProgram(planned, nothingKnown)).toBeUndefined();
});

describe("what a resource needs", () => {
  const declared: DeclaredNeeds = {
    always: [{ scope: "box:write" }],
    when: [
      { argument: "size", is: ["large", 3], needs: [{ level: 8 }, { feature: "large_boxes" }] },
      { argument: "owner", is: "given", needs: [{ level: 15 }] },
      { argument: "parts", is: "filled", needs: [{ scope: "part:read" }, { session: true }] },
      { argument: "shelves.*.parts", is: "filled", needs: [{ scope: "part:read" }] },
      {
        argument: "id",
        is: { unlike: /^\d+$/ },
        and: { kind: ["crate"] },
        needs: [{ scope: "<kind>:read" }],
      },
      { argument: "id", is: { like: /^0/ }, text: "id with zeros", needs: [{ featureToChange: "zeros" }] },
    ],
  };
  const nothing = {
    scopes: ["box:write"],
    level: undefined,
    features: [],
    featuresToChange: [],
    session: false,
  };
  const table: [string, Properties, Partial<Needs>][] = [
    ["nothing further by default", {}, {}],
    ["nothing further with another value", { size: "small", parts: [], shelves: { top: { parts: {} } } }, {}],
    ["the value's needs", { size: "large" }, { level: 8, features: ["large_boxes"] }],
    ["the value's needs, for a number", { size: 3 }, { level: 8, features: ["large_boxes"] }],
    ["the highest level", { size: 3, owner: null }, { level: 15, features: ["large_boxes"] }],
    ["what any entry needs", { parts: ["a"] }, { scopes: ["box:write", "part:read"], session: true }],
    [
      "what an entry's member needs",
      { shelves: { top: { parts: { a: 1 } } } },
      { scopes: ["box:write", "part:read"] },
    ],
    [
      "a scope with an argument's value in it",
      { id: "x", kind: "crate" },
      { scopes: ["box:write", "crate:read"] },
    ],
    ["nothing for text of the form", { id: 7, kind: "crate" }, {}],
    ["nothing where another argument does not fit", { id: "x", kind: "bag" }, {}],
    ["a feature to change a value", { id: "07" }, { featuresToChange: ["zeros"] }],
  ];
  test.each(table)("includes %s", (_, args, expected) => {
    expect(resolveNeeds(declared, args)).toEqual({ ...nothing, ...expected });
  });

  test("is listed in one row for each condition", () => {
    expect(needsRows(declared).map(({ when, isOpen }) => [when, isOpen])).toEqual([
      ["", false],
      ['size: "large" | 3', false],
      ["owner", false],
      ["parts", false],
      ["shelves.*.parts", false],
      ["id", true],
      ["id with zeros", false],
    ]);
  });
});
