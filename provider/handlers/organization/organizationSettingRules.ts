import { z } from "zod";
import { onOff, roleArg, text } from "../../arguments/fields";
import { sameJson } from "../../engine/state";
import type { Organization } from "../../posthog/organizations";

/** What there is to know of one setting of an organization (PostHog: `posthog/api/organization.py`). */
export interface OrganizationSettingRule {
  /** PostHog's name of it. */
  readonly field: string;
  readonly schema: z.ZodType;
  /** What PostHog's null stands for, where that is one of the values. */
  readonly whenNull?: boolean;
  /** Plan feature without which PostHog refuses to change it. */
  readonly gate?: string;
  /** Plan feature without which it has no effect. */
  readonly effective?: string;
}

const methods = z.enum(["bayesian", "frequentist"], "must be bayesian or frequentist");

/** Every setting of an organization that its API lets people change, by its name in this package. */
export const organizationSettingRules = {
  name: { field: "name", schema: text(64) },
  logoMediaId: { field: "logo_media_id", schema: text(200).nullable() },
  enforce2fa: { field: "enforce_2fa", schema: onOff, whenNull: false, gate: "2fa_enforcement" },
  enforceVerifiedDomains: { field: "enforce_verified_domains", schema: onOff, whenNull: false },
  membersCanInvite: {
    field: "members_can_invite",
    schema: onOff,
    whenNull: false,
    gate: "organization_invite_settings",
  },
  membersCanCreateProjects: { field: "members_can_create_projects", schema: onOff, whenNull: false },
  membersCanUsePersonalApiKeys: {
    field: "members_can_use_personal_api_keys",
    schema: onOff,
    gate: "organization_security_settings",
  },
  membersCanSeeOrgMembers: {
    field: "members_can_see_org_members",
    schema: onOff,
    effective: "organization_security_settings",
  },
  allowPubliclySharedResources: {
    field: "allow_publicly_shared_resources",
    schema: onOff,
    gate: "organization_security_settings",
  },
  isAiDataProcessingApproved: { field: "is_ai_data_processing_approved", schema: onOff },
  isAiTrainingOptedIn: { field: "is_ai_training_opted_in", schema: onOff },
  defaultExperimentStatsMethod: { field: "default_experiment_stats_method", schema: methods },
  defaultAnonymizeIps: { field: "default_anonymize_ips", schema: onOff },
  defaultRoleId: { field: "default_role_id", schema: roleArg.nullable() },
} as const satisfies Readonly<Record<string, OrganizationSettingRule>>;

/** The name of a setting in this package. */
export type OrganizationSetting = keyof typeof organizationSettingRules;

/** The names of all settings. */
export const settingNames = Object.keys(organizationSettingRules) as OrganizationSetting[];

/** Settings by name, with values as PostHog has them; a missing one is left alone. */
export type SettingValues = Partial<Record<OrganizationSetting, unknown>>;

type Rules = typeof organizationSettingRules;
type Shape = { [Name in OrganizationSetting]: z.ZodOptional<Rules[Name]["schema"]> };

/** The arguments of `OrganizationSettings`. */
export const organizationSettingsArgs = z.strictObject(
  Object.fromEntries(
    settingNames.map((setting) => [setting, organizationSettingRules[setting].schema.optional()]),
  ) as Shape,
);

/** The arguments of `OrganizationSettings`. */
export type OrganizationSettingsArgs = z.infer<typeof organizationSettingsArgs>;

/** What there is to know of a setting. */
export function ruleOf(setting: OrganizationSetting): OrganizationSettingRule {
  return organizationSettingRules[setting];
}

/** A setting as PostHog has it; undefined on a server that does not know it. */
export function storedValue(organization: Organization, setting: OrganizationSetting): unknown {
  return organization[ruleOf(setting).field];
}

/** Whether two values of a setting mean the same. */
export function sameValue(setting: OrganizationSetting, one: unknown, other: unknown): boolean {
  const { whenNull } = ruleOf(setting);
  const plain = (value: unknown): unknown => (value === null && whenNull !== undefined ? whenNull : value);
  return sameJson(plain(one), plain(other));
}

/** The settings whose value in PostHog is not the wanted one. */
export function differingSettings(organization: Organization, wanted: SettingValues): OrganizationSetting[] {
  return settingNames.filter(
    (setting) =>
      wanted[setting] !== undefined &&
      !sameValue(setting, storedValue(organization, setting), wanted[setting]),
  );
}
