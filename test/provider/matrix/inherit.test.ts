import { desiredOf, problemsOf } from "./support";

/** One team's access, as short texts. */
function has(team: string, text: string): string[] {
  const { grants, keys } = desiredOf(text);
  return [
    ...grants
      .filter((grant) => grant.team === team)
      .map(({ project, resource, level, until }) =>
        [project.replace("_project", ""), resource, level, ...(until ? [until] : [])].join(" "),
      ),
    ...keys.filter((key) => key.team === team).map(({ project, scopes }) => [project, ...scopes].join(" ")),
  ];
}

describe("a team that extends a template", () => {
  const base = `
templates:
  builder:
    staging_project: {role: admin, can_manage_flags: true, until: 2027-01-31}
    production_project: {role: member, resources: {feature_flag: editor, survey: viewer}}
`;

  test("gets everything from the template", () => {
    expect(has("web", `${base}access_matrix: {web: {extends: builder}}`)).toEqual([
      "production feature_flag editor",
      "production project member",
      "production survey viewer",
      "staging feature_flag manager 2027-01-31",
      "staging project admin 2027-01-31",
    ]);
  });

  test("is ten teams in ten lines", () => {
    const teams = Array.from({ length: 10 }, (_, index) => `  t${index}: {extends: builder}`).join("\n");
    const { roles, grants } = desiredOf(`${base}access_matrix:\n${teams}`);
    expect(roles).toHaveLength(10);
    expect(grants).toHaveLength(50);
  });

  test.each<[string, string, string[]]>([
    [
      "another role",
      "staging_project: {role: member}",
      ["staging feature_flag manager 2027-01-31", "staging project member 2027-01-31"],
    ],
    [
      "another end",
      "staging_project: {until: 2026-12-01}",
      ["staging feature_flag manager 2026-12-01", "staging project admin 2026-12-01"],
    ],
    [
      "no end at all",
      "staging_project: {until: never}",
      ["staging feature_flag manager", "staging project admin"],
    ],
    [
      "another level instead of a capability",
      "staging_project: {resources: {feature_flag: viewer}}",
      ["staging feature_flag viewer 2027-01-31", "staging project admin 2027-01-31"],
    ],
    [
      "the same capability denied, also by another name of the thing",
      "staging_project: {can_manage_feature_flags: false}",
      ["staging feature_flag editor 2027-01-31", "staging project admin 2027-01-31"],
    ],
    [
      "nothing of what the template gives there",
      "staging_project: {role: member, inherit: false}",
      ["staging project member"],
    ],
    ["nothing there at all", "staging_project: {inherit: false}", []],
  ])("can override %s", (_, own, staging) => {
    const all = has("web", `${base}access_matrix: {web: {extends: builder, ${own}}}`);
    expect(all.filter((text) => text.startsWith("staging"))).toEqual(staging);
    expect(all.filter((text) => text.startsWith("production"))).toHaveLength(3);
  });

  test("keeps an end date that it does not mention, which is the safe reading", () => {
    const text = `
defaults: {staging_project: {role: member, until: 2026-11-01}}
templates: {open: {staging_project: {until: never}}}
access_matrix:
  web: {staging_project: {role: admin}}
  data: {staging_project: {role: admin, until: never}}
  ops: {extends: open}
  guests: {staging_project: {role: admin, inherit: false}}`;
    expect(["web", "data", "ops", "guests"].map((team) => has(team, text))).toEqual([
      [],
      ["staging project admin"],
      ["staging project member"],
      ["staging project admin"],
    ]);
    const { ended } = desiredOf(text);
    expect(ended.map(({ team, inheritedFrom }) => [team, inheritedFrom])).toEqual([
      ["web", "defaults.staging_project.until (line 2)"],
    ]);
  });

  test("removes the end date of a key as well", () => {
    const text = `
templates: {reader: {staging_project: {api_key_scopes: [query:read], until: 2026-11-01}}}
access_matrix: {bi: {extends: reader}, ci: {extends: reader, staging_project: {until: never}}}`;
    expect([has("bi", text), has("ci", text)]).toEqual([[], ["staging_project query:read"]]);
  });

  test("can use a capability instead of a level", () => {
    const all = has(
      "web",
      `${base}access_matrix: {web: {extends: builder, production_project: {can_view_flags: true}}}`,
    );
    expect(all).toContain("production feature_flag viewer");
    expect(all).toContain("production survey viewer");
  });
});

describe("extending", () => {
  test("several, the last one goes first", () => {
    const text = `
templates: {a: {staging_project: {role: member, can_view_flags: true}}, b: {staging_project: {role: admin}}}
access_matrix: {web: {extends: [a, b]}}`;
    expect(has("web", text)).toEqual(["staging feature_flag viewer", "staging project admin"]);
  });

  test("a team inherits its projects, not its people", () => {
    const text = `
access_matrix:
  web: {members: [ann@acme.com], staging_project: {role: admin}}
  guests: {extends: web, staging_project: {role: member}}`;
    const { roles } = desiredOf(text);
    expect(has("guests", text)).toEqual(["staging project member"]);
    expect(roles.map(({ team, members }) => [team, members])).toEqual([
      ["guests", undefined],
      ["web", ["ann@acme.com"]],
    ]);
  });

  test("works over several levels", () => {
    const text = `
templates:
  c: {staging_project: {role: member, can_view_flags: true}}
  b: {extends: c, staging_project: {can_edit_flags: true}}
  a: {extends: b, production_project: {role: member}}
access_matrix: {web: {extends: a}}`;
    expect(has("web", text)).toEqual([
      "production project member",
      "staging feature_flag editor",
      "staging project member",
    ]);
  });

  test("a template of a service account creates one", () => {
    const text = `
templates: {reader: {production_project: {api_key_scopes: [query:read]}}}
access_matrix: {bi: {extends: reader}, ci: {extends: reader, production_project: {api_key_scopes: [insight:read]}}}`;
    expect(has("bi", text)).toEqual(["production_project query:read"]);
    expect(has("ci", text)).toEqual(["production_project insight:read"]);
  });

  test("numeric names need no quotes", () => {
    const text = `
templates: {2024: {staging_project: {role: member}}, 2025: {staging_project: {can_view_flags: true}}}
access_matrix: {web: {extends: 2024}, data: {extends: [2024, 2025], previously: 2023}}`;
    expect(has("web", text)).toEqual(["staging project member"]);
    expect(has("data", text)).toEqual(["staging feature_flag viewer", "staging project member"]);
    expect(desiredOf(text).roles.map(({ previously }) => previously)).toEqual([["2023"], []]);
  });

  test("a label that two keys inherit is refused at the second one, with its position", () => {
    const text = `templates: {reader: {staging_project: {api_key_scopes: [query:read], label: BI}}}
access_matrix:
  a: {extends: reader}
  b: {extends: reader}`;
    expect(problemsOf(text)).toEqual([
      'access.yaml:4:6 access_matrix.b.staging_project: has the same label "BI" as the key of a in staging_project; the label comes from templates.reader.staging_project.label (line 1): set one here',
    ]);
  });

  test("into a contradiction is refused with the places of both halves", () => {
    const text = `templates:
  t: {staging_project: {can_view_flags: false}, production_project: {role: none}}
access_matrix:
  a: {extends: t, staging_project: {can_edit_flags: true}, production_project: {can_view_flags: true}}`;
    expect(problemsOf(text)).toEqual([
      "access.yaml:2:41 templates.t.staging_project.can_view_flags: contradicts can_edit_flags: true, which includes it: see access_matrix.a.staging_project.can_edit_flags (line 4)",
      "access.yaml:4:97 access_matrix.a.production_project.can_view_flags: contradicts role: none, which closes the project: see templates.t.production_project.role (line 2)",
    ]);
  });

  test.each<[string, string, string[]]>([
    ["itself", "a: {extends: a}", ['3:16 access_matrix.a.extends: is circular: "a" extends "a"']],
    [
      "in a circle of three",
      "a: {extends: b}\n  b: {extends: [c]}\n  c: {extends: a}",
      ['5:16 access_matrix.c.extends: is circular: "a" extends "b" extends "c" extends "a"'],
    ],
    [
      "what is not there",
      "a: {extends: bulider}",
      ['3:16 access_matrix.a.extends: unknown template or team "bulider"; did you mean "builder"?'],
    ],
    [
      "several that are not there",
      "a: {extends: [xylophone, builder, yacht]}",
      [
        '3:17 access_matrix.a.extends[0]: unknown template or team "xylophone"; known templates and teams: builder and a',
        '3:37 access_matrix.a.extends[2]: unknown template or team "yacht"; known templates and teams: builder and a',
      ],
    ],
  ])("%s is refused", (_, teams, expected) => {
    const text = `templates: {builder: {}}\naccess_matrix:\n  ${teams}`;
    expect(problemsOf(text)).toEqual(expected.map((line) => `access.yaml:${line}`));
  });

  describe("in a long chain", () => {
    const line = (length: number, order: (names: number[]) => number[] = (names) => names) => {
      const teams = order(Array.from({ length: length - 1 }, (_, index) => index)).map(
        (index) => `  t${index}: {extends: t${index + 1}}\n`,
      );
      return `access_matrix:\n${teams.join("")}  t${length - 1}: {staging_project: {role: member}}\n`;
    };
    const tooLong =
      "extends a chain of more than 32 templates and teams: shorten it, or repeat the settings here";

    test("is followed for 32 levels, in any order", () => {
      expect(has("t0", line(32))).toEqual(["staging project member"]);
      expect(
        has(
          "t0",
          line(32, (names) => names.reverse()),
        ),
      ).toEqual(["staging project member"]);
    });

    test("is refused beyond that, at the first team too far", () => {
      expect(problemsOf(line(33))).toEqual([`access.yaml:33:18 access_matrix.t31.extends: ${tooLong}`]);
      expect(problemsOf(line(33, (names) => names.reverse()))).toEqual([
        `access.yaml:33:17 access_matrix.t0.extends: ${tooLong}`,
      ]);
    });

    test("of thousands is refused too, with positions and without a stack overflow", () => {
      const problems = problemsOf(line(5000));
      expect(problems[0]).toBe(`access.yaml:33:18 access_matrix.t31.extends: ${tooLong}`);
      expect(problems.length).toBeLessThan(5000 / 31);
    });
  });

  describe("large amounts", () => {
    const projects = Array.from({ length: 200 }, (_, index) => `p${index}`);
    const cells = projects.map((name) => `    ${name}: {role: member}\n`).join("");
    const teams = (count: number, content: string) =>
      Array.from({ length: count }, (_, index) => `  t${index}: ${content}\n`).join("");
    const tooMuch =
      "inherits too much: extends and defaults now give more than 200000 values; give teams only what they need";

    test.each<[string, string, string]>([
      ["extends", `templates:\n  base:\n${cells}`, "{extends: base}"],
      ["defaults", `defaults:\n${cells.replaceAll("    p", "  p")}`, "{p0: {role: admin}}"],
    ])("by %s are refused within seconds, at the first team over the limit", (_, given, team) => {
      const started = Date.now();
      const problems = problemsOf(`${given}access_matrix:\n${teams(1000, team)}`, { projects });
      expect(problems).toEqual([expect.stringMatching(/^access\.yaml:\d+:3 access_matrix\.t500: /)]);
      expect(problems[0]).toContain(tooMuch);
      expect(Date.now() - started).toBeLessThan(10_000);
    });

    test("are fine for hundreds of teams", () => {
      const text = `templates:\n  base:\n${cells}access_matrix:\n${teams(400, "{extends: base}")}`;
      expect(desiredOf(text, { projects }).grants).toHaveLength(80_000);
    });

    test("of repetition are refused too", () => {
      const text = `templates:\n  base:\n${cells}access_matrix: {web: {extends: [${Array(20_000).fill("base")}]}}`;
      expect(problemsOf(text, { projects })).toEqual([
        expect.stringMatching(/ access_matrix\.web\.extends\[\d+\]: inherits too much/),
      ]);
    });
  });

  test("a name shared by a template and a team is refused", () => {
    expect(problemsOf("templates: {web: {}}\naccess_matrix: {web: {}}")).toEqual([
      "access.yaml:1:13 templates.web: is also the name of a team: extends would be ambiguous",
    ]);
  });

  test("a contradiction is reported once, where it is written", () => {
    const text = `templates:
  t: {staging_project: {can_view_flags: false, can_edit_flags: true}}
access_matrix: {a: {extends: t}, b: {extends: t}, c: {extends: t}}`;
    expect(problemsOf(text)).toEqual([
      "access.yaml:2:41 templates.t.staging_project.can_view_flags: contradicts can_edit_flags: true, which includes it",
    ]);
  });

  test("a role in a project is refused if the template has scopes", () => {
    const text = `templates: {t: {staging_project: {api_key_scopes: [query:read]}}}
access_matrix: {a: {extends: t, staging_project: {role: member}}}`;
    expect(problemsOf(text)).toEqual([
      "access.yaml:2:51 access_matrix.a.staging_project.role: cannot be combined with api_key_scopes: a service account has only scopes",
    ]);
  });
});

describe("defaults", () => {
  const defaults = "defaults: {staging_project: {role: member, can_view_flags: true}}\n";

  test("apply to every team", () => {
    const text = `${defaults}access_matrix: {web: {}, data: {production_project: {role: admin}}}`;
    expect(has("web", text)).toEqual(["staging feature_flag viewer", "staging project member"]);
    expect(has("data", text)).toEqual([
      "production project admin",
      "staging feature_flag viewer",
      "staging project member",
    ]);
  });

  test("yield to teams and their templates", () => {
    const text = `${defaults}templates: {t: {staging_project: {can_view_flags: false}}}
access_matrix: {web: {extends: t, staging_project: {role: admin}}, guests: {staging_project: {inherit: false}}}`;
    expect(has("web", text)).toEqual(["staging feature_flag none", "staging project admin"]);
    expect(has("guests", text)).toEqual([]);
  });

  test("do not apply to service accounts", () => {
    const text = `${defaults}access_matrix: {bot: {production_project: {api_key_scopes: [query:read]}}}`;
    expect(has("bot", text)).toEqual(["production_project query:read"]);
  });
});
