import { changeLine, describeChange } from "../../../provider/access/change";
import type { AccessLevel } from "../../../provider/access/levels";
import {
  type AccessRule,
  type AccessSnapshot,
  type Person,
  projectRule,
} from "../../../provider/access/snapshot";

const person = (name: string, level = 1): Person => ({
  userUuid: `user-${name}`,
  membershipId: `member-${name}`,
  email: `${name}@acme.com`,
  level,
});
const organization: AccessSnapshot = {
  people: [person("ann"), person("bob"), person("olga", 15)],
  roles: [
    { id: "role-a", name: "Analysts", userUuids: ["user-ann"] },
    { id: "role-b", name: "Builders", userUuids: ["user-ann"] },
  ],
  projects: [
    { id: 1, name: "Production" },
    { id: 2, name: "Staging" },
  ],
  rules: [projectRule(1, { level: "none" }), projectRule(2, { level: "none" })],
  enforcesRules: true,
  enforcesRoleRules: true,
  mostSpecific: false,
};

const own = (name: string, level: AccessLevel, projectId = 1) =>
  projectRule(projectId, { membershipId: `member-${name}`, level });
const role = (id: string, level: AccessLevel, projectId = 1) =>
  projectRule(projectId, { roleId: `role-${id}`, level });
const onType = (resource: string, rule: Partial<AccessRule> & Pick<AccessRule, "level">): AccessRule => ({
  projectId: 1,
  resource,
  ...rule,
});

const having = (...rules: AccessRule[]): AccessSnapshot => ({
  ...organization,
  rules: [...organization.rules, ...rules],
});
/** Project 1 with a rule that makes everyone an admin. */
const open = (...rules: AccessRule[]): AccessSnapshot => ({
  ...organization,
  rules: [projectRule(1, { level: "admin" }), projectRule(2, { level: "none" }), ...rules],
});
const lines = (before: AccessSnapshot, after: AccessSnapshot) =>
  describeChange(before, after).map(changeLine);

describe("a described change of access", () => {
  test("shows that a project stays visible to an excluded person while everyone else is an admin", () => {
    expect(lines(open(), open(own("bob", "none")))).toEqual([
      "bob@acme.com loses admin on Production, now none through their own rule, " +
        "but the project itself stays visible, because the rule for everybody is admin",
    ]);
  });

  test.each<[string, AccessRule[], AccessRule[], string[]]>([
    [
      "a first grant",
      [],
      [own("bob", "member")],
      ["bob@acme.com gains member on Production through their own rule"],
    ],
    [
      "a grant through a role",
      [],
      [role("a", "admin")],
      ["ann@acme.com gains admin on Production through role Analysts"],
    ],
    [
      "a higher grant",
      [own("bob", "member")],
      [own("bob", "admin")],
      ["bob@acme.com gains admin on Production through their own rule"],
    ],
    [
      "the last grant taken",
      [own("bob", "admin")],
      [],
      ["bob@acme.com loses admin on Production, now none through the rule for everybody"],
    ],
    [
      "a grant taken where a role still gives some",
      [own("ann", "admin"), role("a", "member")],
      [role("a", "member")],
      ["ann@acme.com loses admin on Production, keeps member through role Analysts"],
    ],
    [
      "a grant taken where a role gives the same",
      [own("ann", "admin"), role("a", "admin")],
      [role("a", "admin")],
      ["ann@acme.com keeps admin on Production, now through role Analysts"],
    ],
    [
      "one role instead of the other",
      [role("a", "member")],
      [role("b", "member")],
      ["ann@acme.com keeps member on Production, now through role Builders"],
    ],
    ["a rule without effect", [role("a", "admin")], [role("a", "admin"), role("b", "member")], []],
    [
      "a rule on a type",
      [own("bob", "member")],
      [own("bob", "member"), onType("dashboard", { level: "viewer" })],
      ["bob@acme.com loses editor of dashboard in Production, keeps viewer through the rule for everybody"],
    ],
    ["rules in a project that stays closed", [], [onType("dashboard", { level: "viewer" })], []],
    [
      "the door and what is behind it at once",
      [],
      [own("bob", "member"), onType("dashboard", { level: "viewer" })],
      [
        "bob@acme.com gains member on Production through their own rule; gains viewer of dashboard in Production through the rule for everybody",
      ],
    ],
    [
      "the same in several projects",
      [],
      [own("bob", "member"), own("bob", "member", 2)],
      ["bob@acme.com gains member on Production and Staging through their own rule"],
    ],
    [
      "different things in different projects",
      [own("bob", "admin")],
      [own("bob", "member"), own("bob", "admin", 2)],
      [
        "bob@acme.com loses admin on Production, keeps member through their own rule; gains admin on Staging through their own rule",
      ],
    ],
  ])("%s", (_, before, after, expected) => {
    expect(lines(having(...before), having(...after))).toEqual(expected);
  });

  test("lists losses before what stays and what is gained, and sorts similar people by e-mail address", () => {
    const before = having(own("bob", "admin"));
    const after = having(own("ann", "admin"));
    expect(lines(before, after)).toEqual([
      "bob@acme.com loses admin on Production, now none through the rule for everybody",
      "ann@acme.com gains admin on Production through their own rule",
    ]);
    expect(
      lines(having(), having(own("bob", "member"), own("ann", "member"))).map((line) => line.slice(0, 3)),
    ).toEqual(["ann", "bob"]);
  });

  test("follows someone's level in the organization", () => {
    const promoted = { ...organization, people: [person("ann"), person("bob", 8), person("olga", 15)] };
    expect(lines(organization, promoted)).toEqual([
      "bob@acme.com gains admin on Production and Staging as organization admin",
    ]);
    expect(lines(promoted, organization)).toEqual([
      "bob@acme.com loses admin on Production and Staging, now none through the rule for everybody",
    ]);
  });

  test("follows people who come and go, also under a new membership", () => {
    const open = { ...organization, rules: [] };
    const without = { ...open, people: organization.people.filter(({ email }) => email !== "bob@acme.com") };
    expect(lines(open, without)).toEqual(["bob@acme.com loses admin on Production and Staging"]);
    expect(lines(without, open)).toEqual([
      "bob@acme.com gains admin on Production and Staging by PostHog's default",
    ]);
    const back = {
      ...open,
      people: open.people.map((one) => ({ ...one, membershipId: `${one.membershipId}-again` })),
    };
    expect(lines(open, back)).toEqual([]);
  });

  test("follows roles that people enter and leave", () => {
    const before = having(role("a", "admin"));
    const after = { ...before, roles: before.roles.map((one) => ({ ...one, userUuids: ["user-bob"] })) };
    expect(lines(before, after)).toEqual([
      "ann@acme.com loses admin on Production, now none through the rule for everybody",
      "bob@acme.com gains admin on Production through role Analysts",
    ]);
  });

  test("follows projects that come and go, and a plan that stops enforcing", () => {
    const one = { ...organization, projects: organization.projects.slice(0, 1) };
    expect(lines(organization, one)).toEqual(["olga@acme.com loses admin on Staging"]);
    expect(lines(one, { ...organization })).toEqual([
      "olga@acme.com gains admin on Staging as organization owner",
    ]);
    const open = { ...organization, enforcesRules: false };
    expect(lines(organization, open)).toContain(
      "bob@acme.com gains member on Production and Staging because the plan does not enforce access rules",
    );
  });

  test("keeps a line short when much changes for one person", () => {
    const projects = Array.from({ length: 20 }, (_, at) => ({ id: at + 1, name: `Project ${at + 1}` }));
    const before = {
      ...organization,
      projects,
      rules: projects.map(({ id }) => projectRule(id, { level: "none" })),
    };
    const after = {
      ...before,
      rules: [...before.rules, ...projects.map(({ id }) => own("bob", "member", id))],
    };
    expect(lines(before, after)).toEqual([
      "bob@acme.com gains member on Project 1, Project 2 and 18 other projects through their own rule",
    ]);
    const types = ["dashboard", "insight", "survey", "notebook", "experiment", "action"];
    const fewer = types.map((resource) => onType(resource, { level: "viewer" }));
    expect(lines(having(own("bob", "member")), having(own("bob", "member"), ...fewer))).toEqual([
      "bob@acme.com loses editor of action, dashboard, experiment, insight and 2 other types in Production, keeps viewer through the rule for everybody",
    ]);
    const different = types.map((resource, at) => ({
      ...onType(resource, { level: "viewer" }),
      projectId: at + 1,
    }));
    const [line] = lines(after, { ...after, rules: [...after.rules, ...different] });
    expect(line).toMatch(/^bob@acme\.com (loses editor of \w+ in Project \d[^;]+; ){4}and 2 more$/);
  });

  test("lists what someone gets in a project by name, and nothing more of a project that they lose", () => {
    const given = having(
      role("a", "member"),
      onType("feature_flag", { level: "none" }),
      onType("feature_flag", { roleId: "role-a", level: "editor" }),
      onType("insight", { roleId: "role-a", level: "editor" }),
      onType("survey", { membershipId: "member-ann", level: "viewer" }),
    );
    expect(lines(organization, given)).toEqual([
      "ann@acme.com gains member on Production through role Analysts; gains editor of feature_flag and insight in Production through role Analysts; gains viewer of survey in Production through their own rule",
    ]);
    const narrow = having(
      own("bob", "member"),
      onType("dashboard", { level: "viewer" }),
      onType("insight", { level: "none" }),
      onType("notebook", { membershipId: "member-bob", level: "none" }),
    );
    expect(lines(organization, narrow)).toEqual([
      "bob@acme.com gains member on Production through their own rule; gains viewer of dashboard in Production through the rule for everybody; gets none of insight in Production through the rule for everybody; gets none of notebook in Production through their own rule",
    ]);
    expect(lines(narrow, organization)).toEqual([
      "bob@acme.com loses member on Production, now none through the rule for everybody",
    ]);
    expect(lines(given, organization)).toEqual([
      "ann@acme.com loses member on Production, now none through the rule for everybody",
    ]);
  });

  test("returns each change as data, so that other formats can print it", () => {
    const [change] = describeChange(having(own("bob", "admin")), having(own("bob", "member")));
    expect(change).toMatchObject({
      person: { email: "bob@acme.com" },
      changes: [
        {
          direction: "loses",
          project: { id: 1, name: "Production" },
          resource: "project",
          before: { level: "admin", reason: { kind: "ownRule" } },
          after: { level: "member", reason: { kind: "ownRule" } },
        },
      ],
    });
  });
});

describe("someone who has the same through two roles", () => {
  const both = having(role("a", "member"), role("b", "member"));
  const without = (roleId: string): AccessSnapshot => ({
    ...both,
    roles: both.roles.map((one) => (one.id === roleId ? { ...one, userUuids: [] } : one)),
  });

  test("keeps it through either: joining the other changes nothing worth a line", () => {
    expect(lines(without("role-a"), both)).toEqual([]);
    expect(lines(without("role-b"), both)).toEqual([]);
  });

  test("is listed when the role that granted it is deleted", () => {
    expect(lines(both, without("role-a"))).toEqual([
      "ann@acme.com keeps member on Production, now through role Builders",
    ]);
  });
});
