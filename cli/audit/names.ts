import { quoted } from "../../provider/access/messages";
import { nearest } from "../../provider/access/nearest";
import type { Asked } from "../../provider/audit/cursor";
import type { NameOf } from "../../provider/audit/messages";
import type { Activity } from "../../provider/posthog/activityLog";
import type { Connection } from "../../provider/posthog/connection";
import { NotFoundError, PosthogError } from "../../provider/posthog/errors";
import { listMembers } from "../../provider/posthog/members";
import { organizationId } from "../../provider/posthog/organizations";
import { listProjects } from "../../provider/posthog/projects";
import { listRoles } from "../../provider/posthog/roles";
import type { LogScope } from "./query";

/** Names for the ids in entries, read once an entry needs them. Ids that the key cannot look up remain ids. */
export class Names {
  private readonly known = new Map<string, ReadonlyMap<string, string>>();

  constructor(private readonly connection: Connection) {}

  async for(entries: readonly Activity[]): Promise<NameOf> {
    const { connection } = this;
    if (entries.some(({ team_id }) => team_id != null)) {
      await this.learn("project", async () =>
        (await listProjects(connection)).map(({ id, name }) => [String(id), name]),
      );
    }
    if (entries.some(({ scope }) => scope === "AccessControl")) {
      await this.learn("role", async () => (await listRoles(connection)).map(({ id, name }) => [id, name]));
      await this.learn("member", async () =>
        (await listMembers(connection)).map(({ id, user }) => [id, user.email]),
      );
    }
    return (kind, id) => this.known.get(kind)?.get(id);
  }

  private async learn(kind: string, list: () => Promise<(readonly [string, string])[]>): Promise<void> {
    if (this.known.has(kind)) return;
    try {
      this.known.set(kind, new Map(await list()));
    } catch (error) {
      if (!(error instanceof PosthogError)) throw error;
      this.known.set(kind, new Map());
    }
  }
}

/** The project with that id or name; an id needs no request. */
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
  throw new NotFoundError(`project ${quoted(wanted)} cannot be found`, {
    why:
      only === undefined
        ? `No project has that name${near === undefined ? "" : `; the nearest is ${quoted(near)}`}.`
        : `${found.length} projects have that name: ${found.map(({ id }) => id).join(", ")}.`,
    fix: "Give --project the id, which the project's URL and settings show.",
  });
}

/** The identity of a log in a cursor. Project ids are only unique within a host. */
export async function addressOf(connection: Connection, project: LogScope | undefined): Promise<Asked> {
  return project === undefined
    ? { organization: await organizationId(connection) }
    : { host: connection.host, project: String(project.id) };
}
