import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";
import type { Finding } from "../../provider/engine/finding";
import type { AdoptableState, Difference, Observed, ResourceHandler } from "../../provider/engine/handler";
import { createHost, type Host, noticeText } from "../../provider/engine/host";
import type { Properties } from "../../provider/engine/state";
import { PartialResultError } from "../../provider/engine/unfinished";
import { handlers } from "../../provider/handlers";
import { Connections } from "../../provider/posthog/connection";
import type { Clock } from "../../provider/posthog/gate";

/** Stack configuration by key, without the `posthog:` namespace; undefined removes a default. */
export type Config = Readonly<Record<string, string | undefined>>;

/** One resource of a program, driven without Pulumi's engine. */
export class Driven {
  id = "";
  state: Properties = {};
  inputs: Properties = {};

  constructor(
    private readonly handler: ResourceHandler,
    private readonly host: () => Host,
    private readonly name: string,
  ) {}

  /** A preview's errors for these arguments. */
  async check(args: Properties, dependencies: readonly string[] = []): Promise<readonly Finding[]> {
    const { errors } = await this.handler.check(this.host(), this.name, this.inputs, args, dependencies);
    return errors;
  }

  /** A preview's errors as lines `argument: message`. */
  async refusals(args: Properties, dependencies: readonly string[] = []): Promise<string[]> {
    return (await this.check(args, dependencies)).map(({ property, message }) =>
      property === undefined ? message : `${property}: ${message}`,
    );
  }

  /** How these arguments differ from the state. */
  diff(args: Properties): Promise<Difference> {
    return this.handler.diff(this.host(), this.state, args);
  }

  /** What the inputs would carry for previews of these arguments, added to what they already carry. */
  stable(args: Properties, kept: Properties = {}, secrets: readonly string[] = []): Promise<Properties> {
    return this.handler.stable(this.host(), this.inputs, args, kept, secrets);
  }

  /** Creates it, or changes it if it exists, as `pulumi up` would. */
  async up(args: Properties): Promise<Observed> {
    const refused = await this.refusals(args);
    if (refused.length > 0) throw new Error(refused.join("\n"));
    const isNew = this.id === "";
    const observed = isNew
      ? await this.handler.create(this.host(), args)
      : await this.handler.update(this.host(), this.id, this.state, args);
    this.remember(observed.id, observed.outputs, args);
    return observed;
  }

  /** An `up` that fails: keeps what the engine would keep, and returns the error. */
  async breakOff(args: Properties): Promise<Error> {
    const isNew = this.id === "";
    const thrown: unknown = await this.up(args).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(thrown instanceof Error)) throw new Error("the run did not fail");
    // If an update fails partway, the engine keeps the earlier inputs.
    if (thrown instanceof PartialResultError)
      this.remember(thrown.id, thrown.properties, isNew ? args : this.inputs);
    return thrown;
  }

  /** Reads it back into the state, as `pulumi refresh` would; undefined if it no longer exists. */
  async refresh(): Promise<Observed | undefined> {
    const observed = await this.handler.read(this.host(), this.id, this.state);
    if (observed !== undefined) this.remember(observed.id, observed.outputs, observed.inputs);
    return observed;
  }

  /** Reads an object that nobody manages, as the class's `get` would. */
  get(id: string, args: Properties = {}): Promise<Observed> {
    return this.handler.get(this.host(), id, args);
  }

  /** Imports an object that nobody manages, as `pulumi import` would. */
  async import(id: string): Promise<Observed> {
    const observed = await this.handler.import(this.host(), id, {});
    this.remember(observed.id, observed.outputs, observed.inputs);
    return observed;
  }

  /** Why no existing object can be put into the state unchanged. */
  get unreadable(): string | undefined {
    return this.handler.definition.unreadable?.reason;
  }

  /** The existing object, as the command `adopt` would put it into the state. */
  findExisting(args: Properties, id?: string): Promise<AdoptableState | undefined> {
    return this.handler.findExisting(this.host(), args, id);
  }

  /** Deletes it, as `pulumi destroy` would: in a run that writes nothing. */
  async destroy(): Promise<void> {
    await this.handler.delete({ ...this.host(), written: new Set() }, this.id, this.state);
    this.remember("", {}, {});
  }

  /** Deletes it, as `pulumi up` would once it left the program: in the run that wrote the others. */
  async leave(): Promise<void> {
    await this.handler.delete(this.host(), this.id, this.state);
    this.remember("", {}, {});
  }

  /** Loads what an earlier run left: the id and properties of a partially created resource. */
  remember(id: string, state: Properties, inputs: Properties): void {
    this.id = id;
    this.state = state;
    this.inputs = inputs;
  }
}

export interface World {
  readonly emulator: Emulator;
  /** Messages of previews and refreshes other than errors, since the last `run`. */
  readonly messages: string[];
  /** A resource of that kind; the same name is the same resource. */
  resource(type: string, name?: string): Driven;
  /** The host of this run's resources. */
  host(): Host;
  /** Starts another run, which knows nothing that was read before. */
  run(config?: Config): void;
  /** Requests since the last `run` or `clearRequests`, as `GET /path`, without the organization's part. */
  requests(): string[];
}

/** Runs a test against a new emulator, with the owner's key and session configured. */
export async function withWorld(
  body: (world: World) => Promise<void>,
  options: { emulator?: EmulatorOptions; config?: Config; clock?: Clock } = {},
): Promise<void> {
  const emulator = await startEmulator(options.emulator);
  const messages: string[] = [];
  const resources = new Map<string, Driven>();
  let host: Host = hostFor(emulator, options.config, messages, options.clock);
  const world: World = {
    emulator,
    messages,
    resource(type, name = "it") {
      const key = `${type} ${name}`;
      const known = resources.get(key);
      if (known !== undefined) return known;
      const handler = handlers.get(type);
      if (handler === undefined) throw new Error(`there is no resource ${type}`);
      const driven = new Driven(handler, () => host, name);
      resources.set(key, driven);
      return driven;
    },
    host: () => host,
    run(config) {
      messages.length = 0;
      emulator.clearRequests();
      host = hostFor(emulator, { ...options.config, ...config }, messages, options.clock);
    },
    requests: () =>
      emulator.requests.map(
        ({ method, path }) =>
          `${method} ${path.replace(`/api/organizations/${emulator.organizationId}`, "").replace(/\/$/, "")}`,
      ),
  };
  try {
    await body(world);
  } finally {
    await emulator.close();
  }
}

function hostFor(emulator: Emulator, config: Config | undefined, messages: string[], clock?: Clock): Host {
  const values: Config = {
    host: emulator.url,
    apiKey: emulator.apiKey,
    organizationId: emulator.organizationId,
    email: emulator.email,
    password: emulator.password,
    totpSecret: emulator.totpSecret,
    requestsPerMinute: "off",
    ...config,
  };
  return createHost(
    (key) => values[key],
    (notice) => messages.push(noticeText(notice)),
    clock === undefined ? {} : { connections: new Connections(clock, (text) => messages.push(text)) },
  );
}
