import { flatten } from "../../provider/drift/flatten";
import type { ManagedResource } from "../../provider/drift/managed";
import type { Difference } from "../../provider/drift/model";
import type { StackResource } from "../../provider/drift/state";
import { tracesOf } from "../../provider/drift/traces";
import type { NameDirectory, Values } from "../../provider/drift/traces/trace";
import { changedFields } from "../../provider/engine/diff";
import type { ResourceHandler } from "../../provider/engine/handler";
import type { Host } from "../../provider/engine/host";
import { type Properties, sameJson } from "../../provider/engine/state";
import { handlers } from "../../provider/handlers";
import type { Connection } from "../../provider/posthog/connection";
import { NotFoundError, PosthogError } from "../../provider/posthog/errors";
import { idOfWanted, type WantedResource } from "./matrix";

/** A resource that could not be compared. */
interface Unread {
  readonly type: string;
  readonly name: string;
  readonly message: string;
  readonly fix: string;
}

/** One resource of the stack or the matrix, and its object in PostHog. */
export interface Compared {
  readonly resource: Pick<StackResource, "type" | "name" | "id" | "isHalfMade"> &
    Partial<Pick<StackResource, "urn" | "writtenAt" | "place">>;
  readonly connection: Connection;
  /** The outputs in the stack, or the arguments of the matrix. */
  readonly expected: Values;
  /** Missing if the object no longer exists. */
  readonly actual?: Values;
}

/** What was compared, and what could not be. */
export interface Comparison {
  readonly compared: readonly Compared[];
  readonly unread: readonly Unread[];
}

type Attempt = Promise<Compared | Unread>;

/** Reads the object of each resource of a stack, unless the engine has read it already. */
export function readStack(host: Host, resources: readonly StackResource[]): Promise<Comparison> {
  return gather(resources.map((resource) => attempt(resource, () => readOne(host, resource))));
}

/** Reads the object of each resource of a matrix. */
export function readMatrix(host: Host, wanted: readonly WantedResource[]): Promise<Comparison> {
  return gather(wanted.map((one) => attempt(one, () => readWanted(host, one))));
}

async function gather(attempts: readonly Attempt[]): Promise<Comparison> {
  const all = await Promise.all(attempts);
  return {
    compared: all.filter((one) => "connection" in one),
    unread: all.filter((one) => "message" in one),
  };
}

async function attempt(
  { type, name }: Pick<Unread, "type" | "name">,
  read: () => Promise<Compared>,
): Attempt {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof PosthogError)) throw error;
    const { why, fix } = error.remedy;
    return { type, name, message: `${sentence(error.summary)} ${why}`, fix };
  }
}

/** A text with a full stop, which a text that ends with PostHog's words may already have. */
export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

function handlerOf(type: string): ResourceHandler {
  const handler = handlers.get(type);
  if (handler !== undefined) return handler;
  throw new NotFoundError(`this version of pulumi-posthog has no resource ${type}`, {
    why: "A newer version wrote it.",
    fix: "Run npm install pulumi-posthog@latest.",
  });
}

async function readOne(host: Host, resource: StackResource): Promise<Compared> {
  const { type, id, outputs, refreshed } = resource;
  const handler = handlerOf(type);
  const found = { resource, connection: connectionOf(host, outputs), expected: outputs };
  if (refreshed === "gone") return found;
  const actual = refreshed ?? (await handler.read(host, id, { ...outputs }))?.outputs;
  const isGone = actual === undefined || handler.definition.absence?.({ ...actual }) !== undefined;
  return isGone ? found : { ...found, actual };
}

async function readWanted(host: Host, wanted: WantedResource): Promise<Compared> {
  const { type, name, args, tracked } = wanted;
  const handler = handlerOf(type);
  const id = await idOfWanted(host, wanted);
  // The state contains the grants that a policy manages; without it, all of them would count as unmanaged.
  const observed = id === undefined ? undefined : await handler.read(host, id, { ...args, ...tracked });
  const resource = { type, name, id: id ?? name, isHalfMade: false };
  return { resource, connection: connectionOf(host, args), expected: args, actual: observed?.outputs };
}

function connectionOf(host: Host, { account, organizationId }: Values): Connection {
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  return host.connection(text(account), text(organizationId));
}

export function differs(compared: Compared): boolean {
  return differencesOf(compared, { people: [], roles: [] }).length > 0;
}

/** The differences, one for each person, grant and setting. */
export function differencesOf(
  { resource, expected, actual }: Compared,
  directory: NameDirectory,
): Difference[] {
  const { definition } = handlerOf(resource.type);
  const traced = { id: resource.id, state: expected, directory };
  const about = {
    type: resource.type,
    title: definition.title(expected),
    name: resource.name,
    ...(resource.urn === undefined ? {} : { urn: resource.urn }),
    ...(resource.writtenAt === undefined ? {} : { writtenAt: resource.writtenAt }),
    ...(resource.place === undefined ? {} : { place: resource.place }),
    ...(resource.isHalfMade ? { isHalfMade: true as const } : {}),
  };
  if (actual === undefined) {
    return [{ kind: "gone", ...about, traces: tracesOf(resource.type, { ...traced, path: [] }) }];
  }
  const leaves = changedFields(definition, { ...expected }, { ...actual }).flatMap(({ name }) => {
    const or = (value: unknown): unknown => (value === undefined ? definition.fields[name]?.default : value);
    const same = (one: unknown, other: unknown): boolean =>
      changedFields(definition, { ...expected, [name]: one }, { ...actual, [name]: other }).every(
        (change) => change.name !== name,
      );
    return flatten(name, or(expected[name]), or(actual[name]), same);
  });
  return [...leaves, ...newValue(expected, actual)].map((leaf) => ({
    kind: "changed",
    ...about,
    property: leaf.path.join("."),
    ...("expected" in leaf ? { expected: leaf.expected } : {}),
    ...("actual" in leaf ? { actual: leaf.actual } : {}),
    traces: tracesOf(resource.type, { ...traced, path: leaf.path, actual: leaf.actual }),
  }));
}

/** Only the first and last characters of a key's value can be compared. */
function newValue({ maskValue: expected }: Values, { maskValue: actual }: Values) {
  const differ = typeof expected === "string" && typeof actual === "string" && expected !== actual;
  return differ ? [{ path: ["value"], expected, actual }] : [];
}

/** Names of outputs that changed although no argument did. */
export function movedOutputs({ resource, expected, actual }: Compared): string[] {
  if (actual === undefined || resource.urn === undefined) return [];
  const { fields } = handlerOf(resource.type).definition;
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  const outputs = [...names].filter((name) => !(name in fields) && !(name in secretOutputs));
  return outputs.filter((name) => !sameJson(expected[name], actual[name])).sort();
}

/** Outputs that are never compared. */
const secretOutputs: Properties = { value: true, scimToken: true, apiToken: true };

/** A resource for the search for unmanaged objects: with its live values, or the stack's if it no longer exists. */
export function managedOf({ resource, expected, actual }: Compared): ManagedResource {
  return { type: resource.type, id: resource.id, outputs: { ...expected, ...actual } };
}
