import { didYouMean } from "../access/nearest";
import { listed, quoted } from "../access/wording";
import type { DesiredKey, DesiredRole } from "./desired";
import { isServiceAccount } from "./inherit";
import type { Entries, Entry, Matrix, Team } from "./model";
import type { MatrixProblem } from "./problem";
import { longestLabel } from "./schema";

/** How many known names a message lists. */
const listedNames = 10;

/** Says what is wrong with the projects that a matrix names: unknown ones, and two names for one project. */
export function projectProblems(matrix: Matrix, known: ReadonlySet<string>): MatrixProblem[] {
  const numbered = [...matrix.projects].flatMap(([name, { id }]) => (id === undefined ? [] : [{ name, id }]));
  const names = new Set([...known, ...numbered.map(({ name }) => name)]);
  const named = [matrix.defaults, ...everyTeam(matrix).map(({ entries }) => entries)].flatMap((entries) =>
    [...entries].map(([name, { path }]) => ({ name, path })),
  );
  const policies = [...matrix.projects].map(([name, { path }]) => ({ name, path }));
  const unknown = [...named, ...policies].filter(({ name }) => !names.has(name));
  return [
    ...unknown.map(({ name, path }) => ({ path, message: unknownProject(name, names), onName: true })),
    ...numbered.flatMap(({ name, id }, index) => {
      const path = ["projects", name, "id"];
      const other = numbered.slice(0, index).find((earlier) => earlier.id === id);
      const twice =
        other === undefined ? [] : [{ path, message: `is the number of ${quoted(other.name)} too` }];
      const given = { path, message: "the program gives the project's number too: keep one of the two" };
      return known.has(name) ? [...twice, given] : twice;
    }),
  ];
}

/** Says what is wrong with members that are given outside of the matrix, by team. */
export function memberProblems(matrix: Matrix, given: Iterable<string>): MatrixProblem[] {
  return [...given].flatMap((name) => {
    const team = matrix.teams.get(name);
    if (team === undefined) {
      const hint = didYouMean(name, matrix.teams.keys());
      return [
        {
          path: ["access_matrix"],
          onName: true,
          message: `the program gives members of ${quoted(name)}, which is not a team of the matrix${hint}`,
        },
      ];
    }
    if (team.members === undefined) return [];
    const path = [...team.path, "members"];
    return [{ path, message: "the program gives the team's members too: keep one of the two" }];
  });
}

/** Says what is wrong with a team as a whole: roles and keys mixed, a service account with people. */
export function teamProblems(team: Team, entries: Entries, hasOutsideMembers: boolean): MatrixProblem[] {
  if (!isServiceAccount(entries)) return [];
  const role = [...entries].find(([, { scopes, role: has }]) => scopes === undefined && has !== undefined);
  const mixed = [...entries.values()].flatMap(({ scopes }) =>
    scopes === undefined || role === undefined
      ? []
      : [
          {
            path: scopes.path,
            message: `makes a service account of a team with a role in ${quoted(role[0])}: split it in two`,
          },
        ],
  );
  const message = "a service account has keys and no people";
  if (team.members !== undefined) return [...mixed, { path: [...team.path, "members"], message }];
  return hasOutsideMembers
    ? [...mixed, { path: team.path, message: `${message}, but the program gives it members`, onName: true }]
    : mixed;
}

/** Says what is wrong with what a team or person has in one project. */
export function entryProblems(entry: Entry): MatrixProblem[] {
  const { path, role, scopes, label, levels, capabilities } = entry;
  if (scopes === undefined) {
    const ofKeys = [label?.path, entry.rotateAfterDays && [...path, "rotateAfterDays"]];
    const misplaced = ofKeys.flatMap((at) =>
      at ? [{ path: at, message: "belongs to a key: it needs api_key_scopes beside it" }] : [],
    );
    const nothing = role === undefined && levels.size === 0 && capabilities.length === 0 && entry.inherits;
    const message = "grants nothing: it needs a role, a capability or api_key_scopes";
    return nothing && misplaced.length === 0 ? [{ path, message }] : misplaced;
  }
  const ofPeople = [role?.path, [...levels.values()][0]?.path, capabilities[0]?.path];
  return ofPeople.flatMap((at) =>
    at === undefined
      ? []
      : [
          {
            path: at,
            message: "stands beside api_key_scopes: a service account has scopes and nothing else",
            onName: true,
          },
        ],
  );
}

/** Says which roles would have one name in PostHog, where capitals make no difference. */
export function roleProblems(roles: readonly DesiredRole[], teams: Matrix["teams"]): MatrixProblem[] {
  return repeated(roles, ({ name }) => name.toLowerCase()).map(([role, earlier]) => ({
    path: teams.get(role.team)?.name.path ?? [],
    message: `has the role name ${quoted(role.name)}, as ${quoted(earlier.team)} has: PostHog does not tell them apart`,
  }));
}

/** Says which keys would have labels that PostHog does not take or that are not unique. */
export function labelProblems(
  keys: readonly (DesiredKey & { readonly path: Entry["path"] })[],
): MatrixProblem[] {
  const long = keys.filter(({ label }) => label.length > longestLabel);
  return [
    ...long.map(({ path, label }) => ({
      path,
      message: `needs a label: ${quoted(label)} is longer than ${longestLabel} characters`,
    })),
    ...repeated(keys, ({ label }) => label).map(([{ path, label }]) => ({
      path,
      message: `has the label ${quoted(label)}, as another key has`,
    })),
  ];
}

function everyTeam(matrix: Matrix) {
  return [...matrix.templates.values(), ...matrix.teams.values()];
}

function unknownProject(name: string, names: ReadonlySet<string>): string {
  const some = listed([...names].slice(0, listedNames), "and");
  const known = names.size === 0 ? "; the program gives none" : `; there are ${some}`;
  return `there is no project ${quoted(name)}${didYouMean(name, names) || known}`;
}

/** The items whose key an earlier item has, with that one. */
function repeated<T>(items: readonly T[], keyOf: (item: T) => string): [T, T][] {
  const first = new Map<string, T>();
  return items.flatMap((item): [T, T][] => {
    const earlier = first.get(keyOf(item));
    if (earlier !== undefined) return [[item, earlier]];
    first.set(keyOf(item), item);
    return [];
  });
}
