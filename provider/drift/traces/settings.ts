import { type ResourceTraces, snakeCase, type Tracer, textOf, texts } from "./trace";

/**
 * Names that PostHog's log has for settings of an organisation beside the API's
 * (`posthog/models/activity_logging/activity_log.py`).
 */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  name: ["organization name"],
  enforce2fa: ["enforce_2fa", "two-factor authentication requirement"],
  membersCanInvite: ["member invitation permissions"],
  membersCanUsePersonalApiKeys: ["personal API key permissions"],
  allowPubliclySharedResources: ["public sharing permissions"],
  defaultExperimentStatsMethod: ["default experiment stats method"],
  defaultRoleId: ["default_role"],
  logoMediaId: ["logo_media"],
};

const setting =
  (name: string): Tracer =>
  ({ id, state, actual, directory }) => {
    const role =
      name === "defaultRoleId" ? directory.roles.find((one) => one.name === actual)?.id : undefined;
    return [
      {
        scope: "Organization",
        activities: ["updated"],
        itemIds: texts(id, textOf(state, "organizationUuid")),
        fields: [snakeCase(name), ...(otherNames[name] ?? [])],
        after: [actual, ...texts(role)],
      },
    ];
  };

const names = [
  "name",
  "logoMediaId",
  "enforce2fa",
  "enforceVerifiedDomains",
  "membersCanInvite",
  "membersCanCreateProjects",
  "membersCanUsePersonalApiKeys",
  "membersCanSeeOrgMembers",
  "allowPubliclySharedResources",
  "isAiDataProcessingApproved",
  "isAiTrainingOptedIn",
  "defaultExperimentStatsMethod",
  "defaultAnonymizeIps",
  "defaultRoleId",
];

/** Traces of `OrganizationSettings`. */
export const organizationSettings: ResourceTraces = {
  gone: ({ id }) => [{ scope: "Organization", activities: ["deleted"], itemIds: [id] }],
  properties: Object.fromEntries(names.map((name) => [name, setting(name)])),
};
