import { type ResourceTraces, snakeCase, type Tracer, textOf, texts } from "./trace";

/**
 * Every setting of an organization, with the names that PostHog's log has for it beside the API's
 * (`posthog/models/activity_logging/activity_log.py`).
 */
const settings: Readonly<Record<string, readonly string[]>> = {
  name: ["organization name"],
  logoMediaId: ["logo_media"],
  enforce2fa: ["enforce_2fa", "two-factor authentication requirement"],
  enforceVerifiedDomains: [],
  membersCanInvite: ["member invitation permissions"],
  membersCanCreateProjects: [],
  membersCanUsePersonalApiKeys: ["personal API key permissions"],
  membersCanSeeOrgMembers: [],
  allowPubliclySharedResources: ["public sharing permissions"],
  isAiDataProcessingApproved: [],
  isAiTrainingOptedIn: [],
  defaultExperimentStatsMethod: ["default experiment stats method"],
  defaultAnonymizeIps: [],
  defaultRoleId: ["default_role"],
};

const setting =
  (name: string, otherNames: readonly string[]): Tracer =>
  ({ id, state, actual, directory }) => {
    const role =
      name === "defaultRoleId" ? directory.roles.find((one) => one.name === actual)?.id : undefined;
    return [
      {
        scope: "Organization",
        activities: ["updated"],
        itemIds: texts(id, textOf(state, "organizationUuid")),
        fields: [snakeCase(name), ...otherNames],
        after: [actual, ...texts(role)],
      },
    ];
  };

/** Traces of `OrganizationSettings`. */
export const organizationSettings: ResourceTraces = {
  gone: ({ id }) => [{ scope: "Organization", activities: ["deleted"], itemIds: [id] }],
  properties: Object.fromEntries(
    Object.entries(settings).map(([name, otherNames]) => [name, setting(name, otherNames)]),
  ),
};
