import { handlers } from "../../../provider/handlers";
import { type Scenario, scenarios, seedOf } from "../../../tools/sweep/scenarios";
import { type World, withWorld } from "../../support/driver";

/** One scenario of each kind in which an update changes the object. */
const updates = [...handlers.keys()].map((type): [string, Scenario] => {
  const scenario = scenarios.find((one) => one.type === type && (one.generation ?? "current") === "current");
  if (scenario === undefined) throw new Error(`no scenario of ${type}`);
  return [type, scenario];
});

/** What an older stack's resource, or a new one, has for previews without a request. */
const known = (type: string): string[] =>
  handlers.get(type)?.definition.derivesFromHost === true ? ["host"] : [];

const secrets = ["value", "scimToken", "inviteId"];

/** Runs a test with the scenario's object as an older run left it: its inputs carry nothing. */
const afterUp = (scenario: Scenario, body: (world: World) => Promise<void>): Promise<void> =>
  withWorld(
    async (world) => {
      await world.resource(scenario.type).up(scenario.before);
      world.run();
      await body(world);
    },
    { emulator: { seed: seedOf(scenario) } },
  );

describe.each(updates)("of a %s", (type, scenario) => {
  const changed = { ...scenario.after, organizationId: "acme" };

  test("a changed one reads its stable outputs as in the state, without secrets", () =>
    afterUp(scenario, async ({ resource }) => {
      const one = resource(type);
      const { host: _host, ...stable } = await one.stable(changed);
      expect(stable).toEqual(expect.objectContaining({ organizationUuid: expect.any(String) }));
      expect(one.state).toMatchObject(stable);
      for (const name of Object.keys(stable)) expect(secrets).not.toContain(name);
    }));

  test("a known output is passed on again without a request, unless it became secret", () =>
    afterUp(scenario, async ({ resource, requests, run }) => {
      const one = resource(type);
      const stable = await one.stable(changed);
      run();
      expect(await one.stable(scenario.before, stable)).toEqual(stable);
      expect(requests()).toEqual([]);
      run({ preflight: "false" });
      const { organizationUuid: _organization, ...rest } = stable;
      expect(await one.stable(changed, stable, ["organizationUuid"])).toEqual(rest);
      expect(requests()).toEqual([]);
    }));

  test("a changed one of an older stack stays unknown without lookups, with no request and no refusal", () =>
    afterUp(scenario, async ({ resource, requests, run, messages }) => {
      const one = resource(type);
      run({ preflight: "false" });
      expect(Object.keys(await one.stable(changed))).toEqual(known(type));
      expect(await one.refusals(changed)).toEqual([]);
      expect(requests()).toEqual([]);
      expect(messages.join()).not.toMatch(/replace/);
    }));

  test("an unchanged one of an older stack, and a new one, send no request", () =>
    afterUp(scenario, async ({ resource, requests }) => {
      expect(Object.keys(await resource(type).stable(scenario.before))).toEqual(known(type));
      expect(Object.keys(await resource(type, "new").stable(scenario.before))).toEqual(known(type));
      expect(requests()).toEqual([]);
    }));
});

test("outputs change with the server's address", () =>
  withWorld(async ({ resource }) => {
    const project = resource("Project");
    const args = { name: "Staging" };
    const { outputs } = await project.up(args);
    const stale = { host: "https://elsewhere.example", uuid: "of another server" };
    expect(await project.stable({ name: "Preview" }, stale)).toMatchObject({ uuid: outputs.uuid });
    expect(await project.stable(args, stale)).not.toHaveProperty("uuid");
  }));
