import { type Emulator, startEmulator } from "../../emulator";
import type { PulumiStack, StackResult } from "../../tools/stack";
import { heldByServer, oldProgram, oldSeed, replayOldStack } from "../support/oldStack";
import { withStack } from "./harness";

/** Runs a test with the server, program and state of version 0.1.0. */
function withOldStack(body: (stack: PulumiStack, emulator: Emulator) => Promise<void>): Promise<void> {
  return withStack(
    oldProgram,
    async (stack, emulator) => {
      const { deployment, ...state } = await stack.exportState();
      const resources = await replayOldStack(emulator);
      await stack.importState({ ...state, deployment: { ...deployment, resources } });
      await body(stack, emulator);
    },
    { emulator: { seed: oldSeed } },
  );
}

/** A run's changes, by the arguments that people write. */
function changed({ steps }: StackResult): string[] {
  const changing = steps.filter(({ op }) => !["same", "read", "refresh"].includes(op));
  const own = (names: readonly string[]) => names.filter((name) => !name.startsWith("__"));
  return changing.map(({ op, name, diffs }) => [op, name, ...own(diffs)].join(" ")).sort();
}

test("a stack of version 0.1.0 previews unchanged before and after a refresh, except for the partly created resource", () =>
  withOldStack(async (stack) => {
    expect(changed(await stack.preview())).toEqual(["update half-made"]);
    await stack.refresh();
    expect(changed(await stack.preview())).toEqual(["update half-made settings"]);
  }));

test("a stack of version 0.1.0 is updated only where its program changed, and the partly created resource is completed", () =>
  withOldStack(async (stack, emulator) => {
    await stack.setConfig({ "old:later": true });
    const expected = [
      "update acme membersCanInvite",
      "update developer level",
      "update developer-in-production accessLevel",
      "update flags label",
      "update half-made",
      "update okta name",
      "update recordings accessLevel",
      "update reports label",
      "update sign-on jitProvisioning",
      "update staging name",
      "update supporters members",
      "update website roles",
    ];
    // Nothing that depends on the changes shows, although the state carries no outputs for previews.
    expect(changed(await stack.preview())).toEqual(expected);
    expect(changed(await stack.up())).toEqual(expected);
    await stack.preview({ flags: ["--refresh", "--expect-no-changes"] });
    const { keys } = await stack.outputs({ showSecrets: true });
    const headers = { Authorization: `Bearer ${Object(keys).reports}` };
    expect((await fetch(`${emulator.url}/api/personal_api_keys/@current/`, { headers })).status).toBe(200);
    expect(await heldByServer(emulator)).toMatchObject({
      projects: ["Half made", "Production", "Staging area", "Website"],
      members_can_invite: true,
    });
  }));

test("a stack of version 0.1.0 is destroyed, with the partly created resource, and the server is in its original state", () =>
  withOldStack(async (stack, emulator) => {
    const before = await startEmulator({ seed: oldSeed });
    try {
      expect(await heldByServer(emulator)).not.toEqual(await heldByServer(before));
      await stack.destroy();
      emulator.finishDeletions();
      expect(await heldByServer(emulator)).toEqual(await heldByServer(before));
    } finally {
      await before.close();
    }
  }));
