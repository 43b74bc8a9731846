import { quoted } from "../../provider/access/messages";
import { nearest } from "../../provider/access/nearest";
import type { Asked } from "../../provider/audit/cursor";
import type { Connection } from "../../provider/posthog/connection";
import { NotFoundError } from "../../provider/posthog/errors";
import { organizationId } from "../../provider/posthog/organizations";
import { listProjects } from "../../provider/posthog/projects";
import type { LogScope } from "./source";

/** The project that a number or a name means; a number needs no look-up. */
export async function projectOf(connection: Connection, wanted: string): Promise<LogScope> {
  if (/^\d+$/.test(wanted)) return { id: Number(wanted), name: `project ${wanted}` };
  const projects = await listProjects(connection);
  const found = projects.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return { id: only.id, name: only.name };
  const near = nearest(
    wanted,
    projects.map(({ name }) => name),
  );
  throw new NotFoundError(`the project ${quoted(wanted)} cannot be found`, {
    why:
      only === undefined
        ? `No project has that name${near === undefined ? "" : `; the nearest is ${quoted(near)}`}.`
        : `${found.length} projects have that name: ${found.map(({ id }) => id).join(", ")}.`,
    fix: "Give --project the number, which stands in the project's address and settings.",
  });
}

/** Where a log is, as a cursor remembers it. Numbers of projects are counted anew on every host. */
export async function addressOf(connection: Connection, project: LogScope | undefined): Promise<Asked> {
  return project === undefined
    ? { organization: await organizationId(connection) }
    : { host: connection.host, project: String(project.id) };
}
