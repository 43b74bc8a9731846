import { listProjects } from "../../posthog/projects";
import { functionArgs, type Reader } from "./reader";

export const getProjects: Reader<"getProjects"> = {
  schema: functionArgs,
  async read(connection) {
    return {
      projects: (await listProjects(connection)).map((project) => ({
        projectId: project.id,
        name: project.name,
        uuid: project.uuid ?? undefined,
        timezone: project.timezone ?? undefined,
        apiToken: project.api_token ?? undefined,
        isPendingDeletion: project.is_pending_deletion === true,
      })),
    };
  },
};
