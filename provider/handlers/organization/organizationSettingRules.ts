import { z } from "zod";
import {
  type OrganizationSetting,
  type OrganizationSettingRule,
  organizationSettings,
} from "../../access/organizationSettings";
import { onOff, roleArg, text } from "../../arguments/fields";
import { sameJson } from "../../engine/state";
import type { Organization } from "../../posthog/organizations";

/** The arguments of `OrganizationSettings`. */
export const organizationSettingsArgs = z.strictObject({
  name: text(64).optional(),
  logoMediaId: text(200).nullable().optional(),
  enforce2fa: onOff.optional(),
  enforceVerifiedDomains: onOff.optional(),
  membersCanInvite: onOff.optional(),
  membersCanCreateProjects: onOff.optional(),
  membersCanUsePersonalApiKeys: onOff.optional(),
  membersCanSeeOrgMembers: onOff.optional(),
  allowPubliclySharedResources: onOff.optional(),
  isAiDataProcessingApproved: onOff.optional(),
  isAiTrainingOptedIn: onOff.optional(),
  defaultExperimentStatsMethod: z
    .enum(["bayesian", "frequentist"], "must be bayesian or frequentist")
    .optional(),
  defaultAnonymizeIps: onOff.optional(),
  defaultRoleId: roleArg.nullable().optional(),
} satisfies Record<OrganizationSetting, z.ZodType>);

/** The arguments of `OrganizationSettings`. */
export type OrganizationSettingsArgs = z.infer<typeof organizationSettingsArgs>;

/** The names of all settings. */
export const settingNames = Object.keys(organizationSettings) as OrganizationSetting[];

/** Settings by name, with values as PostHog has them; a missing one is left alone. */
export type SettingValues = Partial<Record<OrganizationSetting, unknown>>;

/** What there is to know of a setting. */
export function ruleOf(setting: OrganizationSetting): OrganizationSettingRule {
  return organizationSettings[setting];
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
