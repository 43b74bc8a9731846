import { organizationLevelName } from "../../access/levels";
import { ruleOf, settingNames, storedValue } from "../../access/organizationSettings";
import { type Organization, getOrganization as readOrganization } from "../../posthog/organizations";
import type { GetOrganizationResult } from "../contract";
import { functionArgs, type Reader } from "./reader";

export const getOrganization: Reader<"getOrganization"> = {
  schema: functionArgs,
  async read(connection) {
    const organization = await readOrganization(connection);
    const { id, name, slug, membership_level, member_count, available_product_features } = organization;
    return {
      organizationId: id,
      name,
      slug,
      level: membership_level == null ? undefined : organizationLevelName(membership_level),
      memberCount: member_count ?? undefined,
      createdAt: typeof organization.created_at === "string" ? organization.created_at : undefined,
      features: available_product_features?.map(({ key, limit, unit }) => ({
        key,
        limit: limit ?? undefined,
        unit: unit ?? undefined,
      })),
      settings: settingsOf(organization),
    };
  },
};

function settingsOf(organization: Organization): GetOrganizationResult["settings"] {
  const values = settingNames.flatMap((setting): [string, string | boolean | null][] => {
    const stored = storedValue(organization, setting);
    const value = stored === null ? (ruleOf(setting).whenNull ?? null) : stored;
    return typeof value === "string" || typeof value === "boolean" || value === null
      ? [[setting, value]]
      : [];
  });
  return Object.fromEntries(values);
}
