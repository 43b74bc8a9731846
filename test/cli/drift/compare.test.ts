import { SYSTEM } from "../../../emulator";
import { driftOf } from "../../support/drift";
import { withWorld } from "../../support/driver";

test("only settings whose values mean something different are listed", () =>
  withWorld(async (world) => {
    const settings = {
      appUrls: [" https://b.test ", "https://a.test"],
      heatmapsOptIn: true,
      productDescription: " Checkout ",
      sessionRecordingSampleRate: "0.5",
      surveyConfig: { b: 1, a: 2 },
    };
    const project = world.resource("Project");
    await project.up({ name: "Shop", settings });
    const id = Number(project.id);
    const held = world.emulator.store.projects.get(id)?.settings ?? {};
    world.emulator.store.projects.update(id, { settings: { ...held, heatmaps_opt_in: false } }, SYSTEM);
    const driven = { id: project.id, state: { ...project.state, settings } };
    const report = await driftOf(world, [{ type: "Project", driven }]);
    expect(report.differences).toMatchObject([{ property: "settings.heatmapsOptIn", actual: false }]);
    expect(report.differences).toHaveLength(1);
  }));
