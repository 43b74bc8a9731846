import type { LiveOrganization } from "../../../../provider/access/liveOrganization";
import { evaluateMatrix } from "../../../../provider/matrix/evaluate";
import type { ChangeReview, MatrixTarget } from "../../../../provider/review/changes/model";
import { reviewChanges } from "../../../../provider/review/changes/reviewChanges";
import { liveMember, liveOrganization, liveRule } from "../../../support/live";

const projects = [
  { id: 1, name: "Production" },
  { id: 2, name: "Staging" },
];
/** Ann and Carl are analysts with access to Production; Bob has direct access; Staging is closed. */
const live = liveOrganization({
  members: [liveMember("ann"), liveMember("bob"), liveMember("carl"), liveMember("olga", { level: 15 })],
  access: {
    projects,
    roles: [{ id: "role-Analysts", name: "Analysts", userUuids: ["user-ann", "user-carl"] }],
    rules: [
      liveRule("none"),
      liveRule("none", { projectId: 2 }),
      liveRule("member", { role: "Analysts" }),
      liveRule("member", { member: "bob" }),
    ],
  },
});

/** The current access as a matrix. */
const asIs = `
access_matrix:
  analysts:
    name: Analysts
    members: [ann@acme.com, carl@acme.com]
    Production: {role: member}
projects:
  Production: {defaultAccess: none, members: {bob@acme.com: {role: member}}}
  Staging: {defaultAccess: none}
`;

function aimOf(text: string, over: Partial<MatrixTarget> = {}): MatrixTarget {
  const { projects: numbers = new Map(), members = new Map() } = over;
  const desired = evaluateMatrix(text, {
    today: "2026-11-20",
    projects: [...numbers.keys(), "Production", "Staging", "Lab"],
    members: [...members.keys()],
  });
  return { desired, projects: numbers, members };
}

function changed(text: string, base?: string, organization: LiveOrganization = live): ChangeReview {
  return reviewChanges(organization, aimOf(text), { base: base === undefined ? undefined : aimOf(base) });
}

const changesOf = ({ people }: ChangeReview): string[] =>
  people.map(({ email, summary }) => `${email} ${summary}`);

test("a matrix that matches PostHog changes nothing", () => {
  const review = changed(asIs);
  expect(review).toMatchObject({
    hasChanges: false,
    people: [],
    roles: [],
    projects: [],
    warnings: [],
    notes: [],
  });
});

test("people who lose access come before people who gain it, each with the reason", () => {
  const review = changed(
    asIs
      .replace(
        "[ann@acme.com, carl@acme.com]\n",
        "[ann@acme.com, bob@acme.com]\n    mode: exclusive\n    removalLimit: 1\n",
      )
      .replace(", members: {bob@acme.com: {role: member}}", ", mode: exclusive"),
  );
  expect(changesOf(review)).toEqual([
    "carl@acme.com loses member on Production, now none through the rule for everybody",
    "bob@acme.com keeps member on Production, now through role Analysts",
  ]);
  expect(review.roles).toEqual([
    { role: "Analysts", change: "changed", joining: ["bob@acme.com"], leaving: ["carl@acme.com"] },
  ]);
  expect(review.projects).toEqual([{ projectId: 1, project: "Production", made: 0, changed: 0, removed: 1 }]);
  expect(review.people[0]?.changes).toEqual([
    {
      direction: "loses",
      projectId: 1,
      project: "Production",
      resource: "project",
      before: "member",
      after: "none",
      through: "through the rule for everybody",
    },
  ]);
});

describe("what the matrix does not list", () => {
  const without = asIs.replace(", members: {bob@acme.com: {role: member}}", "");

  test("stays in additive mode, and a note says so", () => {
    const review = changed(without);
    expect(review.hasChanges).toBe(false);
    expect(review.notes).toEqual([
      "project Production keeps what the matrix does not list: project/user/bob@acme.com: member",
    ]);
  });

  test("is removed if the matrix that was applied last granted it", () => {
    expect(changesOf(changed(without, asIs))).toEqual([
      "bob@acme.com loses member on Production, now none through the rule for everybody",
    ]);
  });

  test("is removed with a project that left the matrix, except a default that nobody set", () => {
    const review = changed(
      "access_matrix: {analysts: {name: Analysts, members: [ann@acme.com, carl@acme.com]}}",
      asIs,
    );
    expect(review.projects).toEqual([
      { projectId: 1, project: "Production", made: 0, changed: 0, removed: 3 },
      { projectId: 2, project: "Staging", made: 0, changed: 0, removed: 1 },
    ]);
    expect(changesOf(review)).toContain(
      "bob@acme.com gains admin on Production and Staging by PostHog's default",
    );
    // Pulumi deletes the policy then, and a deletion is not limited.
    expect(review.warnings).toEqual([]);
  });

  test("is removed with a role that left the matrix, unless another team now has its name", () => {
    const review = changed("projects: {Production: {defaultAccess: none}}\naccess_matrix: {}", asIs);
    expect(review.roles).toEqual([
      { role: "Analysts", change: "deleted", joining: [], leaving: ["ann@acme.com", "carl@acme.com"] },
    ]);
    expect(changed(asIs.replace("analysts:", "people:"), asIs).roles).toEqual([]);
  });

  test("stays if it is ignored", () => {
    const review = changed(
      asIs.replace(
        "Production: {defaultAccess: none, members: {bob@acme.com: {role: member}}}",
        "Production: {defaultAccess: none, mode: exclusive, ignore: [bob@acme.com]}",
      ),
    );
    expect(review).toMatchObject({ hasChanges: false, notes: [] });
  });
});

describe("a renamed team", () => {
  const renamed = asIs.replace(
    "analysts:\n    name: Analysts",
    "data:\n    previously: analysts\n    name: Data",
  );

  test.each([
    ["by the matrix that was applied last", asIs],
    ["by its earlier name alone", undefined],
  ])("keeps its role and people, known %s", (_, base) => {
    const review = changed(renamed, base);
    expect(review.roles).toEqual([{ role: "Data", change: "changed", joining: [], leaving: [] }]);
    expect(review.people).toEqual([]);
  });

  test("does not take over a role that another team has under the earlier name", () => {
    const taken = renamed.replace("access_matrix:", "access_matrix:\n  new:\n    name: Analysts");
    expect(changed(taken).roles).toMatchObject([{ role: "Data", change: "made" }]);
  });
});

describe("projects that share a name", () => {
  const twins = liveOrganization({
    ...live,
    access: {
      ...live.access,
      projects: [...projects, { id: 3, name: "Staging" }],
      rules: [...live.access.rules, liveRule("none", { projectId: 3 })],
    },
  });
  const given = "access_matrix:\n  analysts:\n    name: Analysts\n    Staging: {role: member}";

  test("are distinguished by their numbers", () => {
    const review = reviewChanges(twins, aimOf(given, { projects: new Map([["Staging", 3]]) }));
    expect(changesOf(review)).toEqual([
      "ann@acme.com gains member on Staging (3) through role Analysts",
      "carl@acme.com gains member on Staging (3) through role Analysts",
    ]);
    expect(review.projects).toMatchObject([{ projectId: 3, project: "Staging (3)" }]);
  });

  test("are not confused", () => {
    expect(() => changed(given, undefined, twins)).toThrow(
      /projects\.Staging: has no id, and projects 2 and 3 all have this name/,
    );
  });
});

test("a new role and its members exist before the rules that name it", () => {
  const review = changed(
    `${asIs.replace("access_matrix:", "access_matrix:\n  builders:\n    name: Builders\n    members: [Bob@acme.com]\n    Staging: {role: admin, can_edit_surveys: true}")}`,
  );
  expect(changesOf(review)).toEqual([
    "bob@acme.com gains admin on Staging through role Builders; gains editor of survey in Staging through role Builders",
  ]);
  expect(review.roles).toEqual([
    { role: "Builders", change: "made", joining: ["bob@acme.com"], leaving: [] },
  ]);
});

test("unknown people, projects and ids are all reported at once, with suggestions", () => {
  const wrong = `
access_matrix:
  analysts:
    members: [anna@acme.com, zoe@elsewhere.org]
    Lab: {role: member}
projects:
  Archive: {id: 7, defaultAccess: none}
  Staging: {members: {zoe@elsewhere.org: {role: member}, olaf@acme.com: {role: member}}}
`;
  expect(() => changed(wrong)).toThrow(
    /has 5 problems[\s\S]*anna@acme.com is not a member of the organization; did you mean "ann@acme.com"[\s\S]*zoe@elsewhere.org is not a member[\s\S]*projects.Archive: unknown project 7[\s\S]*projects.Lab: has no id[\s\S]*olaf@acme.com/,
  );
});

test("people who are invited or waited for join later", () => {
  const invites = [{ id: "1", email: "new@acme.com", level: 1, isExpired: false }];
  const review = changed(asIs.replace("carl@acme.com]", "carl@acme.com, New@acme.com]"), undefined, {
    ...live,
    invites,
  });
  expect(review.notes).toEqual(["New@acme.com joins role Analysts once they are in the organization"]);
  expect(review.hasChanges).toBe(false);
});

test("members of teams and ids of projects can be given in addition to the matrix", () => {
  const review = reviewChanges(
    live,
    aimOf("access_matrix: {analysts: {name: Analysts, web: {role: admin}}}", {
      projects: new Map([["web", 1]]),
      members: new Map([["analysts", ["user-bob"]]]),
    }),
  );
  expect(changesOf(review)).toEqual([
    "ann@acme.com gains admin on Production through role Analysts",
    "bob@acme.com gains admin on Production through role Analysts",
    "carl@acme.com gains admin on Production through role Analysts",
  ]);
});

describe("a team that left the matrix", () => {
  const grants = (of: string) =>
    `\n  ${of}:\n    members: [bob@acme.com]\n    Staging: {role: member, resources: {survey: editor}}`;
  const both = `access_matrix:${grants("one")}${grants("two")}`;
  const organization: LiveOrganization = {
    ...live,
    access: {
      ...live.access,
      roles: ["one", "two"].map((name) => ({ id: `role-${name}`, name, userUuids: ["user-bob"] })),
      rules: ["one", "two"].flatMap((role) => [
        liveRule("member", { projectId: 2, role }),
        liveRule("editor", { projectId: 2, role, resource: "survey" }),
      ]),
    },
  };

  test("loses its grants, which counts for removalLimit as in an update", () => {
    const review = changed(`access_matrix:${grants("two")}`, both, organization);
    expect(review.roles).toMatchObject([{ role: "one", change: "deleted", leaving: ["bob@acme.com"] }]);
    expect(review.projects).toEqual([{ projectId: 2, project: "Staging", made: 0, changed: 0, removed: 2 }]);
    expect(review.warnings).toEqual([
      expect.stringMatching(
        /^project Staging: the update will fail. Exceeds removalLimit: it would remove 2 of 4 grants/,
      ),
    ]);
  });

  test("under another name loses what the matrix no longer grants", () => {
    const renamed = "\n  uno:\n    previously: one\n    members: [bob@acme.com]\n    Staging: {role: member}";
    const review = changed(`access_matrix:${renamed}${grants("two")}`, both, organization);
    expect(review.roles).toMatchObject([{ role: "uno", change: "changed" }]);
    expect(review.projects).toEqual([{ projectId: 2, project: "Staging", made: 0, changed: 0, removed: 1 }]);
  });
});

test("teams and projects can have the names of built-in properties", () => {
  const review = changed(`
projects: {constructor: {id: 1}}
access_matrix: {toString: {members: [bob@acme.com], constructor: {role: admin}}}`);
  expect(changesOf(review)).toEqual(["bob@acme.com gains admin on Production through role toString"]);
});

describe("the key of a service account", () => {
  const withKey = (scopes: string, over = "bot:") =>
    asIs.replace(
      "access_matrix:",
      `access_matrix:\n  ${over}\n    Production: {api_key_scopes: [${scopes}]}`,
    );

  test.each<[string, string, string, string[]]>([
    ["made", withKey("feature_flag:read"), asIs, ["made feature_flag:read"]],
    [
      "changed",
      withKey("query:read, insight:read"),
      withKey("query:read"),
      ["changed insight:read query:read"],
    ],
    ["deleted", asIs, withKey("query:read"), ["deleted query:read"]],
    ["kept", withKey("query:read"), withKey("query:read"), []],
  ])("is %s against the matrix that was applied last", (_, text, base, expected) => {
    const { keys, hasChanges } = changed(text, base);
    expect(keys.map(({ change, scopes }) => `${change} ${scopes.join(" ")}`)).toEqual(expected);
    expect(hasChanges).toBe(expected.length > 0);
  });
});

describe("warnings include", () => {
  test.each<[string, string, RegExp]>([
    [
      "a role that too many would leave",
      asIs.replace("[ann@acme.com, carl@acme.com]\n", "[olga@acme.com]\n    mode: exclusive\n"),
      /role Analysts: the update will fail. Exceeds removalLimit: it would remove 2 of 2 people/,
    ],
    [
      "more removals of rules than the limit allows",
      asIs
        .replace("Production: {defaultAccess", "Production: {mode: exclusive, removalLimit: 0, defaultAccess")
        .replace(", members: {bob@acme.com: {role: member}}", ""),
      /project Production: the update will fail. Exceeds removalLimit: it would remove 1 of 3 grants/,
    ],
    [
      "what ends soon",
      asIs.replace("Production: {role: member}", "Production: {role: member, until: 2026-11-25}"),
      /access of analysts to Production ends in 5 days/,
    ],
    [
      "what cannot be enforced",
      asIs.replace(
        "Production: {role: member}",
        "Production: {role: member, can_create_flags: true, can_delete_flags: false}",
      ),
      /can_delete_flags: false cannot be enforced/,
    ],
  ])("%s", (_, text, warning) => {
    expect(changed(text).warnings.join("\n")).toMatch(warning);
  });

  test("a plan that enforces nothing", () => {
    const access = { ...live.access, enforcesRules: false };
    expect(changed(asIs, undefined, { ...live, access }).warnings).toEqual([
      "the plan of Acme lacks access_control: PostHog stores the rules, but does not enforce them",
    ]);
  });
});

test("deleted roles come first, then those that lose members, and new ones last", () => {
  const names = ["Support", "Web"];
  const organization: LiveOrganization = {
    ...live,
    access: {
      ...live.access,
      roles: names.map((name) => ({ id: `role-${name}`, name, userUuids: ["user-bob"] })),
      rules: [],
    },
  };
  const team = (name: string, people: string) =>
    `\n  ${name}: {members: [${people}], mode: exclusive, removalLimit: 1}`;
  const base = `access_matrix:${team("Support", "bob@acme.com")}${team("Web", "bob@acme.com")}`;
  const next = `access_matrix:${team("Made", "bob@acme.com")}${team("Web", "ann@acme.com")}`;
  expect(changed(next, base, organization).roles.map(({ role, change }) => `${role} ${change}`)).toEqual([
    "Support deleted",
    "Web changed",
    "Made made",
  ]);
});
