import { type ProjectLevel, projectLevels, type ResourceLevel, resourceLevels } from "../access/levels";
import { defaultRemovalLimit } from "../access/plan";
import { compareTexts, groupBy } from "../access/values";
import {
  earlierNameProblems,
  ignoreProblems,
  isEmptyEntry,
  labelProblems,
  memberProblems,
  projectProblems,
  roleProblems,
  teamProblems,
} from "./checks";
import { Collector } from "./collect";
import type {
  DesiredAccess,
  DesiredProject,
  DesiredRole,
  MatrixGrant,
  MatrixPrincipal,
  NotEnforceable,
} from "./desired";
import { inheritedEntries, isServiceAccount } from "./inherit";
import type { Entries, Matrix, Team, Treatment } from "./model";
import { type ParsedMatrix, parseMatrix } from "./parse";
import { inOrder, MatrixError, type MatrixProblem, type Path } from "./problem";
import { isUser } from "./schema";

export interface EvaluateOptions extends ResolveOptions {
  /** The file's name in messages; missing if the matrix does not come from a file. */
  readonly file?: string;
  /** Finds further problems, such as missing people; they are reported with all the others. */
  readonly check?: (matrix: Matrix) => readonly MatrixProblem[];
}

/**
 * What a matrix asks for today, from text (YAML or JSON) or from an object of the program. Throws one `MatrixError`
 * with everything that is wrong.
 */
export function evaluateMatrix(source: unknown, options: EvaluateOptions): DesiredAccess {
  const parsed = parseMatrix(source);
  const { desired, problems } = resolved(parsed, options);
  const later = parsed.later === undefined ? [] : resolved(parsed.later, options).problems;
  if (desired === undefined || problems.length > 0)
    throw new MatrixError(inOrder([...problems, ...later]), options.file);
  return desired;
}

function resolved(
  parsed: ParsedMatrix,
  options: EvaluateOptions,
): Partial<ResolvedMatrix> & Pick<ResolvedMatrix, "problems"> {
  if (parsed.matrix === undefined) return { problems: parsed.problems };
  const { desired, problems } = resolveMatrix(parsed.matrix, options);
  return { desired, problems: parsed.allProblems([...problems, ...(options.check?.(parsed.matrix) ?? [])]) };
}

interface ResolveOptions {
  /** Today as ISO date, in UTC. */
  readonly today: string;
  /** Names of the projects whose numbers are given outside the matrix. */
  readonly projects: Iterable<string>;
  /** Names of the teams whose members are given outside the matrix. */
  readonly members?: Iterable<string>;
  /** Whether something that PostHog cannot enforce is a problem. Default false. */
  readonly strict?: boolean;
}

/** What a matrix grants, and what is wrong with it. */
interface ResolvedMatrix {
  readonly desired: DesiredAccess;
  readonly problems: readonly MatrixProblem[];
}

/** How many days before its end a grant is shown as ending. */
const announcedDays = 14;

/** Turns a matrix into the roles, policies and keys that it asks for today. */
function resolveMatrix(matrix: Matrix, options: ResolveOptions): ResolvedMatrix {
  const outside = new Set(options.members);
  const problems = [
    ...projectProblems(matrix, new Set(options.projects)),
    ...memberProblems(matrix, outside),
    ...ignoreProblems(matrix),
    ...earlierNameProblems(matrix),
  ];
  const inherited = inheritedEntries(matrix, (problem) => problems.push(problem));
  const collector = new Collector(options.today, matrix.placeOf);
  const roles = [...matrix.teams].flatMap(([name, team]) => {
    const entries: Entries = inherited.get(name) ?? new Map();
    problems.push(...teamProblems(team, entries, outside.has(name)));
    return resolveTeam(collector, matrix, name, team, entries);
  });
  for (const [project, { everybody, people, mode }] of matrix.projects) {
    if (mode !== undefined || !isEmptyEntry(everybody)) collector.access({}, project, everybody);
    for (const [user, entry] of people) collector.access({ user }, project, entry);
  }
  problems.push(
    ...collector.problems,
    ...roleProblems(roles, matrix.teams),
    ...labelProblems(collector.keys),
    ...(options.strict === true ? collector.notEnforceable.map(strictProblem) : []),
  );
  return { desired: desiredAccess(matrix, collector, roles), problems };
}

function resolveTeam(
  collector: Collector,
  matrix: Matrix,
  name: string,
  team: Team,
  entries: Entries,
): DesiredRole[] {
  if (isServiceAccount(entries)) {
    for (const [project, entry] of entries) collector.key(name, project, entry);
    return [];
  }
  for (const [project, entry] of entries) {
    if (entry.inherits || !isEmptyEntry(entry)) collector.access({ team: name }, project, entry);
  }
  const members = team.members && collector.members(name, team.members);
  const waitForMembers = team.waitForMembers ?? matrix.waitForMembers;
  const { mode, removalLimit, ignore } = treatment(matrix, team);
  return [
    {
      team: name,
      previously: earlierNames(team),
      name: team.name.value,
      members,
      waitForMembers,
      mode,
      removalLimit: besideEnded(removalLimit, collector.ended.members.get(name), members?.length),
      // Roles contain only people, but the matrix may also list roles to ignore.
      ignore: ignore?.filter(isUser),
    },
  ];
}

function desiredAccess(matrix: Matrix, collector: Collector, roles: readonly DesiredRole[]): DesiredAccess {
  const { policies, keys, notEnforceable, warnings } = collector;
  const grants = sorted(collector.grants, (one) => [...place(one), one.resource]);
  const byProject = groupBy(grants, ({ project }) => project);
  const endings = sorted(collector.endings, (one) => [one.until, ...place(one), one.user ?? ""]);
  return {
    roles: sorted(roles, ({ team }) => [team]),
    projects: [...policies].sort().map((project) => {
      const policy = desiredProject(matrix, project, byProject.get(project) ?? []);
      const ended = collector.ended.grants.get(project);
      const removalLimit = besideEnded(policy.removalLimit, ended, byProject.get(project)?.length);
      return { ...policy, removalLimit };
    }),
    keys: sorted(keys, ({ team, project }) => [team, project]).map(
      ({ path: _path, labelFrom: _labelFrom, ...key }) => ({
        ...key,
        id: matrix.projects.get(key.project)?.id,
        previously: earlierPairs(matrix, key),
      }),
    ),
    grants,
    notEnforceable: sorted(notEnforceable, (one) => [...place(one), one.asked]).map(withoutPath),
    ending: endings.filter(({ days }) => days >= 0 && days <= announcedDays),
    ended: endings.filter(({ days }) => days < 0),
    warnings: [...new Set([...matrix.warnings, ...warnings])].sort(),
  };
}

function desiredProject(matrix: Matrix, project: string, grants: readonly MatrixGrant[]): DesiredProject {
  const types = new Set(grants.map(({ resource }) => resource).filter((type) => type !== projectResource));
  const policy = matrix.projects.get(project);
  const { default: defaultAccess, ...named } = levelsOn(projectResource, grants, isProjectLevel);
  return {
    project,
    previously: earlierNames(policy),
    id: policy?.id,
    defaultAccess,
    ...named,
    resources: Object.fromEntries(
      [...types].sort().map((type) => [type, levelsOn(type, grants, isResourceLevel)]),
    ),
    ...treatment(matrix, policy ?? {}),
  };
}

/** The levels on one type of resource, by subject. */
function levelsOn<Level extends string>(
  type: string,
  grants: readonly MatrixGrant[],
  isLevel: (level: string) => level is Level,
): { default?: Level; members: Record<string, Level>; roles: Record<string, Level> } {
  const levels = { members: new Map<string, Level>(), roles: new Map<string, Level>() };
  let everybody: Level | undefined;
  for (const { resource, level, team, user } of grants) {
    if (resource !== type || !isLevel(level)) continue;
    if (team !== undefined) levels.roles.set(team, level);
    else if (user !== undefined) levels.members.set(user, level);
    else everybody = level;
  }
  const { members, roles } = levels;
  return { default: everybody, members: Object.fromEntries(members), roles: Object.fromEntries(roles) };
}

const projectResource = "project";
const isProjectLevel = (level: string): level is ProjectLevel => projectLevels.some((one) => one === level);
const isResourceLevel = (level: string): level is ResourceLevel =>
  resourceLevels.some((one) => one === level);

function earlierNames(named: Pick<Team, "previously"> | undefined): string[] {
  return named?.previously.map(({ value }) => value) ?? [];
}

/** Every pair of names that a team's key in a project may have had, except the current one. */
function earlierPairs(matrix: Matrix, key: { team: string; project: string }) {
  const teams = [key.team, ...earlierNames(matrix.teams.get(key.team))];
  const projects = [key.project, ...earlierNames(matrix.projects.get(key.project))];
  return teams.flatMap((team) => projects.map((project) => ({ team, project }))).slice(1);
}

/** What has ended is removed on purpose: the limit applies to all other removals. */
function besideEnded(limit: number | undefined, ended = 0, desired = 0): number | undefined {
  if (ended === 0) return limit;
  const share = (limit ?? defaultRemovalLimit) + ended / (ended + desired);
  return Math.min(1, Math.ceil(share * 1000) / 1000);
}

/** The nearest setting applies; ignored people add up. */
function treatment(whole: Treatment, own: Treatment): Treatment {
  const ignore = [...new Set([...(whole.ignore ?? []), ...(own.ignore ?? [])])].sort();
  return {
    mode: own.mode ?? whole.mode,
    removalLimit: own.removalLimit ?? whole.removalLimit,
    ignore: ignore.length === 0 ? undefined : ignore,
  };
}

function strictProblem(one: NotEnforceable & { readonly path: Path }): MatrixProblem {
  return { path: one.path, message: `cannot be enforced: ${one.why}; closest: ${one.closest}`, onName: true };
}

/** Sorts by project; within each, everyone first, then people, then teams. */
function place({ project = "", team, user }: MatrixPrincipal & { readonly project?: string }): string[] {
  return [project, team === undefined ? "" : "team", team ?? user ?? ""];
}

function sorted<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): T[] {
  const keyed = items.map((item) => ({ item, keys: keysOf(item) }));
  return keyed.sort((one, other) => compared(one.keys, other.keys)).map(({ item }) => item);
}

function compared(one: readonly string[], other: readonly string[]): number {
  for (const [index, key] of one.entries()) {
    const order = compareTexts(key, other[index] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

function withoutPath<T extends { readonly path: Path }>({ path: _path, ...rest }: T): Omit<T, "path"> {
  return rest;
}
