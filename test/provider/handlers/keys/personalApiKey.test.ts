import { SYSTEM } from "../../../../emulator";
import { unknownValue } from "../../../../provider/engine/unknown";
import { type World, withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const args = { label: "Reporting", scopes: ["insight:read", "query:read"] };
const keysOf = ({ emulator }: World) =>
  emulator.store.personalApiKeys.all().filter(({ label }) => label === "Reporting");

describe("a personal API key", () => {
  test("is created with a session, works, and shows its value once", () =>
    withWorld(async (world) => {
      const key = world.resource("PersonalApiKey");
      await key.up(args);
      const value = String(key.state.value);
      expect(value).toMatch(/^phx_/);
      expect(key.state).toMatchObject({
        keyId: key.id,
        createdAt: expect.any(String),
        maskValue: expect.stringMatching(/^phx_\.\.\./),
      });
      const who = await fetch(`${world.emulator.url}/api/personal_api_keys/@current/`, {
        headers: { Authorization: `Bearer ${value}` },
      });
      expect(await who.json()).toMatchObject({ label: "Reporting", scopes: args.scopes });
      world.run();
      await key.refresh();
      expect(key.state.value).toBe(value);
    }));

  test("changes label, scopes and restrictions in place, and keeps its value", () =>
    withWorld(async (world) => {
      const key = world.resource("PersonalApiKey");
      await key.up(args);
      const { value } = key.state;
      world.run();
      await key.up({ ...args, scopes: ["insight:write"], projects: [1] });
      expect(keysOf(world)).toMatchObject([{ scopes: ["insight:write"], scoped_teams: [1] }]);
      expect(key.state.value).toBe(value);
    }));

  test("is restricted to organizations, by slug or id, which needs a key that may read them", () =>
    withWorld(
      async (world) => {
        const key = world.resource("PersonalApiKey");
        const restricted = { ...args, organizations: ["acme"] };
        expect((await key.refusals(restricted)).join()).toMatch(/lacks the scope organization:read/);
        expect(await world.resource("PersonalApiKey", "other").refusals(args)).toEqual([]);
        world.run({ apiKey: world.emulator.apiKey });
        await key.up(restricted);
        const { organizationId } = world.emulator;
        expect(keysOf(world)).toMatchObject([{ scoped_organizations: [organizationId] }]);
        world.run({ apiKey: world.emulator.apiKey });
        expect((await key.refresh())?.inputs).toEqual(restricted);
      },
      acmeWorld({ scopes: ["project:read"] }),
    ));

  test("is refused for projects and organizations that the signed-in person cannot access, naming the argument", () =>
    withWorld(
      async ({ resource, run }) => {
        const key = resource("PersonalApiKey");
        const foreign = "018f0000-0000-4000-8000-0000000000ff";
        const refused = await key.refusals({
          ...args,
          projects: [1, 2, "1", 999],
          organizations: ["acme", foreign, "nowhere"],
        });
        expect(refused.map((line) => line.split("\n")[0])).toEqual([
          expect.stringMatching(/^projects\[1\]: project 2 does not exist, or .* has no access to it$/),
          "projects[2]: lists project 1 twice",
          expect.stringMatching(/^projects\[3\]: project 999 does not exist/),
          expect.stringMatching(/^organizations\[1\]: does not exist, or/),
          expect.stringMatching(/^organizations\[2\]: does not exist, or/),
        ]);
        run();
        await key.up({ ...args, projects: [1], organizations: ["acme"] });
      },
      acmeWorld({
        caller: "analyst@acme.test",
        organization: {
          projects: [
            { name: "Default project", id: 1 },
            { name: "Closed", id: 2 },
          ],
          accessRules: [{ project: "Closed", level: "none" }],
        },
      }),
    ));

  test("is refused with scopes that the server does not know", () =>
    withWorld(
      async ({ resource }) => {
        expect(
          await resource("PersonalApiKey").refusals({ ...args, scopes: ["insight:read", "toolbar:read"] }),
        ).toEqual([
          expect.stringMatching(/^scopes\[1\]: this PostHog server lets no such key hold toolbar:read/),
        ]);
      },
      { emulator: { generation: "2026-07" } },
    ));

  test("is not changed by reordering its scopes or projects", () =>
    withWorld(async ({ resource }) => {
      const key = resource("PersonalApiKey");
      await key.up({ ...args, projects: [1] });
      expect(
        await key.diff({ label: "Reporting", scopes: ["query:read", "insight:read"], projects: ["1"] }),
      ).toMatchObject({ changes: false });
    }));

  test("shows widened scopes and a lifted or added restriction as drift", () =>
    withWorld(async (world) => {
      const key = world.resource("PersonalApiKey");
      await key.up(args);
      const [stored] = keysOf(world);
      world.emulator.store.personalApiKeys.update(
        stored?.id ?? "",
        { scopes: ["*"], scoped_teams: [1] },
        SYSTEM,
      );
      world.run();
      expect((await key.refresh())?.inputs).toEqual({ label: "Reporting", scopes: ["*"], projects: [1] });
      expect((await key.diff(args)).changes).toBe(true);
    }));

  test("is rotated when a keeper changes, and the old value stops working", () =>
    withWorld(async ({ emulator, resource, run, messages }) => {
      const key = resource("PersonalApiKey");
      await key.up({ ...args, keepers: { quarter: "Q3" } });
      const old = String(key.state.value);
      run();
      expect(await key.diff({ ...args, keepers: { quarter: "Q4" } })).toMatchObject({
        changes: true,
        replaces: [],
      });
      await key.up({ ...args, keepers: { quarter: "Q4" } });
      expect(messages.join()).toMatch(/keepers changed; the update rotates the key/);
      expect(key.state.value).not.toBe(old);
      expect(key.state.lastRolledAt).toEqual(expect.any(String));
      const answer = await fetch(`${emulator.url}/api/personal_api_keys/@current/`, {
        headers: { Authorization: `Bearer ${old}` },
      });
      expect(answer.status).toBe(401);
    }));

  test("is rotated when it was rotated by hand, because the value in state no longer works", () =>
    withWorld(async (world) => {
      const key = world.resource("PersonalApiKey");
      await key.up(args);
      const old = key.state.value;
      const byHand = { mask_value: "phx_...h4nd", secure_value: "another" };
      world.emulator.store.personalApiKeys.update(key.id, byHand, SYSTEM);
      world.run();
      await key.refresh();
      expect(key.state.value).toBeUndefined();
      expect((await key.diff(args)).changes).toBe(true);
      expect(world.messages.join()).toMatch(
        /rotated in PostHog, so its value is unknown; the update rotates it again/,
      );
      await key.up(args);
      expect(key.state.value).toEqual(expect.stringMatching(/^phx_/));
      expect(key.state.value).not.toBe(old);
    }));

  test("of someone other than the signed-in person does not count as deleted", () =>
    withWorld(async (world) => {
      const key = world.resource("PersonalApiKey");
      await key.up(args);
      world.run({ email: "admin@acme.test" });
      await expect(key.refresh()).rejects.toThrow(/belongs to another person than posthog:email/);
      await expect(key.destroy()).rejects.toThrow(/belongs to another person/);
      expect(keysOf(world)).toHaveLength(1);
      world.run();
      await key.destroy();
      expect(keysOf(world)).toEqual([]);
    }, acmeWorld()));

  test("is rotated in the next run when the rotation fails in this one", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const key = resource("PersonalApiKey");
      await key.up(args);
      const old = key.state.value;
      const rolled = { ...args, keepers: { quarter: "Q4" } };
      run();
      emulator.faults.add({ kind: "status", method: "POST", path: /\/roll\/?$/, status: 403 });
      await key.breakOff(rolled);
      expect(key.state).toMatchObject({ label: "Reporting", value: old });
      run();
      expect((await key.diff(rolled)).changes).toBe(true);
      await key.up(rolled);
      expect(key.state.value).not.toBe(old);
    }));

  test("is rotated when its value is too old, and the preview says so", () =>
    withWorld(async ({ resource, run, messages }) => {
      const key = resource("PersonalApiKey");
      const rotating = { ...args, rotateAfterDays: 90 };
      await key.up(rotating);
      expect((await key.diff(rotating)).changes).toBe(false);
      key.state = { ...key.state, createdAt: new Date(Date.now() - 91 * 86_400_000).toISOString() };
      run();
      expect((await key.diff(rotating)).changes).toBe(true);
      expect(messages.join()).toMatch(/91 days old and rotateAfterDays is 90/);
      const { value } = key.state;
      await key.up(rotating);
      expect(key.state.value).not.toBe(value);
    }));

  test("that was deleted by hand is created again, and refreshing says that its value changes", () =>
    withWorld(async (world) => {
      const key = world.resource("PersonalApiKey");
      await key.up(args);
      world.emulator.store.personalApiKeys.delete(key.id, SYSTEM);
      world.run();
      expect(await key.refresh()).toBeUndefined();
      expect(world.messages.join()).toMatch(
        /deleted outside this program; the next update creates a new key with a new value/,
      );
    }));

  test("is revoked when destroyed, and revoking it twice is no error", () =>
    withWorld(async (world) => {
      const key = world.resource("PersonalApiKey");
      await key.up(args);
      const { id, state, inputs } = key;
      await key.destroy();
      expect(keysOf(world)).toEqual([]);
      key.remember(id, state, inputs);
      world.run();
      await key.destroy();
    }));
});

describe("creating a key when the network fails", () => {
  test.each(["dropAfter", "dropBefore"] as const)(
    "leaves exactly one key, whose value is known (%s)",
    (kind) =>
      withWorld(async (world) => {
        world.emulator.faults.add({ kind, method: "POST", path: /\/api\/personal_api_keys\/?$/ });
        const key = world.resource("PersonalApiKey");
        await key.up(args);
        expect(keysOf(world)).toHaveLength(1);
        const who = await fetch(`${world.emulator.url}/api/personal_api_keys/@current/`, {
          headers: { Authorization: `Bearer ${String(key.state.value)}` },
        });
        expect(who.status).toBe(200);
      }),
  );

  test("leaves the rotated key with a value that works", () =>
    withWorld(async (world) => {
      const key = world.resource("PersonalApiKey");
      await key.up({ ...args, keepers: { n: "1" } });
      world.emulator.faults.add({ kind: "dropAfter", method: "POST", path: /\/roll\/?$/ });
      world.run();
      await key.up({ ...args, keepers: { n: "2" } });
      const who = await fetch(`${world.emulator.url}/api/personal_api_keys/@current/`, {
        headers: { Authorization: `Bearer ${String(key.state.value)}` },
      });
      expect(who.status).toBe(200);
    }));
});

describe("the session", () => {
  test("is required by name before anything is created", () =>
    withWorld(
      async ({ resource, requests }) => {
        const [refusal] = await resource("PersonalApiKey").refusals(args);
        expect(refusal).toMatch(
          /signed-in people only, never to API keys[\s\S]*posthog:email[\s\S]*posthog:password/,
        );
        expect(requests().filter((request) => !request.startsWith("GET"))).toEqual([]);
      },
      { config: { email: undefined, password: undefined } },
    ));

  test("says when the password is wrong, without repeating it", () =>
    withWorld(
      async ({ resource }) => {
        const refusal = (await resource("PersonalApiKey").refusals(args)).join();
        expect(refusal).toMatch(
          /invalid_credentials[\s\S]*No account on this host matches posthog:email and posthog:password/,
        );
        expect(refusal).not.toContain("hunter2");
      },
      { config: { password: "hunter2" } },
    ));

  test("uses the authenticator's secret if the account has two-factor authentication", () =>
    withWorld(async ({ resource }) => {
      await resource("PersonalApiKey").up(args);
    }, acmeTotp("JBSWY3DPEHPK3PXP")));

  test("needs the authenticator's secret, and says so if it is missing", () =>
    withWorld(async ({ resource }) => {
      const [refusal] = await resource("PersonalApiKey").refusals(args);
      expect(refusal).toMatch(/two-factor authentication, and posthog:totpSecret is not set/);
    }, acmeTotp(undefined)));

  test("is renewed when PostHog finds it too old", () =>
    withWorld(async (world) => {
      world.emulator.faults.add({
        kind: "status",
        method: "POST",
        path: /\/api\/personal_api_keys\/?$/,
        status: 403,
        body: {
          type: "authentication_error",
          code: "sensitive_action_required_reauth",
          detail: "This action requires you to be recently authenticated.",
          attr: null,
        },
      });
      await world.resource("PersonalApiKey").up(args);
      expect(world.requests().filter((request) => request === "POST /api/login")).toHaveLength(2);
      expect(keysOf(world)).toHaveLength(1);
    }));
});

describe("a preview", () => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["an empty label", { ...args, label: "" }, /^label: must not be empty/],
    ["a label that is too long", { ...args, label: "x".repeat(41) }, /^label: must be at most 40/],
    ["no scopes", { ...args, scopes: [] }, /^scopes: list at least one/],
    ["missing scopes", { label: "x" }, /^scopes: is required/],
    [
      "a scope that does not exist, with where its data is",
      { ...args, scopes: ["event:read"] },
      /^scopes\[0\]: .*query:read/,
    ],
    ["a scope that is misspelled", { ...args, scopes: ["insigt:read"] }, /^scopes\[0\]: .*insight:read/],
    ["a scope that is no scope", { ...args, scopes: ["insight"] }, /^scopes\[0\]: /],
    ["an action that does not exist", { ...args, scopes: ["insight:admin"] }, /^scopes\[0\]: /],
    ["the wildcard, unless it is meant", { ...args, scopes: ["*"] }, /^scopes\[0\]: .*allowWildcard/],
    ["a project that is no number", { ...args, projects: ["staging"] }, /^projects\[0\]: /],
    ["a rotation of no days", { ...args, rotateAfterDays: 0 }, /^rotateAfterDays: /],
    ["an unknown argument", { ...args, scope: ["insight:read"] }, /^scope: .*scopes/],
  ];
  test.each(bad)("refuses %s before any request", (_, wrong, message) =>
    withWorld(async ({ resource, requests }) => {
      expect((await resource("PersonalApiKey").refusals(wrong)).join("\n")).toMatch(message);
      expect(requests()).toEqual([]);
    }),
  );

  test("accepts the wildcard with allowWildcard", () =>
    withWorld(async ({ resource }) => {
      expect(
        await resource("PersonalApiKey").refusals({ label: "All", scopes: ["*"], allowWildcard: true }),
      ).toEqual([]);
    }));

  test("accepts a scope that PostHog may have added lately, with a warning", () =>
    withWorld(async ({ resource, messages }) => {
      expect(await resource("PersonalApiKey").refusals({ ...args, scopes: ["hovercraft:read"] })).toEqual([]);
      expect(messages.join()).toMatch(/warning: .*hovercraft/);
    }));

  test("accepts scopes that are not known yet", () =>
    withWorld(async ({ resource }) => {
      expect(await resource("PersonalApiKey").refusals({ ...args, scopes: unknownValue })).toEqual([]);
      expect(await resource("PersonalApiKey").refusals({ ...args, projects: [unknownValue] })).toEqual([]);
    }));

  test("lists the ten keys when PostHog allows no more", () =>
    withWorld(async ({ resource, run }) => {
      for (let index = 0; index < 9; index += 1)
        await resource("PersonalApiKey", `key ${index}`).up({
          label: `Key ${index}`,
          scopes: ["query:read"],
        });
      run();
      const [refusal] = await resource("PersonalApiKey").refusals(args);
      expect(refusal).toMatch(/already has 10[\s\S]*allows a person 10: .*Key 8 .*Key 0/);
      run({ preflight: "false" });
      await expect(resource("PersonalApiKey").up(args)).rejects.toThrow(/already has 10[\s\S]*Key 8/);
    }));
});

describe("a key with the same label", () => {
  test("is not duplicated, and adopting it rotates it, as the preview says", () =>
    withWorld(async ({ resource, run, messages }) => {
      await resource("PersonalApiKey", "first").up(args);
      const { value } = resource("PersonalApiKey", "first").state;
      run();
      const key = resource("PersonalApiKey");
      expect((await key.refusals(args)).join()).toMatch(/already exists/);
      expect(messages).toEqual([]);
      await key.up({ ...args, adopt: true });
      expect(messages.join()).toMatch(/rotates the key to learn its value; the value in use stops working/);
      expect(key.id).toBe(resource("PersonalApiKey", "first").id);
      expect(key.state.value).not.toBe(value);
    }));
});

function acmeTotp(configured: string | undefined) {
  const totpSecret = "JBSWY3DPEHPK3PXP";
  const world = acmeWorld();
  const seed = {
    ...world.emulator.seed,
    users: world.emulator.seed.users?.map((user) => ({ ...user, totpSecret })),
  };
  return { emulator: { seed }, config: { ...world.config, totpSecret: configured } };
}
