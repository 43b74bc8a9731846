import * as z from "zod";
import { nearest } from "../access/nearest";
import type { ObjectRoute } from "../access/resourceTypes";
import { uuidPattern } from "../access/values";
import { Cached, perRun } from "./cache";
import type { Connection } from "./connection";
import { answered, NotFoundError } from "./errors";

/** An object in a project, with what distinguishes it from others; lists of every type have an `id`. */
const objectSchema = z.looseObject({
  id: z.union([z.number(), z.string()]),
  short_id: z.string().nullish(),
  key: z.string().nullish(),
  name: z.string().nullish(),
});

type ListedObject = z.infer<typeof objectSchema>;

/** Numbers and UUIDs: the ids under which PostHog stores objects. */
export const storedId = new RegExp(`^(\\d+|${uuidPattern})$`);

/** A type of resource of one project, with the address of its objects. */
interface ObjectKind {
  readonly projectId: number;
  /** Its name in access rules: `feature_flag`. */
  readonly resource: string;
  readonly route: ObjectRoute;
}

/** Whether an object has to be looked up before it can be addressed, which takes the scope `<type>:read`. */
function needsLookUp({ lookup }: ObjectRoute, object: string): boolean {
  return storedId.test(object) !== (lookup === "id");
}

/**
 * The address of an object, given any of the ids that people see: the stored id, a short id, a flag's key. It costs a
 * request only if the given id is not part of the address.
 */
export async function addressOfObject(
  connection: Connection,
  kind: ObjectKind,
  object: string,
): Promise<string> {
  const { lookup, aliases } = kind.route;
  if (!needsLookUp(kind.route, object)) return object;
  const fields = lookup === "id" ? aliases : (["id"] as const);
  if (fields.length === 0) throw onlyById(kind, object);
  const listed = await listLike(connection, kind, object);
  const found = listed.filter((one) => fields.some((field) => String(one[field] ?? "") === object));
  const [first, ...others] = found.flatMap((one) => one[lookup] ?? []).map(String);
  if (first === undefined) throw noSuchObject(kind, object, listed, fields);
  if (others.length > 0) throw ambiguous(kind, object, [first, ...others]);
  return first;
}

/** Objects that may match; PostHog searches by short id, or by name and key. */
function listLike(
  connection: Connection,
  { projectId, resource, route }: ObjectKind,
  object: string,
): Promise<ListedObject[]> {
  const text = encodeURIComponent(object);
  const query =
    route.lookup !== "id" ? "" : route.aliases.includes("short_id") ? `?short_id=${text}` : `?search=${text}`;
  const path = `/api/projects/${projectId}/${route.path}/${query}`;
  const what = `looking up ${resource} "${object}" in project ${projectId}`;
  return keptObjects(connection, path, what).get();
}

const keptObjects = perRun(
  (connection: Connection, path: string, what: string) =>
    new Cached(() => connection.list(path, objectSchema, what)),
);

/** Whether a project has an object of that number; undefined if the key may not look. */
export async function objectExists(
  connection: Connection,
  projectId: number,
  path: string,
  id: number,
): Promise<boolean | undefined> {
  try {
    await connection.send({
      method: "GET",
      path: `/api/projects/${projectId}/${path}/${id}/`,
      schema: objectSchema,
      what: `looking up ${path}/${id} of project ${projectId}`,
    });
    return true;
  } catch (error) {
    if (answered(error, 404)) return false;
    if (answered(error, 403)) return undefined;
    throw error;
  }
}

function noSuchObject(
  { projectId, resource }: ObjectKind,
  object: string,
  listed: readonly ListedObject[],
  fields: readonly (keyof ListedObject & string)[],
): NotFoundError {
  const names = listed.flatMap((one) => fields.map((field) => String(one[field] ?? "")));
  const near = nearest(object, names);
  return new NotFoundError(`${resource} "${object}" does not exist in project ${projectId}`, {
    why:
      near === undefined
        ? "No object has that name or id, or the key's owner cannot see it."
        : `The nearest match is "${near}".`,
    fix: `Correct resourceId: it accepts the ${fields.map((field) => field.replace("_", " ")).join(", the ")} or the id that PostHog stores.`,
  });
}

function onlyById({ resource, route }: ObjectKind, object: string): NotFoundError {
  return new NotFoundError(`"${object}" is not the id of a ${resource}`, {
    why: `PostHog addresses objects of this type by their ${route.lookup === "id" ? "number or UUID" : route.lookup}.`,
    fix: "Use the id in the object's address in PostHog.",
  });
}

function ambiguous({ resource }: ObjectKind, object: string, ids: readonly string[]): NotFoundError {
  return new NotFoundError(`${ids.length} objects of type ${resource} are called "${object}"`, {
    why: `Their ids are ${ids.join(", ")}.`,
    fix: "Use the id of the right one.",
  });
}
