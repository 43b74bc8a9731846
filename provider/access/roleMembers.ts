import { listed } from "./messages";
import { tooManyRemovals } from "./plan";

/** Someone who is in a role, or is to be. */
export interface RolePerson {
  /** The user's UUID, which stays when the e-mail address changes. */
  readonly userUuid: string;
  readonly email: string;
}

/** Whether people that nobody listed stay (`additive`) or go (`exclusive`). */
type MembersMode = "additive" | "exclusive";

/** Who is to be in a role, and who is in it. */
export interface MembersRequest {
  /** Who is listed now. */
  readonly listed: readonly RolePerson[];
  /** Who was listed by the last run. */
  readonly earlier: readonly RolePerson[];
  /** Who is in the role. */
  readonly current: readonly RolePerson[];
  readonly mode: MembersMode;
  /** Who is left alone, by e-mail address (any case), user UUID, or `*@` with an e-mail domain. */
  readonly ignore: readonly string[];
}

/** What brings a role to its aim. */
export interface MembersPlan {
  readonly joining: readonly RolePerson[];
  readonly leaving: readonly RolePerson[];
  /** Who is in the role without being listed or ignored, and stays. */
  readonly unmanaged: readonly RolePerson[];
  /** How many people in the role are not ignored: the whole that a share of removals refers to. */
  readonly existing: number;
}

/** How many people a sentence names before it only counts the rest. */
const longestList = 8;

/**
 * Who joins and who leaves a role. Additive, people who were listed before and no longer are leave; exclusive, everyone
 * who is not listed. Ignored people do neither.
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

/** Decides who is ignored, by the e-mail address or the user UUID. */
export function ignoring(ignore: readonly string[]): (user: string) => boolean {
  const left = new Set(ignore.map((user) => user.toLowerCase()));
  return (user) => {
    const [name = "", domain] = user.toLowerCase().split("@");
    return domain === undefined ? left.has(name) : left.has(`${name}@${domain}`) || left.has(`*@${domain}`);
  };
}

/** Why so many people are not removed at once, and how to go ahead on purpose; undefined when they are few enough. */
export function tooManyLeave(
  { leaving, existing }: MembersPlan,
  limit: number,
): { why: string; fix: string } | undefined {
  return tooManyRemovals({ existing, removed: leaving.length, limit }, "people");
}

/** A plan in words: `ann@acme.com joins; bob@acme.com and eve@acme.com leave`. Undefined when nothing changes. */
export function describePlan({ joining, leaving }: MembersPlan): string | undefined {
  const parts = [
    ...(joining.length === 0 ? [] : [`${namesOf(joining)} ${joining.length === 1 ? "joins" : "join"}`]),
    ...(leaving.length === 0 ? [] : [`${namesOf(leaving)} ${leaving.length === 1 ? "leaves" : "leave"}`]),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

/** People by their addresses, as a sentence lists them; of many the first ones and the number of the others. */
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
