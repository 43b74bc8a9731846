import { Metadata, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as z from "zod";
import { dropUndefined, type Properties } from "../engine/state";

/** The key and the values with which the engine marks values that are more than plain JSON. */
const signature = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";
const outputMark = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** The prefix of names that language hosts and the dynamic form add for themselves. */
const internal = "__";

/** Properties as handlers expect them, and which of them are secret. */
export interface Received {
  readonly properties: Properties;
  /** The properties that contain a secret. */
  readonly secrets: ReadonlySet<string>;
}

/** The name of a resource or provider, which is the end of its URN. */
export const nameInUrn = (urn: string): string => urn.split("::").slice(3).join("::");

const plainObject = z.record(z.string(), z.unknown());

/** Reads properties from a message. Unknown values keep their placeholder texts. */
export function received(struct: Struct | undefined): Received {
  const secrets = new Set<string>();
  const entries = Object.entries(plainObject.parse(struct?.toJavaScript() ?? {}))
    .filter(([name]) => !name.startsWith(internal))
    .map(([name, value]) => [name, plain(value, () => secrets.add(name))] as const);
  return { properties: Object.fromEntries(entries), secrets };
}

function plain(value: unknown, foundSecret: () => void): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, foundSecret));
  if (typeof value !== "object" || value === null) return value;
  const object = plainObject.parse(value);
  if (object[signature] === secretMark) {
    foundSecret();
    return plain(object.value, foundSecret);
  }
  if (object[signature] === outputMark) {
    if (object.secret === true) foundSecret();
    return plain(object.value, foundSecret);
  }
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, plain(item, foundSecret)]));
}

/** Properties for a message, with secret ones marked. */
export function sent(properties: Properties, secrets: ReadonlySet<string> = new Set()): Struct {
  const marked = Object.entries(dropUndefined(properties)).map(([name, value]) => [
    name,
    secrets.has(name) ? { [signature]: secretMark, value } : value,
  ]);
  return Struct.fromJavaScript(asJson.parse(Object.fromEntries(marked)));
}

/** Plain JSON, in the type of the generated code. */
export const asJson: z.ZodType<{ [key: string]: JavaScriptValue }> = z.record(z.string(), z.json());

/** What a write had done when it failed, for the engine to keep. */
export interface PartialState {
  readonly id: string;
  readonly properties: Struct;
  /** The inputs of the write. */
  readonly inputs: Struct | undefined;
}

/** An error as gRPC sends it. The engine prints the message once, with its line breaks. */
export class Failure extends Error {
  readonly code = status.UNKNOWN;

  constructor(
    readonly details: string,
    readonly metadata = new Metadata(),
  ) {
    super(details);
    this.name = "Failure";
  }
}

/** An error for the engine, with what the write had done when it failed. */
export function failed(message: string, partial?: PartialState): Failure {
  const metadata = new Metadata();
  if (partial !== undefined) {
    const detail = new ErrorResourceInitFailed();
    detail.setId(partial.id);
    detail.setProperties(partial.properties);
    detail.setInputs(partial.inputs);
    detail.setReasonsList([message]);
    const details = new Any();
    details.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const whole = new Status();
    whole.setCode(status.UNKNOWN);
    whole.setMessage(message);
    whole.addDetails(details);
    // The name under which gRPC's other implementations look for structured errors.
    metadata.add("grpc-status-details-bin", Buffer.from(whole.serializeBinary()));
  }
  return new Failure(message, metadata);
}
