import { existingProjects, listProjects } from "../../posthog/projects";
import { functionArgs, type Reader } from "./reader";

export const getProjects: Reader<"getProjects"> = {
  schema: functionArgs,
  async read(connection) {
    const [listed, found] = await Promise.all([listProjects(connection), existingProjects(connection)]);
    const existing = new Set(found.map(({ id }) => id));
    return {
      projects: listed.map((project) => ({
        projectId: project.id,
        name: project.name,
        uuid: project.uuid ?? undefined,
        timezone: project.timezone ?? undefined,
        apiToken: project.api_token ?? undefined,
        isPendingDeletion: !existing.has(project.id),
      })),
    };
  },
};
