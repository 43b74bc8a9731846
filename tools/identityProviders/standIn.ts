import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type Properties, plugins } from "./kinds";
import { readWorld, type World } from "./world";

/**
 * A Pulumi plugin that stands in for an identity provider's. The engine and the provider's own SDK talk to it as to the
 * real one. It stores nothing: the stack's state has everything about a resource.
 */

/** The engine's value for something that is not known yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const name = process.argv[2] ?? "";
const plugin = plugins[name];

function kindOf(urn: string) {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const kind = plugin?.resources[type];
  if (kind === undefined) throw new Error(`the stand-in for ${name} does not know ${type}`);
  return kind;
}

/** The world, for calls that need the identity provider. */
function reach(): World {
  const world = readWorld();
  if (world.down) throw new Error(`${name} cannot be reached: connection refused`);
  return world;
}

const read = (struct: Struct | undefined): Properties => struct?.toJavaScript() ?? {};
const write = (properties: Properties): Struct =>
  Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));

function check(request: proto.CheckRequest): proto.CheckResponse {
  const response = new proto.CheckResponse();
  response.setInputs(request.getNews());
  return response;
}

function create(request: proto.CreateRequest): proto.CreateResponse {
  const kind = kindOf(request.getUrn());
  const inputs = read(request.getProperties());
  const isPreview = request.getPreview();
  const id = isPreview ? "" : (kind.idOf?.(inputs) ?? randomUUID());
  const world = isPreview ? readWorld() : reach();
  const added = { ...kind.given?.(), ...kind.computed?.(id, inputs, world) };
  const response = new proto.CreateResponse();
  response.setId(id);
  response.setProperties(write({ ...inputs, ...(isPreview ? unknown(added) : added) }));
  return response;
}

function unknown(properties: Properties): Properties {
  return Object.fromEntries(Object.keys(properties).map((key) => [key, UNKNOWN]));
}

function diff(request: proto.DiffRequest): proto.DiffResponse {
  const { replacedBy = [] } = kindOf(request.getUrn());
  const [before, after] = [read(request.getOldInputs()), read(request.getNews())];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = keys.filter((key) => !isDeepStrictEqual(before[key], after[key]));
  const response = new proto.DiffResponse();
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList(changed);
  response.setReplacesList(changed.filter((key) => replacedBy.includes(key)));
  return response;
}

function update(request: proto.UpdateRequest): proto.UpdateResponse {
  if (!request.getPreview()) reach();
  const response = new proto.UpdateResponse();
  response.setProperties(write({ ...read(request.getOlds()), ...read(request.getNews()) }));
  return response;
}

function refresh(request: proto.ReadRequest): proto.ReadResponse {
  const world = reach();
  const { computed } = kindOf(request.getUrn());
  const now = computed?.(request.getId(), read(request.getInputs()), world);
  const response = new proto.ReadResponse();
  response.setId(request.getId());
  response.setInputs(request.getInputs());
  response.setProperties(write({ ...read(request.getProperties()), ...now }));
  return response;
}

function invoke(request: proto.InvokeRequest): proto.InvokeResponse {
  const answer = plugin?.functions[request.getTok()];
  if (answer === undefined) throw new Error(`the stand-in for ${name} does not know ${request.getTok()}`);
  const response = new proto.InvokeResponse();
  response.setReturn(write(answer(read(request.getArgs()), reach())));
  return response;
}

function configure(): proto.ConfigureResponse {
  const response = new proto.ConfigureResponse();
  response.setSupportspreview(true);
  return response;
}

function same(request: proto.DiffRequest): proto.DiffResponse {
  const response = new proto.DiffResponse();
  const isSame = isDeepStrictEqual(read(request.getOldInputs()), read(request.getNews()));
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  response.setChanges(isSame ? DIFF_NONE : DIFF_SOME);
  return response;
}

/** A method of the service: returns its answer, or the error that the engine shows. */
function method<Request, Response>(
  answer: (request: Request) => Response,
): grpc.handleUnaryCall<Request, Response> {
  return ({ request }, callback) => {
    try {
      callback(null, answer(request));
    } catch (error) {
      callback({
        code: grpc.status.UNKNOWN,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  };
}

const server = new grpc.Server();
server.addService(ResourceProviderService, {
  getPluginInfo: method(() => {
    const info = new PluginInfo();
    // Satisfies any version that an SDK needs.
    info.setVersion("999.0.0");
    return info;
  }),
  attach: method(() => new Empty()),
  cancel: method(() => new Empty()),
  checkConfig: method(check),
  diffConfig: method(same),
  configure: method(configure),
  check: method(check),
  create: method(create),
  diff: method(diff),
  update: method(update),
  read: method(refresh),
  delete: method(() => {
    reach();
    return new Empty();
  }),
  invoke: method(invoke),
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  // The engine reads the port from the first line.
  console.log(port);
});
