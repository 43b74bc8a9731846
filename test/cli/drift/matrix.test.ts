import type { MatrixFlags } from "../../../cli/common/matrix";
import { type ListProjects, readSource, type Source } from "../../../cli/drift/sources";
import { actor, driftFrom, grantBehind, noProjects, shown, withFile } from "../../support/drift";
import { type World, withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

const now = new Date("2026-06-15T12:00:00Z");

/** A matrix in a file. */
function sourceOf(
  text: string,
  flags: Partial<MatrixFlags> = {},
  listProjects: ListProjects = noProjects,
): Promise<Source> {
  return withFile("access.yaml", text, (path) => readSource({ matrix: path, ...flags }, now, listProjects));
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

  test("is the one of the same name in PostHog", async () => {
    expect(numbersIn(await sourceOf(open, {}, async () => projects))).toEqual([2, 2]);
  });

  test("is rejected if several have its name, with their ids, unless a flag gives one", async () => {
    const twice = async () => [...projects, { id: 4, name: "Web" }];
    await expect(sourceOf(open, {}, twice)).rejects.toThrow(
      /access\.yaml:\d+:5 .*Web: has no id, and projects 2 and 4 all have this name; give one: --projects Web=<id>/,
    );
    expect(numbersIn(await sourceOf(open, { projects: new Map([["Web", 4]]) }, twice))).toEqual([4, 4]);
  });

  test("is rejected if none has its name, with a similar one", async () => {
    const others = async () => [{ id: 2, name: "Weby" }];
    await expect(sourceOf(open, {}, others)).rejects.toThrow(/access\.yaml:3:5 .*Web.*Weby/);
  });

  test("is the only reason to list projects: with all ids, the key need not be able to", async () => {
    const never = () => Promise.reject(new Error("the projects were listed"));
    expect(numbersIn(await sourceOf(matrix, {}, never))).toEqual([1]);
    await expect(sourceOf(open, {}, never)).rejects.toThrow("the projects were listed");
  });
});
