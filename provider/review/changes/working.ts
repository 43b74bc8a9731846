import type { LiveOrganization } from "../../access/liveOrganization";
import { didYouMean } from "../../access/nearest";
import {
  type AccessRule,
  distinctNames,
  type Person,
  type ProjectName,
  type RoleWithMembers,
} from "../../access/snapshot";
import type { MatrixProblem, Path } from "../../matrix/problem";

/** An organization on its way from what it is to what a matrix asks for. */
export class WorkingOrganization {
  readonly problems: MatrixProblem[] = [];
  readonly warnings: string[] = [];
  readonly notes: string[] = [];
  roles: readonly RoleWithMembers[];
  rules: readonly AccessRule[];
  /** The projects under unique names. */
  readonly projects: readonly ProjectName[];
  private readonly people: ReadonlyMap<string, Person>;
  private readonly complained = new Set<string>();

  constructor(readonly live: LiveOrganization) {
    this.roles = live.access.roles;
    this.rules = live.access.rules;
    this.projects = distinctNames(live.access.projects);
    this.people = new Map(
      live.access.people.flatMap((person) => [
        [person.email.toLowerCase(), person],
        [person.userUuid.toLowerCase(), person],
      ]),
    );
  }

  /** Someone by e-mail address, in any case, or user UUID. */
  person(user: string): Person | undefined {
    return this.people.get(user.toLowerCase());
  }

  /** A role by its name in any case, or by its id: among the roles as they will be, unless others are given. */
  role(name: string, roles = this.roles): RoleWithMembers | undefined {
    const wanted = name.toLowerCase();
    return (
      roles.find(({ id }) => id.toLowerCase() === wanted) ??
      roles.find((role) => role.name.toLowerCase() === wanted)
    );
  }

  /** Whether someone is invited, so that they are waited for. */
  isInvited(user: string): boolean {
    return this.live.invites?.some(({ email }) => email.toLowerCase() === user.toLowerCase()) ?? false;
  }

  /** Why someone is not to be found, with who may be meant. */
  whyNobody(user: string): string {
    const emails = this.live.access.people.map(({ email }) => email);
    return `${user} is not a member of the organization${didYouMean(user, emails)}`;
  }

  /** Notes that someone is not in the organization, once for each. */
  complainOf(user: string, path: Path): void {
    if (this.complained.has(user.toLowerCase())) return;
    this.complained.add(user.toLowerCase());
    this.problems.push({ path, message: this.whyNobody(user) });
  }
}
