import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SYSTEM } from "../../emulator";
import { changesOf, javascript, withStack } from "./harness";

const program = (args: string): string => `
  const key = new posthog.PersonalApiKey("ci", ${args});
  exports.value = key.value;
  exports.id = key.id;
`;
const ci = (over = ""): string => `{ label: "CI", scopes: ["insight:read"], ${over} }`;

/** Every file below a folder, as text. */
async function everythingBelow(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), "utf8")),
  );
  return texts.join("\n");
}

test("a key is created, unchanged, changed in place, rotated, created again after a manual deletion, and revoked", () =>
  withStack(program(ci()), async (stack, emulator) => {
    expect(changesOf(await stack.preview())).toEqual(["create ci"]);
    await stack.up();
    const { value } = await stack.outputs({ showSecrets: true });
    expect(value).toEqual(expect.stringMatching(/^phx_/));
    await stack.preview({ flags: ["--expect-no-changes"] });

    await stack.setProgram(javascript(program(ci('projects: [1], keepers: { quarter: "Q3" }'))));
    expect(changesOf(await stack.up())).toEqual(["update ci: keepers, projects"]);
    const rolled = await stack.outputs({ showSecrets: true });
    expect(rolled.value).not.toBe(value);

    const headers = { Authorization: `Bearer ${String(rolled.value)}` };
    expect((await fetch(`${emulator.url}/api/personal_api_keys/@current/`, { headers })).status).toBe(200);
    emulator.store.personalApiKeys.delete(String(rolled.id), SYSTEM);
    const preview = await stack.preview({ flags: ["--refresh"] });
    expect(preview.text).toMatch(/creates a new key with a new value/);
    expect(changesOf(preview)).toContain("create ci");
    await stack.refresh();
    await stack.up();
    expect((await stack.outputs({ showSecrets: true })).value).not.toBe(rolled.value);

    await stack.destroy();
    expect(emulator.store.personalApiKeys.all().filter(({ label }) => label === "CI")).toEqual([]);
  }));

test("the key's value is in plain text neither in the state nor in the output of the commands", () =>
  withStack(program(ci()), async (stack) => {
    const detailed = { flags: ["--diff", "--show-config", "--show-sames", "--logflow"] };
    const runs = [
      await stack.preview(detailed),
      await stack.up(detailed),
      await stack.refresh({ flags: ["--diff"] }),
    ];
    const { value } = await stack.outputs({ showSecrets: true });
    runs.push(await stack.preview(detailed), await stack.destroy({ flags: ["--diff"] }));
    const files = await everythingBelow(join(stack.folder, "state"));
    expect(
      [...runs.map((run) => run.stdout + run.stderr), files].filter((text) => text.includes(String(value))),
    ).toEqual([]);
    expect(files).toContain('"ciphertext"');
  }));

test("the credentials are nowhere in plain text, not even at the most verbose level", () =>
  withStack(program(ci()), async (stack, emulator) => {
    const verbose = { flags: ["--logtostderr", "--logflow", "-v=11", "--debug"] };
    const runs = [await stack.preview(verbose), await stack.up(verbose), await stack.refresh(verbose)];
    const state = await stack.exportText();
    runs.push(await stack.destroy(verbose));
    for (const text of [
      ...runs.map((run) => run.stdout + run.stderr),
      state,
      await everythingBelow(join(stack.folder, "state")),
    ]) {
      expect([emulator.password, emulator.apiKey].filter((secret) => text.includes(secret))).toEqual([]);
    }
  }));

test("without a session the preview says what to configure, and nothing is created", () =>
  withStack(
    program(ci()),
    async (stack, emulator) => {
      const preview = await stack.preview({ fails: true });
      expect(preview.text).toMatch(/signed-in people only, never to API keys[\s\S]*posthog:email/);
      await stack.up({ fails: true });
      expect(emulator.store.personalApiKeys.all().filter(({ label }) => label === "CI")).toEqual([]);
    },
    { session: false },
  ));

test("a key is read by its id without its value, and one with the same label is adopted by rotating it", () =>
  withStack(program(ci()), async (stack) => {
    await stack.up();
    const first = await stack.outputs({ showSecrets: true });
    await stack.setProgram(
      javascript(
        `const found = posthog.PersonalApiKey.get("found", ${JSON.stringify(first.id)}); exports.label = found.label;
         const key = new posthog.PersonalApiKey("other", ${ci("adopt: true")}); exports.value = key.value;`,
      ),
    );
    // The first resource is removed from the state but not deleted: its key is the one to adopt.
    const state = await stack.exportState();
    const resources = (state.deployment.resources ?? []).filter(({ urn }) => !urn.endsWith("::ci"));
    await stack.importState({ ...state, deployment: { ...state.deployment, resources } });
    expect((await stack.preview()).text).toMatch(
      /rotates the key to learn its value; the value in use stops working/,
    );
    await stack.up();
    const outputs = await stack.outputs({ showSecrets: true });
    expect(outputs.label).toBe("CI");
    expect(outputs.value).not.toBe(first.value);
  }));
