#!/usr/bin/env node
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { readSchema } from "./schema";
import { ProviderServer } from "./server";

/** The engine sends whole states in one message. */
const largestMessage = 400 * 1024 * 1024;

/** How often the plugin checks whether its engine still runs, in milliseconds. */
const watchInterval = 100;

const engine = process.argv.slice(2).find((argument) => /^[\w.[\]:-]+:\d+$/.test(argument));
const provider = new ProviderServer(readSchema(), engine);
const server = new Server({ "grpc.max_receive_message_length": largestMessage });
server.addService(ResourceProviderService, { ...provider.methods });
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  // The engine reads the port from the first line, so this must be the first output.
  process.stdout.write(`${port}\n`);
});

// The engine interrupts a plugin that it no longer needs, and kills it some seconds later; Ctrl-C may reach it too. A
// running write finishes first.
let isInterrupted = false;
process.on("SIGINT", () => {
  isInterrupted = true;
});

// A killed engine interrupts nobody. Its plugin gets another parent, or on Windows keeps the number of a dead one.
const parent = process.ppid;
const isOrphan = (): boolean => process.ppid !== parent || !isRunning(parent);
const watch = setInterval(() => {
  if (!(isInterrupted || isOrphan()) || !provider.isIdle) return;
  clearInterval(watch);
  // The last response may still be in transit.
  server.tryShutdown(() => process.exit(0));
}, watchInterval);

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
