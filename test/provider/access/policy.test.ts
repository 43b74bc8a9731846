import { declaredGrants, type Policy, policyOf, samePolicy } from "../../../provider/access/policy";

const production: Policy = {
  defaultAccess: "none",
  members: { "ann@acme.com": 8, "bob@acme.com": "member" },
  roles: { Analysts: "member" },
  resources: {
    feature_flag: { default: "viewer", roles: { Analysts: "editor" } },
    survey: { members: { "bob@acme.com": "none" } },
  },
};

const lines = (policy: Policy): string[] =>
  declaredGrants(policy).map(
    ({ property, resource, subject, level }) => `${property}: ${resource} ${subject} ${level}`,
  );

test("a policy is a list of grants, each with the argument that declares it", () => {
  expect(lines(production)).toEqual([
    "defaultAccess: project default none",
    "members.ann@acme.com: project user/ann@acme.com admin",
    "members.bob@acme.com: project user/bob@acme.com member",
    "roles.Analysts: project role/Analysts member",
    "resources.feature_flag.default: feature_flag default viewer",
    "resources.feature_flag.roles.Analysts: feature_flag role/Analysts editor",
    "resources.survey.members.bob@acme.com: survey user/bob@acme.com none",
  ]);
  expect(lines({})).toEqual([]);
});

test("grants make up the policy that declares them, in whatever order they come", () => {
  const grants = declaredGrants(production);
  const policy = policyOf([...grants].reverse());
  expect(policy).toEqual({ ...production, members: { "ann@acme.com": "admin", "bob@acme.com": "member" } });
  expect(JSON.stringify(policy)).toBe(JSON.stringify(policyOf(grants)));
  expect(policyOf([])).toEqual({ resources: {} });
});

describe("two policies", () => {
  test.each<[Policy, Policy]>([
    [{ members: { "ann@acme.com": 1 } }, { members: { "Ann@ACME.com": "member" } }],
    [{ resources: {} }, { resources: { survey: {} } }],
    [{ members: {} }, {}],
    [{ defaultAccess: 8 }, { defaultAccess: "admin" }],
  ])("are the same: %j and %j", (one, other) => {
    expect(samePolicy(one, other)).toBe(true);
  });

  test.each<[Policy, Policy]>([
    [{ members: { "ann@acme.com": "member" } }, { members: { "ann@acme.com": "admin" } }],
    [{ members: { "ann@acme.com": "member" } }, { members: {} }],
    [{ members: { analysts: "member" } }, { roles: { analysts: "member" } }],
    [{ defaultAccess: "none" }, {}],
    [{ resources: { survey: { default: "none" } } }, { resources: { insight: { default: "none" } } }],
  ])("differ: %j and %j", (one, other) => {
    expect(samePolicy(one, other)).toBe(false);
    expect(samePolicy(other, one)).toBe(false);
  });
});
