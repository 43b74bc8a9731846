import { SYSTEM } from "../../emulator";
import { changesOf, javascript, withStack } from "./harness";

const program = (args: string): string => `
  const member = new posthog.ProjectMember("analyst", ${args});
  exports.id = member.id;
  exports.email = member.email;
`;
const analyst = (over = ""): string =>
  `{ projectId: 1, user: "Analyst@acme.test", accessLevel: "member", ${over} }`;

test("access is created, unchanged, changed in place, drifts, is created again, is replaced, and is destroyed", () =>
  withStack(program(analyst()), async (stack, emulator) => {
    const rules = () => emulator.store.accessRules.all();
    expect(changesOf(await stack.preview())).toEqual(["create analyst"]);
    await stack.up();
    expect(rules()).toMatchObject([{ access_level: "member" }]);
    await stack.preview({ flags: ["--expect-no-changes"] });

    await stack.setProgram(javascript(program(analyst('accessLevel: "admin"'))));
    expect(changesOf(await stack.up())).toEqual(["update analyst: accessLevel"]);

    emulator.store.accessRules.update(rules()[0]?.id ?? "", { access_level: "none" }, SYSTEM);
    await stack.preview({ flags: ["--refresh", "--expect-no-changes"], fails: true });
    await stack.refresh();
    expect(changesOf(await stack.up())).toEqual(["update analyst: accessLevel"]);
    expect(rules()).toMatchObject([{ access_level: "admin" }]);

    emulator.store.accessRules.delete(rules()[0]?.id ?? "", SYSTEM);
    await stack.refresh();
    expect(changesOf(await stack.up())).toEqual(["create analyst"]);

    await stack.setProgram(
      javascript(program('{ projectId: 1, user: "developer@acme.test", accessLevel: "admin" }')),
    );
    expect(changesOf(await stack.up()).join()).toMatch(/replace/);
    expect(await stack.outputs()).toMatchObject({ email: "developer@acme.test" });
    expect(rules()).toHaveLength(1);

    await stack.destroy();
    expect(rules()).toEqual([]);
    expect(emulator.store.memberships.size).toBe(7);
  }));

test("existing access is read by project and person, or adopted, and two resources for one grant are refused", () =>
  withStack(program(analyst("adopt: true")), async (stack, emulator) => {
    const membership = emulator.store.memberships
      .all()
      .find(({ user_id }) => user_id === emulator.store.users.where("email", "analyst@acme.test")[0]?.id);
    const key = { Authorization: `Bearer ${emulator.apiKey}`, "Content-Type": "application/json" };
    const body = JSON.stringify({ organization_member: membership?.id, access_level: "admin" });
    await fetch(`${emulator.url}/api/projects/1/access_controls/`, { method: "PUT", headers: key, body });
    const preview = await stack.preview();
    expect(preview.text).toMatch(/adopts project member .*; changes accessLevel/);
    await stack.up();
    await stack.setProgram(
      javascript(
        'const found = posthog.ProjectMember.get("found", "1/user/analyst@acme.test"); exports.level = found.accessLevel;' +
          program(analyst()),
      ),
    );
    await stack.up();
    expect(await stack.outputs()).toMatchObject({ level: "member" });
    await stack.setProgram(
      javascript(`${program(analyst())}; new posthog.ProjectMember("again", ${analyst()});`),
    );
    const twice = await stack.preview({ fails: true });
    expect(twice.text).toMatch(/ProjectMember "\w+" and ProjectMember "\w+" manage the same thing/);
  }));

test("renaming a project in the same run does not replace anyone's access", () =>
  withStack(
    'const project = new posthog.Project("p", { name: pulumi.output(new pulumi.Config("test").require("name")) });' +
      'new posthog.ProjectMember("analyst", { projectId: project.projectId, user: "analyst@acme.test", accessLevel: "member" });',
    async (stack) => {
      await stack.up();
      await stack.setConfig({ "test:name": "After" });
      expect(changesOf(await stack.preview()).join()).not.toMatch(/replace/);
      expect(changesOf(await stack.up())).toEqual(["update p: name"]);
      await stack.preview({ flags: ["--expect-no-changes"] });
    },
    { config: { "test:name": "Before" } },
  ));
