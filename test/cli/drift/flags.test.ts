import { readFileSync } from "node:fs";
import { Command } from "commander";
import { registerDrift } from "../../../cli/drift";
import { SYSTEM } from "../../../emulator";
import { runCommand, withFolder } from "../../support/command";
import { type Stated, stateText, withFile } from "../../support/drift";
import { type World, withWorld } from "../../support/driver";

/** Runs the command on a state with one rule. */
async function overOneRule(
  world: World,
  args: readonly string[],
  others: readonly Stated[] = [],
): ReturnType<typeof runCommand> {
  const driven = world.resource("ProjectMember");
  if (driven.id === "") await driven.up({ projectId: 1, user: "analyst@acme.test", accessLevel: "member" });
  const state = stateText([{ type: "ProjectMember", name: "analyst", driven }, ...others]);
  return withFile("state.json", state, (path) =>
    runCommand(registerDrift, world.emulator, ["drift", "--state", path, ...args]),
  );
}

const closeProject = ({ emulator: { store } }: World): void => {
  store.accessRules.update(store.accessRules.all()[0]?.id ?? "", { access_level: "none" }, SYSTEM);
};

describe("the exit code is", () => {
  test("0 without drift, even with unmanaged objects", () =>
    withWorld(async (world) => {
      const { printed, exitCode } = await overOneRule(world, []);
      expect(printed).toMatch(
        /Unmanaged: \d+, not counted as drift[\s\S]*No drift; 1 resource compared\.\n$/,
      );
      expect(exitCode).toBe(0);
    }));

  test("2 with drift, or with unmanaged objects that count", () =>
    withWorld(async (world) => {
      expect((await overOneRule(world, ["--unmanaged", "fail"])).exitCode).toBe(2);
      closeProject(world);
      expect((await overOneRule(world, ["--unmanaged", "ignore"])).exitCode).toBe(2);
    }));

  test("1 if something could not be compared and nothing else differs", () =>
    withWorld(async (world) => {
      const foreign = { type: "Spaceship", name: "x", driven: { id: "1", state: {} } };
      const { printed, exitCode } = await overOneRule(world, [], [foreign]);
      expect(printed).toMatch(
        /not compared: Spaceship x: .*\n[\s\S]*No drift found; 1 resource compared, 1 could not be compared\./,
      );
      expect(exitCode).toBe(1);
      const { printed: sarif } = await overOneRule(world, ["--format", "sarif"], [foreign]);
      expect(JSON.parse(sarif).runs[0].invocations).toMatchObject([
        {
          executionSuccessful: false,
          toolExecutionNotifications: [
            { level: "error", message: { text: expect.stringMatching(/^not compared: Spaceship x: /) } },
            { level: "note" },
          ],
        },
      ]);
    }));
});

describe("the report", () => {
  test("goes to a file in the given format", () =>
    withWorld((world) =>
      withFolder(async (pathOf) => {
        await overOneRule(world, []);
        closeProject(world);
        const output = pathOf("drift.md");
        const { printed } = await overOneRule(world, ["--format", "markdown", "--output", output]);
        expect(printed).toBe("");
        expect(readFileSync(output, "utf8")).toContain("| Resource | Difference | Who did it |");
      }),
    ));

  test("lists ten unmanaged objects of each kind, and counts the rest", () =>
    withWorld(async (world) => {
      for (let number = 0; number < 15; number += 1) {
        await world.resource("Role", `role${number}`).up({ name: `Role ${number}` });
      }
      const { printed } = await overOneRule(world, ["--kinds", "roles"]);
      expect(printed.match(/^\+ role /gm)).toHaveLength(10);
      expect(printed).toContain("... and 5 more: --format json lists all");
      const json = JSON.parse((await overOneRule(world, ["--kinds", "roles", "--format", "json"])).printed);
      expect(json.unmanaged).toHaveLength(15);
    }));
});

test.each([
  [["--kinds", "grant"], /did you mean "grants"/],
  [["--since", "yesterday"], /Use 7d, 12h/],
  [["--format", "xml"], /table, markdown, json, sarif/],
  [["--unmanaged", "perhaps"], /ignore, list, fail/],
])("an invalid value is rejected with the valid ones: %j", async (flags, message) => {
  const messages: string[] = [];
  const program = new Command("pulumi-posthog").exitOverride();
  registerDrift(program);
  for (const command of program.commands) {
    command.exitOverride().configureOutput({ writeErr: (text) => messages.push(text) });
  }
  await expect(program.parseAsync(["node", "x", "drift", "--state", "s", ...flags])).rejects.toThrow();
  expect(messages.join("")).toMatch(message);
});
