import { byProjectFirst, type Grant, type GrantTarget, isDefault, targetKey } from "./grants";
import { compareLevels, isAccessLevel, levelRange } from "./levels";

/** The person who applies a plan; missing for organization admins, because no rule can lock them out. */
export interface Writer {
  readonly membershipId: string;
  readonly roleIds: ReadonlySet<string>;
}

/** Everything that decides what a policy writes. */
export interface PolicySituation {
  /** Every grant on the project and on the types in it, as in PostHog. */
  readonly live: readonly Grant[];
  /** The grants that should exist. */
  readonly desired: readonly Grant[];
  /** Targets of the grants that the policy has managed so far. */
  readonly managed: ReadonlySet<string>;
  /** Whether grants that are not desired are removed even if the policy never managed them. */
  readonly exclusive: boolean;
  /** Whether someone else manages a grant: it is never removed and never reported. */
  isIgnored(place: GrantTarget): boolean;
  /** The person who writes; missing if no rule can lock them out. */
  readonly writer?: Writer;
}

/** One change of one grant. */
export interface GrantWrite extends GrantTarget {
  /** What to set; null removes the grant. */
  readonly level: string | null;
  /** The previous level; missing for a new grant. */
  readonly was?: string;
}

/** What a policy writes, and what it leaves alone. */
export interface PolicyPlan {
  /** Writes in order; those of one step may happen in any order. */
  readonly steps: readonly (readonly GrantWrite[])[];
  /** Undeclared grants that stay. */
  readonly unmanaged: readonly Grant[];
  /** Every grant once the plan is carried out. */
  readonly after: readonly Grant[];
  /** How many of the existing grants the policy could remove. */
  readonly removable: number;
  readonly removed: number;
}

const stepCount = 5;

/**
 * The fewest writes that lead to the desired grants.
 *
 * The default of the project itself is never removed just for not being declared: that would open a closed project.
 */
export function planPolicy(situation: PolicySituation): PolicyPlan {
  const live = byPlace(situation.live);
  const desired = byPlace(situation.desired);
  const undeclared = [...live].filter(([key, grant]) => !desired.has(key) && !situation.isIgnored(grant));
  const goes = ([key, grant]: readonly [string, Grant]): boolean =>
    situation.managed.has(key) || (situation.exclusive && !isProjectDefault(grant));
  const removals = undeclared
    .filter(goes)
    .map(([, grant]): GrantWrite => ({ ...grant, level: null, was: grant.level }));
  const settings = [...desired].flatMap(([key, grant]): GrantWrite[] => {
    const was = live.get(key)?.level;
    return was === grant.level ? [] : [{ ...grant, was }];
  });
  const writes = [...settings, ...removals];
  return {
    steps: inSteps(writes, situation.writer),
    unmanaged: sorted(undeclared.filter((entry) => !goes(entry))),
    after: applyWrites(situation.live, writes),
    removable: removals.length + [...desired.keys()].filter((key) => live.has(key)).length,
    removed: removals.length,
  };
}

/** The grants after some writes. */
export function applyWrites(live: readonly Grant[], writes: readonly GrantWrite[]): Grant[] {
  const grants = byPlace(live);
  for (const { level, was: _was, ...place } of writes) {
    if (level === null) grants.delete(targetKey(place));
    else grants.set(targetKey(place), { ...place, level });
  }
  return sorted([...grants]);
}

function byPlace(grants: readonly Grant[]): Map<string, Grant> {
  return new Map(grants.map((grant) => [targetKey(grant), grant]));
}

function sorted(grants: readonly (readonly [string, Grant])[]): Grant[] {
  return [...grants].sort(([left], [right]) => byProjectFirst(left, right)).map(([, grant]) => grant);
}

function isProjectDefault(place: GrantTarget): boolean {
  return place.resource === "project" && isDefault(place);
}

function inSteps(writes: readonly GrantWrite[], writer: Writer | undefined): GrantWrite[][] {
  const ordered = [...writes].sort((left, right) => byProjectFirst(targetKey(left), targetKey(right)));
  const steps: GrantWrite[][] = Array.from({ length: stepCount }, () => []);
  for (const write of ordered) steps[stepOf(write, writer)]?.push(write);
  return steps.filter((step) => step.length > 0);
}

/**
 * When a write happens. People get their own grants first (0), then defaults open (1) or close (2), so that nobody who
 * keeps access loses it in between. Writes that take something away follow (3), after the defaults, so that lifting a
 * ban opens nothing on the way. Writes that take something from the writer come last (4), because nothing could be
 * written after them.
 */
function stepOf(write: GrantWrite, writer: Writer | undefined): 0 | 1 | 2 | 3 | 4 {
  if (isDefault(write)) {
    const builtIn = levelRange(write.resource).default;
    return rank(write.level ?? builtIn) >= rank(write.was ?? builtIn) ? 1 : 2;
  }
  if (write.level !== null && rank(write.level) > rank(write.was ?? "none")) return 0;
  return writer !== undefined && concerns(write, writer) ? 4 : 3;
}

function concerns({ membershipId, roleId }: GrantTarget, writer: Writer): boolean {
  return membershipId === writer.membershipId || (roleId !== undefined && writer.roleIds.has(roleId));
}

/** How much a level allows; unknown levels count as the highest. */
function rank(level: string): number {
  return isAccessLevel(level) ? compareLevels(level, "none") : Number.POSITIVE_INFINITY;
}

/** The largest share of what exists that one update may remove unless the program says otherwise. */
export const defaultRemovalLimit = 0.25;

/** What one update is about to remove. */
interface Removals {
  /** How many there are that it could remove. */
  readonly existing: number;
  readonly removed: number;
  /** The largest share that it may remove, 0 to 1. */
  readonly limit: number;
}

/**
 * How many may be removed at once. Even one out of a few is a large share, so a single removal passes unless the limit
 * is 0.
 */
export function allowedRemovals({ existing, limit }: Omit<Removals, "removed">): number {
  // Products such as 0.29 * 100 come out slightly below the exact whole number.
  return limit === 0 ? 0 : Math.max(1, Math.floor(existing * limit + 1e-9));
}

/**
 * Why so many removals are rejected, and how to allow them; undefined if they are within the limit.
 *
 * @param things what is removed, in the plural: `grants`.
 */
export function tooManyRemovals(
  removals: Removals,
  things: string,
): { why: string; fix: string } | undefined {
  const { existing, removed, limit } = removals;
  const allowed = allowedRemovals(removals);
  if (removed <= allowed) return undefined;
  // Rounded up, so that the suggested limit is enough.
  const share = Math.min(1, Math.ceil((removed / existing) * 100) / 100);
  return {
    why: `Exceeds removalLimit: it would remove ${removed} of ${existing} ${things}, and removalLimit ${limit} allows ${allowed}.`,
    fix: `If you want this, set removalLimit: ${share} for this update, and remove it afterwards.`,
  };
}
