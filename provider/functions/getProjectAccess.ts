import type * as pulumi from "@pulumi/pulumi";
import { type Inputs, type LookupArgs, lookUp, lookUpOutput } from "./lookup";

/** The arguments of {@link getProjectAccess}. */
export interface GetProjectAccessArgs extends LookupArgs {
  /** The project's number. */
  projectId: number | string;
}

/** The access rules on one type of resource in a project. */
export interface ResourceAccessResult {
  /** What everybody may do who has no rule of their own; missing where PostHog's own default holds. */
  readonly default?: string;
  /** What people may do, by e-mail address. */
  readonly members: Readonly<Record<string, string>>;
  /** What roles may do, by name. */
  readonly roles: Readonly<Record<string, string>>;
}

/** What {@link getProjectAccess} answers: what a `ProjectAccess` would have to declare to say the same. */
export interface GetProjectAccessResult {
  readonly projectId: number;
  /** What every member of the organization may do in the project without a rule of their own. */
  readonly defaultAccess: string;
  /** What people may do in the project, by e-mail address. */
  readonly members: Readonly<Record<string, string>>;
  /** What roles may do in the project, by name. */
  readonly roles: Readonly<Record<string, string>>;
  /** The rules on whole types of resource, such as `feature_flag`, by type. */
  readonly resources: Readonly<Record<string, ResourceAccessResult>>;
}

/**
 * Looks up who may do what in a project: its access rules, in the words of `ProjectAccess`. Organization admins and
 * owners have every access anyway, without a rule.
 *
 * Scopes: `access_control:read`, `organization_member:read`, `organization:read`. PostHog: access control API of
 * projects.
 */
export function getProjectAccess(args: GetProjectAccessArgs): Promise<GetProjectAccessResult> {
  return lookUp((readers) => readers.getProjectAccess, args);
}

/** {@link getProjectAccess} with outputs of resources as arguments. */
export function getProjectAccessOutput(
  args: Inputs<GetProjectAccessArgs>,
): pulumi.Output<GetProjectAccessResult> {
  return lookUpOutput((readers) => readers.getProjectAccess, args);
}
