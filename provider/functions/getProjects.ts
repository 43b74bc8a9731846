import type * as pulumi from "@pulumi/pulumi";
import { type Inputs, type LookupArgs, lookUp, lookUpOutput } from "./lookup";

/** A project of the organization. */
export interface ProjectResult {
  readonly projectId: number;
  readonly name: string;
  readonly uuid?: string;
  /** IANA name of its time zone. */
  readonly timezone?: string;
  /** The public token that events are sent with (`phc_...`), which is no secret. */
  readonly apiToken?: string;
  /** Whether PostHog is deleting it. */
  readonly isPendingDeletion: boolean;
}

/** What {@link getProjects} answers. */
export interface GetProjectsResult {
  readonly projects: readonly ProjectResult[];
}

/**
 * Looks up the projects of the organization that the key's owner sees.
 *
 * Scopes: `project:read`. PostHog: projects API.
 */
export function getProjects(args: LookupArgs = {}): Promise<GetProjectsResult> {
  return lookUp((readers) => readers.getProjects, args);
}

/** {@link getProjects} with outputs of resources as arguments. */
export function getProjectsOutput(args: Inputs<LookupArgs> = {}): pulumi.Output<GetProjectsResult> {
  return lookUpOutput((readers) => readers.getProjects, args);
}
