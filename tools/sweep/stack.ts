import type { Emulator } from "../../emulator";
import { PartialResultError, type ResourceHandler } from "../../provider/engine/handler";
import { createHost, type Host, noticeText } from "../../provider/engine/host";
import type { Properties } from "../../provider/engine/state";
import { handlers } from "../../provider/handlers";
import { Connections } from "../../provider/posthog/connection";
import { messageOf } from "../../provider/posthog/errors";
import type { Clock } from "../../provider/posthog/gate";
import { leapingClock } from "./clock";

/** A resource in the state, as the engine keeps it. */
export interface Entry {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Whether its last write failed half-way, so that the next `up` updates it whatever the comparison says. */
  readonly isHalfMade: boolean;
}

/** How one command of a stack ended: with what people read, if it failed. */
export interface Ended {
  readonly error?: string;
}

/**
 * A stack of one resource, driven as Pulumi's engine would. Every command is a run of its own, in which nothing of
 * earlier ones is known; waits take no time.
 */
export class SweptStack {
  entry: Entry | undefined;
  /** What the last command said besides its error. */
  readonly said: string[] = [];
  private readonly handler: ResourceHandler;
  private readonly clock: Clock = leapingClock();

  constructor(
    readonly emulator: Emulator,
    readonly type: string,
  ) {
    const handler = handlers.get(type);
    if (handler === undefined) throw new Error(`There is no resource ${type}.`);
    this.handler = handler;
  }

  /** `pulumi up`. */
  up(args: Properties): Promise<Ended> {
    return this.run(async (host) => {
      const { entry, handler } = this;
      const { errors } = await handler.check(host, "swept", entry?.inputs ?? {}, args);
      if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
      if (entry === undefined) return this.write(args, () => handler.create(host, args));
      const { changes, replaces } = await handler.diff(host, entry.outputs, args);
      if (replaces.length > 0) throw new Error(`The sweep replaces nothing, but ${replaces.join()} would.`);
      if (!changes && !entry.isHalfMade) return;
      await this.write(args, () => handler.update(host, entry.id, entry.outputs, args), entry);
    });
  }

  /** Whether `pulumi preview` shows a change. */
  async changes(args: Properties): Promise<boolean> {
    const { entry } = this;
    if (entry === undefined) return true;
    return (await this.handler.diff(this.host(), entry.outputs, args)).changes || entry.isHalfMade;
  }

  /** `pulumi refresh`. */
  refresh(): Promise<Ended> {
    return this.run(async (host) => {
      if (this.entry === undefined) return;
      const observed = await this.handler.read(host, this.entry.id, this.entry.outputs);
      this.entry = observed && { ...observed, isHalfMade: false };
    });
  }

  /** `pulumi destroy`. */
  destroy(): Promise<Ended> {
    return this.run(async (host) => {
      if (this.entry === undefined) return;
      await this.handler.delete(host, this.entry.id, this.entry.outputs);
      this.entry = undefined;
    });
  }

  private async write(
    args: Properties,
    write: () => Promise<Pick<Entry, "id" | "outputs">>,
    before?: Entry,
  ): Promise<void> {
    try {
      const { id, outputs } = await write();
      this.entry = { id, outputs, inputs: args, isHalfMade: false };
    } catch (error) {
      if (error instanceof PartialResultError) {
        // Of an update that fails half-way the engine keeps the earlier inputs.
        const inputs = before?.inputs ?? args;
        this.entry = { id: error.id, outputs: error.properties, inputs, isHalfMade: true };
      }
      throw error;
    }
  }

  private async run(command: (host: Host) => Promise<void>): Promise<Ended> {
    this.said.length = 0;
    try {
      await command(this.host());
      return {};
    } catch (error) {
      return { error: messageOf(error) };
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
    const say = (text: string): void => void this.said.push(text);
    return createHost(
      (key) => values[key],
      (notice) => say(noticeText(notice)),
      {
        connections: new Connections(this.clock, say),
      },
    );
  }
}
