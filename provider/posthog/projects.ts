import * as z from "zod";
import { organizationAdmin } from "../access/levels";
import { Cached, CachedList, perRun } from "./cache";
import type { Connection } from "./connection";
import { createOnce } from "./create";
import { answered, isMissing, lacksRoute, type Remedy } from "./errors";
import { organizationPath, readableOrganization } from "./organizations";

const projectItemSchema = z.looseObject({
  id: z.number(),
  name: z.string(),
  uuid: z.string().nullish(),
  timezone: z.string().nullish(),
  api_token: z.string().nullish(),
});

/** A project in a list, which does not say whether PostHog is deleting it. */
type ProjectItem = z.infer<typeof projectItemSchema>;

const projectSchema = projectItemSchema.extend({
  uuid: z.string(),
  organization: z.string(),
  api_token: z.string(),
  created_at: z.string().nullish(),
  is_pending_deletion: z.boolean().nullish(),
  ingested_event: z.boolean().nullish(),
  user_access_level: z.string().nullish(),
});

/** A single project with its settings in PostHog's response; settings are read by name if declared. */
export type Project = z.infer<typeof projectSchema>;

const environmentSchema = z.looseObject({ id: z.number() });

/** A project's environment: settings by name. */
type Environment = z.infer<typeof environmentSchema>;

const projectsPath = async (connection: Connection): Promise<string> =>
  `${await organizationPath(connection)}/projects/`;

const keptList = perRun(
  (connection: Connection) =>
    new CachedList(
      async () =>
        connection.list(
          await projectsPath(connection),
          projectItemSchema,
          "listing the organization's projects",
        ),
      ({ id }) => id,
    ),
);
const keptProject = perRun(
  (connection: Connection, id: number) => new Cached(() => readProject(connection, id)),
);
const keptEnvironment = perRun(
  (connection: Connection, id: number) => new Cached(() => readEnvironment(connection, id)),
);

/**
 * Every project of the organization that the key's owner sees, including those that PostHog is deleting, read once per
 * run.
 */
export function listProjects(connection: Connection): Promise<ProjectItem[]> {
  return keptList(connection).list();
}

/**
 * One project, read once per run; undefined only if it is certainly gone: PostHog is deleting it, or an organization
 * admin, who sees every project, does not find it in the list.
 */
export function getProject(connection: Connection, id: number): Promise<Project | undefined> {
  return keptProject(connection, id).get();
}

async function readProject(connection: Connection, id: number): Promise<Project | undefined> {
  try {
    const project = await connection.send({
      method: "GET",
      path: `${await projectsPath(connection)}${id}/`,
      schema: projectSchema,
      what: `reading project ${id}`,
    });
    return project.is_pending_deletion === true ? undefined : project;
  } catch (error) {
    if (isMissing(error) && (await seesEveryProject(connection)) && !(await isListed(connection, id)))
      return undefined;
    throw error;
  }
}

/** Whether two project names are the same to newer servers: in any case, ignoring surrounding blanks. */
export function isSameProjectName(one: string, other: string): boolean {
  const spelled = (name: string): string => name.trim().toLowerCase();
  return spelled(one) === spelled(other);
}

/**
 * The projects that the key's owner sees and that PostHog is not deleting. The list does not show that, so each project
 * is read once per run.
 *
 * @param isWanted which of them to read; all by default.
 */
export async function existingProjects(
  connection: Connection,
  isWanted: (project: ProjectItem) => boolean = () => true,
): Promise<Project[]> {
  const wanted = (await listProjects(connection)).filter(isWanted);
  const read = await Promise.all(wanted.map(({ id }) => getProject(connection, id)));
  return read.filter((project) => project !== undefined);
}

/** The existing projects with a name; reads only projects with that name. */
export function projectsNamed(connection: Connection, name: string): Promise<Project[]> {
  return existingProjects(connection, (project) => isSameProjectName(project.name, name));
}

/** Reads something that belongs to a project; undefined if the project is certainly gone. */
export async function readOfProject<T>(
  connection: Connection,
  id: number,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isMissing(error) && (await getProject(connection, id)) === undefined) return undefined;
    throw error;
  }
}

async function seesEveryProject(connection: Connection): Promise<boolean> {
  return ((await readableOrganization(connection))?.membership_level ?? 0) >= organizationAdmin;
}

/** If the list still contains it, the list may be older than the deletion, and is read again. */
async function isListed(connection: Connection, id: number): Promise<boolean> {
  const projects = keptList(connection);
  if ((await projects.get(id)) === undefined) return false;
  projects.forget();
  return (await projects.get(id)) !== undefined;
}

/** Creates a project. If the response is lost, takes the project of that name that was not there before. */
export async function createProject(
  connection: Connection,
  name: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<Project> {
  return createOnce(connection, {
    kind: projectKind,
    path: await projectsPath(connection),
    body: { name, ...fields },
    schema: projectSchema,
    what: `creating project "${name}"`,
    subject: { lists: [`projects/${name.toLowerCase()}`] },
    list: () => listProjects(connection),
    forget: () => keptList(connection).forget(),
    isAlike: (project) => isSameProjectName(project.name, name),
    take: ({ id }) => getProject(connection, id),
    remember: (created) => remember(connection, created),
  });
}

const projectKind = "project";

/** Whether this run created the project, so that nobody can have used it yet. */
export function isMadeNow(connection: Connection, id: number): boolean {
  return connection.hasMade(projectKind, id);
}

const noDashboardToTake: Remedy = {
  why: "primaryDashboard: servers of August 2025 cannot take a project's primary dashboard away.",
  fix: "Leave primaryDashboard out, or update the server; if it is newer, run again in a few minutes.",
};

/** Changes a project's own fields and settings, and returns what PostHog now stores. */
export async function updateProject(
  connection: Connection,
  id: number,
  fields: Readonly<Record<string, unknown>>,
): Promise<Project> {
  const updated = await connection.send({
    method: "PATCH",
    path: `${await projectsPath(connection)}${id}/`,
    body: fields,
    schema: projectSchema,
    what: `changing project ${id}`,
    findWrongValue: async () => (fields.primary_dashboard === null ? noDashboardToTake : undefined),
  });
  return remember(connection, updated);
}

/**
 * Reads the part of a project's settings that older servers keep on its environment, which has the project's number.
 * Undefined if the server no longer has that address.
 */
export function getEnvironment(connection: Connection, id: number): Promise<Environment | undefined> {
  return keptEnvironment(connection, id).get();
}

async function readEnvironment(connection: Connection, id: number): Promise<Environment | undefined> {
  try {
    return await connection.send({
      method: "GET",
      path: `/api/environments/${id}/`,
      schema: environmentSchema,
      what: `reading the environment of project ${id}`,
    });
  } catch (error) {
    if (lacksRoute(error)) return undefined;
    throw error;
  }
}

/** Changes settings on the environment, for servers that do not accept them on the project. */
export async function updateEnvironment(
  connection: Connection,
  id: number,
  fields: Readonly<Record<string, unknown>>,
): Promise<Environment> {
  const updated = await connection.send({
    method: "PATCH",
    path: `/api/environments/${id}/`,
    body: fields,
    schema: environmentSchema,
    what: `changing settings of project ${id}`,
  });
  keptEnvironment(connection, id).set(updated);
  return updated;
}

/** Starts the deletion of a project, which PostHog does in the background; repeating it is harmless. */
export async function deleteProject(connection: Connection, id: number): Promise<void> {
  try {
    const path = `${await projectsPath(connection)}${id}/`;
    await connection.deleteIfThere(path, `deleting project ${id}`, () => keptList(connection).stillHas(id));
  } catch (error) {
    if (!answered(error, 400) || !/already being deleted/i.test(error.answer.detail)) throw error;
  }
  keptProject(connection, id).forget();
  keptList(connection).forget();
}

async function remember(connection: Connection, project: Project): Promise<Project> {
  keptProject(connection, project.id).set(project);
  await keptList(connection).upsert(project);
  return project;
}
