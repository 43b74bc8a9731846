import { readSource, type Source } from "../../cli/drift/sources";
import { actor, driftFrom, grantBehind, told, withFile } from "../support/drift";
import { type World, withWorld } from "../support/driver";
import { acmeWorld } from "../support/seeds";

const now = new Date("2026-06-15T12:00:00Z");

/** A matrix in a file, as the command reads it. */
function sourceOf(text: string, flags: object = {}): Promise<Source> {
  return withFile("access.yaml", text, (path) => readSource({ matrix: path, ...flags }, now));
}

/** What a matrix of roles, people and types of resource made in PostHog, when somebody applied it. */
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

describe("the grants that a matrix asks for", () => {
  test("are managed by it, and only what it does not list is managed by nobody", () =>
    withWorld(async (world) => {
      await applied(world);
      grantBehind(world, "developer@acme.test", actor(world.emulator, "admin@acme.test", "web"));
      const report = await driftFrom(world, await sourceOf(matrix), { unmanaged: "fail", kinds: ["grants"] });
      expect(report.differences).toEqual([]);
      expect(report.verdict).toBe("drift");
      expect(told(report.unmanaged)).toEqual([
        expect.stringMatching(
          /^grant of developer@acme\.test on project "Default project" admin \| admin@acme\.test, /,
        ),
      ]);
      expect(report.notes).toEqual([
        expect.stringMatching(/^not looked at: grants on single objects, .* AccessControl/),
      ]);
    }, acmeWorld()));
});
