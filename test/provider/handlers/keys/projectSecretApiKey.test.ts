import { SYSTEM } from "../../../../emulator";
import { unknownValue } from "../../../../provider/engine/unknown";
import { type World, withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const args = { projectId: 1, label: "Backend", scopes: ["feature_flag:read"] };
const withoutSession = { config: { email: undefined, password: undefined } };
const keysOf = ({ emulator }: World) => emulator.store.projectSecretApiKeys.all();
const writesOf = ({ requests }: World): string[] =>
  requests().filter((request) => !request.startsWith("GET"));

/** A key's status where project secret keys are not accepted: 401 if the key does not exist, 403 otherwise. */
async function statusOf({ emulator }: World, value: unknown): Promise<number> {
  const headers = { Authorization: `Bearer ${String(value)}` };
  return (await fetch(`${emulator.url}/api/projects/1/`, { headers })).status;
}

describe("a project secret API key", () => {
  test("is created with an API key alone, in one write, and shows its value once", () =>
    withWorld(async (world) => {
      const key = world.resource("ProjectSecretApiKey");
      await key.up(args);
      expect(writesOf(world)).toEqual(["POST /api/projects/1/project_secret_api_keys"]);
      expect(key.state).toMatchObject({
        value: expect.stringMatching(/^phs_/),
        maskValue: expect.stringMatching(/^phs_\.\.\./),
        createdAt: expect.any(String),
      });
      expect(key.id).toBe(`1/${String(key.state.keyId)}`);
      expect(await statusOf(world, key.state.value)).toBe(403);
      const { value } = key.state;
      world.run();
      await key.refresh();
      expect(key.state.value).toBe(value);
      expect((await key.diff({ ...args, projectId: "1" })).changes).toBe(false);
    }, withoutSession));

  test("changes label and scopes in place with one write, and keeps its value", () =>
    withWorld(async (world) => {
      const key = world.resource("ProjectSecretApiKey");
      await key.up(args);
      const { value } = key.state;
      world.run();
      await key.up({ ...args, label: "Reports", scopes: ["endpoint:read", "feature_flag:read"] });
      expect(keysOf(world)).toMatchObject([
        { label: "Reports", scopes: ["endpoint:read", "feature_flag:read"] },
      ]);
      expect(writesOf(world)).toHaveLength(1);
      expect(key.state.value).toBe(value);
      world.run();
      await key.up({ ...args, label: "Reports", scopes: ["feature_flag:read", "endpoint:read"] });
      expect(writesOf(world)).toEqual([]);
    }));

  test("is replaced when the project changes", () =>
    withWorld(async ({ resource }) => {
      const key = resource("ProjectSecretApiKey");
      await key.up(args);
      expect((await key.diff({ ...args, projectId: 2 })).replaces).toEqual(["projectId"]);
    }));

  test("shows changed scopes as drift", () =>
    withWorld(async (world) => {
      const key = world.resource("ProjectSecretApiKey");
      await key.up(args);
      world.emulator.store.projectSecretApiKeys.update(
        String(key.state.keyId),
        { scopes: ["account:read"] },
        SYSTEM,
      );
      world.run();
      expect((await key.refresh())?.inputs).toEqual({ ...args, scopes: ["account:read"] });
    }));

  test("is rotated when a keeper changes, and the old value stops working", () =>
    withWorld(async (world) => {
      const key = world.resource("ProjectSecretApiKey");
      await key.up({ ...args, keepers: { release: "1" } });
      const { value } = key.state;
      world.run();
      await key.up({ ...args, keepers: { release: "2" } });
      expect(world.messages.join()).toMatch(
        /keepers changed; the update rotates the key, and the old value stops working/,
      );
      expect(writesOf(world)).toEqual([
        `POST /api/projects/1/project_secret_api_keys/${String(key.state.keyId)}/roll`,
      ]);
      expect(await statusOf(world, value)).toBe(401);
      expect(await statusOf(world, key.state.value)).toBe(403);
    }));

  test("is rotated once its value is too old", () =>
    withWorld(async ({ resource, run, messages }) => {
      const key = resource("ProjectSecretApiKey");
      const rotating = { ...args, rotateAfterDays: 30 };
      await key.up(rotating);
      key.state = { ...key.state, createdAt: new Date(Date.now() - 31 * 86_400_000).toISOString() };
      run();
      expect((await key.diff(rotating)).changes).toBe(true);
      expect(messages.join()).toMatch(/31 days old and rotateAfterDays is 30/);
    }));

  test("that was deleted by hand is created again, and refreshing says that its value changes", () =>
    withWorld(async (world) => {
      const key = world.resource("ProjectSecretApiKey");
      await key.up(args);
      world.emulator.store.projectSecretApiKeys.delete(String(key.state.keyId), SYSTEM);
      world.run();
      expect(await key.refresh()).toBeUndefined();
      expect(world.messages.join()).toMatch(/creates a new key with a new value/);
    }));

  test("is deleted with its project", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const key = resource("ProjectSecretApiKey");
      await key.up(args);
      emulator.store.projects.delete(1, SYSTEM);
      run();
      expect(await key.refresh()).toBeUndefined();
    }));

  test("does not count as deleted when the key's owner cannot see the project", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const key = resource("ProjectSecretApiKey");
      await key.up(args);
      run();
      emulator.faults.add({
        kind: "status",
        path: "/api/projects/1/",
        status: 404,
        body: { type: "invalid_request", code: "not_found", detail: "Project not found.", attr: null },
      });
      await expect(key.refresh()).rejects.toThrow(/listing the secret API keys of project 1 failed/);
    }));

  test("is revoked when destroyed, and revoking it twice is no error", () =>
    withWorld(async (world) => {
      const key = world.resource("ProjectSecretApiKey");
      await key.up(args);
      const { id, state, inputs } = key;
      await key.destroy();
      expect(keysOf(world)).toEqual([]);
      key.remember(id, state, inputs);
      world.run();
      await key.destroy();
    }));

  test("is looked up by project and id, without its value", () =>
    withWorld(async ({ resource, run }) => {
      const key = resource("ProjectSecretApiKey");
      await key.up(args);
      run();
      const { outputs } = await resource("ProjectSecretApiKey").get(key.id);
      expect(outputs).toMatchObject({ projectId: 1, label: "Backend", keyId: key.state.keyId });
      expect(outputs).not.toHaveProperty("value");
      await expect(resource("ProjectSecretApiKey").get("Backend")).rejects.toThrow(
        /is not the id of a ProjectSecretApiKey[\s\S]*<project>\/<PostHog's id of the key>/,
      );
      await expect(resource("ProjectSecretApiKey").get("1/nothing")).rejects.toThrow(/there is no/);
    }));

  test("is the same on servers of July 2026", () =>
    withWorld(
      async ({ resource, run }) => {
        const key = resource("ProjectSecretApiKey");
        await key.up(args);
        run();
        expect((await key.refresh())?.inputs).toEqual(args);
        const newer = { ...args, scopes: ["account:read"] };
        expect(await key.refusals(newer)).toEqual([
          expect.stringMatching(/^scopes\[0\]: this PostHog server lets no such key hold account:read/),
        ]);
        run({ preflight: "false" });
        await expect(key.up(newer)).rejects.toThrow(/can not be assigned to a project secret API key/);
      },
      { emulator: { generation: "2026-07" } },
    ));

  test("is refused on servers of August 2025, which have no such keys", () =>
    withWorld(
      ({ resource }) =>
        expect(resource("ProjectSecretApiKey").up(args)).rejects.toThrow(
          /this server \(of about August 2025\) has no project secret API keys/,
        ),
      {
        emulator: { generation: "2025-08" },
      },
    ));
});

describe("creating a project's key when the network fails", () => {
  test.each(["dropAfter", "dropBefore"] as const)(
    "leaves exactly one key, whose value is known (%s)",
    (kind) =>
      withWorld(async (world) => {
        world.emulator.faults.add({ kind, method: "POST", path: /\/project_secret_api_keys\/?$/ });
        const key = world.resource("ProjectSecretApiKey");
        await key.up(args);
        expect(keysOf(world)).toHaveLength(1);
        expect(await statusOf(world, key.state.value)).toBe(403);
      }),
  );

  test("leaves the rotated key with a value that works", () =>
    withWorld(async (world) => {
      const key = world.resource("ProjectSecretApiKey");
      await key.up({ ...args, keepers: { n: "1" } });
      world.emulator.faults.add({ kind: "dropAfter", method: "POST", path: /\/roll\/?$/ });
      world.run();
      await key.up({ ...args, keepers: { n: "2" } });
      expect(await statusOf(world, key.state.value)).toBe(403);
    }));

  test("leaves no key behind when PostHog keeps failing after it created one", () =>
    withWorld(async (world) => {
      world.emulator.faults.add({
        kind: "dropAfter",
        method: "POST",
        path: /\/project_secret_api_keys\/?$/,
        times: 9,
      });
      await expect(world.resource("ProjectSecretApiKey").up(args)).rejects.toThrow(/no answer from/);
      expect(keysOf(world)).toEqual([]);
    }));
});

describe("a key with the same label", () => {
  test("is refused, and adopting it rotates it, as the preview says", () =>
    withWorld(async ({ resource, run, messages }) => {
      await resource("ProjectSecretApiKey", "first").up(args);
      const { value } = resource("ProjectSecretApiKey", "first").state;
      run();
      const key = resource("ProjectSecretApiKey");
      expect((await key.refusals(args)).join()).toMatch(/already exists[\s\S]*adopt: true/);
      await key.up({ ...args, adopt: true });
      expect(messages.join()).toMatch(
        /adopts project secret API key[\s\S]*rotates the key to learn its value/,
      );
      expect(key.state.value).not.toBe(value);
    }));

  test("makes the preview and the update refuse its label for another key", () =>
    withWorld(async ({ resource, run }) => {
      await resource("ProjectSecretApiKey", "other").up({ ...args, label: "Reports" });
      const key = resource("ProjectSecretApiKey");
      await key.up(args);
      run();
      expect((await key.refusals({ ...args, label: "Reports" })).join()).toMatch(
        /^label: project 1 already has a key labeled "Reports"/,
      );
      run({ preflight: "false" });
      await expect(key.up({ ...args, label: "Reports" })).rejects.toThrow(
        /changing the label was refused[\s\S]*unique within a project/,
      );
    }));

  test("in the same program is refused in the preview, naming both", () =>
    withWorld(async ({ resource }) => {
      expect(await resource("ProjectSecretApiKey", "one").refusals(args)).toEqual([]);
      expect((await resource("ProjectSecretApiKey", "two").refusals(args)).join()).toMatch(
        /ProjectSecretApiKey "two" and ProjectSecretApiKey "one" manage the same thing/,
      );
    }));
});

describe("a preview", () => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["a missing project", { label: "x", scopes: ["endpoint:read"] }, /^projectId: is required/],
    [
      "a project that is no number",
      { ...args, projectId: "staging" },
      /^projectId: must be a project's number/,
    ],
    ["an empty label", { ...args, label: "" }, /^label: must not be empty/],
    ["a label that is too long", { ...args, label: "x".repeat(41) }, /^label: must be at most 40/],
    ["no scopes", { ...args, scopes: [] }, /^scopes: list at least one/],
    ["the wildcard", { ...args, scopes: ["*"] }, /^scopes\[0\]: .*cannot hold "\*"/],
    [
      "a scope that manages, with what can hold it",
      { ...args, scopes: ["feature_flag:read", "project:write"] },
      /^scopes\[1\]: .*cannot hold project:write[\s\S]*PersonalApiKey/,
    ],
    [
      "a scope that is misspelled",
      { ...args, scopes: ["feature_flags:read"] },
      /^scopes\[0\]: .*feature_flag:read/,
    ],
    ["a rotation of no days", { ...args, rotateAfterDays: 0 }, /^rotateAfterDays: /],
    ["an unknown argument", { ...args, project: 1 }, /^project: .*projectId/],
  ];
  test.each(bad)("refuses %s before any request", (_, wrong, message) =>
    withWorld(async ({ resource, requests }) => {
      expect((await resource("ProjectSecretApiKey").refusals(wrong)).join("\n")).toMatch(message);
      expect(requests()).toEqual([]);
    }),
  );

  test("accepts a scope that PostHog may have added lately, with a warning", () =>
    withWorld(async ({ resource, messages }) => {
      const key = resource("ProjectSecretApiKey");
      expect(await key.refusals({ ...args, scopes: ["hovercraft:read"] })).toEqual([]);
      expect(messages.join()).toMatch(/warning: .*hovercraft/);
    }));

  test("accepts a project and scopes that are not known yet", () =>
    withWorld(async ({ resource }) => {
      const key = resource("ProjectSecretApiKey");
      expect(await key.refusals({ ...args, projectId: unknownValue, scopes: unknownValue })).toEqual([]);
    }));

  test("lists the fifty keys when PostHog allows no more", () =>
    withWorld(async (world) => {
      const template = world.resource("ProjectSecretApiKey", "template");
      await template.up({ ...args, label: "Key 0" });
      const { projectSecretApiKeys } = world.emulator.store;
      const [row] = keysOf(world);
      if (row === undefined) throw new Error("the first key is missing");
      for (let index = 1; index < 50; index += 1) {
        const fresh = { ...row, id: `key${index}`, label: `Key ${index}`, secure_value: `hash ${index}` };
        projectSecretApiKeys.insert(fresh, SYSTEM);
      }
      world.run();
      const key = world.resource("ProjectSecretApiKey");
      expect((await key.refusals(args)).join()).toMatch(
        /project 1 already has 50[\s\S]*allows a project 50: .*Key 49.*Key 0 /,
      );
      world.run({ preflight: "false" });
      await expect(key.up(args)).rejects.toThrow(/project 1 already has 50/);
    }));

  test("names the scope that the configured key lacks", () =>
    withWorld(
      async ({ resource }) => {
        expect((await resource("ProjectSecretApiKey").refusals(args)).join()).toMatch(
          /lacks the scope project:write/,
        );
      },
      acmeWorld({ scopes: ["project:read", "organization:read"] }),
    ));
});
