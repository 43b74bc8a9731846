import { listed } from "./messages";

/** Someone's level in the organization (PostHog: 1 member, 8 admin, 15 owner). */
export type OrganizationLevel = "member" | "admin" | "owner";

/** What someone may do in a project as a whole. */
export type ProjectLevel = "none" | "member" | "admin";

/** What someone may do with one type of resource in a project. */
export type ResourceLevel = "none" | "viewer" | "editor" | "manager";

/** Any level that an access rule can have. */
export type AccessLevel = ProjectLevel | ResourceLevel;

/** The organization levels with PostHog's numbers, lowest first. */
export const organizationLevels: Readonly<Record<OrganizationLevel, 1 | 8 | 15>> = {
  member: 1,
  admin: 8,
  owner: 15,
};

/** The project levels, lowest first. */
export const projectLevels: readonly ProjectLevel[] = ["none", "member", "admin"];

/** The levels on a type of resource or a single object, lowest first. */
export const resourceLevels: readonly ResourceLevel[] = ["none", "viewer", "editor", "manager"];

/** From this organization level on, PostHog consults no access rules. */
export const organizationAdmin = organizationLevels.admin;

/** The levels that rules on one type of resource may have. */
interface LevelRange {
  /** The allowed levels, lowest first. */
  readonly levels: readonly AccessLevel[];
  /** What applies without a rule. */
  readonly default: AccessLevel;
}

/** Types of resource whose range is not the usual one (PostHog: `user_access_control.py`). */
const unusualRanges: ReadonlyMap<string, LevelRange> = new Map<string, LevelRange>([
  ["project", { levels: projectLevels, default: "admin" }],
  ["action", { levels: resourceLevels.slice(1), default: "editor" }],
  ["activity_log", { levels: ["none", "viewer"], default: "viewer" }],
  ["toolbar", { levels: ["none", "viewer"], default: "viewer" }],
]);

const usualRange: LevelRange = { levels: resourceLevels, default: "editor" };

const ranks: Readonly<Record<AccessLevel, number>> = {
  none: 0,
  member: 1,
  admin: 2,
  viewer: 1,
  editor: 2,
  manager: 3,
};

/** The organization level of a name or of PostHog's number. */
export function organizationLevelOf(level: OrganizationLevel | 1 | 8 | 15): OrganizationLevel {
  if (typeof level === "string") return level;
  if (level === 15) return "owner";
  return level === 8 ? "admin" : "member";
}

/** The name of a level number; one that PostHog adds later is named by its number. */
export function organizationLevelName(level: number): string {
  const known = Object.entries(organizationLevels).find(([, number]) => number === level);
  return known?.[0] ?? `level ${level}`;
}

/** The project level of a name or of one of the old numbers (1 member, 8 admin). */
export function projectLevelOf(level: ProjectLevel | 1 | 8): ProjectLevel {
  if (typeof level === "string") return level;
  return level === 8 ? "admin" : "member";
}

/** The levels of a type of resource, and the one that applies without a rule. */
export function levelRange(resource: string): LevelRange {
  return unusualRanges.get(resource) ?? usualRange;
}

/** The highest level that anyone can have on a type of resource; organization admins have it everywhere. */
export function highestLevel(resource: string): AccessLevel {
  const { levels } = levelRange(resource);
  return levels[levels.length - 1] ?? "none";
}

/** Why a rule on that type of resource cannot have that level; undefined if it can. */
export function levelProblem(resource: string, level: string): string | undefined {
  const { levels } = levelRange(resource);
  if (levels.some((allowed) => allowed === level)) return undefined;
  const choices = `for ${resource} it must be ${listed(levels)}`;
  const isLevelElsewhere =
    resourceLevels.some((known) => known === level) || projectLevels.some((known) => known === level);
  return isLevelElsewhere ? `cannot be ${level}: ${choices}` : `is not an access level: ${choices}`;
}

/** Whether a text is a level that PostHog's access rules use today. */
export function isAccessLevel(level: string): level is AccessLevel {
  return Object.hasOwn(ranks, level);
}

/** Compares two levels of the same kind: negative when the left one is lower. */
export function compareLevels(left: AccessLevel, right: AccessLevel): number {
  return ranks[left] - ranks[right];
}

/** Whether a level allows at least what another one of the same kind does. */
export function isAtLeast(level: AccessLevel, needed: AccessLevel): boolean {
  return compareLevels(level, needed) >= 0;
}
