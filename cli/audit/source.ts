import { concernsOrganization, organizationScopes } from "../../provider/audit/presets";
import type { Activity } from "../../provider/posthog/activityLog";
import { activityPages, listClients, NoOrganizationLogError } from "../../provider/posthog/activityLog";
import type { Connection } from "../../provider/posthog/connection";
import { type ApiError, answered, isMissing, PosthogError } from "../../provider/posthog/errors";
import { getProject, listProjects } from "../../provider/posthog/projects";
import { merged } from "./merge";
import { type Notes, organizationPart } from "./notes";
import { explainRefusal, type LogQuery, type LogScope } from "./query";

/**
 * The log of one project or of the whole organization. On a server without a log of the organization, this combines the
 * logs of all projects.
 */
export class LogSource {
  /** Set once the server turns out to have no log of the whole organization. */
  private isCombined = false;
  /** Set once a project's log turns out to have the organization's own entries. */
  private hasOrganization = false;

  constructor(
    private readonly connection: Connection,
    private readonly project: LogScope | undefined,
    private readonly notes: Notes,
  ) {}

  /** The entries of a query, page by page. */
  async *pages(query: LogQuery): AsyncGenerator<Activity[]> {
    try {
      yield* this.read(query);
      if (this.isCombined && concernsOrganization(query.scopes)) await this.noteOrganization();
    } catch (error) {
      throw explainRefusal(error);
    }
  }

  /** The moment of the latest entry of any kind; undefined for an empty log. */
  async latest(): Promise<string | undefined> {
    try {
      for await (const [entry] of this.read({ limit: 1 })) return entry?.created_at;
    } catch (error) {
      throw explainRefusal(error);
    }
    return undefined;
  }

  /** The programs in the log; undefined if the server does not list them. */
  async clients(): Promise<string[] | undefined> {
    const { connection, project, isCombined } = this;
    try {
      const ids = project !== undefined ? [project.id] : isCombined ? await this.projectIds() : [undefined];
      const clients = await Promise.all(ids.map((id) => listClients(connection, id)));
      return [...new Set(clients.flat())].sort();
    } catch (error) {
      if (!(error instanceof PosthogError)) throw error;
      return undefined;
    }
  }

  private async projectIds(): Promise<number[]> {
    return (await listProjects(this.connection)).map(({ id }) => id);
  }

  private async *read(query: LogQuery): AsyncGenerator<Activity[]> {
    if (this.project !== undefined) {
      yield* this.ofProject(this.project, query);
      return;
    }
    if (!this.isCombined) {
      try {
        yield* activityPages(this.connection, query);
        return;
      } catch (error) {
        if (!(error instanceof NoOrganizationLogError)) throw error;
        this.isCombined = true;
      }
    }
    yield* this.combined(query);
  }

  private ofProject(
    project: LogScope,
    query: LogQuery,
    withOrganization = false,
  ): AsyncGenerator<Activity[]> {
    return activityPages(this.connection, { ...query, projectId: project.id, withOrganization }, () => {
      // Servers of that generation include the organization's entries in a project's log on request.
      this.hasOrganization ||= withOrganization;
      this.notes.note(
        "This server (of about August 2025) has no log with filters. The unfiltered log was read instead, and filtered here.",
      );
    });
  }

  private async *combined(query: LogQuery): AsyncGenerator<Activity[]> {
    const { projectIds, ...filters } = query;
    const all = await listProjects(this.connection);
    const wanted = all.filter(({ id }) => projectIds === undefined || projectIds.includes(id));
    const lacking = "This server has no log of the whole organization (PostHog of about August 2025)";
    if (wanted.length === 0) {
      this.notes.gap(`${lacking}, and no project whose log could be read instead.`);
      return;
    }
    this.notes.note(
      wanted.length === 1
        ? `${lacking}: the log of its only project was read.`
        : `${lacking}: the logs of ${wanted.length} projects were combined.`,
    );
    const failures: Failure[] = [];
    const logs = wanted.map((project) => this.readable(project, filters, failures));
    for await (const page of limited(merged(logs, query.oldestFirst === true), query.limit)) yield page;
    const [first] = failures;
    if (first !== undefined && failures.length === wanted.length) throw first.error;
    for (const { project, error } of failures) {
      this.notes.gap(
        `The log of project "${project.name}" (${project.id}) could not be read: ${error.summary}.`,
      );
    }
  }

  /** Notes whether the projects' logs have the organization's own entries, which is a setting of each project. */
  private async noteOrganization(): Promise<void> {
    this.hasOrganization ||= await this.isShownInProject();
    if (this.hasOrganization) {
      this.notes.note(
        `Entries of the organization itself (${organizationPart}) are included only as far as the server shows them in a project's log.`,
      );
    } else {
      this.notes.gap(
        `Entries of the organization itself (${organizationPart}) are missing: this server shows them only in a project's log. Turn on receiveOrgLevelActivityLogs in one Project, or update PostHog.`,
      );
    }
  }

  /** Whether a readable project's setting includes the organization's entries. */
  private async isShownInProject(): Promise<boolean> {
    for (const id of await this.projectIds()) {
      try {
        const project = await getProject(this.connection, id);
        if (project?.receive_org_level_activity_logs === true) return true;
      } catch (error) {
        if (!(error instanceof PosthogError)) throw error;
      }
    }
    return false;
  }

  /** A project's log with the project's id in its entries; a log that the key cannot read counts as a failure. */
  private async *readable(
    project: LogScope,
    query: LogQuery,
    failures: unknown[],
  ): AsyncGenerator<Activity[]> {
    try {
      for await (const page of this.ofProject(project, query, true)) {
        this.hasOrganization ||= page.some(isOfOrganization);
        yield page.map((entry) => withProject(entry, project.id));
      }
    } catch (error) {
      if (!answered(error, 403) && !isMissing(error)) throw error;
      failures.push({ project, error });
    }
  }
}

/** A project whose log the key cannot read. */
interface Failure {
  readonly project: LogScope;
  readonly error: ApiError;
}

/** Older servers do not show which project an entry belongs to; the organization's own entries belong to none. */
function withProject(entry: Activity, projectId: number): Activity {
  if (entry.team_id !== undefined || isOfOrganization(entry)) return entry;
  return { ...entry, team_id: projectId };
}

const isOfOrganization = ({ scope, team_id }: Activity): boolean =>
  team_id == null && organizationScopes.includes(scope);

async function* limited(
  pages: AsyncGenerator<Activity[]>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Activity[]> {
  let left = limit;
  for await (const page of pages) {
    yield page.slice(0, left);
    left -= page.length;
    if (left <= 0) return;
  }
}
