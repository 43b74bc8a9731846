import {
  type CallerCapabilities,
  type Needs,
  unmetNeeds,
  unmetOfProgram,
} from "../../../provider/engine/needs";

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
  ...over,
});

describe("what an apply would be refused for", () => {
  const table: [string, Needs, Partial<CallerCapabilities>, RegExp | undefined][] = [
    ["nothing, when the scope is there", { scopes: ["project:write"] }, {}, undefined],
    ["nothing, when writing covers reading", { scopes: ["project:read"] }, {}, undefined],
    [
      "a scope that the key lacks",
      { scopes: ["organization:write"] },
      {},
      /lacks the scope organization:write/,
    ],
    ["several at once", { scopes: ["a:read", "b:read"] }, {}, /lacks the scopes a:read, b:read/],
    ["nothing, when the key says nothing of its scopes", { scopes: ["x:read"] }, { key: {} }, undefined],
    [
      "a key that is restricted to projects, at organization level",
      { scopes: ["organization:read"] },
      { key: { scopes: ["organization:read"], scoped_teams: [3] } },
      /restricted to projects/,
    ],
    [
      "nothing, when that key works in its project",
      { scopes: ["project:write"] },
      { key: { scopes: ["project:write"], scoped_teams: [3] } },
      undefined,
    ],
    ["an owner's right that an admin lacks", { scopes: [], level: 15 }, {}, /level owner.*only admin/s],
    ["nothing, when the level suffices", { scopes: [], level: 8 }, {}, undefined],
    ["a plan feature", { scopes: [], features: ["saml"] }, {}, /plan of Acme does not include "saml"/],
    ["nothing, when the plan has it", { scopes: [], features: ["access_control"] }, {}, undefined],
    [
      "nothing, when the server does not say what the plan has",
      { scopes: [], features: ["saml"] },
      { organization: { ...organization, available_product_features: null } },
      undefined,
    ],
    ["a session", { scopes: [], session: true }, {}, /no session is configured/],
    ["nothing, with a session", { scopes: [], session: true }, { hasSession: true }, undefined],
    [
      "nothing, when the organization cannot be read",
      { scopes: [], level: 15, features: ["x"] },
      { organization: undefined },
      undefined,
    ],
  ];
  test.each(table)("%s", (_, needs, over, message) => {
    const unmet = unmetNeeds(needs, standing(over));
    if (message === undefined) expect(unmet).toEqual([]);
    else expect(unmet.map((finding) => finding.message).join("\n")).toMatch(message);
  });
});

test("what a whole program lacks is told in one line, kind by kind", () => {
  const planned = [
    { kind: "Project", count: 20, needs: { scopes: ["project:write"] } },
    { kind: "Role", count: 1, needs: { scopes: ["organization:write"], level: 15 as const } },
    { kind: "IdentityProvider", count: 2, needs: { scopes: [], features: ["access_control", "scim"] } },
    { kind: "PersonalApiKey", count: 3, needs: { scopes: [], session: true } },
  ];
  expect(unmetOfProgram(planned, standing({}))).toBe(
    "1 Role (organization:write, level owner), 2 IdentityProvider (scim), 3 PersonalApiKey (a session)",
  );
  expect(unmetOfProgram(planned.slice(0, 1), standing({}))).toBeUndefined();
  const nothingKnown = standing({ key: {}, organization: undefined, hasSession: true });
  expect(unmetOfProgram(planned, nothingKnown)).toBeUndefined();
});
