/** Kinds of object that belong to the organization and not to one of its projects (`posthog/models/activity_logging`). */
export const organizationScopes: readonly string[] = [
  "Organization",
  "OrganizationMembership",
  "OrganizationInvite",
  "OrganizationDomain",
  "IdentityProviderConfig",
  "Role",
  "RoleMembership",
  "PersonalAPIKey",
  "OAuthApplication",
  "LegalDocument",
  "User",
];

/** Kinds of object that belong together, by the name of the preset. */
export const presets = {
  /** Members, roles, access rules, keys, domains with their single sign-on, and settings of the organization. */
  access: [
    "OrganizationMembership",
    "OrganizationInvite",
    "Role",
    "RoleMembership",
    "AccessControl",
    "PersonalAPIKey",
    "ProjectSecretAPIKey",
    "OAuthApplication",
    "OrganizationDomain",
    "IdentityProviderConfig",
    "Organization",
  ],
  /** Feature flags, and what switches them: early access and experiments. */
  flags: ["FeatureFlag", "EarlyAccessFeature", "Experiment", "ExperimentHoldout"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type PresetName = keyof typeof presets;

/** Kinds of object that PostHog's log is known to contain, for suggestions: newer servers have more. */
export const knownScopes: readonly string[] = [
  ...new Set([
    ...organizationScopes,
    ...presets.access,
    ...presets.flags,
    "Action",
    "AlertConfiguration",
    "Annotation",
    "BatchExport",
    "BatchImport",
    "Cohort",
    "Comment",
    "Dashboard",
    "DataWarehouseSavedQuery",
    "Endpoint",
    "ErrorTrackingIssue",
    "EventDefinition",
    "ExperimentSavedMetric",
    "ExternalDataSchema",
    "ExternalDataSource",
    "Group",
    "HogFlow",
    "HogFunction",
    "Insight",
    "Integration",
    "Notebook",
    "Person",
    "Plugin",
    "PluginConfig",
    "Project",
    "PropertyDefinition",
    "Replay",
    "SessionRecordingPlaylist",
    "Subscription",
    "Survey",
    "Tag",
    "TaggedItem",
    "Team",
    "UserGroup",
  ]),
];

/** Activities that PostHog's log is known to contain, for suggestions: kinds of object may have more. */
export const knownActivities: readonly string[] = [
  "created",
  "updated",
  "deleted",
  "revoked",
  "exported",
  "logged_in",
  "logged_out",
  "scim_provisioned",
  "scim_updated",
  "scim_replaced",
  "scim_deprovisioned",
];

/** Whether entries of these kinds may belong to the organization; without kinds, every kind counts. */
export function concernsOrganization(scopes: readonly string[] | undefined): boolean {
  return scopes === undefined || scopes.some((scope) => organizationScopes.includes(scope));
}
