import { setTimeout as sleep } from "node:timers/promises";
import type { Emulator } from "../../emulator";
import type { ResourceHandler } from "../../provider/engine/handler";
import { createHost, type Host } from "../../provider/engine/host";
import type { Properties } from "../../provider/engine/state";
import { PartialResultError } from "../../provider/engine/unfinished";
import { handlers } from "../../provider/handlers";
import { Connections } from "../../provider/posthog/connection";
import { messageOf } from "../../provider/posthog/errors";
import type { Clock } from "../../provider/posthog/gate";
import { leapingClock } from "./clock";

/** A resource in the state, as the engine stores it. */
export interface Entry {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Whether its last write failed partway, so that the next `up` updates it even if nothing differs. */
  readonly isHalfMade: boolean;
}

/** How a command of a stack ended, with the error that people read if it failed. */
export interface Ended {
  readonly error?: string;
}

/** A stack that the sweep drives. Its commands take the arguments of all its resources, in the program's order. */
export interface SweptStack {
  readonly emulator: Emulator;
  /** Whether the program has only one resource. */
  readonly isAlone: boolean;
  /** The state's entry for each resource. */
  entries(): Promise<readonly (Entry | undefined)[]>;
  /** `pulumi up`. */
  up(args: readonly Properties[]): Promise<Ended>;
  /** `pulumi refresh`. */
  refresh(): Promise<Ended>;
  /** `pulumi destroy`. */
  destroy(): Promise<Ended>;
  /** Whether `pulumi preview` shows a change. */
  changes(args: readonly Properties[]): Promise<boolean>;
  /** Kills the next command once `isDead`: the state keeps the entries of unfinished resources unchanged. */
  killNext(isDead: () => boolean): void;
}

/** One resource of a stack, driven as Pulumi's engine would. */
class SweptResource {
  entry: Entry | undefined;
  private readonly handler: ResourceHandler;

  constructor(
    type: string,
    private readonly name: string,
  ) {
    const handler = handlers.get(type);
    if (handler === undefined) throw new Error(`There is no resource ${type}.`);
    this.handler = handler;
  }

  /** Checks the arguments, as the engine does when the program registers the resource. */
  async check(host: Host, args: Properties): Promise<void> {
    const { errors } = await this.handler.check(host, this.name, this.entry?.inputs ?? {}, args);
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
  }

  async write(host: Host, args: Properties): Promise<void> {
    const { entry, handler } = this;
    if (entry === undefined) return this.keep(args, () => handler.create(host, args));
    const { changes, replaces } = await handler.diff(host, entry.outputs, args);
    if (replaces.length > 0) throw new Error(`The sweep replaces nothing, but ${replaces.join()} would.`);
    if (!changes && !entry.isHalfMade) return;
    await this.keep(args, () => handler.update(host, entry.id, entry.outputs, args));
  }

  async changes(host: Host, args: Properties): Promise<boolean> {
    const { entry } = this;
    if (entry === undefined) return true;
    return (await this.handler.diff(host, entry.outputs, args)).changes || entry.isHalfMade;
  }

  async refresh(host: Host): Promise<void> {
    if (this.entry === undefined) return;
    const observed = await this.handler.read(host, this.entry.id, this.entry.outputs);
    this.entry = observed && { ...observed, isHalfMade: false };
  }

  async destroy(host: Host): Promise<void> {
    if (this.entry === undefined) return;
    await this.handler.delete(host, this.entry.id, this.entry.outputs);
    this.entry = undefined;
  }

  private async keep(args: Properties, write: () => Promise<Pick<Entry, "id" | "outputs">>): Promise<void> {
    try {
      const { id, outputs } = await write();
      this.entry = { id, outputs, inputs: args, isHalfMade: false };
    } catch (error) {
      if (error instanceof PartialResultError) {
        // If an update fails partway, the engine keeps the earlier inputs.
        const inputs = this.entry?.inputs ?? args;
        this.entry = { id: error.id, outputs: error.properties, inputs, isHalfMade: true };
      }
      throw error;
    }
  }
}

/**
 * A stack without the engine. Every command is a separate run, which knows nothing of earlier ones; waits take no time.
 * Resources are written concurrently, in an order that `random` determines.
 */
export class HandlerStack implements SweptStack {
  private readonly resources: readonly SweptResource[];
  private readonly clock: Clock = leapingClock();
  private isDead: (() => boolean) | undefined;

  constructor(
    readonly emulator: Emulator,
    private readonly types: readonly string[],
    private readonly random: () => number,
  ) {
    this.resources = types.map((type, at) => new SweptResource(type, `swept ${at + 1}`));
  }

  /** Another stack with the same state, for changes by someone else. */
  copy(): HandlerStack {
    const copy = new HandlerStack(this.emulator, this.types, this.random);
    for (const [at, { entry }] of this.resources.entries()) {
      const resource = copy.resources[at];
      if (resource !== undefined) resource.entry = entry;
    }
    return copy;
  }

  get isAlone(): boolean {
    return this.resources.length === 1;
  }

  async entries(): Promise<readonly (Entry | undefined)[]> {
    return this.resources.map(({ entry }) => entry);
  }

  up(args: readonly Properties[]): Promise<Ended> {
    return this.run(async (host) => {
      for (const [at, resource] of this.resources.entries()) await resource.check(host, args[at] ?? {});
      await this.atOnce((resource, at) => resource.write(host, args[at] ?? {}));
    });
  }

  async changes(args: readonly Properties[]): Promise<boolean> {
    const host = this.host();
    const found = await Promise.all(this.resources.map((one, at) => one.changes(host, args[at] ?? {})));
    return found.includes(true);
  }

  refresh(): Promise<Ended> {
    return this.run((host) => this.atOnce((resource) => resource.refresh(host)));
  }

  destroy(): Promise<Ended> {
    return this.run((host) => this.atOnce((resource) => resource.destroy(host)));
  }

  killNext(isDead: () => boolean): void {
    this.isDead = isDead;
  }

  /** Starts all resources at slightly different times, in random order. Like the engine, lets the others finish. */
  private async atOnce(work: (resource: SweptResource, at: number) => Promise<void>): Promise<void> {
    const { resources, random, isDead } = this;
    const delays = resources.map(() => (resources.length > 1 ? random() * 4 : 0));
    const ended = await Promise.allSettled(
      resources.map(async (resource, at) => {
        const { entry } = resource;
        if (delays[at]) await sleep(delays[at]);
        try {
          await work(resource, at);
        } finally {
          // The engine is dead and never learns how it ended.
          if (isDead?.()) resource.entry = entry;
        }
      }),
    );
    const errors = ended.flatMap((one) => (one.status === "rejected" ? [messageOf(one.reason)] : []));
    if (errors.length > 0) throw new Error(errors.join("\n"));
  }

  private async run(command: (host: Host) => Promise<void>): Promise<Ended> {
    try {
      await command(this.host());
      return {};
    } catch (error) {
      return { error: messageOf(error) };
    } finally {
      this.isDead = undefined;
    }
  }

  private host(): Host {
    const { url, apiKey, organizationId, email, password } = this.emulator;
    const values: Readonly<Record<string, string>> = {
      host: url,
      apiKey,
      organizationId,
      email,
      password,
      requestsPerMinute: "off",
    };
    const connections = new Connections(this.clock, () => {});
    return createHost(
      (key) => values[key],
      () => {},
      { connections },
    );
  }
}
