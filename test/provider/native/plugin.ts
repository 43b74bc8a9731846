import { type Client, credentials, type MethodDefinition, Server, ServerCredentials } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { CheckRequest, ConfigureRequest, ProviderHandshakeRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../emulator";
import { readSchema } from "../../../provider/native/schema";
import { ProviderServer } from "../../../provider/native/server";
import { sent } from "../../../provider/native/wire";

/** A line that the plugin sent to the engine. */
interface Logged {
  readonly severity: "warning" | "info";
  readonly urn: string;
  readonly message: string;
}

/** A plugin as the engine drives it, with an emulator and the engine's log. */
export interface Plugin {
  readonly client: ResourceProviderClient;
  readonly emulator: Emulator;
  readonly logged: Logged[];
}

/** The URN of a resource that is called `it`. */
export const urnOf = (kind: string, type = `posthog:index:${kind}`): string =>
  `urn:pulumi:dev::test::${type}::it`;

/** Calls a method of the service. */
export function called<Request, Response>(
  client: Client,
  { path, requestSerialize, responseDeserialize }: MethodDefinition<Request, Response>,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) => {
      if (error === null && response !== undefined) resolve(response);
      else reject(error ?? new Error("neither an answer nor an error came back"));
    });
  });
}

/**
 * Runs a test with a configured plugin.
 *
 * @param options `byStateAlone`: as in a refresh, where the program declares nothing.
 */
export async function withPlugin(
  body: (plugin: Plugin) => Promise<void>,
  options: { emulator?: EmulatorOptions; byStateAlone?: boolean } = {},
): Promise<void> {
  const emulator = await startEmulator(options.emulator);
  const logged: Logged[] = [];
  const engine = new Server();
  engine.addService(EngineService, {
    log: (call: { request: LogRequest }, answer: (error: null, response: Empty) => void) => {
      const { request } = call;
      const severity = request.getSeverity() === LogSeverity.WARNING ? "warning" : "info";
      logged.push({ severity, urn: request.getUrn(), message: request.getMessage() });
      answer(null, new Empty());
    },
    getRootResource: () => undefined,
    setRootResource: () => undefined,
    startDebugging: () => undefined,
    requirePulumiVersion: () => undefined,
  });
  const provider = new ProviderServer(readSchema());
  const server = new Server();
  server.addService(ResourceProviderService, { ...provider.methods });
  const [enginePort, port] = [await bound(engine), await bound(server)];
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  try {
    const greeting = new ProviderHandshakeRequest();
    greeting.setEngineAddress(`127.0.0.1:${enginePort}`);
    await called(client, ResourceProviderService.handshake, greeting);
    const { url: host, apiKey, organizationId, email, password } = emulator;
    const inState = { host, organizationId, email, requestsPerMinute: "off" };
    const configure = new ConfigureRequest();
    configure.setArgs(sent(inState));
    if (options.byStateAlone !== true) {
      const check = new CheckRequest();
      check.setNews(sent({ ...inState, apiKey, password }, new Set(["apiKey", "password"])));
      configure.setArgs((await called(client, ResourceProviderService.checkConfig, check)).getInputs());
    }
    await called(client, ResourceProviderService.configure, configure);
    await body({ client, emulator, logged });
  } finally {
    client.close();
    server.forceShutdown();
    engine.forceShutdown();
    await emulator.close();
  }
}

function bound(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}
