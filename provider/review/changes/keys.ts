import type { LiveKey } from "../../access/liveOrganization";
import { sameSet } from "../../access/values";
import type { DesiredKey } from "../../matrix/desired";
import type { KeyChange, MatrixTarget } from "./model";
import { numberOf } from "./projects";
import type { WorkingOrganization } from "./working";

/** The secret keys of the projects where they were readable, by project number. */
export type ProjectKeys = ReadonlyMap<number, readonly LiveKey[]>;

/** The changes of service accounts' keys, and the keys that cannot be compared. */
interface ComparedKeys {
  readonly keys: KeyChange[];
  readonly uncompared: Pick<DesiredKey, "team" | "project">[];
}

type Known = Pick<LiveKey & DesiredKey, "kind" | "label" | "scopes">;

/**
 * Compares the keys of service accounts: secret keys of projects with the existing ones, by label; personal keys, whose
 * labels PostHog does not show to others, with those of the earlier matrix.
 */
export function changeKeys(
  working: WorkingOrganization,
  target: MatrixTarget,
  base: MatrixTarget | undefined,
  live: ProjectKeys,
): ComparedKeys {
  const earlier = new Map(base?.desired.keys.map((key) => [placeOf(key), key]));
  const keys: KeyChange[] = [];
  const uncompared: ComparedKeys["uncompared"] = [];
  for (const key of target.desired.keys) {
    const places = [key, ...key.previously].map(placeOf);
    const was = places.flatMap((place) => earlier.get(place) ?? [])[0];
    for (const place of places) earlier.delete(place);
    const there = key.kind === "project" ? live.get(numberOf(working, key, target)?.id ?? 0) : undefined;
    const { team, project } = key;
    if (there === undefined && base === undefined) uncompared.push({ team, project });
    else keys.push(...changeKey(key, there === undefined ? was : knownAs(key, was, there)));
  }
  const gone = [...earlier.values()].map(({ team, project, scopes }) => {
    return { team, project, change: "deleted" as const, scopes, gained: [], lost: scopes };
  });
  return { keys: [...gone, ...keys], uncompared };
}

/** The existing key with its label or earlier label; a personal key that becomes a project's key is a different one. */
function knownAs(
  { label }: DesiredKey,
  was: DesiredKey | undefined,
  there: readonly LiveKey[],
): Known | undefined {
  if (was?.kind === "personal") return was;
  const found = [label, was?.label].flatMap((name) => there.filter((key) => key.label === name))[0];
  return found && { ...found, label: found.label ?? "" };
}

function changeKey({ team, project, kind, label, scopes }: DesiredKey, was: Known | undefined): KeyChange[] {
  if (was === undefined) return [{ team, project, change: "made", scopes, gained: scopes, lost: [] }];
  if (was.kind === kind && was.label === label && sameSet(was.scopes, scopes)) return [];
  const gained = scopes.filter((scope) => !was.scopes.includes(scope));
  const lost = was.scopes.filter((scope) => !scopes.includes(scope));
  return [{ team, project, change: "changed", scopes, gained, lost }];
}

function placeOf({ team, project }: Pick<DesiredKey, "team" | "project">): string {
  return JSON.stringify([team, project]);
}
