import type * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import type { ProjectSettings } from "./projectSettings";

/** The arguments of a {@link Project}. */
export interface ProjectArgs extends CommonArgs {
  /** Name, 1 to 200 characters. PostHog allows several projects of one name; see `adopt`. Updated in place. */
  name: pulumi.Input<string>;
  /** IANA time zone, e.g. `Europe/Berlin`. Default: PostHog's, `UTC`. Updated in place. */
  timezone?: pulumi.Input<string>;
  /**
   * What every member of the organization may do in the project without a rule of their own: `none` closes it,
   * `member` or `admin` open it. Kept as the project's default access rule. Without it the project's default is left
   * alone (PostHog's own is `admin`). Taking it out of the program, or destroying the project, restores PostHog's.
   * Needs the scope `access_control:write`; enforced with the plan feature `access_control`. Updated in place.
   */
  defaultAccess?: pulumi.Input<"none" | "member" | "admin">;
  /**
   * Another word for `defaultAccess`, known from PostHog's earlier API: `true` is `none`, `false` is PostHog's own
   * default. Not together with `defaultAccess`. Updated in place.
   */
  accessControl?: pulumi.Input<boolean>;
  /** Settings. Only the declared ones are managed; one that is taken out stays as it is. Updated in place. */
  settings?: pulumi.Input<ProjectSettings>;
  /**
   * Whether a project that has received events is kept: destroying it is then refused. Default true. To delete such a
   * project, set it to false, run `pulumi up`, and then delete.
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
 * Closed by default, in Berlin time, with session recordings on:
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
 * A project of the same name that exists already is not duplicated: `adopt: true` takes it over, `adopt: false` makes a
 * second one on purpose. Several of that name are an error that lists them; a project is then adopted by bringing its
 * name in line first. A project that PostHog is deleting counts as gone.
 *
 * `Project.get(name, id)` takes the project's number.
 *
 * Scopes: `project:write`; with `defaultAccess` also `access_control:write` and `organization_member:read`. Creating
 * takes an organization admin, or a member where the organization lets members create projects. Plan: the feature
 * `organizations_projects` sets how many projects there may be. PostHog: projects API, access control API.
 */
export class Project extends PosthogResource {
  declare public readonly name: pulumi.Output<string>;
  declare public readonly timezone: pulumi.Output<string | undefined>;
  declare public readonly defaultAccess: pulumi.Output<string | undefined>;
  declare public readonly accessControl: pulumi.Output<boolean | undefined>;
  declare public readonly settings: pulumi.Output<ProjectSettings | undefined>;
  declare public readonly deletionProtection: pulumi.Output<boolean | undefined>;
  /** The project's number, as other resources and PostHog's URLs take it. */
  declare public readonly projectId: pulumi.Output<number>;
  /** The project's UUID. */
  declare public readonly uuid: pulumi.Output<string>;
  /** The token that applications send events with (`phc_...`). It is public: it stands in every web page. */
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
  args: ["name", "timezone", "defaultAccess", "accessControl", "settings", "deletionProtection"],
  outputs: ["projectId", "uuid", "apiToken", "url", "createdAt"],
};
