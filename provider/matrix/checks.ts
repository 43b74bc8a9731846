import { listed, quoted } from "../access/messages";
import { didYouMean } from "../access/nearest";
import type { ProjectName } from "../access/snapshot";
import type { DesiredKey, DesiredRole } from "./desired";
import { isServiceAccount } from "./inherit";
import type { Entries, Entry, Matrix, Team } from "./model";
import type { MatrixProblem } from "./problem";
import { longestLabel } from "./schema";

/** How many known names a message lists. */
const listedNames = 10;

/** Reports problems with the projects in a matrix: unknown ones, and two names for one project. */
export function projectProblems(matrix: Matrix, known: ReadonlySet<string>): MatrixProblem[] {
  const numbered = [...matrix.projects].flatMap(([name, { id }]) => (id === undefined ? [] : [{ name, id }]));
  const names = new Set([...known, ...numbered.map(({ name }) => name)]);
  const unknown = namedProjects(matrix).filter(({ name }) => !names.has(name));
  return [
    ...unknown.map(({ name, path }) => ({ path, message: unknownProject(name, names), onName: true })),
    ...numbered.flatMap(({ name, id }, index) => {
      const path = ["projects", name, "id"];
      const other = numbered.slice(0, index).find((earlier) => earlier.id === id);
      const twice = other === undefined ? [] : [{ path, message: `is also the id of ${quoted(other.name)}` }];
      const given = { path, message: "the program also sets the project's id: keep one of the two" };
      return known.has(name) ? [...twice, given] : twice;
    }),
  ];
}

/** The projects of a matrix, once per place that refers to them. */
export function namedProjects(matrix: Matrix): { name: string; path: MatrixProblem["path"] }[] {
  const entries = [matrix.defaults, ...everyTeam(matrix).map((team) => team.entries), matrix.projects];
  return entries.flatMap((some) => [...some].map(([name, { path }]) => ({ name, path })));
}

/** Reports problems with members that are given outside the matrix, by team. */
export function memberProblems(matrix: Matrix, given: Iterable<string>): MatrixProblem[] {
  return [...given].flatMap((name) => {
    const team = matrix.teams.get(name);
    if (team === undefined) {
      const hint = didYouMean(name, matrix.teams.keys());
      return [
        {
          path: ["access_matrix"],
          onName: true,
          message: `the program sets members of ${quoted(name)}, which is not a team of the matrix${hint}`,
        },
      ];
    }
    if (team.members === undefined) return [];
    const path = [...team.path, "members"];
    return [{ path, message: "the program also sets the team's members: keep one of the two" }];
  });
}

/** Reports problems with a team as a whole: a mix of roles and keys, settings about members without members. */
export function teamProblems(team: Team, entries: Entries, hasOutsideMembers: boolean): MatrixProblem[] {
  const aboutPeople = (["mode", "removalLimit", "ignore", "waitForMembers"] as const).filter(
    (setting) => team[setting] !== undefined,
  );
  const at = (setting: string) => [...team.path, setting];
  if (!isServiceAccount(entries)) {
    if (team.members !== undefined || hasOutsideMembers) return [];
    const message = "controls how the team's members are managed, but the team has no members";
    return aboutPeople.map((setting) => ({ path: at(setting), message, onName: true }));
  }
  const message = "applies to people, but a service account has only keys";
  const settings = team.members === undefined ? aboutPeople : ["members", ...aboutPeople];
  const given = hasOutsideMembers
    ? [
        {
          path: team.path,
          message: "is a service account, but the program sets members for it",
          onName: true,
        },
      ]
    : [];
  return [
    ...mixtures(entries),
    ...settings.map((setting) => ({ path: at(setting), message, onName: true })),
    ...given,
  ];
}

export function ignoreProblems(matrix: Matrix): MatrixProblem[] {
  const message = "is also in ignore: keep one of the two";
  const left = (...lists: (readonly string[] | undefined)[]): ReadonlySet<string> =>
    new Set([matrix.ignore, ...lists].flatMap((names) => names ?? []).map((name) => name.toLowerCase()));
  const members = [...matrix.teams.values()].flatMap((team) => {
    const ignored = left(team.ignore);
    return (team.members ?? []).filter(({ user }) => ignored.has(user.toLowerCase()));
  });
  const people = [...matrix.projects.values()].flatMap((policy) => {
    const ignored = left(policy.ignore);
    return [...policy.people].flatMap(([user, entry]) => (ignored.has(user) ? [entry] : []));
  });
  const roles = [...matrix.teams.values()].flatMap((team) =>
    [...team.entries].flatMap(([project, entry]) =>
      left(matrix.projects.get(project)?.ignore).has(team.name.value.toLowerCase()) ? [entry] : [],
    ),
  );
  return [
    ...members.map(({ path }) => ({ path, message })),
    ...[...people, ...roles].map(({ path }) => ({ path, message, onName: true })),
  ];
}

/** Reports problems with the access of a team or person in one project. */
export function entryProblems(entry: Entry): MatrixProblem[] {
  const { path, role, scopes, label, levels, capabilities } = entry;
  if (scopes === undefined) {
    const ofKeys = [label?.path, entry.rotateAfterDays && [...path, "rotateAfterDays"]];
    const misplaced = ofKeys.flatMap((at) =>
      at ? [{ path: at, message: "applies to a key: add api_key_scopes" }] : [],
    );
    const nothing = isEmptyEntry(entry) && entry.inherits && misplaced.length === 0;
    const message = "grants nothing: add a role, a capability or api_key_scopes";
    return nothing ? [{ path, message }] : misplaced;
  }
  const ofPeople = [role?.path, [...levels.values()][0]?.path, capabilities[0]?.path];
  return ofPeople.flatMap((at) =>
    at === undefined
      ? []
      : [
          {
            path: at,
            message: "cannot be combined with api_key_scopes: a service account has only scopes",
            onName: true,
          },
        ],
  );
}

/** Reports earlier names that also belong to something else, now or earlier, because they would be confused. */
export function earlierNameProblems(matrix: Matrix): MatrixProblem[] {
  return [matrix.teams, matrix.projects].flatMap((section) => {
    const taken = new Set(section.keys());
    return [...section.values()].flatMap(({ previously }) =>
      previously.flatMap(({ value, path }) => {
        const isTaken = taken.has(value);
        taken.add(value);
        return isTaken
          ? [{ path, message: `${quoted(value)} is taken: an earlier name can belong to only one` }]
          : [];
      }),
    );
  });
}

/** Reports roles that would have the same name in PostHog, which ignores case. */
export function roleProblems(roles: readonly DesiredRole[], teams: Matrix["teams"]): MatrixProblem[] {
  return repeated(roles, ({ name }) => name.toLowerCase()).map(([role, earlier]) => ({
    path: teams.get(role.team)?.name.path ?? [],
    onName: teams.get(role.team)?.name.value === role.team,
    message: `has the same role name ${quoted(role.name)} as ${quoted(earlier.team)}: PostHog ignores case`,
  }));
}

/** Reports keys whose labels PostHog would reject or that are not unique. */
export function labelProblems(
  keys: readonly (Pick<DesiredKey, "label" | "team" | "project"> & {
    readonly path: Entry["path"];
    readonly labelFrom?: string;
  })[],
): MatrixProblem[] {
  const long = keys.filter(({ label }) => label.length > longestLabel);
  return [
    ...long.map(({ path, label }) => ({
      path,
      message: `needs a label: ${quoted(label)} is longer than ${longestLabel} characters`,
    })),
    ...repeated(keys, ({ label }) => label).map(([{ path, label, labelFrom }, earlier]) => ({
      path,
      message:
        `has the same label ${quoted(label)} as the key of ${earlier.team} in ${earlier.project}` +
        (labelFrom === undefined ? "" : `; the label comes from ${labelFrom}: set one here`),
    })),
  ];
}

function mixtures(entries: Entries): MatrixProblem[] {
  const ofPeople = [...entries].find(([, entry]) => entry.scopes === undefined && !isEmptyEntry(entry));
  if (ofPeople === undefined) return [];
  const [project] = ofPeople;
  const message = `makes the team a service account, but it also grants people access to ${quoted(project)}: split the team`;
  return [...entries.values()].flatMap(({ scopes }) =>
    scopes === undefined ? [] : [{ path: scopes.path, message }],
  );
}

/** Whether an entry only takes access away. */
export function isDenial(entry: Entry): boolean {
  const { role, levels, capabilities } = entry;
  const declared = [...levels.values(), ...(role === undefined ? [] : [role])];
  return (
    !isEmptyEntry(entry) &&
    declared.every(({ value }) => value === "none") &&
    capabilities.every(({ value }) => !value.allowed)
  );
}

/** Whether an entry says nothing about access. */
export function isEmptyEntry({ role, levels, capabilities }: Entry): boolean {
  return role === undefined && levels.size === 0 && capabilities.length === 0;
}

function everyTeam(matrix: Matrix) {
  return [...matrix.templates.values(), ...matrix.teams.values()];
}

function unknownProject(name: string, names: ReadonlySet<string>): string {
  const some = listed([...names].slice(0, listedNames), "and");
  const known = names.size === 0 ? "; no project is known, so set its id" : `; known projects: ${some}`;
  return `unknown project ${quoted(name)}${didYouMean(name, names) || known}`;
}

/** The items whose key an earlier item has, each with that item. */
function repeated<T>(items: readonly T[], keyOf: (item: T) => string): [T, T][] {
  const first = new Map<string, T>();
  return items.flatMap((item): [T, T][] => {
    const earlier = first.get(keyOf(item));
    if (earlier !== undefined) return [[item, earlier]];
    first.set(keyOf(item), item);
    return [];
  });
}

/** The project for a name without a number in the matrix: only one may have the name. */
export function projectNamed(projects: readonly ProjectName[], name: string): ProjectName | undefined {
  const [one, ...others] = projects.filter((project) => project.name === name);
  return others.length === 0 ? one : undefined;
}

/** Why a name without a number matches no project, as the message of a problem. */
export function whyUnnumbered(projects: readonly ProjectName[], name: string): string {
  const ids = projects.flatMap((project) => (project.name === name ? [String(project.id)] : []));
  if (ids.length > 0) return `has no id, and projects ${listed(ids, "and")} all have this name`;
  const names = projects.map((project) => project.name);
  return `has no id, and no project has this name${didYouMean(name, names)}`;
}
