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

/** An organization in transition from its current state to what a matrix declares. */
export class WorkingOrganization {
  readonly problems: MatrixProblem[] = [];
  readonly warnings: string[] = [];
  readonly notes: string[] = [];
  roles: readonly RoleWithMembers[];
  rules: readonly AccessRule[];
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

  /** Finds someone by e-mail address, in any case, or user UUID. */
  person(user: string): Person | undefined {
    return this.people.get(user.toLowerCase());
  }

  /** Finds a role by its name in any case, or by its id: among the resulting roles, unless others are given. */
  role(name: string, roles = this.roles): RoleWithMembers | undefined {
    const wanted = name.toLowerCase();
    return (
      roles.find(({ id }) => id.toLowerCase() === wanted) ??
      roles.find((role) => role.name.toLowerCase() === wanted)
    );
  }

  /** Whether someone has an invite, so that the change waits for them. */
  isInvited(user: string): boolean {
    return this.live.invites?.some(({ email }) => email.toLowerCase() === user.toLowerCase()) ?? false;
  }

  /** Why someone cannot be found, with the nearest match. */
  whyNobody(user: string): string {
    const emails = this.live.access.people.map(({ email }) => email);
    return `${user} is not a member of the organization${didYouMean(user, emails)}`;
  }

  /** Reports that someone is not in the organization, once per person. */
  complainOf(user: string, path: Path): void {
    if (this.complained.has(user.toLowerCase())) return;
    this.complained.add(user.toLowerCase());
    this.problems.push({ path, message: this.whyNobody(user) });
  }
}
