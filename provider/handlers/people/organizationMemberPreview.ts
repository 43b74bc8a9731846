import { organizationAdmin, organizationLevelName, organizationLevels } from "../../access/levels";
import { inviteRefusal, levelChangeRefusal, type Refusal, removalRefusal } from "../../access/membership";
import { nearest } from "../../access/nearest";
import { projectIdOf } from "../../arguments/fields";
import type { Review } from "../../engine/definition";
import { type Finding, notice, problem, warning } from "../../engine/finding";
import { getCallerMember } from "../../posthog/caller";
import type { Connection } from "../../posthog/connection";
import { listDomains } from "../../posthog/domains";
import { answered } from "../../posthog/errors";
import type { Invite } from "../../posthog/invites";
import { listMembers, type Member } from "../../posthog/members";
import { hasFeature, readableOrganization } from "../../posthog/organizations";
import { listProjects } from "../../posthog/projects";
import {
  bringsWhatIsDeclared,
  findMembershipStatus,
  levelNumber,
  type MembershipArgs,
  notInvitable,
} from "./organizationMemberStatus";

/** Says what becomes of somebody, and what an apply would be refused for. */
export async function reviewMembership(
  connection: Connection,
  { args: declared, before }: Review<MembershipArgs>,
): Promise<Finding[]> {
  if (declared.user === undefined) return [];
  const standing = await findMembershipStatus(connection, [declared.user]);
  if (standing?.member !== undefined) return reviewMember(connection, standing.member, declared);
  if (before !== undefined && standing === undefined) {
    return [notice("nobody has this address now: who had it in the last run is meant, or else invited")];
  }
  return reviewInvite(connection, declared.user, declared, standing?.invite);
}

const refusalText = (what: string, { why, fix }: Refusal): string => `${what}\n  why: ${why}\n  fix: ${fix}`;

async function reviewMember(
  connection: Connection,
  member: Member,
  declared: Partial<MembershipArgs>,
): Promise<Finding[]> {
  const [caller, everybody] = [await getCallerMember(connection), await listMembers(connection)];
  const change = { caller, member, everybody };
  const findings: Finding[] = [];
  const level = levelNumber(declared) ?? member.level;
  const [from, to] = [organizationLevelName(member.level), organizationLevelName(level)];
  const refusal = levelChangeRefusal(change, level);
  if (refusal !== undefined) {
    findings.push(
      problem("level", refusalText(`${member.user.email} is ${from} and cannot become ${to}`, refusal)),
    );
  } else if (level !== member.level) {
    findings.push(notice(`is ${from}, becomes ${to}`));
  }
  if (declared.onDestroy === "remove") {
    const later = removalRefusal(change);
    if (later !== undefined) findings.push(warning(`onDestroy: remove would be refused: ${later.why}`));
  }
  return findings;
}

async function reviewInvite(
  connection: Connection,
  user: string,
  declared: Partial<MembershipArgs>,
  invite: Invite | undefined,
): Promise<Finding[]> {
  const unknown = notInvitable(user);
  if (unknown !== undefined) return [problem("user", refusalText("cannot be invited", unknown))];
  const since = invite?.created_at == null ? "" : ` since ${invite.created_at.slice(0, 10)}`;
  if (invite !== undefined && bringsWhatIsDeclared(invite, declared)) {
    return [notice(`is invited${since}; nothing is sent again`)];
  }
  const level = levelNumber(declared) ?? organizationLevels.member;
  const refusal = inviteRefusal(await getCallerMember(connection), level);
  if (refusal !== undefined) return [problem("level", refusalText("cannot be invited", refusal))];
  return [
    notice(await wordsFor(connection, user, level, invite)),
    ...(await reviewSettings(connection, user)),
    ...(await reviewProjects(connection, declared)),
  ];
}

async function wordsFor(
  connection: Connection,
  user: string,
  level: number,
  invite: Invite | undefined,
): Promise<string> {
  const as = `as ${organizationLevelName(level)}`;
  if (invite?.is_expired === true) return `the invite has expired: a new one is sent, ${as}`;
  if (invite !== undefined)
    return `PostHog cannot change an invite: a new one is sent ${as}, and the open one ends`;
  const addresses = (await listMembers(connection)).map((member) => member.user.email.toLowerCase());
  const near = nearest(user.toLowerCase(), addresses);
  return `is not a member: is invited ${as}${near === undefined ? "" : ` (the nearest member is ${near})`}`;
}

/** Settings of the organization that stand in an invite's way. */
async function reviewSettings(connection: Connection, user: string): Promise<Finding[]> {
  const organization = await readableOrganization(connection);
  if (organization === undefined) return [];
  const mayNot =
    organization.members_can_invite === false &&
    hasFeature(organization, "organization_invite_settings") !== false &&
    (organization.membership_level ?? organizationAdmin) < organizationAdmin;
  if (mayNot) {
    const fix = "fix: use an admin's key, or let members invite (membersCanInvite of OrganizationSettings)";
    return [problem(undefined, `${organization.name} lets only admins invite people\n  ${fix}`)];
  }
  if (organization.enforce_verified_domains !== true) return [];
  const domain = user.slice(user.lastIndexOf("@") + 1).toLowerCase();
  const verified = (await listDomains(connection)).some((one) => one.is_verified && one.domain === domain);
  return verified
    ? []
    : [warning(`${organization.name} admits only verified e-mail domains, and ${domain} is none of them`)];
}

/** Projects that an invite opens have to be there; a key that may not list them leaves that to PostHog. */
async function reviewProjects(
  connection: Connection,
  { invite }: Partial<MembershipArgs>,
): Promise<Finding[]> {
  const wanted = invite?.projectAccess ?? [];
  if (wanted.length === 0) return [];
  try {
    const projects = await listProjects(connection);
    return wanted.flatMap(({ projectId }, at) =>
      projects.some(({ id }) => id === projectIdOf(projectId))
        ? []
        : [
            problem(
              `invite.projectAccess[${at}].projectId`,
              `the organization has no project ${projectId}; it has ${projects.map(({ id, name }) => `${id} (${name})`).join(", ")}`,
            ),
          ],
    );
  } catch (error) {
    if (answered(error, 403)) return [];
    throw error;
  }
}
