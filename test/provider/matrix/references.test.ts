import { plainMatrix, problemsOf } from "./support";

const matrix = (teams: string, before = "") => `${before}\naccess_matrix:\n  ${teams}`;
const lines = (...expected: string[]) => expected.map((line) => `access.yaml:${line}`);

describe("projects", () => {
  test("that the program does not provide are unknown, wherever they occur", () => {
    const text = `defaults: {stagin_project: {role: member}}
projects: {prod: {defaultAccess: none}}
templates: {t: {staging: {role: member}}}
access_matrix:
  web: {production_project: {role: member}, nowhere: {role: member}}`;
    expect(problemsOf(text)).toEqual(
      lines(
        '1:12 defaults.stagin_project: unknown project "stagin_project"; did you mean "staging_project"?',
        '2:12 projects.prod: unknown project "prod"; known projects: staging_project and production_project',
        '3:17 templates.t.staging: unknown project "staging"; did you mean "staging_project"?',
        '5:45 access_matrix.web.nowhere: unknown project "nowhere"; known projects: staging_project and production_project',
      ),
    );
  });

  test("are all unknown if the program provides none", () => {
    expect(problemsOf(plainMatrix, { projects: [] })).toHaveLength(6);
    expect(problemsOf(matrix("a: {p: {role: member}}"), { projects: [] })).toEqual(
      lines('3:7 access_matrix.a.p: unknown project "p"; no project is known, so set its id'),
    );
  });

  test("may have their numbers in the matrix", () => {
    const text = matrix("a: {p: {role: member}}", "projects: {p: {id: 42}}");
    expect(problemsOf(text, { projects: [] })).toEqual([]);
    expect(problemsOf(text, { projects: ["p"] })).toEqual(
      lines("1:20 projects.p.id: the program also sets the project's id: keep one of the two"),
    );
  });

  test("are distinguished by their numbers", () => {
    const text = matrix("a: {}", 'projects: {p: {id: 42}, q: {id: "42"}, r: {id: 43}}');
    expect(problemsOf(text)).toEqual(lines('1:33 projects.q.id: is also the id of "p"'));
  });

  test("may be given without being in the matrix", () => {
    expect(problemsOf(matrix("a: {staging_project: {role: member}}"))).toEqual([]);
  });
});

describe("members", () => {
  test("of a team that is not in the matrix are refused", () => {
    expect(problemsOf(matrix("engineering: {}"), { members: ["enginering"] })).toEqual(
      lines(
        '2:1 access_matrix: the program sets members of "enginering", which is not a team of the matrix; did you mean "engineering"?',
      ),
    );
  });

  test("of a template are refused: it has no role", () => {
    expect(problemsOf(matrix("a: {}", "templates: {t: {}}"), { members: ["t"] })).toHaveLength(1);
  });

  test("have one source", () => {
    expect(problemsOf(matrix("a: {members: [ann@acme.com]}"), { members: ["a"] })).toEqual(
      lines("3:16 access_matrix.a.members: the program also sets the team's members: keep one of the two"),
    );
  });

  test.each(["mode: exclusive", "removalLimit: 0.5", "ignore: [a@b.co]", "waitForMembers: true"])(
    "are required for %s of a team",
    (setting) => {
      const text = matrix(`a: {${setting}}`);
      const [name = ""] = setting.split(":");
      expect(problemsOf(text)).toEqual(
        lines(
          `3:7 access_matrix.a.${name}: controls how the team's members are managed, but the team has no members`,
        ),
      );
      expect(problemsOf(text, { members: ["a"] })).toEqual([]);
      expect(problemsOf(matrix("a: {}", setting))).toEqual([]);
    },
  );
});

describe("service accounts", () => {
  const scopes = "api_key_scopes: [query:read]";

  test("cannot be teams with people's access elsewhere", () => {
    const text = matrix(`bot: {production_project: {${scopes}}, staging_project: {can_view_flags: true}}`);
    expect(problemsOf(text)).toEqual(
      lines(
        '3:46 access_matrix.bot.production_project.api_key_scopes: makes the team a service account, but it also grants people access to "staging_project": split the team',
      ),
    );
  });

  test("have no people and no settings for people", () => {
    const text = matrix(`bot: {members: [a@b.co], mode: exclusive, production_project: {${scopes}}}`);
    expect(problemsOf(text)).toEqual(
      lines(
        "3:9 access_matrix.bot.members: applies to people, but a service account has only keys",
        "3:28 access_matrix.bot.mode: applies to people, but a service account has only keys",
      ),
    );
    expect(problemsOf(matrix(`bot: {production_project: {${scopes}}}`), { members: ["bot"] })).toEqual(
      lines("3:3 access_matrix.bot: is a service account, but the program sets members for it"),
    );
  });

  test("need a label where their names are too long for one", () => {
    const long = "a_service_account_with_a_long_name";
    expect(problemsOf(matrix(`${long}: {production_project: {${scopes}}}`))).toEqual(
      lines(
        `3:60 access_matrix.${long}.production_project: needs a label: "${long}/production_project" is longer than 40 characters`,
      ),
    );
    expect(problemsOf(matrix(`${long}: {production_project: {${scopes}, label: short}}`))).toEqual([]);
  });

  test("have labels of their own", () => {
    const text = matrix(
      `a: {production_project: {${scopes}, label: same}}\n  b: {production_project: {${scopes}, label: same}}`,
    );
    expect(problemsOf(text)).toEqual(
      lines(
        '4:65 access_matrix.b.production_project.label: has the same label "same" as the key of a in production_project',
      ),
    );
  });
});

describe("roles", () => {
  test("have names of their own, whatever their capitals", () => {
    const text = matrix("Web: {}\n  web: {}\n  site: {name: WEB}");
    expect(problemsOf(text)).toEqual(
      lines(
        '4:3 access_matrix.web: has the same role name "web" as "Web": PostHog ignores case',
        '5:16 access_matrix.site.name: has the same role name "WEB" as "Web": PostHog ignores case',
      ),
    );
  });

  test("may have the name of a service account, which has no role", () => {
    const text = matrix("web: {production_project: {api_key_scopes: [query:read]}}\n  site: {name: web}");
    expect(problemsOf(text)).toEqual([]);
  });
});

describe("earlier names", () => {
  test("are not shared, now or earlier", () => {
    const text = matrix(
      "web: {previously: [site, data]}\n  data: {previously: site}\n  ops: {previously: ops}",
    );
    expect(problemsOf(text)).toEqual(
      lines(
        '3:28 access_matrix.web.previously[1]: "data" is taken: an earlier name can belong to only one',
        '4:22 access_matrix.data.previously: "site" is taken: an earlier name can belong to only one',
        '5:21 access_matrix.ops.previously: "ops" is taken: an earlier name can belong to only one',
      ),
    );
  });
});

describe("people in ignore", () => {
  test("cannot be listed as well", () => {
    const text = `ignore: [ann@acme.com, web]
projects:
  staging_project: {ignore: [Bob@acme.com], members: {bob@acme.com: {role: admin}, cat@acme.com: {role: admin}}}
access_matrix:
  web: {members: [ANN@acme.com, bob@acme.com], staging_project: {role: member}}
  data: {ignore: [cat@acme.com], members: [cat@acme.com]}`;
    const message = "is also in ignore: keep one of the two";
    expect(problemsOf(text)).toEqual(
      lines(
        `3:55 projects.staging_project.members.bob@acme.com: ${message}`,
        `5:19 access_matrix.web.members[0]: ${message}`,
        `5:48 access_matrix.web.staging_project: ${message}`,
        `6:44 access_matrix.data.members[0]: ${message}`,
      ),
    );
  });
});
