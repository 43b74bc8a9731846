import { SYSTEM } from "../../../emulator";
import { inPlace } from "../../../provider/engine/titles";
import { unknownValue } from "../../../provider/engine/unknown";
import { handlers } from "../../../provider/handlers";
import { scenarios, seedOf } from "../../../tools/sweep/scenarios";
import { withWorld } from "../../support/driver";

const named = { name: "Web", label: "ci", user: "ann@acme.com", domain: "acme.com", resource: "dashboard" };
const known = { ...named, projectId: 2, roleId: "0192" };
const definitions = [...handlers.keys()].flatMap((kind) => handlers.get(kind)?.definition ?? []);
/** The kinds without their own name: they have the name of what they belong to. */
const nameless = definitions.filter(({ title }) => title(known) !== title(named));

test.each(definitions)("previews give $type the same title before and after ids are known", ({ title }) => {
  expect(title(named, "web")).toBe(title(known, "web"));
});

test("some kinds have no name of their own", () => {
  expect(nameless.map(({ type }) => type)).toEqual(
    expect.arrayContaining(["ProjectAccess", "ProjectMember", "AccessControl", "ProjectSecretApiKey"]),
  );
});

test.each(nameless)("previews give no two $type the same title", ({ title }) => {
  expect(title(named, "web")).not.toBe(title(named, "app"));
});

const policy = { defaultAccess: "none", members: { "analyst@acme.test": "member" } };

test("a policy has one title in the preview that makes its project, in later ones and after its update", () =>
  withWorld(async ({ resource, run, messages }) => {
    const access = resource("ProjectAccess", "access-web");
    expect(await access.refusals({ ...policy, projectId: unknownValue })).toEqual([]);
    await access.up({ ...policy, projectId: 1 });
    run();
    expect(await access.refusals({ projectId: 1, defaultAccess: "none" })).toEqual([]);
    expect(messages.length).toBeGreaterThan(1);
    expect(messages.filter((line) => !line.includes('access policy "access-web": '))).toEqual([]);
  }));

/** One scenario of each kind, whose replacement leaves the old object to delete. */
const ofEachKind = [...new Map(scenarios.map((scenario) => [scenario.type, scenario])).values()];

test.each(ofEachKind)("a deletion of $type has the title that previews of the same run use", (scenario) =>
  withWorld(
    async ({ resource, run, messages }) => {
      const it = resource(scenario.type, "web");
      await it.up(scenario.before);
      run();
      await it.up(scenario.before);
      const title = inPlace(
        handlers.get(scenario.type)?.definition.title(scenario.before, "web") ?? "",
        it.state,
      );
      messages.length = 0;
      await it.leave();
      expect(messages).toEqual([`${title}: is kept: another resource of the program manages it now`]);
    },
    { emulator: { seed: seedOf(scenario), generation: scenario.generation } },
  ),
);

test("a policy whose project was deleted keeps its title when the program moves it to another project", () =>
  withWorld(async ({ emulator, resource, run, messages }) => {
    const access = resource("ProjectAccess", "access-web");
    await access.up({ ...policy, projectId: 1 });
    run();
    await access.check({ ...policy, projectId: 2 });
    emulator.store.projects.delete(1, SYSTEM);
    await access.refresh();
    expect(messages.at(-1)).toMatch(/^warning: access policy "access-web": was deleted/);
  }));

test("titles name the organization if there are several", () =>
  withWorld(async ({ emulator, resource, messages }) => {
    const args = { name: "Editors", members: ["analyst@acme.test"] };
    expect(await resource("Role", "here").refusals(args)).toEqual([]);
    const there = { ...args, name: "Writers", organizationId: emulator.organizationId };
    expect(await resource("Role", "there").refusals(there)).toEqual([]);
    expect(messages).toEqual([
      'role "Editors": analyst@acme.test joins',
      `role "Writers" (organization ${emulator.organizationId}): analyst@acme.test joins`,
    ]);
  }));

describe.each([
  ["PersonalApiKey", { label: "ci", scopes: ["feature_flag:read"] }],
  ["ProjectSecretApiKey", { projectId: 1, label: "flags", scopes: ["feature_flag:read"] }],
] as const)("what an update does besides to a %s", (kind, args) => {
  const due = { ...args, rotateAfterDays: 30, keepers: { n: "1" } };
  const old = new Date(Date.now() - 31 * 86_400_000).toISOString();

  /** A preview's messages for new arguments of a key. */
  async function said(change: object): Promise<string[]> {
    let lines: string[] = [];
    await withWorld(async ({ resource, run, messages }) => {
      const key = resource(kind, "key");
      await key.up(due);
      key.state = { ...key.state, createdAt: old, lastRolledAt: undefined };
      run();
      const next = { ...due, ...change };
      expect(await key.refusals(next)).toEqual([]);
      expect((await key.diff(next)).changes).toBe(true);
      lines = messages.filter((line) => /rotates the key/.test(line));
    });
    return lines;
  }

  test.each([
    ["nothing else changes", {}, [/31 days old/]],
    ["its label changes", { label: "other" }, [/31 days old/]],
    ["keepers change", { keepers: { n: "2" } }, [/keepers changed/]],
    ["both change", { label: "other", keepers: { n: "2" } }, [/keepers changed/]],
  ])("is reported once if %s", async (_, change, lines) => {
    expect(await said(change)).toEqual(lines.map((line) => expect.stringMatching(line)));
  });
});
