import { type Emulator, startEmulator } from "../../../emulator";
import type { Properties } from "../../../provider/engine/state";
import { type Scenario, scenarios, seedOf } from "../../../tools/sweep/scenarios";

type Runtime = typeof import("../../../provider/runtime");
type Provider = ReturnType<Runtime["provider"]>;

/** A provider process that knows nothing about earlier ones. */
function newProcess(): Runtime {
  let loaded: Runtime | undefined;
  jest.isolateModules(() => {
    loaded = require("../../../provider/runtime");
  });
  if (loaded === undefined) throw new Error("the provider does not load");
  return loaded;
}

/** Words of the vocabulary, which reveal nothing about who has them. */
const common = /^(none|member|admin|viewer|editor|manager|owner|demote)$/;

/** Every text in the arguments, including names of people and roles. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return common.test(value) ? [] : [value];
  if (typeof value !== "object" || value === null) return [];
  return (Array.isArray(value) ? value : Object.entries(value).flat()).flatMap(textsIn);
}

const asWord = (text: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}(?![\\p{L}\\p{N}])`, "iu");

/** One resource of each kind, with its state after its first update. */
interface Held {
  readonly scenario: Scenario;
  readonly emulator: Emulator;
  id: string;
  state: Properties;
  inputs: Properties;
}

function configure(provider: Provider, { url, apiKey, email, password }: Emulator): Promise<void> {
  const values = { host: url, apiKey, email, password, requestsPerMinute: "off" };
  const config = new Map(Object.entries(values).map(([key, value]) => [`posthog:${key}`, value]));
  const get = (key: string) => config.get(key);
  return provider.configure({ config: { get, require: (key) => get(key) ?? "" } });
}

/** Rejects every write from here on. */
function refuseWrites({ faults }: Emulator): void {
  const body = { type: "authentication_error", code: "permission_denied", detail: "No.", attr: null };
  for (const method of ["POST", "PUT", "PATCH", "DELETE"])
    faults.add({ kind: "status", status: 403, method, body, times: 999 });
}

describe("no notice and no error contains a secret or a credential", () => {
  const kinds = [...new Map(scenarios.map((scenario) => [scenario.type, scenario])).values()];
  const held = new Map<string, Held>();
  const said: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
  const [first, second] = [newProcess(), newProcess()];

  beforeEach(() => {
    said.length = 0;
  });
  afterAll(async () => {
    log.mockRestore();
    for (const { emulator } of held.values()) await emulator.close();
  });

  /** Checks and writes as an update would, and keeps what the engine keeps. */
  async function up(provider: Provider, it: Held, args: Properties): Promise<void> {
    const declared = { name: "it", kinds: {}, secrets: Object.keys(args) };
    const news = { ...args, organizationId: it.emulator.organizationId, __declared: declared };
    const { inputs = {}, failures = [] } = await provider.check(it.inputs, news);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    if (it.id === "") {
      const { id, outs = {} } = await provider.create(inputs);
      Object.assign(it, { id, state: outs, inputs });
    } else {
      await provider.diff(it.id, it.state, inputs);
      const { outs = {} } = await provider.update(it.id, it.state, inputs);
      Object.assign(it, { state: outs, inputs });
    }
  }

  const keepsSilent = (texts: readonly string[]): void => {
    const told = texts.filter((text) => said.some((message) => asWord(text).test(message)));
    expect([told, said.filter((message) => told.some((text) => asWord(text).test(message)))]).toEqual([
      [],
      [],
    ]);
  };
  /** Messages contain neither credentials nor what PostHog shows once, and the state contains no credential. */
  const leaksNothing = ({ emulator, state, inputs }: Held): void => {
    const credentials = [emulator.apiKey, emulator.password];
    const shownOnce = [state.value, state.scimToken, state.inviteId].filter((one) => typeof one === "string");
    for (const credential of credentials) expect(JSON.stringify([state, inputs])).not.toContain(credential);
    for (const canary of [...credentials, ...shownOnce]) expect(said.join("\n")).not.toContain(canary);
  };
  const fails = (work: Promise<unknown>): Promise<void> =>
    work.then(
      () => {
        throw new Error("it should have failed");
      },
      (error: unknown) => void said.push(String(Object(error).message), String(error)),
    );

  test.each(kinds)("as $type is made and changed", async (scenario) => {
    const emulator = await startEmulator({ seed: seedOf(scenario), generation: scenario.generation });
    const it: Held = { scenario, emulator, id: "", state: {}, inputs: {} };
    held.set(scenario.type, it);
    const provider = first.provider(scenario.type);
    await configure(provider, emulator);
    const texts = textsIn([scenario.before, scenario.after].map(Object.values));

    if (scenario.type !== "OrganizationSettings")
      await fails(up(provider, { ...it, id: "" }, { ...scenario.before, adopt: "x" }));
    refuseWrites(emulator);
    await fails(up(provider, it, scenario.before));
    emulator.faults.clear();
    await up(provider, it, scenario.before);
    refuseWrites(emulator);
    const isSame = JSON.stringify(scenario.before) === JSON.stringify(scenario.after);
    if (!isSame) await fails(up(provider, it, scenario.after));
    emulator.faults.clear();
    leaksNothing(it);
    expect(said.join()).toContain("[secret]");
    keepsSilent(texts);
  });

  test.each(kinds)(
    "as $type is deleted, in a process that has only the state",
    async ({ type, before, after }) => {
      const it = held.get(type);
      if (it === undefined) throw new Error(`there is no ${type}`);
      const provider = second.provider(type);
      await configure(provider, it.emulator);
      refuseWrites(it.emulator);
      await fails(provider.delete(it.id, it.state));
      it.emulator.faults.clear();
      leaksNothing(it);
      keepsSilent(textsIn([before, after].map(Object.values)));
      const { props = {}, inputs = {} } = await provider.read(it.id, it.state);
      expect([props.__secrets, inputs.__secrets]).toEqual([it.state.__secrets, it.state.__secrets]);
      expect(it.state.__secrets).toEqual(Object.keys(before));
    },
  );
});
