import * as z from "zod";
import { mailedTextProblem } from "../../access/addresses";
import { type AdmissionVerdict, judgeVerifiedDomains } from "../../access/membership";
import { quoted } from "../../access/messages";
import {
  type OrganizationSetting,
  ruleOf,
  settingNames,
  storedValue,
} from "../../access/organizationSettings";
import { namesOf } from "../../access/roleMembers";
import { isUuid } from "../../access/values";
import { onOff, roleArg, sameText, text, unsetArg } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { Checkpoint, Field, Live, Review } from "../../engine/definition";
import { type Finding, notice, problem, warning } from "../../engine/finding";
import type { ConditionalNeeds } from "../../engine/needs";
import { type Properties, sameJson } from "../../engine/state";
import { getCallerMember } from "../../posthog/caller";
import type { Connection } from "../../posthog/connection";
import { listDomains } from "../../posthog/domains";
import { ApiError, NotFoundError, RefusedError, type Remedy } from "../../posthog/errors";
import { exclusive } from "../../posthog/exclusive";
import { listMembers } from "../../posthog/members";
import {
  getOrganization,
  hasFeature,
  isOfAugust2025,
  type Organization,
  organizationOf,
  updateOrganization,
} from "../../posthog/organizations";
import { keptRoles, listRoles, requireRole, roleOf } from "../../posthog/roles";
import { ignoredSettingsError } from "../../posthog/writes";
import { resolvePlannedRole } from "../references";

const switchable = onOff.nullable();

const settingSchemas = {
  name: text(64).optional(),
  logoMediaId: z
    .string("must be the id of an uploaded picture")
    .refine(isUuid, "must be the id of an uploaded picture, a UUID")
    .nullable()
    .optional(),
  enforce2fa: switchable.optional(),
  enforceVerifiedDomains: switchable.optional(),
  membersCanInvite: switchable.optional(),
  membersCanCreateProjects: switchable.optional(),
  membersCanUsePersonalApiKeys: onOff.optional(),
  membersCanSeeOrgMembers: onOff.optional(),
  allowPubliclySharedResources: onOff.optional(),
  isAiDataProcessingApproved: switchable.optional(),
  isAiTrainingOptedIn: switchable.optional(),
  defaultExperimentStatsMethod: z
    .enum(["bayesian", "frequentist"], "must be bayesian or frequentist")
    .nullable()
    .optional(),
  defaultAnonymizeIps: onOff.optional(),
  defaultRoleId: roleArg.nullable().optional(),
} satisfies Record<OrganizationSetting, z.ZodType>;

const args = z.strictObject({ ...settingSchemas, unset: unsetArg(settingSchemas).optional() });

type Args = z.infer<typeof args>;

/** Settings by name, with PostHog's values; a missing one is left alone. */
type SettingValues = Partial<Record<OrganizationSetting, unknown>>;

function sameValue(setting: OrganizationSetting, one: unknown, other: unknown): boolean {
  const { whenNull } = ruleOf(setting);
  const plain = (value: unknown): unknown => (value === null && whenNull !== undefined ? whenNull : value);
  return sameJson(plain(one), plain(other));
}

/** The settings whose value in PostHog differs from the wanted one. */
function differingSettings(organization: Organization, wanted: SettingValues): OrganizationSetting[] {
  return settingNames.filter(
    (setting) =>
      wanted[setting] !== undefined &&
      !sameValue(setting, storedValue(organization, setting), wanted[setting]),
  );
}

const remembered = z.object({ earlier: z.record(z.string(), z.unknown()).catch({}) });

/** The values from before this resource, by setting. */
function earlierIn(state: Properties): SettingValues {
  const { earlier } = remembered.parse(state);
  return Object.fromEntries(Object.entries(earlier).filter(([name]) => name in args.shape));
}

/** The declared settings in PostHog's form: a role by its id. */
async function valuesOf(connection: Connection, declared: Args): Promise<SettingValues> {
  const { defaultRoleId } = declared;
  if (typeof defaultRoleId !== "string") return declared;
  return { ...declared, defaultRoleId: (await requireRole(connection, defaultRoleId)).id };
}

async function toLive(
  connection: Connection,
  organization: Organization,
  declared: Args,
  earlier: SettingValues,
): Promise<Live<Args>> {
  const stored = settingNames
    .map((setting) => [setting, storedValue(organization, setting), declared[setting]] as const)
    .filter(([, value]) => value !== undefined)
    .map(
      ([setting, value, wanted]) => [setting, sameValue(setting, value, wanted) ? wanted : value] as const,
    );
  const values: SettingValues = Object.fromEntries(stored);
  const { defaultRoleId: role } = declared;
  if (typeof role === "string" && roleOf(role, await listRoles(connection))?.id === values.defaultRoleId) {
    values.defaultRoleId = role;
  }
  return {
    id: organization.id,
    args: values as Partial<Args>,
    outputs: {
      organizationId: organization.id,
      memberCount: organization.member_count ?? undefined,
      earlier,
    },
  };
}

/** The earlier values that can be restored: a default role that no longer exists cannot. */
async function restorable(connection: Connection, earlier: SettingValues): Promise<SettingValues> {
  if (typeof earlier.defaultRoleId !== "string") return earlier;
  const role = roleOf(earlier.defaultRoleId, await listRoles(connection));
  return { ...earlier, defaultRoleId: role?.id ?? null };
}

/**
 * Sends only the settings that differ in PostHog. Settings that can lock people out are checked and sent in one step.
 */
function sendSettings(connection: Connection, values: SettingValues): Promise<Organization> {
  const send = () => judgeAndSend(connection, values);
  if (values.enforceVerifiedDomains !== true && values.enforce2fa !== true) return send();
  return exclusive(connection, { lists: ["domains", "members"] }, send);
}

async function judgeAndSend(connection: Connection, values: SettingValues): Promise<Organization> {
  const organization = await getOrganization(connection);
  const changed = differingSettings(organization, values);
  if (changed.length === 0) return organization;
  if (changed.includes("enforceVerifiedDomains") && values.enforceVerifiedDomains === true) {
    const { refusal } = await judgeAdmission(connection);
    if (refusal !== undefined) {
      throw new RefusedError(`setting enforceVerifiedDomains of ${organization.name} was refused`, refusal);
    }
  }
  const fields = Object.fromEntries(changed.map((setting) => [ruleOf(setting).field, values[setting]]));
  const what = `setting ${changed.join(", ")} of ${organization.name}`;
  try {
    return await updateOrganization(connection, fields, what, () => findLostRole(connection, values));
  } catch (error) {
    throw error instanceof ApiError ? withFeature(error, what, organization) : error;
  }
}

/** PostHog responds with 500 if a role was deleted after the roles were read. */
async function findLostRole(
  connection: Connection,
  { defaultRoleId }: SettingValues,
): Promise<Remedy | undefined> {
  if (typeof defaultRoleId !== "string") return undefined;
  keptRoles(connection).forget();
  if ((await keptRoles(connection).get(defaultRoleId)) !== undefined) return undefined;
  return {
    why: `defaultRoleId: the organization has no role ${defaultRoleId} any more.`,
    fix: "Choose another role, or name defaultRoleId in unset.",
  };
}

/** Checks what admitting only verified e-mail domains would do to the organization's members. */
async function judgeAdmission(connection: Connection): Promise<AdmissionVerdict> {
  const domains = (await listDomains(connection)).filter(({ is_verified }) => is_verified);
  const [caller, members] = [await getCallerMember(connection), await listMembers(connection)];
  return judgeVerifiedDomains(
    members.map(({ user, level }) => ({ email: user.email, level })),
    caller?.user.email,
    domains.map(({ domain }) => domain.toLowerCase()),
  );
}

/** PostHog's rejection because of the plan, with the name of the feature, which PostHog leaves out. */
function withFeature(error: ApiError, what: string, { name }: Organization): Error {
  const setting = settingNames.find((one) => ruleOf(one).field === error.answer.attr);
  const gate = setting === undefined ? undefined : ruleOf(setting).gate;
  if (gate === undefined || error.answer.code !== "payment_required") return error;
  return new RefusedError(`${what} was refused by PostHog: ${error.answer.detail}`, {
    why: `Changing ${setting} takes the plan feature "${gate}", which the plan of ${name} does not include.`,
    fix: `Remove ${setting} from the program, or add the feature under Settings > Billing.`,
  });
}

/**
 * Writes the declared settings, and restores those that are no longer declared. The state keeps the value from before
 * the first write for as long as a setting is declared.
 */
async function write(
  connection: Connection,
  declared: Args,
  state: Properties,
  checkpoint: Checkpoint,
): Promise<Live<Args>> {
  const [before, known] = [await getOrganization(connection), earlierIn(state)];
  const owned = settingNames.filter((setting) => declared[setting] !== undefined);
  const first = (setting: OrganizationSetting): unknown =>
    setting in known ? known[setting] : (storedValue(before, setting) ?? null);
  const earlier: SettingValues = Object.fromEntries(owned.map((setting) => [setting, first(setting)]));
  const dropped = Object.fromEntries(Object.entries(known).filter(([setting]) => !(setting in earlier)));
  checkpoint(before.id, { organizationId: before.id, earlier: { ...dropped, ...earlier } });
  const wanted = await valuesOf(connection, declared);
  const now = await sendSettings(connection, { ...(await restorable(connection, dropped)), ...wanted });
  const ignored = differingSettings(now, wanted);
  if (ignored.length > 0) throw ignoredSettingsError(ignored, now.name);
  return toLive(connection, now, declared, earlier);
}

/** Reports which settings change, what PostHog would reject, and who a change would lock out. */
async function reviewSettings(
  connection: Connection,
  { args: declared, inProgram }: Review<Args>,
): Promise<Finding[]> {
  const organization = await getOrganization(connection);
  const { defaultRoleId } = declared;
  const role = await resolvePlannedRole(connection, defaultRoleId ?? undefined, inProgram);
  const wanted: SettingValues = { ...declared, ...(role === undefined ? {} : { defaultRoleId: role.id }) };
  const changed = differingSettings(organization, wanted);
  const findings = changed.flatMap((setting) => [
    ...reviewServer(organization, setting),
    ...reviewPlan(organization, setting),
    ...(setting === "name" ? reviewName(organization, declared.name) : []),
  ]);
  const lines = changed.map((setting) => {
    const [from, to] = [storedValue(organization, setting), declared[setting]];
    return `${setting} changes from ${shown(from)} to ${shown(to)}`;
  });
  return [
    ...findings,
    ...(lines.length === 0
      ? []
      : [notice(`${lines.join("; ")}; destroying the resource puts the earlier values back`)]),
    ...(changed.includes("enforce2fa") && declared.enforce2fa === true
      ? await reviewTwoFactor(connection)
      : []),
    ...(changed.includes("enforceVerifiedDomains") && declared.enforceVerifiedDomains === true
      ? await reviewAdmission(connection)
      : []),
  ];
}

function reviewName(organization: Organization, name: string | undefined): Finding[] {
  const refusal =
    name === undefined || isOfAugust2025(organization) ? undefined : mailedTextProblem(name, "name");
  return refusal === undefined ? [] : [problem("name", refusal, { why: "PostHog puts it into e-mails" })];
}

const shown = (value: unknown): string => {
  if (value === null || value === undefined) return "not set";
  return typeof value === "string" ? quoted(value) : String(value);
};

function reviewServer(organization: Organization, setting: OrganizationSetting): Finding[] {
  if (storedValue(organization, setting) !== undefined) return [];
  return [
    problem(setting, "this PostHog server does not know the setting", {
      fix: "remove it from the program, or update the server",
    }),
  ];
}

function reviewPlan(organization: Organization, setting: OrganizationSetting): Finding[] {
  const { gate, effective } = ruleOf(setting);
  if (effective !== undefined && hasFeature(organization, effective) === false) {
    return [warning(`the plan of ${organization.name} lacks "${effective}": ${setting} has no effect`)];
  }
  // Servers of August 2025 allow every plan to change every setting.
  if (gate === undefined || isOfAugust2025(organization) || hasFeature(organization, gate) !== false)
    return [];
  const lacks = `changing ${setting} takes the plan feature "${gate}", which the plan of ${organization.name} does not include`;
  return [
    problem(setting, lacks, {
      fix: "remove it from the program, or add the feature under Settings > Billing",
    }),
  ];
}

async function reviewTwoFactor(connection: Connection): Promise<Finding[]> {
  const [caller, members] = [await getCallerMember(connection), await listMembers(connection)];
  const without = members.filter((member) => member.is_2fa_enabled === false);
  const findings: Finding[] = [];
  if (caller?.is_2fa_enabled === false) {
    findings.push(
      warning(
        `the key's own owner, ${caller.user.email}, has no two-factor authentication: PostHog requires it at the next sign-in, ` +
          "and sessions of this package then need posthog:totpSecret",
      ),
    );
  }
  const others = without.filter(({ id }) => id !== caller?.id);
  if (others.length > 0) {
    const people = others.map(({ user }) => user);
    findings.push(
      warning(
        `${others.length} of ${members.length} members have to set up two-factor authentication: ${namesOf(people)}`,
      ),
    );
  }
  return findings;
}

async function reviewAdmission(connection: Connection): Promise<Finding[]> {
  const { refusal, lockedOut } = await judgeAdmission(connection);
  if (refusal !== undefined) {
    return [problem("enforceVerifiedDomains", refusal.why, { fix: refusal.fix })];
  }
  if (lockedOut.length === 0) return [];
  const people = lockedOut.map((email) => ({ email }));
  return [warning(`shuts out ${namesOf(people)}, whose e-mail domains are not verified`)];
}

const fields = Object.fromEntries(
  [...settingNames, "unset"].map((name) => [name, name === "defaultRoleId" ? { same: sameText } : {}]),
) as { readonly [Name in OrganizationSetting | "unset"]: Field };

function needsOfSetting(setting: OrganizationSetting): ConditionalNeeds<OrganizationSetting>[] {
  const { gate, effective } = ruleOf(setting);
  const feature = gate ?? effective;
  const needs = feature === undefined ? [] : [{ featureToChange: feature }];
  // Switching on these two may lock people out: the preview lists them.
  const mayLockOut = setting === "enforce2fa" || setting === "enforceVerifiedDomains";
  const listed = { scope: "organization_member:read" };
  const all: ConditionalNeeds<OrganizationSetting>[] = mayLockOut
    ? [
        { argument: setting, is: [true], needs: [listed, ...needs] },
        { argument: setting, is: [false], needs },
      ]
    : [{ argument: setting, is: "given", needs }];
  return all.filter((one) => one.needs.length > 0);
}

export const organizationSettings = defineResource({
  type: "OrganizationSettings",
  args: args,
  fields,
  existing: "alwaysThere",
  title: () => "organization settings",
  needs: {
    always: [{ scope: "organization:write" }, { level: 8 }],
    when: settingNames.flatMap(needsOfSetting),
  },
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
      throw new NotFoundError(`"${id}" is not the configured organization`, {
        why: `The configured one is ${organization.name} (${organization.id}).`,
        fix: "Declare organizationId, or set posthog:organizationId.",
      });
    }
    const declared = declaredIn(args, state);
    return toLive(connection, organization, declared, earlierIn(state));
  },
  create: (connection, declared, checkpoint) => write(connection, declared, {}, checkpoint),
  update: (connection, _live, declared, state, checkpoint) => write(connection, declared, state, checkpoint),
  async delete(connection, _live, state) {
    await sendSettings(connection, await restorable(connection, earlierIn(state)));
  },
});
