import type { PulumiStack } from "../../tools/stack";
import { Secret } from "../../tools/stack";
import { javascript, withStack } from "./harness";

const emulator = {
  seed: {
    users: [{ email: "owner@acme.test", password: "a-long-enough-password" }],
    organizations: [
      {
        name: "Acme",
        members: [{ email: "owner@acme.test", level: "owner" as const }, { email: "analyst@acme.test" }],
        projects: [{ name: "Production", id: 1 }],
      },
    ],
  },
};

/** A program whose person comes from an expression, such as a secret in the configuration. */
const program = (person: string, more = "") =>
  javascript(`
  const person = ${person};
  new posthog.Role("analysts", { name: "Analysts", members: [person] ${more} });
  const access = new posthog.ProjectAccess("production", {
    projectId: 1, defaultAccess: "none", members: pulumi.output(person).apply((email) => ({ [email]: "admin" })),
  });
  exports.count = access.grants.apply((grants) => grants.length);
`);
const email = "analyst@acme.test";
const plain = JSON.stringify(email);
const isSecret = (value: unknown): boolean => JSON.stringify(value).includes('"ciphertext"');

/** A resource in the state, without its times. */
async function stateOf(stack: PulumiStack, type: string) {
  const { deployment } = await stack.exportState();
  const found = deployment.resources?.find((one) => one.type.endsWith(`:${type}`));
  const { modified: _modified, created: _created, ...rest } = { modified: "", created: "", ...found };
  return { ...rest, inputs: Object(found?.inputs), outputs: Object(found?.outputs) };
}

test("outputs that come from secret arguments are secret in the state, and no message shows them", () =>
  withStack(
    program('new pulumi.Config("acme").requireSecret("person")'),
    async (stack, { faults, apiKey, password }) => {
      const refuse = (method: "POST" | "DELETE") =>
        faults.add({ kind: "status", status: 403, method, path: /role_memberships/, times: 9 });
      const preview = await stack.preview();
      expect(preview.text).toContain("[secret]");
      expect(preview.text).not.toContain("analyst@acme");
      refuse("POST");
      const refused = await stack.up({ fails: true });
      expect(refused.text).toMatch(/adding \[secret\] to role .* failed/);
      expect(refused.text).not.toContain("analyst@acme");
      faults.clear();
      const up = await stack.up();
      expect(up.text).not.toContain("analyst@acme");
      expect(JSON.stringify(await stack.exportState())).not.toContain("analyst@acme");
      const [role, access] = [await stateOf(stack, "Role"), await stateOf(stack, "ProjectAccess")];
      for (const name of ["members", "userUuids", "waiting"])
        expect([name, isSecret(role.outputs[name])]).toEqual([name, true]);
      for (const name of ["members", "grants", "subjectIds"])
        expect([name, isSecret(access.outputs[name])]).toEqual([name, true]);
      for (const value of [
        role.outputs.name,
        role.outputs.roleId,
        access.outputs.projectId,
        access.outputs.mode,
      ])
        expect(isSecret(value ?? "")).toBe(false);

      const text = await stack.exportText();
      for (const credential of [apiKey, password]) expect(text).not.toContain(credential);
      await stack.preview({ flags: ["--expect-no-changes"] });
      const refreshed = await stack.refresh();
      expect(refreshed.text).not.toContain("[diff");
      expect(refreshed.steps.flatMap(({ name, diffs }) => diffs.map((diff) => [name, diff]))).toEqual([]);
      await stack.preview({ flags: ["--refresh", "--expect-no-changes"] });
      expect(isSecret((await stateOf(stack, "ProjectAccess")).outputs.grants)).toBe(true);

      const changed = await stack.setProgram(
        program('new pulumi.Config("acme").requireSecret("person")', ', mode: "exclusive"'),
      );
      expect(changed).toBeUndefined();
      await stack.up();
      expect(JSON.stringify(await stack.exportState())).not.toContain("analyst@acme");
      await stack.destroy();
    },
    { emulator, config: { "acme:person": new Secret(email) } },
  ));

test("without secrets nothing in the state becomes secret, whether or not an argument is an output", () =>
  withStack(
    program(plain),
    async (stack) => {
      await stack.up();
      const types = ["Role", "ProjectAccess"];
      const before = await Promise.all(types.map((type) => stateOf(stack, type)));
      for (const { inputs, outputs } of before) expect(isSecret([inputs, outputs])).toBe(false);
      expect(Object.keys(before[1]?.inputs).sort()).toEqual([
        "__provider",
        "defaultAccess",
        "members",
        "projectId",
      ]);
      await stack.setProgram(program(`pulumi.output(${plain})`));
      await stack.preview({ flags: ["--expect-no-changes"] });
      await stack.up();
      expect(await Promise.all(types.map((type) => stateOf(stack, type)))).toEqual(before);
    },
    { emulator },
  ));
