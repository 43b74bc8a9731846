import { SYSTEM } from "../../../../emulator";
import { type World, withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const blueAndGreen = acmeWorld({
  organization: {
    projects: [
      { name: "Default project", id: 1 },
      { name: "Blue", id: 2 },
      { name: "Green", id: 3 },
    ],
  },
});

/** Two projects of the program, `blue` (2) and `green` (3), as an earlier run left them. */
async function twoProjects({ resource, run }: World) {
  const [blue, green] = [resource("Project", "blue"), resource("Project", "green")];
  await blue.up({ name: "Blue", adopt: true });
  await green.up({ name: "Green", adopt: true });
  run();
  return { blue, green };
}

const singleReads = (requests: string[]): string[] =>
  requests.filter((request) => /^GET \/projects\/\d+$/.test(request));

describe("the name of a new project", () => {
  test.each(["Blue", "blue", " BLUE "])("that a project already has is refused: %j", (name) =>
    withWorld(async ({ resource }) => {
      const [refusal] = await resource("Project").refusals({ name: name.trim() });
      expect(refusal).toMatch(/already exists \(id 2\)/);
      expect(refusal).toMatch(/adopt: false.*since August 2026 refuse/);
    }, blueAndGreen),
  );

  test("adopts a project whose name differs only in case, and renames it", () =>
    withWorld(async ({ emulator, resource, messages }) => {
      const project = resource("Project");
      await project.up({ name: "BLUE", adopt: true });
      expect(project.id).toBe("2");
      expect(messages.join()).toMatch(/adopts project 2; changes name/);
      expect(emulator.store.projects.get(2)?.name).toBe("BLUE");
    }, blueAndGreen));

  test("prefers the exact name if both exist", () =>
    withWorld(
      async ({ resource }) => {
        const project = resource("Project");
        await project.up({ name: "BLUE", adopt: true });
        expect(project.id).toBe("3");
      },
      acmeWorld({
        generation: "2026-07",
        organization: {
          projects: [
            { name: "Blue", id: 2 },
            { name: "BLUE", id: 3 },
          ],
        },
      }),
    ));

  test("may be one that PostHog is deleting, which costs one read", () =>
    withWorld(async ({ emulator, resource, requests }) => {
      emulator.store.projects.update(2, { is_pending_deletion: true }, SYSTEM);
      const project = resource("Project");
      expect(await project.refusals({ name: "Blue" })).toEqual([]);
      expect(singleReads(requests())).toEqual(["GET /projects/2"]);
      await project.up({ name: "Blue" });
      expect(project.id).not.toBe("2");
    }, blueAndGreen));

  test("that is free costs no read of a project", () =>
    withWorld(async ({ resource, requests }) => {
      expect(await resource("Project").refusals({ name: "Red" })).toEqual([]);
      expect(singleReads(requests())).toEqual([]);
    }, blueAndGreen));

  test("may be taken with adopt: false, and the preview says that newer servers refuse it", () =>
    withWorld(async ({ resource, messages }) => {
      const project = resource("Project");
      expect(await project.refusals({ name: "blue", adopt: false })).toEqual([]);
      expect(messages.join()).toMatch(
        /warning: .*project 2 is already called "Blue".*since August 2026 refuse/,
      );
      await expect(project.up({ name: "blue", adopt: false })).rejects.toThrow(
        /409 conflict[\s\S]*unique in an organization, ignoring case[\s\S]*dependsOn/,
      );
    }, blueAndGreen));

  test("of another resource of the program is refused, and with adopt: false a warning", () =>
    withWorld(async ({ resource, messages }) => {
      const [first, second] = [resource("Project", "first"), resource("Project", "second")];
      expect(await first.refusals({ name: "Red" })).toEqual([]);
      expect((await second.refusals({ name: "red" })).join()).toMatch(
        /name: Project "first" of this program is called "Red" as well[\s\S]*adopt: false/,
      );
      expect(await second.refusals({ name: "red", adopt: false })).toEqual([]);
      expect(messages.join()).toMatch(/warning: .*Project "first".*since August 2026 refuse/);
    }));

  test("is refused for exactly one of two resources that are previewed at the same time", () =>
    withWorld(async ({ resource }) => {
      const names = ["first", "second", "third"];
      const all = await Promise.all(names.map((name) => resource("Project", name).refusals({ name: "Red" })));
      expect(all.filter((refused) => refused.length === 0)).toHaveLength(1);
    }));

  test("cannot be that of a project that another resource keeps, whichever is previewed first", () =>
    withWorld(async (world) => {
      const { blue } = await twoProjects(world);
      const taker = world.resource("Project", "taker");
      expect(await blue.refusals({ name: "Blue", adopt: true })).toEqual([]);
      expect((await taker.refusals({ name: "Blue", adopt: true })).join()).toMatch(/Project "blue"/);
      world.run();
      expect(await taker.refusals({ name: "Blue", adopt: true })).toEqual([]);
      expect((await blue.refusals({ name: "Blue", adopt: true })).join()).toMatch(/Project "taker"/);
    }, blueAndGreen));
});

describe("renaming a project", () => {
  test.each(["Green", "green"])("to one outside the program is refused: %s", (name) =>
    withWorld(async ({ resource, run }) => {
      const blue = resource("Project", "blue");
      await blue.up({ name: "Blue", adopt: true });
      run();
      expect((await blue.refusals({ name })).join()).toMatch(
        /name: project 3 is already called "Green"[\s\S]*dependsOn[\s\S]*twice[\s\S]*in between/,
      );
    }, blueAndGreen),
  );

  test("may change only the case", () =>
    withWorld(async (world) => {
      const { blue } = await twoProjects(world);
      expect(await blue.refusals({ name: "BLUE" })).toEqual([]);
      await blue.up({ name: "BLUE" });
      expect(world.emulator.store.projects.get(2)?.name).toBe("BLUE");
    }, blueAndGreen));

  test("may use the name that someone gave it in PostHog", () =>
    withWorld(async (world) => {
      const { blue } = await twoProjects(world);
      world.emulator.store.projects.update(2, { name: "Red" }, SYSTEM);
      expect(await blue.refusals({ name: "Red" })).toEqual([]);
    }, blueAndGreen));

  test("to a released name works if the releasing resource comes first, and only then", () =>
    withWorld(async (world) => {
      const { blue, green } = await twoProjects(world);
      expect(await green.refusals({ name: "Red" })).toEqual([]);
      expect((await blue.refusals({ name: "Green" })).join()).toMatch(
        /Project "green" gives the name up: depend on it \(dependsOn\)/,
      );
      expect(await blue.refusals({ name: "Green" }, ['Project "green"'])).toEqual([]);
    }, blueAndGreen));

  test("frees the name for a new project if the releasing resource comes first", () =>
    withWorld(async (world) => {
      const { green } = await twoProjects(world);
      const taker = world.resource("Project", "taker");
      expect(await green.refusals({ name: "Red" })).toEqual([]);
      expect((await taker.refusals({ name: "Green" })).join()).toMatch(
        /already exists \(id 3\)[\s\S]*gives the name up, depend on that one \(dependsOn\)/,
      );
      expect(await taker.refusals({ name: "Green" }, ['Project "green"'])).toEqual([]);
      await green.up({ name: "Red" });
      expect((await taker.up({ name: "Green" })).id).not.toBe("3");
    }, blueAndGreen));

  test("cannot swap two names in one run", () =>
    withWorld(async (world) => {
      const { blue, green } = await twoProjects(world);
      expect((await green.refusals({ name: "Blue" })).join()).toMatch(/to swap two names/);
      expect((await blue.refusals({ name: "Green" }, ['Project "green"'])).join()).toMatch(
        /to swap two names/,
      );
    }, blueAndGreen));
});
