import { AsyncLocalStorage } from "node:async_hooks";
import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Notice } from "../engine/host";

/** One call from the engine, which notices belong to. */
interface Call {
  /** The resource of the call; empty if none. */
  readonly urn: string;
  /** Notices that have not reached the engine yet. */
  readonly pending: Promise<void>[];
}

/** Sends notices to the engine, under the resource whose call reports them. */
export class EngineLog {
  private readonly calls = new AsyncLocalStorage<Call>();
  private engine: EngineClient | undefined;
  /** The engine's address, once known. */
  address = "";

  connect(address: string): void {
    if (address === "" || this.engine !== undefined) return;
    this.address = address;
    this.engine = new EngineClient(address, credentials.createInsecure());
  }

  /** Runs a call, which ends once the engine has its notices, so that they appear in the right place. */
  during<T>(urn: string, work: () => Promise<T>): Promise<T> {
    const call: Call = { urn, pending: [] };
    return this.calls.run(call, async () => {
      try {
        return await work();
      } finally {
        await Promise.all(call.pending);
      }
    });
  }

  /** The engine shows the resource itself, so the message alone goes there. */
  say({ severity, message }: Notice): void {
    const { engine } = this;
    if (engine === undefined) return;
    const call = this.calls.getStore();
    const request = new LogRequest();
    request.setSeverity(severity === "warning" ? LogSeverity.WARNING : LogSeverity.INFO);
    request.setMessage(message);
    request.setUrn(call?.urn ?? "");
    // A notice that the engine does not accept, for example while it exits, is not a reason to fail.
    call?.pending.push(new Promise((resolve) => void engine.log(request, () => resolve())));
  }
}
