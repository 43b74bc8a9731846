import { listProjects } from "../../posthog/projects";
import type { GetProjectsResult } from "../getProjects";
import type { LookupArgs } from "../lookup";
import { defineReader, lookupArgs } from "./reader";

/** Reads what {@link getProjects} answers. */
export const getProjects = defineReader<LookupArgs, GetProjectsResult>(
  "getProjects",
  lookupArgs,
  async (connection) => ({
    projects: (await listProjects(connection)).map((project) => ({
      projectId: project.id,
      name: project.name,
      uuid: project.uuid ?? undefined,
      timezone: project.timezone ?? undefined,
      apiToken: project.api_token ?? undefined,
      isPendingDeletion: project.is_pending_deletion === true,
    })),
  }),
);
