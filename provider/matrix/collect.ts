import type { AccessLevel } from "../access/levels";
import { canProjectKeyHold } from "../access/scopes";
import { daysBetween } from "../access/values";
import { entryProblems, isDenial } from "./checks";
import { decide } from "./decide";
import {
  type DesiredKey,
  type Ending,
  type MatrixGrant,
  type MatrixPrincipal,
  type NotEnforceable,
  subjectName,
} from "./desired";
import { type Entry, type Member, never } from "./model";
import type { MatrixProblem, Path } from "./problem";

/** Scopes for objects outside projects, where PostHog rejects keys that are restricted to projects. */
const organizationScope = /^organization(_member|_integration)?:/;

/** The position of a key's label, or of its entry if it has no label. */
interface Labeled {
  readonly path: Path;
  /** Where the label comes from, if the team inherits it. */
  readonly labelFrom?: string;
}

/** Something with or without an end. */
type MaybeEnding = Omit<Ending, "days" | "until"> & Partial<Pick<Ending, "until">>;

const teams = "access_matrix";

/** Collects the effect of a matrix's entries on one day. */
export class Collector {
  /** Names of the projects that have a policy, even if nothing in it is desired any more. */
  readonly policies = new Set<string>();
  readonly grants: MatrixGrant[] = [];
  readonly keys: (Omit<DesiredKey, "id" | "previously"> & Labeled)[] = [];
  readonly notEnforceable: (NotEnforceable & { readonly path: Path })[] = [];
  /** Everything that has an end, however far in the future or past. */
  readonly endings: Ending[] = [];
  /** How many grants have ended, by project, and how many memberships, by team. */
  readonly ended = { grants: new Map<string, number>(), members: new Map<string, number>() };
  readonly warnings: string[] = [];
  readonly problems: MatrixProblem[] = [];

  constructor(
    private readonly today: string,
    private readonly placeOf: (path: Path) => string,
  ) {}

  /** The access of a team that is a role, of a person, or of everyone in a project. */
  access(subject: MatrixPrincipal, project: string, entry: Entry): void {
    const { levels, unenforced, problems } = decide(entry, this.placeOf);
    this.policies.add(project);
    this.problems.push(...problems, ...(subjectHasEntry(subject) ? entryProblems(entry) : []));
    const { reason, role } = entry;
    const until = lastDay(entry);
    const end = { ...this.endOf(entry, subject.team), isDenial: isDenial(entry) || undefined };
    if (!this.isDesired({ ...subject, project, ...end })) {
      count(this.ended.grants, project, levels.size + (role === undefined ? 0 : 1));
      return;
    }
    this.notEnforceable.push(...unenforced.map((one) => ({ ...subject, project, ...one })));
    const grant = (resource: string, level: AccessLevel): void => {
      this.grants.push({ ...subject, project, resource, level, until, because: reason });
    };
    if (role !== undefined) grant("project", role.value);
    for (const [resource, level] of levels) grant(resource, level);
    const open = [...levels].filter(([, level]) => level !== "none");
    if (role?.value === "none" && open.length > 0 && subjectHasEntry(subject)) {
      const types = open.map(([type]) => type).join(", ");
      this.warnings.push(
        `${subjectName(subject)} in ${project}: levels on ${types} have no effect while the role is none`,
      );
    }
  }

  /** The key that a service account has in a project. */
  key(team: string, project: string, entry: Entry): void {
    this.problems.push(...entryProblems(entry));
    const { scopes, label, rotateAfterDays } = entry;
    if (scopes === undefined) return;
    if (!this.isDesired({ team, project, ...this.endOf(entry, team) })) return;
    const wanted = [...new Set(scopes.value)].sort();
    this.keys.push({
      team,
      project,
      kind: wanted.every(canProjectKeyHold) ? "project" : "personal",
      label: label?.value ?? `${team}/${project}`,
      scopes: wanted,
      rotateAfterDays,
      path: label !== undefined && isOfTeam(label.path, team) ? label.path : [teams, team, project],
      labelFrom: label === undefined || isOfTeam(label.path, team) ? undefined : this.placeOf(label.path),
    });
    for (const scope of wanted.filter((one) => organizationScope.test(one))) {
      this.notEnforceable.push({
        team,
        project,
        asked: `api_key_scopes: ${scope}`,
        why: "PostHog rejects keys restricted to projects for everything at organization level",
        closest: "a separate PersonalApiKey restricted to the organization",
        path: scopes.path,
      });
    }
  }

  /** The current members of a team, in the matrix's order: the resource refers to them by number. */
  members(team: string, members: readonly Member[]): string[] {
    const today = members.filter(({ user, until, reason }) => this.isDesired({ team, user, until, reason }));
    count(this.ended.members, team, members.length - today.length);
    return today.map(({ user }) => user);
  }

  private isDesired({ until, ...what }: MaybeEnding): boolean {
    if (until === undefined) return true;
    const days = daysBetween(this.today, until);
    this.endings.push({ ...what, until, days });
    return days >= 0;
  }

  private endOf(entry: Entry, team: string | undefined): Omit<MaybeEnding, keyof MatrixPrincipal> {
    const until = lastDay(entry);
    const at = entry.until?.path;
    const isOwn = at === undefined || team === undefined || isOfTeam(at, team);
    const inheritedFrom = until === undefined || isOwn ? undefined : this.placeOf(at);
    return { until, reason: entry.reason, inheritedFrom };
  }
}

function count(counts: Map<string, number>, name: string, more: number): void {
  counts.set(name, (counts.get(name) ?? 0) + more);
}

function lastDay({ until }: Entry): string | undefined {
  return until?.value === never ? undefined : until?.value;
}

/** Whether the team itself declares it. */
function isOfTeam([section, name]: Path, team: string): boolean {
  return section === teams && name === team;
}

/** The entry for everyone is part of a project's settings, where it may be empty. */
function subjectHasEntry({ team, user }: MatrixPrincipal): boolean {
  return team !== undefined || user !== undefined;
}
