import { SYSTEM } from "../../emulator";
import { changesOf, javascript, withStack } from "./harness";

const program = (args: string): string => `
  const project = new posthog.Project("staging", ${args});
  exports.projectId = project.projectId;
  exports.token = project.apiToken;
`;

test("a project is created, unchanged, renamed in place, drifts, is created again, and is destroyed", () =>
  withStack(program('{ name: "Staging", defaultAccess: "member" }'), async (stack, emulator) => {
    expect(changesOf(await stack.preview())).toEqual(["create staging"]);
    await stack.up();
    const { projectId } = await stack.outputs();
    expect(emulator.store.projects.get(Number(projectId))).toMatchObject({ name: "Staging" });
    await stack.preview({ flags: ["--expect-no-changes"] });

    await stack.setProgram(javascript(program('{ name: "Test", defaultAccess: "none" }')));
    expect(changesOf(await stack.up())).toEqual(["update staging: defaultAccess, name"]);

    emulator.store.projects.update(Number(projectId), { name: "Renamed by hand" }, SYSTEM);
    const drift = await stack.preview({ flags: ["--refresh", "--expect-no-changes"], fails: true });
    expect(changesOf(drift)).toEqual(["update staging: name"]);
    await stack.refresh();
    expect(changesOf(await stack.up())).toEqual(["update staging: name"]);
    expect(emulator.store.projects.get(Number(projectId))).toMatchObject({ name: "Test" });

    emulator.store.projects.update(Number(projectId), { is_pending_deletion: true }, SYSTEM);
    const gone = await stack.preview({ flags: ["--refresh"] });
    expect(changesOf(gone)).toContain("create staging");
    await stack.refresh();
    await stack.up();
    const again = (await stack.outputs()).projectId;
    expect(again).not.toBe(projectId);

    await stack.destroy();
    // Newer servers delete a project without data at once.
    expect(emulator.store.projects.get(Number(again))).toBeUndefined();
  }));

test("a project that has received events survives a destroy until its protection is off", () =>
  withStack(program('{ name: "Production" }'), async (stack, emulator) => {
    await stack.up();
    const { projectId } = await stack.outputs();
    emulator.markIngested(Number(projectId));
    const refused = await stack.destroy({ fails: true });
    expect(refused.text).toMatch(/has received events[\s\S]*deletionProtection: false/);
    expect(refused.text).not.toMatch(/at .*\.js:\d+/);
    await stack.setProgram(javascript(program('{ name: "Production", deletionProtection: false }')));
    await stack.up();
    await stack.destroy();
    expect(emulator.store.projects.get(Number(projectId))).toMatchObject({ is_pending_deletion: true });
  }));

test("an existing project is read by number or adopted by name, and a missing one stops the preview", () =>
  withStack(
    `
      const found = posthog.Project.get("found", "1");
      const adopted = new posthog.Project("adopted", { name: "Default project", timezone: "Europe/Berlin", adopt: true });
      exports.found = found.name;
      exports.adopted = adopted.projectId;
    `,
    async (stack, emulator) => {
      const preview = await stack.preview();
      expect(preview.text).toMatch(/adopts project 1; changes timezone/);
      await stack.up();
      expect(await stack.outputs()).toEqual({ found: "Default project", adopted: 1 });
      expect(emulator.store.projects.size).toBe(1);
      await stack.setProgram(javascript('posthog.Project.get("found", "99");'));
      const missing = await stack.preview({ fails: true });
      expect(missing.text).toMatch(/404 not_found|no Project with the id "99"/);
    },
  ));

test("invalid arguments stop the preview before any request, and each is named", () =>
  withStack(
    program('{ name: "", timezone: "Europe/Berln", defaultAcces: "none" }'),
    async (stack, emulator) => {
      const preview = await stack.preview({ fails: true });
      expect(preview.text).toMatch(/name: must not be empty/);
      expect(preview.text).toMatch(/timezone: .*Europe\/Berlin/);
      expect(preview.text).toMatch(/defaultAcces: .*defaultAccess/);
      await stack.up({ fails: true });
      expect(emulator.requests).toEqual([]);
    },
  ));
