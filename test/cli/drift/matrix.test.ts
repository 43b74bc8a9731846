import type { MatrixFlags, ProjectSources } from "../../../cli/common/matrix";
import { readSource, type Source } from "../../../cli/drift/sources";
import { actor, driftFrom, grantBehind, noProjects, projectsOf, shown, withFile } from "../../support/drift";
import { type World, withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

const now = new Date("2026-06-15T12:00:00Z");

/** A matrix in a file. */
function sourceOf(
  text: string,
  flags: Partial<MatrixFlags> = {},
  sources: ProjectSources = noProjects,
): Promise<Source> {
  return withFile("access.yaml", text, (path) => readSource({ matrix: path, ...flags }, now, sources));
}

/** Applies what the matrix declares. */
async function applied({ resource }: Pick<World, "resource">): Promise<void> {
  await resource("Role").up({ name: "Editors", members: ["analyst@acme.test"] });
  await resource("ProjectAccess").up({
    projectId: 1,
    defaultAccess: "none",
    roles: { Editors: "member" },
    members: { "admin@acme.test": "admin" },
    resources: {
      dashboard: { roles: { Editors: "editor" } },
      feature_flag: { members: { "analyst@acme.test": "viewer" } },
    },
  });
}

const matrix = `
projects:
  web:
    id: 1
    defaultAccess: none
    members:
      admin@acme.test: {role: admin}
      analyst@acme.test: {resources: {feature_flag: viewer}}
access_matrix:
  Editors:
    members: [analyst@acme.test]
    web: {role: member, resources: {dashboard: editor}}
`;

describe("the grants of a matrix", () => {
  test("are managed; grants that it does not list are unmanaged", () =>
    withWorld(async (world) => {
      await applied(world);
      grantBehind(world, "developer@acme.test", actor(world.emulator, "admin@acme.test", "web"));
      const report = await driftFrom(world, await sourceOf(matrix), { unmanaged: "fail", kinds: ["grants"] });
      expect(report.differences).toEqual([]);
      expect(report.verdict).toBe("drift");
      expect(shown(report.unmanaged)).toEqual([
        'grant of developer@acme.test on project "Default project" admin | actor unknown: PostHog does not log access rules',
      ]);
      expect(report.notes).toEqual([
        expect.stringMatching(/^not checked: grants on single objects, .* AccessControl/),
      ]);
    }, acmeWorld()));
});

describe("a project without an id", () => {
  const open =
    "access_matrix:\n  Editors:\n    Web: {role: admin}\n  bots:\n    Web: {api_key_scopes: [query:read]}\n";
  const projects = [
    { id: 2, name: "Web" },
    { id: 3, name: "App" },
  ];
  const numbersIn = (source: Source): unknown =>
    source.kind === "matrix" && [...source.desired.projects, ...source.desired.keys].map(({ id }) => id);

  const live = (...more: { id: number; name: string }[]) => projectsOf(async () => [...projects, ...more]);

  test.each([
    ["the one of the same name in PostHog", live(), 2],
    ["the one of the same name in another case", projectsOf(async () => [{ id: 5, name: "WEB" }]), 5],
    ["the one of exactly that name first", live({ id: 5, name: "WEB" }), 2],
    [
      "the one that an output of the stack names, before names",
      projectsOf(async () => projects, { Web: 7 }),
      7,
    ],
  ])("is %s", async (_, sources, id) => {
    expect(numbersIn(await sourceOf(open, {}, sources))).toEqual([id, id]);
  });

  test("is rejected if several have its name, with their ids, unless a flag gives one", async () => {
    const twice = live({ id: 4, name: "Web" });
    await expect(sourceOf(open, {}, twice)).rejects.toThrow(
      /has a problem\n.*access\.yaml:3:5 .*Web: "Web" may be 2 or 4: give its id with --projects Web=<id>$/,
    );
    const capitals = projectsOf(async () => [
      { id: 2, name: "WEB" },
      { id: 4, name: "web" },
    ]);
    await expect(sourceOf(open, {}, capitals)).rejects.toThrow(/"Web" may be 2 or 4/);
    expect(numbersIn(await sourceOf(open, { projects: new Map([["Web", 4]]) }, twice))).toEqual([4, 4]);
  });

  test("is rejected if none has its name, with a similar one", async () => {
    const others = projectsOf(async () => [{ id: 2, name: "Weby" }]);
    await expect(sourceOf(open, {}, others)).rejects.toThrow(
      /access\.yaml:3:5 .*\(did you mean "Weby"\?\): give/,
    );
  });

  test("is reported once, with all others and any other problems", async () => {
    const many = `${open}  readers:\n    Web: {role: member}\n    App: {role: member}\n    Api: {role: king}\n`;
    await expect(sourceOf(many)).rejects.toThrow(/king|must be/);
    const three = many.replace("king", "admin");
    await expect(sourceOf(three)).rejects.toThrow(
      /has a problem\n.*: no project of the organization is called "Web", "App" or "Api": give their ids with --projects Web=<id>,App=<id>,Api=<id>$/,
    );
  });

  test("is the only reason to list projects: with all ids, the key does not need the scope", async () => {
    const never = projectsOf(() => Promise.reject(new Error("the projects were listed")));
    expect(numbersIn(await sourceOf(matrix, {}, never))).toEqual([1]);
    await expect(sourceOf(open, {}, never)).rejects.toThrow("the projects were listed");
  });
});
