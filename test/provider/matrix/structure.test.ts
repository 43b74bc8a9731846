import { desiredOf, entryProblemsOf, plainMatrix, problemsOf } from "./support";

describe("an invalid matrix is refused", () => {
  test.each<[string, unknown, string[]]>([
    ["empty", "", ["access.yaml:1:1 is empty: add access_matrix with a team"]],
    ["a comment", "# nothing\n", ["access.yaml:1:1 is empty: add access_matrix with a team"]],
    ["a list", "- a", ["access.yaml:1:1 must be a mapping with access_matrix in it"]],
    ["a number", 5, ["access.yaml must be a mapping with access_matrix in it"]],
    ["no object", undefined, ["access.yaml is empty: add access_matrix with a team"]],
    ["without teams", "access_matrix: {}", ["access.yaml:1:16 access_matrix: is empty: add a team"]],
    [
      "with nothing below the teams",
      "access_matrix:",
      ["access.yaml:1:15 access_matrix: must be a mapping of teams"],
    ],
    ["without the teams' name", "mode: additive", ["access.yaml:1:1 access_matrix: is required"]],
    [
      "with a misspelled name of the teams",
      "acces_matrix: {}",
      [
        "access.yaml:1:1 access_matrix: is required",
        'access.yaml:1:1 acces_matrix: unknown setting; did you mean "access_matrix"?',
      ],
    ],
    [
      "with teams at the top",
      "engineering: {}\naccess_matrix: {a: {}}",
      [
        "access.yaml:1:1 engineering: unknown setting: put teams below access_matrix, and name a section for anchors x-...",
      ],
    ],
  ])("%s", (_, source, expected) => {
    expect(problemsOf(source)).toEqual(expected);
  });
});

describe("an entry", () => {
  test.each<[string, string[]]>([
    ["{role: amdin}", ['8 role: must be none, member or admin; did you mean "admin"?']],
    ["{role: editor}", ["8 role: must be none, member or admin"]],
    ["{role: 8}", ["8 role: must be none, member or admin"]],
    ["admin", ["1 must be a mapping, such as {role: member}"]],
    ["null", ["1 must be a mapping, such as {role: member}"]],
    ["[role]", ["1 must be a mapping, such as {role: member}"]],
    ["{}", ["1 grants nothing: add a role, a capability or api_key_scopes"]],
    ["{because: why}", ["1 grants nothing: add a role, a capability or api_key_scopes"]],
    ["{rolle: admin}", ['2 rolle: unknown setting; did you mean "role"?']],
    ["{feature_flag: editor}", ["2 feature_flag: unknown setting; set levels by type under resources"]],
    ...["Can_View_Flags", "CAN_VIEW_FLAGS", "can-view-flags", "canViewFlags"].map(
      (name): [string, string[]] => [
        `{${name}: true}`,
        [`2 ${name}: unknown setting; did you mean "can_view_flags"?`],
      ],
    ),
    ["{canary: true}", ["2 canary: unknown setting"]],
    ["{nonsense: true}", ["2 nonsense: unknown setting"]],
    ["{can_edit_flags: yes}", ["18 can_edit_flags: must be true or false"]],
    ["{can_edit_flags: 1}", ["18 can_edit_flags: must be true or false"]],
    [
      "{can_edti_flags: true}",
      [
        '2 can_edti_flags: the verbs are view, create, edit, delete and manage; did you mean "can_edit_flags"?',
      ],
    ],
    [
      "{resources: [a]}",
      ["13 resources: must map types of resource to levels, such as {feature_flag: editor}"],
    ],
    [
      "{resources: {feature_flag: edtor}}",
      ['28 resources.feature_flag: must be none, viewer, editor or manager; did you mean "editor"?'],
    ],
    [
      "{resources: {feature_flag: member}}",
      ["28 resources.feature_flag: must be none, viewer, editor or manager"],
    ],
    [
      "{resources: {activity_log: editor}}",
      ["28 resources.activity_log: cannot be editor: for activity_log it must be none or viewer"],
    ],
    [
      "{resources: {action: none}}",
      ["22 resources.action: cannot be none: for action it must be viewer, editor or manager"],
    ],
    [
      "{resources: {flags: viewer}}",
      ['14 resources.flags: is not a type of resource; did you mean "feature_flag"?'],
    ],
    [
      "{resources: {project: viewer}}",
      [
        "14 resources.project: is the project itself: use ProjectMember, ProjectAccess or Project's defaultAccess for it",
      ],
    ],
    [
      "{role: member, until: 2026-02-30}",
      ["23 until: must be a date that exists, such as 2026-12-31, or never"],
    ],
    [
      "{role: member, until: 31.12.2026}",
      ["23 until: must be a date that exists, such as 2026-12-31, or never"],
    ],
    [
      "{role: member, until: tomorrow}",
      ["23 until: must be a date that exists, such as 2026-12-31, or never"],
    ],
    ["{role: member, until: 2026}", ["23 until: must be a date that exists, such as 2026-12-31, or never"]],
    ["{role: member, until: nevr}", ["23 until: must be a date that exists, such as 2026-12-31, or never"]],
    ["{role: member, because: ''}", ["25 because: must not be empty"]],
    [`{role: member, because: ${"x".repeat(501)}}`, ["25 because: must be at most 500 characters long"]],
    ["{role: member, inherit: maybe}", ["25 inherit: must be true or false"]],
    ["{api_key_scopes: query:read}", ["18 api_key_scopes: must be a list of scopes"]],
    ["{api_key_scopes: []}", ["18 api_key_scopes: list at least one scope, such as feature_flag:read"]],
    ["{api_key_scopes: [1]}", ["19 api_key_scopes[0]: must be a scope such as feature_flag:read"]],
    [
      "{api_key_scopes: [query:read, flag:read]}",
      ["31 api_key_scopes[1]: flag:read does not exist: that is its full name; use feature_flag:read"],
    ],
    [
      "{api_key_scopes: [insigt:read]}",
      ["19 api_key_scopes[0]: insigt:read does not exist; did you mean insight:read?"],
    ],
    [
      '{api_key_scopes: [query:read, "*"]}',
      ['31 api_key_scopes[1]: "*" gives the key all rights of its owner: list the scopes that the key needs'],
    ],
    [
      '{api_key_scopes: ["*", event:read, feature_flags:read]}',
      [
        '19 api_key_scopes[0]: "*" gives the key all rights of its owner: list the scopes that the key needs',
        expect.stringMatching(/^24 api_key_scopes\[1\]: event:read does not exist/),
        expect.stringMatching(/^36 api_key_scopes\[2\]: feature_flags:read does not exist; did you mean/),
      ],
    ],
    [
      "{api_key_scopes: [1, insigt:read, {}, flags:read]}",
      [
        "19 api_key_scopes[0]: must be a scope such as feature_flag:read",
        "22 api_key_scopes[1]: insigt:read does not exist; did you mean insight:read?",
        "35 api_key_scopes[2]: must be a scope such as feature_flag:read",
        expect.stringMatching(/^39 api_key_scopes\[3\]: flags:read does not exist/),
      ],
    ],
    ["{role: member, label: x}", ["23 label: applies to a key: add api_key_scopes"]],
    ["{role: member, rotateAfterDays: 9}", ["33 rotateAfterDays: applies to a key: add api_key_scopes"]],
    [
      "{api_key_scopes: [query:read], rotateAfterDays: 0}",
      ["49 rotateAfterDays: must be a whole number of days, 1 to 3650"],
    ],
    [
      "{api_key_scopes: [query:read], rotateAfterDays: 1.5}",
      ["49 rotateAfterDays: must be a whole number of days, 1 to 3650"],
    ],
    [
      `{api_key_scopes: [query:read], label: ${"x".repeat(41)}}`,
      ["39 label: must be at most 40 characters long"],
    ],
    [
      "{api_key_scopes: [query:read], role: member}",
      ["32 role: cannot be combined with api_key_scopes: a service account has only scopes"],
    ],
    [
      "{api_key_scopes: [query:read], can_view_flags: true}",
      ["32 can_view_flags: cannot be combined with api_key_scopes: a service account has only scopes"],
    ],
    [
      "{api_key_scopes: [query:read], resources: {insight: viewer}}",
      ["44 resources.insight: cannot be combined with api_key_scopes: a service account has only scopes"],
    ],
  ])("%s is refused", (entry, expected) => {
    expect(entryProblemsOf(entry)).toEqual(expected);
  });
});

describe("teams, projects and the matrix as a whole", () => {
  const team = (settings: string) => `access_matrix: {team: {${settings}, staging_project: {role: member}}}`;
  const whole = (settings: string) => `${settings}\naccess_matrix: {team: {staging_project: {role: member}}}`;

  test.each<[string, string, string[]]>([
    [
      "members that are no list",
      team("members: ann@acme.com"),
      ["access.yaml:1:33 access_matrix.team.members: must be a list of e-mail addresses or user UUIDs"],
    ],
    [
      "a member that is nobody",
      team("members: [ann]"),
      [
        "access.yaml:1:34 access_matrix.team.members[0]: must be an e-mail address, such as ann@acme.com, or a user's UUID",
      ],
    ],
    [
      "a member with an unknown setting",
      team("members: [{user: ann@acme.com, untill: 2026-12-31}]"),
      ['access.yaml:1:55 access_matrix.team.members[0].untill: unknown setting; did you mean "until"?'],
    ],
    [
      "a member without a name",
      team("members: [{until: 2026-12-31}]"),
      [
        "access.yaml:1:34 access_matrix.team.members[0]: must be an e-mail address, a user's UUID, or {user: ..., until: ...}",
      ],
    ],
    [
      "a member that is duplicated",
      team("members: [Ann@acme.com, ann@ACME.com]"),
      ["access.yaml:1:48 access_matrix.team.members[1]: ann@ACME.com is duplicated"],
    ],
    [
      "a duplicated member among unknown ones",
      team("members: [Bob, a@b.co, Cat, A@b.co, ann@acme]"),
      [
        expect.stringContaining("access.yaml:1:34 access_matrix.team.members[0]: must be an e-mail address"),
        expect.stringContaining("access.yaml:1:47 access_matrix.team.members[2]: must be an e-mail address"),
        "access.yaml:1:52 access_matrix.team.members[3]: A@b.co is duplicated",
        expect.stringContaining("access.yaml:1:60 access_matrix.team.members[4]: must be an e-mail address"),
      ],
    ],
    [
      "a member with a wrong end and an unknown setting",
      team("members: [{user: a@b.co, until: 20261231, untill: x}]"),
      [
        "access.yaml:1:56 access_matrix.team.members[0].until: must be a date that exists, such as 2026-12-31",
        'access.yaml:1:66 access_matrix.team.members[0].untill: unknown setting; did you mean "until"?',
      ],
    ],
    [
      "a misspelled setting of a team",
      team("memebrs: [ann@acme.com]"),
      [
        'access.yaml:1:33 access_matrix.team.memebrs: must be a mapping, such as {role: member}; did you mean "members"?',
      ],
    ],
    [
      "a name that is too long",
      team(`name: ${"x".repeat(201)}`),
      ["access.yaml:1:30 access_matrix.team.name: must be at most 200 characters long"],
    ],
    [
      "a name with blanks at its ends",
      team("name: ' x'"),
      ["access.yaml:1:30 access_matrix.team.name: must not start or end with a space"],
    ],
    [
      "an unknown mode",
      whole("mode: exlusive"),
      ['access.yaml:1:7 mode: must be additive or exclusive; did you mean "exclusive"?'],
    ],
    [
      "a removal limit that is no share",
      whole("removalLimit: 25"),
      ["access.yaml:1:15 removalLimit: must be a share from 0 to 1, such as 0.25"],
    ],
    [
      "a removal limit that is no number",
      whole("removalLimit: 25%"),
      ["access.yaml:1:15 removalLimit: must be a share from 0 to 1, such as 0.25"],
    ],
    [
      "ignore that is no list",
      whole("ignore: scim"),
      ["access.yaml:1:9 ignore: must be a list of people and roles"],
    ],
    [
      "templates that are no mapping",
      whole("templates: [a]"),
      ["access.yaml:1:12 templates: must be a mapping of templates"],
    ],
    [
      "a project's number that is none",
      whole("projects: {staging_project: {id: staging}}"),
      ["access.yaml:1:34 projects.staging_project.id: must be a project id, such as 12345"],
    ],
    [
      "a project's role",
      whole("projects: {staging_project: {role: member}}"),
      ['access.yaml:1:30 projects.staging_project.role: unknown setting; did you mean "defaultAccess"?'],
    ],
    [
      "a person's key",
      whole("projects: {staging_project: {members: {ann@acme.com: {api_key_scopes: [query:read]}}}}"),
      ["access.yaml:1:55 projects.staging_project.members.ann@acme.com.api_key_scopes: unknown setting"],
    ],
    [
      "a person's end that is lifted, who takes none over",
      whole("projects: {staging_project: {members: {a@b.co: {role: member, until: never}}}}"),
      [
        "access.yaml:1:70 projects.staging_project.members.a@b.co.until: must be a date that exists, such as 2026-12-31",
      ],
    ],
    [
      "a person who is nobody",
      whole("projects: {staging_project: {members: {ann: {role: member}}}}"),
      [
        "access.yaml:1:40 projects.staging_project.members.ann: must be an e-mail address, such as ann@acme.com, or a user's UUID",
      ],
    ],
    [
      "a person who is duplicated",
      whole("projects: {staging_project: {members: {a@b.co: {role: member}, A@b.co: {role: admin}}}}"),
      ["access.yaml:1:64 projects.staging_project.members.A@b.co: is duplicated with different capitals"],
    ],
    [
      "a name with a slash",
      whole("templates: {a/b: {}}"),
      ["access.yaml:1:13 templates.a/b: must not contain /, : or control characters"],
    ],
    [
      "an over-long name of a team",
      `access_matrix: {${"x".repeat(201)}: {}}`,
      [`access.yaml:1:17 access_matrix.${"x".repeat(60)}...: must be at most 200 characters long`],
    ],
    [
      "a name that ends in a blank",
      'access_matrix: {"a ": {}}',
      ["access.yaml:1:17 access_matrix.a : must not be empty, or start or end with a space"],
    ],
  ])("%s is refused", (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });
});

describe("problems", () => {
  test("are reported all at once and in the order of the text", () => {
    const text = `removalLimit: 2
x-anchors: {lead: &lead {role: admin}}
projects:
  production_project: {defaultAccess: closed, can_veiw_flags: false}
access_matrix:
  engineering:
    extends: builders
    staging_project: {role: amdin, can_craete_flags: true}
    stagin_project: {<<: *lead}
  product: {production_project: {role: none, can_edit_flags: true}}
  bot: {production_project: {api_key_scopes: [insights:read]}}
  bot: {}
`;
    expect(problemsOf(text)).toEqual([
      "access.yaml:1:15 removalLimit: must be a share from 0 to 1, such as 0.25",
      "access.yaml:4:39 projects.production_project.defaultAccess: must be none, member or admin",
      'access.yaml:4:47 projects.production_project.can_veiw_flags: the verbs are view, create, edit, delete and manage; did you mean "can_view_flags"?',
      'access.yaml:7:14 access_matrix.engineering.extends: unknown template or team "builders"; known templates and teams: engineering, product and bot',
      'access.yaml:8:29 access_matrix.engineering.staging_project.role: must be none, member or admin; did you mean "admin"?',
      'access.yaml:8:36 access_matrix.engineering.staging_project.can_craete_flags: the verbs are view, create, edit, delete and manage; did you mean "can_create_flags"?',
      'access.yaml:9:5 access_matrix.engineering.stagin_project: unknown project "stagin_project"; did you mean "staging_project"?',
      "access.yaml:10:62 access_matrix.product.production_project.can_edit_flags: contradicts role: none, which closes the project",
      "access.yaml:11:47 access_matrix.bot.production_project.api_key_scopes[0]: insights:read does not exist; did you mean insight:read?",
      "access.yaml:12:3 access_matrix.bot: is duplicated; the first one is on line 11",
    ]);
  });

  test("of both teams with one name are reported", () => {
    const text = `templates: {t: {staging_project: {can_view_flags: false}}}
access_matrix:
  web: {staging_project: {role: amdin}, stagin_project: {role: member}}
  web: {members: [x@y.zz, X@y.zz], staging_project: {role: none, can_view_flags: true}, stagin: {role: member}}
  lead: {staging_project: {role: admin}, staging_project: {role: &r admn}, production_project: {role: *r}}`;
    expect(problemsOf(text)).toEqual([
      'access.yaml:3:33 access_matrix.web.staging_project.role: must be none, member or admin; did you mean "admin"?',
      'access.yaml:3:41 access_matrix.web.stagin_project: unknown project "stagin_project"; did you mean "staging_project"?',
      "access.yaml:4:3 access_matrix.web: is duplicated; the first one is on line 3",
      "access.yaml:4:27 access_matrix.web.members[1]: X@y.zz is duplicated",
      "access.yaml:4:82 access_matrix.web.staging_project.can_view_flags: contradicts role: none, which closes the project",
      expect.stringMatching(/^access\.yaml:4:89 access_matrix\.web\.stagin: unknown project "stagin"/),
      "access.yaml:5:42 access_matrix.lead.staging_project: is duplicated; the first one is on line 5",
      'access.yaml:5:69 access_matrix.lead.staging_project.role: must be none, member or admin; did you mean "admin"?',
      'access.yaml:5:103 access_matrix.lead.production_project.role: must be none, member or admin; did you mean "admin"?',
    ]);
  });

  test("of an object have their paths", () => {
    const problems = problemsOf(
      { access_matrix: { team: { staging_project: { role: "amdin" } } } },
      { file: undefined },
    );
    expect(problems).toEqual([
      'access_matrix.team.staging_project.role: must be none, member or admin; did you mean "admin"?',
    ]);
  });

  test("are counted when there are very many", () => {
    const teams = Array.from({ length: 3000 }, (_, index) => `  t${index}: {staging_project: {role: x}}`);
    const text = `access_matrix:\n${teams.join("\n")}`;
    expect(problemsOf(text)).toHaveLength(3000);
    expect(() => desiredOf(text)).toThrow(/has 3000 problems\n( {2}access\.yaml:.*\n){50} {2}and 2950 more$/);
  });

  test("a valid matrix has none", () => {
    expect(problemsOf(plainMatrix)).toEqual([]);
  });
});

/** Names that every JavaScript object has. */
describe.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("%s", (name) => {
  const text = [
    "access_matrix:",
    `  ${name}:`,
    "    members: [nobody, ann@acme.test, ann@acme.test]",
    `    ${name}: {role: member}`,
    `    staging: {${name}: true, resources: {${name}: king}}`,
    "projects:",
    `  ${name}: {defaultAccess: none}`,
    `${name}: {}`,
  ];

  test("is an ordinary name of teams, templates and projects", () => {
    const source = [
      ...text.slice(0, 2),
      `    extends: ${name}-template`,
      text[3],
      `  robot: {${name}: {api_key_scopes: ["query:read"]}}`,
      `templates: {${name}-template: {${name}: {resources: {insight: viewer}}}}`,
      ...text.slice(5, 7),
    ].join("\n");
    const desired = desiredOf(source, { projects: [name] });
    expect(desired.roles).toEqual([expect.objectContaining({ team: name, name })]);
    expect(desired.keys).toEqual([expect.objectContaining({ team: "robot", project: name })]);
    const [policy] = desired.projects;
    expect(policy).toMatchObject({ project: name, defaultAccess: "none" });
    expect(Object.entries(policy?.roles ?? {})).toEqual([[name, "member"]]);
    expect(Object.entries(policy?.resources.insight?.roles ?? {})).toEqual([[name, "viewer"]]);
  });

  test("is told by itself where it is wrong", () => {
    const problems = problemsOf(text.join("\n"), { projects: [name, "staging"] });
    expect(problems.filter((problem) => problem.includes("\0"))).toEqual([]);
    expect(problems.map((problem) => /:(\d+):\d+ ([^:]+)/.exec(problem)?.slice(1).join(" "))).toEqual([
      `3 access_matrix.${name}.members[0]`,
      `3 access_matrix.${name}.members[2]`,
      `5 access_matrix.${name}.staging.${name}`,
      `5 access_matrix.${name}.staging.resources.${name}`,
      `8 ${name}`,
    ]);
  });
});
