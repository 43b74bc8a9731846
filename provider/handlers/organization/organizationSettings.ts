import { z } from "zod";
import {
  type OrganizationSetting,
  organizationSettings as settings,
} from "../../access/organizationSettings";
import { sameText } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { Checkpoint, Field, Live } from "../../engine/definition";
import type { Properties } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import { ConnectionError, NotFoundError } from "../../posthog/errors";
import { getOrganization, type Organization, organizationOf } from "../../posthog/organizations";
import { listRoles, requireRole, roleOf } from "../../posthog/roles";
import {
  differingSettings,
  type OrganizationSettingsArgs,
  organizationSettingsArgs,
  ruleOf,
  type SettingValues,
  sameValue,
  settingNames,
  storedValue,
} from "./organizationSettingRules";
import { reviewSettings } from "./organizationSettingsPreview";
import { sendSettings } from "./organizationSettingsWrites";

const remembered = z.object({ earlier: z.record(z.string(), z.unknown()).catch({}) });

/** The values from before this resource, by setting. */
function earlierIn(state: Properties): SettingValues {
  const { earlier } = remembered.parse(state);
  return Object.fromEntries(Object.entries(earlier).filter(([name]) => name in settings));
}

/** The declared settings as PostHog takes them: a role by its id. */
async function valuesOf(connection: Connection, declared: OrganizationSettingsArgs): Promise<SettingValues> {
  const { defaultRoleId } = declared;
  if (typeof defaultRoleId !== "string") return declared;
  return { ...declared, defaultRoleId: (await requireRole(connection, defaultRoleId)).id };
}

async function toLive(
  connection: Connection,
  organization: Organization,
  declared: OrganizationSettingsArgs,
  earlier: SettingValues,
): Promise<Live<OrganizationSettingsArgs>> {
  const stored = settingNames
    .map((setting) => [setting, storedValue(organization, setting), declared[setting]] as const)
    .filter(([, value]) => value !== undefined)
    .map(
      ([setting, value, wanted]) => [setting, sameValue(setting, value, wanted) ? wanted : value] as const,
    );
  const args: SettingValues = Object.fromEntries(stored);
  const { defaultRoleId: role } = declared;
  if (typeof role === "string" && roleOf(role, await listRoles(connection))?.id === args.defaultRoleId) {
    args.defaultRoleId = role;
  }
  return {
    id: organization.id,
    args: args as Partial<OrganizationSettingsArgs>,
    outputs: {
      organizationId: organization.id,
      memberCount: organization.member_count ?? undefined,
      earlier,
    },
  };
}

/** What is put back: a role that was the default earlier and is gone by now cannot be. */
async function restorable(connection: Connection, earlier: SettingValues): Promise<SettingValues> {
  if (typeof earlier.defaultRoleId !== "string") return earlier;
  const role = roleOf(earlier.defaultRoleId, await listRoles(connection));
  return { ...earlier, defaultRoleId: role?.id ?? null };
}

/**
 * Brings the declared settings to PostHog, and puts those back that are declared no more. What a setting was before the
 * first write is kept for as long as it is declared.
 */
async function write(
  connection: Connection,
  declared: OrganizationSettingsArgs,
  state: Properties,
  checkpoint: Checkpoint,
): Promise<Live<OrganizationSettingsArgs>> {
  const [before, known] = [await getOrganization(connection), earlierIn(state)];
  const owned = settingNames.filter((setting) => declared[setting] !== undefined);
  const first = (setting: OrganizationSetting): unknown =>
    setting in known ? known[setting] : (storedValue(before, setting) ?? null);
  const earlier: SettingValues = Object.fromEntries(owned.map((setting) => [setting, first(setting)]));
  const dropped = Object.fromEntries(Object.entries(known).filter(([setting]) => !(setting in earlier)));
  const keep = (): void =>
    checkpoint(before.id, { organizationId: before.id, earlier: { ...dropped, ...earlier } });
  try {
    const wanted = await valuesOf(connection, declared);
    const now = await sendSettings(connection, { ...(await restorable(connection, dropped)), ...wanted });
    const ignored = differingSettings(now, wanted);
    if (ignored.length > 0) {
      keep();
      throw ignoredSettings(ignored, now);
    }
    return await toLive(connection, now, declared, earlier);
  } catch (error) {
    if (error instanceof ConnectionError && error.mayHaveLanded) keep();
    throw error;
  }
}

function ignoredSettings(ignored: readonly OrganizationSetting[], { name }: Organization): NotFoundError {
  return new NotFoundError(
    `PostHog ignored ${ignored.join(", ")} of ${name}; the other settings are in place`,
    {
      why: "The server is older than the setting, or the plan does not include it.",
      fix: "Take the setting out of the program, or update the server or the plan.",
    },
  );
}

const fields = Object.fromEntries(
  settingNames.map((setting) => [setting, setting === "defaultRoleId" ? { same: sameText } : {}]),
) as { readonly [Name in OrganizationSetting]: Field };

/** Lifecycle of `OrganizationSettings`. */
export const organizationSettings = defineResource({
  type: "OrganizationSettings",
  args: organizationSettingsArgs,
  fields,
  existing: "alwaysThere",
  title: () => "organization settings",
  needs: (declared) => ({
    scopes: [
      "organization:write",
      ...(declared.enforce2fa === true || declared.enforceVerifiedDomains === true
        ? ["organization_member:read"]
        : []),
    ],
    level: 8,
    featuresToChange: settingNames.flatMap((setting) => {
      const { gate, effective } = ruleOf(setting);
      return declared[setting] === undefined ? [] : (gate ?? effective ?? []);
    }),
  }),
  claims: async (declared) =>
    settingNames.filter((setting) => declared[setting] !== undefined).map((setting) => `settings/${setting}`),
  review: reviewSettings,
  find: () => Promise.resolve(undefined),
  async findExisting(connection, declared) {
    const organization = await getOrganization(connection);
    const owned = settingNames.filter((setting) => declared[setting] !== undefined);
    const values = owned.map((setting) => [setting, storedValue(organization, setting) ?? null]);
    return toLive(connection, organization, declared, Object.fromEntries(values));
  },
  async observe(connection, id, state) {
    const organization = await getOrganization(connection);
    if (organizationOf(id, [organization]) === undefined) {
      throw new NotFoundError(`"${id}" is not the organization that is configured`, {
        why: `That is ${organization.name} (${organization.id}).`,
        fix: "Give organizationId, or set posthog:organizationId.",
      });
    }
    const declared = declaredIn(organizationSettingsArgs, state);
    return toLive(connection, organization, declared, earlierIn(state));
  },
  create: (connection, declared, checkpoint) => write(connection, declared, {}, checkpoint),
  update: (connection, _live, declared, state, checkpoint) => write(connection, declared, state, checkpoint),
  async delete(connection, _live, state) {
    await sendSettings(connection, await restorable(connection, earlierIn(state)));
  },
});
