import type { NameOf } from "../../provider/audit/messages";
import type { Activity } from "../../provider/posthog/activity";
import type { Connection } from "../../provider/posthog/connection";
import { PosthogError } from "../../provider/posthog/errors";
import { listMembers } from "../../provider/posthog/members";
import { listProjects } from "../../provider/posthog/projects";
import { listRoles } from "../../provider/posthog/roles";

/** Looks up what the ids in entries are called, when entries first need it. What the key may not read stays an id. */
export class Names {
  private readonly known = new Map<string, ReadonlyMap<string, string>>();

  constructor(private readonly connection: Connection) {}

  /** The names that these entries need. */
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
