import { SYSTEM } from "../../emulator";
import { changesOf, javascript, withStack } from "./harness";

const program = (args = ""): string => `
  const key = new posthog.ProjectSecretApiKey("flags", {
    projectId: 1, label: "Backend", scopes: ["feature_flag:read"], ${args}
  });
  exports.value = key.value;
  exports.id = key.id;
`;

test("a project's key is created without a session, unchanged, rotated, created again, adopted and revoked", () =>
  withStack(
    program(),
    async (stack, emulator) => {
      const stored = () => emulator.store.projectSecretApiKeys.all();
      expect(changesOf(await stack.preview())).toEqual(["create flags"]);
      await stack.up();
      const first = await stack.outputs({ showSecrets: true });
      expect(first.value).toEqual(expect.stringMatching(/^phs_/));
      expect(await stack.outputs()).toMatchObject({ value: "[secret]" });
      expect(await stack.exportText()).not.toContain(String(first.value));
      await stack.preview({ flags: ["--expect-no-changes"] });

      await stack.setProgram(javascript(program('keepers: { release: "2" }')));
      expect(changesOf(await stack.up())).toEqual(["update flags: keepers"]);
      const rolled = await stack.outputs({ showSecrets: true });
      expect(rolled).toMatchObject({ id: first.id });
      expect(rolled.value).not.toBe(first.value);

      emulator.store.projectSecretApiKeys.update(stored()[0]?.id ?? "", { label: "Renamed" }, SYSTEM);
      await stack.refresh();
      expect(changesOf(await stack.up())).toEqual(["update flags: label"]);

      await stack.setProgram(
        javascript(`
          const found = posthog.ProjectSecretApiKey.get("found", ${JSON.stringify(first.id)});
          exports.label = found.label;
          exports.scopes = found.scopes;
        `),
      );
      // The key is removed from the state but not revoked.
      const state = await stack.exportState();
      const resources = (state.deployment.resources ?? []).filter(({ urn }) => !urn.endsWith("::flags"));
      await stack.importState({ ...state, deployment: { ...state.deployment, resources } });
      await stack.up();
      expect(await stack.outputs()).toEqual({ label: "Backend", scopes: ["feature_flag:read"] });

      await stack.setProgram(javascript(program("adopt: true")));
      expect((await stack.preview()).text).toMatch(
        /rotates the key to learn its value; the value in use stops working/,
      );
      await stack.up();
      const adopted = await stack.outputs({ showSecrets: true });
      expect(adopted).toMatchObject({ id: first.id, value: expect.stringMatching(/^phs_/) });
      expect(adopted.value).not.toBe(rolled.value);

      emulator.store.projectSecretApiKeys.delete(stored()[0]?.id ?? "", SYSTEM);
      await stack.refresh();
      expect(changesOf(await stack.up())).toEqual(["create flags"]);
      await stack.destroy();
      expect(stored()).toEqual([]);
    },
    { session: false },
  ));
