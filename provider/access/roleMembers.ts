import { listed } from "./messages";
import { tooManyRemovals } from "./plan";

/** Someone who is, or should be, in a role. */
export interface RolePerson {
  /** The user's UUID, which stays when the e-mail address changes. */
  readonly userUuid: string;
  readonly email: string;
}

/** Whether unlisted people stay (`additive`) or are removed (`exclusive`). */
type MembersMode = "additive" | "exclusive";

/** Who should be in a role, and who is. */
export interface MembersRequest {
  /** Who is listed now. */
  readonly listed: readonly RolePerson[];
  /** Who was listed by the last run. */
  readonly earlier: readonly RolePerson[];
  readonly current: readonly RolePerson[];
  readonly mode: MembersMode;
  /** People to leave alone, by e-mail address (in any case), user UUID, or `*@` with an e-mail domain. */
  readonly ignore: readonly string[];
}

/** The changes that give a role its declared members. */
export interface MembersPlan {
  readonly joining: readonly RolePerson[];
  readonly leaving: readonly RolePerson[];
  /** Members who stay although they are neither listed nor ignored. */
  readonly unmanaged: readonly RolePerson[];
  /** How many people in the role are not ignored: the base for a share of removals. */
  readonly existing: number;
}

/** How many people a sentence names before it only counts the rest. */
const longestList = 8;

/**
 * Who joins and who leaves a role. In additive mode, people who were listed before and no longer are leave; in
 * exclusive mode, everyone who is not listed leaves. Ignored people do neither.
 */
export function planMembers({ listed: wanted, earlier, current, mode, ignore }: MembersRequest): MembersPlan {
  const isIgnored = ignoring(ignore);
  const isManaged = ({ userUuid, email }: RolePerson): boolean => !isIgnored(userUuid) && !isIgnored(email);
  const [has, wants, had] = [idsOf(current), idsOf(wanted), idsOf(earlier)];
  const managed = current.filter(isManaged);
  const unlisted = managed.filter(({ userUuid }) => !wants.has(userUuid));
  const leaves = ({ userUuid }: RolePerson): boolean => mode === "exclusive" || had.has(userUuid);
  return {
    joining: unique(wanted).filter((person) => isManaged(person) && !has.has(person.userUuid)),
    leaving: unlisted.filter(leaves),
    unmanaged: unlisted.filter((person) => !leaves(person)),
    existing: managed.length,
  };
}

/** Builds the test for whether a user, by e-mail address or UUID, is ignored. */
export function ignoring(ignore: readonly string[]): (user: string) => boolean {
  const left = new Set(ignore.map((user) => user.toLowerCase()));
  return (user) => {
    const [name = "", domain] = user.toLowerCase().split("@");
    return domain === undefined ? left.has(name) : left.has(`${name}@${domain}`) || left.has(`*@${domain}`);
  };
}

/** Why so many people are not removed at once, and how to allow it; undefined if they are within the limit. */
export function tooManyLeave(
  { leaving, existing }: MembersPlan,
  limit: number,
): { why: string; fix: string } | undefined {
  return tooManyRemovals({ existing, removed: leaving.length, limit }, "people");
}

/** A plan in words: `ann@acme.com joins; bob@acme.com and eve@acme.com leave`. Undefined if nothing changes. */
export function describePlan({ joining, leaving }: MembersPlan): string | undefined {
  const parts = [
    ...(joining.length === 0 ? [] : [`${namesOf(joining)} ${joining.length === 1 ? "joins" : "join"}`]),
    ...(leaving.length === 0 ? [] : [`${namesOf(leaving)} ${leaving.length === 1 ? "leaves" : "leave"}`]),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

/** People by address, as a list in a sentence; a long list names the first ones and counts the rest. */
export function namesOf(people: readonly Pick<RolePerson, "email">[]): string {
  const names = people.map(({ email }) => email).sort();
  if (names.length <= longestList) return listed(names, "and");
  const shown = names.slice(0, longestList - 1);
  return `${shown.join(", ")} and ${names.length - shown.length} others`;
}

function idsOf(people: readonly RolePerson[]): ReadonlySet<string> {
  return new Set(people.map(({ userUuid }) => userUuid));
}

function unique(people: readonly RolePerson[]): RolePerson[] {
  return [...new Map(people.map((person) => [person.userUuid, person])).values()];
}
