import { z } from "zod";
import { testFilters } from "../projects/newProject";
import type { ServerKind } from "../server/backend";
import { atLeast } from "../server/generations";
import { ALL_FEATURES, type OrganizationSeed, type ProjectSeed, type Seed } from "./seed";

/** Leaves out of a seed what a server of August 2025 cannot have, as in seeds taken from newer ones. */
export function seedOfAge(server: Pick<ServerKind, "generation">, seed: Seed): Seed {
  return atLeast(server, "2026-07")
    ? seed
    : { ...seed, organizations: seed.organizations.map((organization) => inAugust2025(organization)) };
}

function inAugust2025(organization: OrganizationSeed): OrganizationSeed {
  const { features, members, projects } = organization;
  const owner = members.find(({ level }) => level === "owner")?.email;
  return {
    ...organization,
    // Plans of that time sell access rules by their earlier name.
    features: features === "all" ? ALL_FEATURES.filter((key) => key !== "access_control") : features,
    projects: projects.map((project, index) => withoutCohort(project, index === 0 ? undefined : owner)),
  };
}

const CohortFilters = z.array(z.object({ type: z.literal("cohort"), value: z.int() })).min(1);

// Newer servers keep the team's own people in a cohort; older ones know them by who made the project, which
// is nobody where the organization began with it.
function withoutCohort(project: ProjectSeed, maker: string | undefined): ProjectSeed {
  const filters = CohortFilters.safeParse(project.settings.test_account_filters).data ?? [];
  const isHeld = (pk: number) =>
    project.objects.some(({ resource, id }) => resource === "cohort" && id === pk);
  return filters.some(({ value }) => !isHeld(value))
    ? { ...project, settings: { ...project.settings, test_account_filters: testFilters(maker) } }
    : project;
}
