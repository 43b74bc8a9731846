import { isNamedLikeProduction } from "../../../provider/review/accessRules";
import { narrowReview, reviewOrganization } from "../../../provider/review/reviewOrganization";
import { groupFindings, reviewRules } from "../../../provider/review/rules";
import { liveDomain, liveKey, liveMember, liveOrganization, liveRule } from "../../support/live";

const projects = [
  { id: 2, name: "Staging" },
  { id: 1, name: "Production" },
];
const company = liveOrganization({
  access: {
    projects,
    rules: [
      liveRule("none"),
      liveRule("member", { role: "Analysts" }),
      liveRule("viewer", { resource: "survey" }),
      liveRule("editor", { resource: "feature_flag", member: "ann" }),
      liveRule("none", { resource: "warehouse_table" }),
    ],
  },
});

describe("a review", () => {
  const { projects: reviewed, people } = reviewOrganization(company);
  const of = (email: string) => people.find((person) => person.email === email);

  test("lists projects alphabetically, with everybody's default access", () => {
    expect(reviewed).toEqual([
      { projectId: 1, name: "Production", defaultAccess: "none" },
      { projectId: 2, name: "Staging", defaultAccess: "admin" },
    ]);
  });

  test("lists each person's projects in that order, with the types that have rules and why", () => {
    expect(of("ann@acme.com")).toMatchObject({ level: "member", roles: ["Analysts"], ssoEnforced: true });
    expect(of("ann@acme.com")?.access).toEqual([
      {
        projectId: 1,
        level: "member",
        through: "through role Analysts",
        resources: [
          { resource: "feature_flag", level: "editor", through: "through their own rule" },
          { resource: "survey", level: "viewer", through: "through the rule for everybody" },
        ],
      },
      { projectId: 2, level: "admin", through: "by PostHog's default", resources: [] },
    ]);
    expect(of("bob@acme.com")?.access[0]).toMatchObject({
      level: "none",
      resources: [{ level: "none", through: "because the project is closed to them" }, { level: "none" }],
    });
    expect(of("olga@acme.com")?.access[0]).toMatchObject({
      level: "admin",
      through: "as organization owner",
    });
  });

  test("shows that a project admin by a rule manages its objects, whatever rules on types say", () => {
    const rules = [
      liveRule("admin", { role: "Analysts" }),
      liveRule("editor", { resource: "survey" }),
      liveRule("viewer", { resource: "web_analytics" }),
    ];
    const { people: reviewed } = reviewOrganization(liveOrganization({ access: { projects, rules } }));
    const access = (email: string) => reviewed.find((person) => person.email === email)?.access;
    expect(access("ann@acme.com")?.[0]).toEqual({
      projectId: 1,
      level: "admin",
      through: "through role Analysts, and may change the access rules of every object in it",
      resources: [
        {
          resource: "survey",
          level: "editor",
          through:
            "through the rule for everybody, in effect manager of its objects, as an admin of the project by a rule",
        },
        { resource: "web_analytics", level: "viewer", through: "through the rule for everybody" },
      ],
    });
    // PostHog's own default makes everyone an admin, but gives no right to change rules.
    expect(access("bob@acme.com")?.[0]?.through).toBe("by PostHog's default");
    expect(access("olga@acme.com")?.[0]?.through).toBe("as organization owner");
  });

  test("shows that a project stays visible to an excluded person if everyone else is an admin by a rule", () => {
    const without = (level: "admin" | "member" | undefined) => {
      const everybody = level === undefined ? [] : [liveRule(level)];
      const rules = [...everybody, liveRule("none", { member: "bob" })];
      const { people: reviewed } = reviewOrganization(liveOrganization({ access: { projects, rules } }));
      return reviewed.find((person) => person.email === "bob@acme.com")?.access[0];
    };
    expect(without("admin")).toMatchObject({
      level: "none",
      through:
        "through their own rule, but the project itself stays visible, because the rule for everybody is admin",
    });
    for (const level of ["member", undefined] as const)
      expect(without(level)?.through).toBe("through their own rule");
  });

  test("shows rules on types that PostHog ignores as without effect, and no level from them", () => {
    const rules = [liveRule("none", { resource: "metrics" }), liveRule("viewer", { resource: "survey" })];
    const { findings, people: reviewed } = reviewOrganization(
      liveOrganization({ access: { projects, rules } }),
    );
    expect(findings.filter(({ rule }) => rule === "rule-without-effect")).toMatchObject([
      { message: expect.stringMatching(/none of metrics in Production has no effect/) },
    ]);
    expect(reviewed[0]?.access[0]?.resources.map(({ resource }) => resource)).toEqual(["survey"]);
  });

  test("omits single sign-on if domains cannot be read, and says no if none covers someone", () => {
    const unread = reviewOrganization({ ...company, domains: undefined });
    expect(unread.people[0]?.ssoEnforced).toBeUndefined();
    const bypassed = reviewOrganization({
      ...company,
      domains: [liveDomain({ bypass: "the plan lacks it" })],
    });
    expect(bypassed.people[0]?.ssoEnforced).toBe(false);
  });

  test("is empty for an organization without projects, rules and keys", () => {
    const { people, keys, projects } = reviewOrganization(
      liveOrganization({ keys: undefined, access: { projects: [], rules: [], roles: [] } }),
    );
    expect(projects).toEqual([]);
    expect(keys).toBeUndefined();
    expect(people.map(({ access }) => access)).toEqual([[], [], [], []]);
  });
});

describe("a part of a review", () => {
  const whole = reviewOrganization(
    liveOrganization({
      members: [
        liveMember("ann"),
        liveMember("root@else.org", { level: 15 }),
        liveMember("olga", { level: 15 }),
      ],
      keys: [liveKey({ owner: "olga@acme.com" }), liveKey({ scopes: ["*"], lastUsedAt: undefined })],
    }),
  );

  test("has the requested people, their keys and their findings, which still name those keys", () => {
    const part = narrowReview(whole, { people: ["ANN@acme.com"] });
    expect(part.people.map(({ email }) => email)).toEqual(["ann@acme.com"]);
    expect(part.keys).toHaveLength(1);
    expect(part.findings.map(({ rule, subject }) => [rule, subject.key])).toEqual([
      ["key-over-scoped", 0],
      ["key-stale", 0],
    ]);
    expect(whole.findings.find(({ rule }) => rule === "key-stale")?.subject.key).toBe(1);
  });

  test("has the findings that are severe enough", () => {
    const rules = (severity?: "high" | "medium" | "low") =>
      new Set(narrowReview(whole, { severity }).findings.map((finding) => finding.severity));
    expect(rules("high")).toEqual(new Set(["high"]));
    expect(rules("medium")).toEqual(new Set(["high", "medium"]));
    expect(narrowReview(whole, {})).toEqual(whole);
  });

  test("groups findings of one rule and severity under one headline", () => {
    const members = ["a@x.org", "b@x.org", "c@x.org"].map((email) => liveMember(email));
    const { findings } = reviewOrganization(
      liveOrganization({ keys: [], members: [...members, liveMember("root@x.org", { level: 8 })] }),
    );
    const groups = groupFindings(findings).map(
      ({ rule, severity, findings: same }) => `${severity} ${rule} ${same.length}`,
    );
    expect(groups).toEqual([
      "high member-outside-domains 1",
      "medium member-outside-domains 3",
      "medium owners-too-few 1",
    ]);
  });
});

test.each([
  ["Production", true],
  ["prod-eu", true],
  ["Acme (PROD)", true],
  ["Products", false],
  ["reproduction", false],
  ["Pre-production", true],
  ["Staging", false],
])("%s is named like production: %s", (name, isProduction) => {
  expect(isNamedLikeProduction(name)).toBe(isProduction);
});

test("findings are listed worst first, each with evidence and a fix", () => {
  const { findings } = reviewOrganization(
    liveOrganization({
      domains: [liveDomain({ enforcement: "off", bypass: "nothing is enforced" })],
      keys: [liveKey({ scopes: ["*"], lastUsedAt: undefined })],
      members: [liveMember("olga", { level: 15 }), liveMember("ann")],
      access: { rules: [], roles: [{ id: "role-Ghosts", name: "Ghosts", userUuids: [] }] },
    }),
  );
  const ranks = findings.map(({ severity }) => ["high", "medium", "low"].indexOf(severity));
  expect(ranks).toEqual([...ranks].sort());
  expect(new Set(ranks).size).toBe(3);
  for (const { rule, severity, message, evidence, fix } of findings) {
    expect(message).toMatch(/^[^\n]+\.$/);
    expect(fix).toMatch(/\.$/);
    expect(evidence.length).toBeGreaterThan(0);
    const worst = reviewRules.find(({ id }) => id === rule)?.severity ?? "low";
    expect(["high", "medium", "low"].indexOf(severity)).toBeGreaterThanOrEqual(
      ["high", "medium", "low"].indexOf(worst),
    );
  }
});
