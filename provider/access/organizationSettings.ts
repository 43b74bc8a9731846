/** One setting of an organization (PostHog: `posthog/api/organization.py`). */
export interface OrganizationSettingRule {
  /** PostHog's name of the setting. */
  readonly field: string;
  /** What PostHog's null means. */
  readonly whenNull?: boolean;
  /** Plan feature that PostHog requires to change the setting. */
  readonly gate?: string;
  /** Plan feature that the setting needs to take effect. */
  readonly effective?: string;
  /** Other names of the setting in PostHog's activity log (`posthog/models/activity_logging/activity_log.py`). */
  readonly logNames?: readonly string[];
}

/** Every setting of an organization that PostHog's API can change, by its name in this package. */
export const organizationSettings = {
  name: { field: "name", logNames: ["organization name"] },
  logoMediaId: { field: "logo_media_id", logNames: ["logo_media"] },
  enforce2fa: {
    field: "enforce_2fa",
    whenNull: false,
    gate: "2fa_enforcement",
    logNames: ["two-factor authentication requirement"],
  },
  enforceVerifiedDomains: { field: "enforce_verified_domains", whenNull: false },
  membersCanInvite: {
    field: "members_can_invite",
    whenNull: false,
    gate: "organization_invite_settings",
    logNames: ["member invitation permissions"],
  },
  membersCanCreateProjects: {
    field: "members_can_create_projects",
    whenNull: false,
    gate: "organization_invite_settings",
  },
  membersCanUsePersonalApiKeys: {
    field: "members_can_use_personal_api_keys",
    gate: "organization_security_settings",
    logNames: ["personal API key permissions"],
  },
  membersCanSeeOrgMembers: {
    field: "members_can_see_org_members",
    effective: "organization_security_settings",
  },
  allowPubliclySharedResources: {
    field: "allow_publicly_shared_resources",
    gate: "organization_security_settings",
    logNames: ["public sharing permissions"],
  },
  isAiDataProcessingApproved: { field: "is_ai_data_processing_approved" },
  isAiTrainingOptedIn: { field: "is_ai_training_opted_in" },
  defaultExperimentStatsMethod: {
    field: "default_experiment_stats_method",
    logNames: ["default experiment stats method"],
  },
  defaultAnonymizeIps: { field: "default_anonymize_ips" },
  defaultRoleId: { field: "default_role_id", logNames: ["default_role"] },
} as const satisfies Readonly<Record<string, OrganizationSettingRule>>;

export type OrganizationSetting = keyof typeof organizationSettings;

export const settingNames = Object.keys(organizationSettings) as OrganizationSetting[];

export function ruleOf(setting: OrganizationSetting): OrganizationSettingRule {
  return organizationSettings[setting];
}

/** PostHog's value of a setting; undefined on a server without it. */
export function storedValue(
  organization: Readonly<Record<string, unknown>>,
  setting: OrganizationSetting,
): unknown {
  return organization[ruleOf(setting).field];
}
