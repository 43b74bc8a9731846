import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ConfigureRequest, CreateRequest } from "@pulumi/pulumi/proto/provider_pb";
import { startEmulator } from "../../emulator";
import { received, sent } from "../../provider/native/wire";
import { called, urnOf } from "../provider/native/plugin";
import { pluginFolder } from "./nativeHarness";

const program = async (): Promise<string> => join(await pluginFolder(), "pulumi-resource-posthog");

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error("the process has no output");
  const [line]: unknown[] = await once(createInterface(stdout), "line");
  return String(line);
}

test("an interrupted plugin finishes its current write, and then exits", async () => {
  const posthog = await startEmulator({ latencyMs: 300 });
  const plugin = spawn(await program(), { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(plugin, "exit");
  const client = new ResourceProviderClient(
    `127.0.0.1:${await firstLine(plugin)}`,
    credentials.createInsecure(),
  );
  try {
    const configure = new ConfigureRequest();
    configure.setArgs(sent({ host: posthog.url, apiKey: posthog.apiKey, requestsPerMinute: "off" }));
    await called(client, ResourceProviderService.configure, configure);
    const request = new CreateRequest();
    request.setUrn(urnOf("Project"));
    request.setProperties(sent({ name: "Shop" }));
    const created = called(client, ResourceProviderService.create, request);
    // The first answer comes before the project is created.
    while (posthog.requests.length === 0) await sleep(10);
    plugin.kill("SIGINT");
    expect(received((await created).getProperties()).properties).toMatchObject({ name: "Shop" });
    expect(await ended).toEqual([0, null]);
  } finally {
    client.close();
    plugin.kill("SIGKILL");
    await posthog.close();
  }
});

test("a plugin exits when its parent process ends", async () => {
  const shell = spawn("sh", ["-c", `"${await program()}" & echo $!; wait`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (shell.stdout === null) throw new Error("the shell has no output");
  const [pid, port] = await new Promise<string[]>((resolve) => {
    const lines: string[] = [];
    createInterface(shell.stdout).on("line", (line) => {
      if (lines.push(line) === 2) resolve(lines);
    });
  });
  expect(Number(port)).toBeGreaterThan(0);
  shell.kill("SIGKILL");
  const isThere = (): boolean => {
    try {
      return process.kill(Number(pid), 0);
    } catch {
      return false;
    }
  };
  while (isThere()) await sleep(50);
  expect(isThere()).toBe(false);
});
