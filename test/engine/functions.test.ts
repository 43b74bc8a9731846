import { changesOf, withStack } from "./harness";

const program = `
  module.exports = (async () => {
    const { projects } = await posthog.getProjects();
    const staging = new posthog.Project("staging", { name: "Staging", defaultAccess: "member" });
    const access = posthog.getProjectAccessOutput({ projectId: staging.projectId });
    new posthog.ProjectMember("copied", {
      projectId: projects[0].projectId, user: "analyst@acme.test", accessLevel: access.defaultAccess,
    });
    return { before: projects.length, default: access.defaultAccess };
  })();
`;

test("resources use functions' outputs: those that depend on a new resource are unknown in the preview and known later", () =>
  withStack(program, async (stack, emulator) => {
    expect(changesOf(await stack.preview())).toEqual(["create staging", "create copied"]);
    await stack.up();
    expect(await stack.outputs()).toEqual({ before: 1, default: "member" });
    expect(emulator.store.accessRules.where("team_id", 1)).toMatchObject([{ access_level: "member" }]);
    expect(changesOf(await stack.preview())).toEqual([]);
  }));
