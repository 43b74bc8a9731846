import { desiredOf, plainMatrix, problemsOf } from "./support";

const byRole = (roles: Record<string, string>) => ({ default: undefined, members: {}, roles });

describe("the matrix that the documentation opens with", () => {
  const desired = desiredOf(plainMatrix);

  test("becomes a role for each team, without touching its members", () => {
    expect(desired.roles).toEqual([
      { team: "engineering", name: "engineering", previously: [] },
      { team: "product", name: "product", previously: [] },
    ]);
  });

  test("becomes one policy for each project", () => {
    const common = { defaultAccess: undefined, members: {}, previously: [] };
    expect(desired.projects).toEqual([
      {
        ...common,
        project: "production_project",
        roles: { engineering: "member", product: "member" },
        resources: {
          feature_flag: byRole({ engineering: "editor" }),
          insight: byRole({ product: "editor" }),
          session_recording: byRole({ product: "viewer" }),
        },
      },
      {
        ...common,
        project: "staging_project",
        roles: { engineering: "admin", product: "member" },
        resources: {
          feature_flag: byRole({ engineering: "editor" }),
          insight: byRole({ product: "editor" }),
          session_recording: byRole({ product: "viewer" }),
        },
      },
    ]);
  });

  test("becomes a personal key for each service account whose scopes need one", () => {
    expect(desired.keys).toEqual([
      {
        team: "bi_service_account",
        project: "production_project",
        previously: [],
        kind: "personal",
        label: "bi_service_account/production_project",
        scopes: ["dashboard:read", "insight:read", "query:read"],
      },
      {
        team: "flag_service_account",
        project: "production_project",
        previously: [],
        kind: "personal",
        label: "flag_service_account/production_project",
        scopes: ["feature_flag:read", "feature_flag:write"],
      },
    ]);
  });

  test("reports that deleting flags cannot be denied separately", () => {
    expect(desired.notEnforceable.map(({ team, project, asked }) => [team, project, asked])).toEqual([
      ["engineering", "production_project", "can_delete_flags: false"],
    ]);
    expect(problemsOf(plainMatrix, { strict: true })).toEqual([
      expect.stringMatching(
        /^access\.yaml:4:\d+ access_matrix\.engineering\.production_project\.can_delete_flags: cannot be enforced/,
      ),
    ]);
  });

  test("lists what is granted, project by project", () => {
    expect(
      desired.grants.map(({ project, team, resource, level }) => [project, team, resource, level].join(" ")),
    ).toEqual([
      "production_project engineering feature_flag editor",
      "production_project engineering project member",
      "production_project product insight editor",
      "production_project product project member",
      "production_project product session_recording viewer",
      "staging_project engineering feature_flag editor",
      "staging_project engineering project admin",
      "staging_project product insight editor",
      "staging_project product project member",
      "staging_project product session_recording viewer",
    ]);
  });
});

describe("keys", () => {
  test.each([
    ["[feature_flag:read]", "project"],
    ["[feature_flag:read, endpoint:read, experiment:read]", "project"],
    ["[feature_flag:write]", "personal"],
    ["[feature_flag:read, insight:read]", "personal"],
  ])("with %s are %s keys", (scopes, kind) => {
    const { keys } = desiredOf(`access_matrix: {bot: {staging_project: {api_key_scopes: ${scopes}}}}`);
    expect(keys.map((key) => key.kind)).toEqual([kind]);
  });

  test("have what the matrix says, and each scope once", () => {
    const { keys } = desiredOf(
      `projects: {staging_project: {id: 7}}
access_matrix:
  bot:
    staging_project: {api_key_scopes: [query:read, insight:read, query:read], label: Bot, rotateAfterDays: 90}
`,
      { projects: [] },
    );
    expect(keys).toEqual([
      {
        team: "bot",
        project: "staging_project",
        id: 7,
        previously: [],
        kind: "personal",
        label: "Bot",
        scopes: ["insight:read", "query:read"],
        rotateAfterDays: 90,
      },
    ]);
  });

  test("with organization scopes give a warning", () => {
    const text =
      "access_matrix: {bot: {staging_project: {api_key_scopes: [organization_member:read, query:read]}}}";
    expect(desiredOf(text).notEnforceable).toEqual([
      expect.objectContaining({ team: "bot", asked: "api_key_scopes: organization_member:read" }),
    ]);
    expect(problemsOf(text, { strict: true })).toEqual([
      expect.stringContaining("api_key_scopes: cannot be enforced: PostHog rejects keys restricted"),
    ]);
  });

  test("create no policy for a project without people", () => {
    const { projects } = desiredOf("access_matrix: {bot: {staging_project: {api_key_scopes: [query:read]}}}");
    expect(projects).toEqual([]);
  });

  test("with unknown scopes are created, with a warning", () => {
    const { keys, warnings } = desiredOf(
      "access_matrix: {bot: {staging_project: {api_key_scopes: [brand_new:read]}}}",
    );
    expect(keys).toHaveLength(1);
    expect(warnings).toEqual(["this version does not know the scope brand_new:read; PostHog decides"]);
  });
});

describe("an end date", () => {
  const text = `
projects:
  production_project: {members: {Ann@acme.com: {role: admin, until: 2026-12-07, because: INC-42}}}
access_matrix:
  web: {members: [{user: bob@acme.com, until: 2026-12-07}, cat@acme.com], staging_project: {role: member, until: 2026-12-07}}
  bot: {staging_project: {api_key_scopes: [query:read], until: 2026-12-07}}
`;
  const on = (today: string) => {
    const { roles, projects, keys, grants, ending, ended } = desiredOf(text, { today });
    return { roles, projects, keys, grants, ending, ended };
  };

  test("gives a warning from 14 days before, to the last day", () => {
    expect(on("2026-11-22").ending).toEqual([]);
    expect(on("2026-11-23").ending).toEqual([
      { team: "web", user: "bob@acme.com", until: "2026-12-07", days: 14 },
      {
        user: "ann@acme.com",
        project: "production_project",
        until: "2026-12-07",
        days: 14,
        reason: "INC-42",
      },
      { team: "bot", project: "staging_project", until: "2026-12-07", days: 14 },
      { team: "web", project: "staging_project", until: "2026-12-07", days: 14 },
    ]);
    expect(on("2026-12-07").ending.map(({ days }) => days)).toEqual([0, 0, 0, 0]);
    expect(on("2026-12-08").ending).toEqual([]);
  });

  test("changes nothing on the last day", () => {
    const { roles, grants, keys, ended } = on("2026-12-07");
    expect(roles[0]?.members).toEqual(["bob@acme.com", "cat@acme.com"]);
    expect([grants.length, keys.length, ended.length]).toEqual([2, 1, 0]);
  });

  test("removes access, memberships and keys on the day after, and keeps role and policies", () => {
    const { roles, projects, grants, keys, ended } = on("2026-12-08");
    expect(roles).toMatchObject([{ team: "web", name: "web", members: ["cat@acme.com"] }]);
    expect(projects.map(({ project, members, roles: has }) => [project, members, has])).toEqual([
      ["production_project", {}, {}],
      ["staging_project", {}, {}],
    ]);
    expect([grants, keys]).toEqual([[], []]);
    expect(ended.map(({ days }) => days)).toEqual([-1, -1, -1, -1]);
  });

  test("of everyone in a team empties the role instead of ignoring its members", () => {
    const { roles } = desiredOf("access_matrix: {web: {members: [{user: a@b.co, until: 2026-01-01}]}}");
    expect(roles).toMatchObject([{ team: "web", name: "web", members: [] }]);
  });

  test("does not count as a removal: the limit applies to other removals", () => {
    const text = `
projects: {staging_project: {removalLimit: 0.1}}
access_matrix:
  web: {members: [a@b.co, b@b.co, c@b.co, {user: d@b.co, until: 2026-01-01}], staging_project: {role: member}}
  old: {staging_project: {role: member, can_edit_flags: true, until: 2026-01-01}}`;
    const { roles, projects } = desiredOf(text);
    // One of four people, and two of three grants, added to 0.25 and 0.1.
    expect(roles.map(({ team, removalLimit }) => [team, removalLimit])).toEqual([
      ["old", undefined],
      ["web", 0.5],
    ]);
    expect(projects.map(({ removalLimit }) => removalLimit)).toEqual([0.767]);
    expect(desiredOf(text, { today: "2026-01-01" }).projects[0]?.removalLimit).toBe(0.1);
  });

  test("also ends warnings of what cannot be enforced", () => {
    const entry = "{can_edit_flags: true, can_delete_flags: false, until: 2026-01-01}";
    expect(desiredOf(`access_matrix: {web: {staging_project: ${entry}}}`).notEnforceable).toEqual([]);
  });

  test.each([
    ["2028-02-29", "2028-02-28", 1],
    ["2027-01-01", "2026-12-31", 1],
    ["2026-12-06", "2026-11-23", 13],
  ])("%s seen from %s is %i days away", (until, today, days) => {
    const { ending } = desiredOf(`access_matrix: {web: {staging_project: {role: member, until: ${until}}}}`, {
      today,
    });
    expect(ending.map((one) => one.days)).toEqual([days]);
  });
});

describe("projects as a whole", () => {
  test("have levels and capabilities for everyone, and for single people", () => {
    const { projects, grants } = desiredOf(`
projects:
  production_project:
    defaultAccess: none
    can_view_recordings: false
    resources: {feature_flag: viewer}
    members: {Ann@Acme.com: {role: member, can_edit_flags: true, because: audit}}
access_matrix: {web: {production_project: {role: admin, can_view_recordings: true}}}`);
    expect(projects).toEqual([
      {
        project: "production_project",
        previously: [],
        id: undefined,
        defaultAccess: "none",
        members: { "ann@acme.com": "member" },
        roles: { web: "admin" },
        resources: {
          feature_flag: { default: "viewer", members: { "ann@acme.com": "editor" }, roles: {} },
          session_recording: { default: "none", members: {}, roles: { web: "viewer" } },
        },
      },
    ]);
    expect(grants[0]).toEqual({ project: "production_project", resource: "feature_flag", level: "viewer" });
    expect(grants.find(({ user }) => user !== undefined)).toEqual({
      project: "production_project",
      user: "ann@acme.com",
      resource: "feature_flag",
      level: "editor",
      because: "audit",
    });
  });

  test("without any grants create a policy only to remove other grants", () => {
    const policies = (settings: string) =>
      desiredOf(`projects: {staging_project: ${settings}}\naccess_matrix: {}`).projects.length;
    expect(policies("{ignore: [x]}")).toBe(0);
    expect(policies("{mode: exclusive}")).toBe(1);
  });
});

describe("mode, removalLimit and ignore", () => {
  const text = `
mode: exclusive
removalLimit: 0.1
ignore: [scim@acme.com, Contractors]
waitForMembers: true
projects:
  staging_project: {mode: additive, removalLimit: 0.5, ignore: [Guests, scim@acme.com]}
access_matrix:
  web: {members: [], staging_project: {role: member}, production_project: {role: member}}
  data: {members: [], mode: additive, removalLimit: 1, ignore: [bob@acme.com], waitForMembers: false}
`;
  const { roles, projects } = desiredOf(text);

  test("of the whole matrix apply to every project and role that does not override them", () => {
    expect(projects.map(({ project, mode, removalLimit }) => [project, mode, removalLimit])).toEqual([
      ["production_project", "exclusive", 0.1],
      ["staging_project", "additive", 0.5],
    ]);
    expect(roles.map((role) => [role.team, role.mode, role.removalLimit, role.waitForMembers])).toEqual([
      ["data", "additive", 1, false],
      ["web", "exclusive", 0.1, true],
    ]);
  });

  test("add up in ignore; roles are omitted for roles", () => {
    expect(projects.map(({ ignore }) => ignore)).toEqual([
      ["Contractors", "scim@acme.com"],
      ["Contractors", "Guests", "scim@acme.com"],
    ]);
    expect(roles.map(({ ignore }) => ignore)).toEqual([["bob@acme.com", "scim@acme.com"], ["scim@acme.com"]]);
  });

  test("keep the defaults of the resources where they are not set", () => {
    const plain = desiredOf(plainMatrix);
    for (const policy of [...plain.roles, ...plain.projects])
      expect([policy.mode, policy.removalLimit, policy.ignore]).toEqual([undefined, undefined, undefined]);
  });
});

describe("earlier names", () => {
  test("are passed on to role, policy and keys", () => {
    const { roles, projects, keys } = desiredOf(`
projects: {staging_project: {previously: [staging, test]}}
access_matrix:
  web: {previously: site, staging_project: {role: member}}
  bot: {previously: [robot], staging_project: {api_key_scopes: [query:read]}}`);
    expect(roles[0]?.previously).toEqual(["site"]);
    expect(projects[0]?.previously).toEqual(["staging", "test"]);
    expect(keys[0]?.previously.map(({ team, project }) => `${team}/${project}`)).toEqual([
      "bot/staging",
      "bot/test",
      "robot/staging_project",
      "robot/staging",
      "robot/test",
    ]);
  });
});

describe("remarks", () => {
  test("warn of unknown types, and of levels in closed projects", () => {
    const { warnings } = desiredOf(
      "access_matrix: {web: {staging_project: {role: none, resources: {brand_new: viewer}}}}",
    );
    expect(warnings).toEqual([
      "this version does not know the resource type brand_new; PostHog decides",
      "web in staging_project: levels on brand_new have no effect while the role is none",
    ]);
  });

  test("do not mention what is denied in closed projects, or levels for everyone", () => {
    const text = `projects: {staging_project: {defaultAccess: none, resources: {survey: viewer}}}
access_matrix: {web: {staging_project: {role: none, resources: {survey: none}}}}`;
    expect(desiredOf(text).warnings).toEqual([]);
  });
});

describe("a very large matrix", () => {
  test("of 500 teams and 40 projects is resolved within seconds", () => {
    const projects = Array.from({ length: 40 }, (_, index) => `p${index}`);
    const cells = projects
      .map((project) => `    ${project}: {role: member, can_edit_flags: true}`)
      .join("\n");
    const teams = Array.from({ length: 500 }, (_, index) => `  team-${index}:\n${cells}`).join("\n");
    const started = Date.now();
    const { grants } = desiredOf(`access_matrix:\n${teams}`, { projects });
    expect(grants).toHaveLength(40_000);
    expect(Date.now() - started).toBeLessThan(15_000);
  });
});
