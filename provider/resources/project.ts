import type * as pulumi from "@pulumi/pulumi";
import type { KnownTimeZone } from "../arguments/timeZones";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import type { Known } from "./known";
import { follows } from "./previews";
import type { ProjectSettings } from "./projectSettings";

/** The arguments of a {@link Project}. */
export interface ProjectArgs extends CommonArgs {
  /**
   * Name, 1 to 200 characters. Since August 2026 PostHog requires names to be unique in an organization, ignoring case;
   * projects that are being deleted do not count. To take a name that another resource gives up, depend on that
   * resource (`dependsOn`). Updated in place.
   */
  name: pulumi.Input<string>;
  /** IANA time zone, e.g. `Europe/Berlin`. Default: PostHog's, `UTC`. Updated in place. */
  timezone?: pulumi.Input<Known<KnownTimeZone>>;
  /**
   * The access of every member of the organization without a rule of their own: `none` makes the project private,
   * `member` or `admin` open it. It is the project's default access rule. If it is missing, the rule stays unchanged
   * (PostHog's default is `admin`); removing the argument, or destroying the project, restores PostHog's default. Needs
   * the scope `access_control:write`; PostHog enforces it with the plan feature `access_control`. Updated in place.
   */
  defaultAccess?: pulumi.Input<"none" | "member" | "admin">;
  /**
   * An alternative to `defaultAccess`, as in PostHog's earlier API: `true` is `none`, `false` is PostHog's default. Not
   * together with `defaultAccess`. Updated in place.
   *
   * @deprecated use `defaultAccess`, with `"none"` for `true`; leave it out for `false`.
   */
  accessControl?: pulumi.Input<boolean>;
  /**
   * Settings. Only declared ones are managed; one that is removed from the program keeps its value. Updated in place.
   */
  settings?: pulumi.Input<ProjectSettings>;
  /**
   * Names of settings to clear, such as `["productDescription"]`: the same as `null` in `settings`, for languages that
   * cannot express `null`. Only settings that allow it. Updated in place.
   */
  unset?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether destroying a project that has received events is an error. Default true. To delete such a project, set it to
   * false, run `pulumi up`, and then delete. Updated in place.
   */
  deletionProtection?: pulumi.Input<boolean>;
}

/**
 * A PostHog project.
 *
 * ```ts
 * const staging = new posthog.Project("staging", { name: "Staging" });
 * ```
 *
 * Private by default, in Berlin time, with session recordings on:
 *
 * ```ts
 * const production = new posthog.Project("production", {
 *   name: "Production",
 *   timezone: "Europe/Berlin",
 *   defaultAccess: "none",
 *   settings: { sessionRecordingOptIn: true },
 * });
 * ```
 *
 * An existing project with the same name, ignoring case, is an error: `adopt: true` takes it over, and `adopt: false`
 * creates a second one on purpose, which servers since August 2026 reject. So is a name that another resource of the
 * program has. Several projects with that name are an error that lists them; rename one of them to adopt it. A project
 * that PostHog is deleting counts as gone.
 *
 * Resources do not wait for each other's names. If one resource gives up a name that another takes, make the other
 * depend on it, or run `pulumi up` twice. To swap two names, first give one of the projects a temporary name:
 *
 * ```ts
 * const old = new posthog.Project("old", { name: "Shop (2025)" }); // was "Shop"
 * const shop = new posthog.Project("shop", { name: "Shop" }, { dependsOn: old });
 * ```
 *
 * Destroying a project deletes it with its data, unless `deletionProtection` keeps one that has received events.
 *
 * `Project.get(name, id)` takes the project's number.
 *
 * Scopes: `project:write`; with `defaultAccess` also `access_control:write` and `organization_member:read`.
 * Organization admins may create projects, and so may members if the organization allows it. Plan: the feature
 * `organizations_projects` limits the number of projects. PostHog: projects API, access control API.
 */
export class Project extends PosthogResource {
  declare public readonly name: pulumi.Output<string>;
  declare public readonly timezone: pulumi.Output<string | undefined>;
  declare public readonly defaultAccess: pulumi.Output<string | undefined>;
  declare public readonly accessControl: pulumi.Output<boolean | undefined>;
  declare public readonly unset: pulumi.Output<string[] | undefined>;
  declare public readonly settings: pulumi.Output<ProjectSettings | undefined>;
  declare public readonly deletionProtection: pulumi.Output<boolean | undefined>;
  /** The project's number, as used by other resources and PostHog's URLs. */
  declare public readonly projectId: pulumi.Output<number>;
  /** The project's UUID. */
  declare public readonly uuid: pulumi.Output<string>;
  /** The token that applications send events with (`phc_...`). It is public: every web page contains it. */
  declare public readonly apiToken: pulumi.Output<string>;
  /** Address of the project in PostHog. */
  declare public readonly url: pulumi.Output<string>;
  /** When it was created, ISO 8601. */
  declare public readonly createdAt: pulumi.Output<string>;

  constructor(name: string, args: ProjectArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads an existing project by its number without managing it. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): Project {
    return new Project(name, { ...args } as ProjectArgs, getOptions(id, opts));
  }
}

const shape = {
  type: "Project",
  args: ["name", "timezone", "defaultAccess", "accessControl", "settings", "unset", "deletionProtection"],
  outputs: ["projectId", "uuid", "apiToken", "url", "createdAt"],
  ordered: true,
  known: {
    projectId: follows(["id"], (id) => (/^\d+$/.test(id) ? Number(id) : undefined)),
    url: follows(["host", "id"], (host, id) => `${host}/project/${id}`),
  },
};
