#!/usr/bin/env node
import { join } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { readSchema } from "./schema";
import { ProviderServer } from "./server";

/** The engine sends whole states in one message. */
const largestMessage = 400 * 1024 * 1024;

/** How often the plugin looks whether the engine that started it is still there, in milliseconds. */
const parentCheck = 1000;

const engine = process.argv.slice(2).find((argument) => /^[\w.[\]:-]+:\d+$/.test(argument));
const provider = new ProviderServer(readSchema(join(__dirname, "schema.json")), engine);
const server = new Server({ "grpc.max_receive_message_length": largestMessage });
server.addService(ResourceProviderService, { ...provider.methods });
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  // The engine reads the port from the first line, so nothing else may be printed there.
  process.stdout.write(`${port}\n`);
});

// Ctrl-C reaches every process of the terminal: writes that are under way end, and the engine ends this process.
process.on("SIGINT", () => {});

// An engine that was killed ends nobody.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent && provider.isIdle) process.exit(0);
}, parentCheck);
