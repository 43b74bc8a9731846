import { listed } from "../../access/messages";
import { defaultRemovalLimit } from "../../access/removalLimit";
import { describePlan, ignoring, namesOf, type RolePerson, tooManyLeave } from "../../access/roleMembers";
import type { Aliases, Review } from "../../engine/definition";
import { type Finding, notice, problem, warning } from "../../engine/finding";
import type { Connection } from "../../posthog/connection";
import { listMembers, notAMember } from "../../posthog/members";
import type { Role } from "../../posthog/roles";
import { planFor, type RolePeople, resolvePeople } from "./rolePeople";
import { scimWriter } from "./scimRoles";

/** What a preview knows of the people of a role. */
type PeopleReview = Omit<Review<RolePeople>, "existing">;

/** What has to hold of the arguments about the people of a role besides their schema. */
export function peopleRules({ members = [], ignore = [] }: RolePeople): Finding[] {
  const isIgnored = ignoring(ignore);
  return members.flatMap((user, at) =>
    isIgnored(user) ? [problem(`members[${at}]`, "is in ignore as well; leave it to one of the two")] : [],
  );
}

/** The addresses of everybody whom a resource puts into a role; exclusive, it has the whole role. */
export async function peopleClaims(
  roles: readonly string[],
  { members = [], mode }: RolePeople,
  spellings: Aliases,
): Promise<string[]> {
  if (mode === "exclusive") return roles.map((role) => `role/${role}/members/*`);
  const users = (await Promise.all(members.map((user) => spellings.user(user)))).flat();
  return roles.flatMap((role) => users.map((user) => `role/${role}/members/${user}`));
}

/**
 * Says who joins and leaves a role, and what an apply would be refused for.
 *
 * @param role missing while it is not made.
 * @param name the role's name afterwards, where the resource says it.
 */
export async function reviewPeople(
  connection: Connection,
  role: Role | undefined,
  review: PeopleReview,
  name: string | undefined,
): Promise<Finding[]> {
  const { args: declared, before, expectRole } = review;
  if (declared.members === undefined) {
    const isOpen = review.unknown.includes("members");
    expectRole({ id: role?.id, name, joining: [], leaving: [], isOpen });
    return reviewUnknown(review);
  }
  const isExpected = (user: string): boolean => review.inProgram(`member/${user.toLowerCase()}`);
  const { members, waiting, strangers } = await resolvePeople(connection, declared, {}, isExpected);
  const plan = planFor(role, declared, members, { members: before?.members ?? [] });
  const uuids = (people: readonly RolePerson[]): string[] => people.map(({ userUuid }) => userUuid);
  const [joining, leaving] = [uuids(plan.joining), uuids(plan.leaving)];
  expectRole({ id: role?.id, name, joining, leaving, isOpen: false });
  const tooMany = tooManyLeave(plan, declared.removalLimit ?? defaultRemovalLimit);
  const words = describePlan(plan);
  const findings = await reviewStrangers(connection, strangers, declared, before);
  if (tooMany !== undefined)
    findings.push(problem("members", `${words}\n  why: ${tooMany.why}\n  fix: ${tooMany.fix}`));
  else if (words !== undefined) findings.push(notice(words));
  if (waiting.length > 0) {
    findings.push(
      notice(
        `${listed(waiting, "and")} ${waiting.length === 1 ? "joins" : "join"} once they are in the organization`,
      ),
    );
  }
  if (plan.unmanaged.length > 0)
    findings.push(notice(`in it besides, and left alone: ${namesOf(plan.unmanaged)}`));
  const rival = role === undefined ? undefined : await scimWriter(connection, role);
  return rival === undefined ? findings : [...findings, warning(rival)];
}

function reviewUnknown({
  args: { mode, removalLimit = defaultRemovalLimit },
  unknown,
}: PeopleReview): Finding[] {
  if (mode !== "exclusive" || !unknown.includes("members")) return [];
  return [
    notice(
      `members is not known yet: who leaves shows when it is applied, within removalLimit ${removalLimit}`,
    ),
  ];
}

/** Somebody new has to be a member; whom an earlier run knew may only have another address by now. */
async function reviewStrangers(
  connection: Connection,
  strangers: readonly string[],
  { members = [] }: RolePeople,
  before: RolePeople | undefined,
): Promise<Finding[]> {
  if (strangers.length === 0) return [];
  const everybody = await listMembers(connection);
  const known = new Set(before?.members?.map((user) => user.toLowerCase()));
  return strangers.map((user) =>
    known.has(user.toLowerCase())
      ? warning(
          `${user} is not the address of a member any more; where it was changed in PostHog, write the new one`,
        )
      : problem(`members[${members.indexOf(user)}]`, notAMember(user, everybody).message),
  );
}
