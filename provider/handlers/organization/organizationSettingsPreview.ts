import { quoted } from "../../access/messages";
import type { OrganizationSetting } from "../../access/organizationSettings";
import { namesOf } from "../../access/roleMembers";
import type { Review } from "../../engine/definition";
import { type Finding, notice, problem, warning } from "../../engine/finding";
import { getCallerMember } from "../../posthog/caller";
import type { Connection } from "../../posthog/connection";
import { listMembers } from "../../posthog/members";
import { getOrganization, hasFeature, type Organization } from "../../posthog/organizations";
import { resolvePlannedRole } from "../references";
import {
  differingSettings,
  type OrganizationSettingsArgs,
  ruleOf,
  type SettingValues,
  storedValue,
} from "./organizationSettingRules";
import { judgeAdmission } from "./organizationSettingsWrites";

/** Says which settings change, and what an apply would be refused for or shut people out with. */
export async function reviewSettings(
  connection: Connection,
  { args: declared, inProgram }: Review<OrganizationSettingsArgs>,
): Promise<Finding[]> {
  const organization = await getOrganization(connection);
  const { defaultRoleId } = declared;
  const role = await resolvePlannedRole(connection, defaultRoleId ?? undefined, inProgram);
  const wanted: SettingValues = { ...declared, ...(role === undefined ? {} : { defaultRoleId: role.id }) };
  const changed = differingSettings(organization, wanted);
  const findings = changed.flatMap((setting) => [
    ...reviewServer(organization, setting),
    ...reviewPlan(organization, setting),
  ]);
  const words = changed.map((setting) => {
    const [from, to] = [storedValue(organization, setting), declared[setting]];
    return `${setting} changes from ${worded(from)} to ${worded(to)}`;
  });
  return [
    ...findings,
    ...(words.length === 0
      ? []
      : [notice(`${words.join("; ")}; destroying it puts the earlier values back`)]),
    ...(changed.includes("enforce2fa") && declared.enforce2fa === true
      ? await reviewTwoFactor(connection)
      : []),
    ...(changed.includes("enforceVerifiedDomains") && declared.enforceVerifiedDomains === true
      ? await reviewAdmission(connection)
      : []),
  ];
}

const worded = (value: unknown): string => {
  if (value === null || value === undefined) return "not set";
  return typeof value === "string" ? quoted(value) : String(value);
};

function reviewServer(organization: Organization, setting: OrganizationSetting): Finding[] {
  if (storedValue(organization, setting) !== undefined) return [];
  return [
    problem(
      setting,
      "this PostHog server does not know the setting\n  fix: take it out of the program, or update the server",
    ),
  ];
}

/** Servers from before 2026 have no gates, and the newest tell themselves by a field of their own. */
function reviewPlan(organization: Organization, setting: OrganizationSetting): Finding[] {
  const { gate, effective } = ruleOf(setting);
  if (effective !== undefined && hasFeature(organization, effective) === false) {
    return [warning(`the plan of ${organization.name} lacks "${effective}": ${setting} has no effect`)];
  }
  if (gate === undefined || hasFeature(organization, gate) !== false) return [];
  const lacks = `changing ${setting} takes the plan feature "${gate}", which the plan of ${organization.name} does not include`;
  return storedValue(organization, "membersCanSeeOrgMembers") === undefined
    ? [warning(`${lacks}; PostHog may refuse it`)]
    : [
        problem(
          setting,
          `${lacks}\n  fix: take it out of the program, or add the feature under Settings > Billing`,
        ),
      ];
}

async function reviewTwoFactor(connection: Connection): Promise<Finding[]> {
  const [caller, members] = [await getCallerMember(connection), await listMembers(connection)];
  const without = members.filter((member) => member.is_2fa_enabled === false);
  const findings: Finding[] = [];
  if (caller?.is_2fa_enabled === false) {
    findings.push(
      warning(
        `the key's own owner, ${caller.user.email}, has no two-factor authentication: PostHog asks for it at the next sign-in, ` +
          "and a session of this package then takes posthog:totpSecret",
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
  const { refusal, shutOut } = await judgeAdmission(connection);
  if (refusal !== undefined) {
    return [problem("enforceVerifiedDomains", `${refusal.why}\n  fix: ${refusal.fix}`)];
  }
  if (shutOut.length === 0) return [];
  const people = shutOut.map((email) => ({ email }));
  return [warning(`shuts out ${namesOf(people)}, whose e-mail domains are not verified`)];
}
