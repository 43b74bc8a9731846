import { type AdmissionVerdict, judgeVerifiedDomains } from "../../access/admission";
import { getCallerMember } from "../../posthog/caller";
import type { Connection } from "../../posthog/connection";
import { listDomains } from "../../posthog/domains";
import { ApiError, RefusedError } from "../../posthog/errors";
import { listMembers } from "../../posthog/members";
import { getOrganization, type Organization, updateOrganization } from "../../posthog/organizations";
import { differingSettings, ruleOf, type SettingValues, settingNames } from "./organizationSettingRules";

/** Sends the settings that differ from what PostHog has, and no others. */
export async function sendSettings(connection: Connection, values: SettingValues): Promise<Organization> {
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
    return await updateOrganization(connection, fields, what);
  } catch (error) {
    throw error instanceof ApiError ? withFeature(error, what, organization) : error;
  }
}

/** Judges what admitting only verified e-mail domains would do to the organization's members. */
export async function judgeAdmission(connection: Connection): Promise<AdmissionVerdict> {
  const domains = (await listDomains(connection)).filter(({ is_verified }) => is_verified);
  const [caller, members] = [await getCallerMember(connection), await listMembers(connection)];
  return judgeVerifiedDomains(
    members.map(({ user, level }) => ({ email: user.email, level })),
    caller?.user.email,
    domains.map(({ domain }) => domain.toLowerCase()),
  );
}

/** PostHog's refusal for the plan with the name of the feature, which its own sentence leaves out. */
function withFeature(error: ApiError, what: string, { name }: Organization): Error {
  const setting = settingNames.find((one) => ruleOf(one).field === error.answer.attr);
  const gate = setting === undefined ? undefined : ruleOf(setting).gate;
  if (gate === undefined || error.answer.code !== "payment_required") return error;
  return new RefusedError(`${what} was refused by PostHog: ${error.answer.detail}`, {
    why: `Changing ${setting} takes the plan feature "${gate}", which the plan of ${name} does not include.`,
    fix: `Take ${setting} out of the program, or add the feature under Settings > Billing.`,
  });
}
