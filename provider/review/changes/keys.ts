import { sameScopes } from "../../access/scopes";
import type { DesiredKey } from "../../matrix/desired";
import type { KeyChange, MatrixAim } from "./model";
import type { WorkingOrganization } from "./working";

/**
 * What becomes of the keys of service accounts. PostHog tells no labels of personal keys, so that they are compared
 * with those of the earlier matrix, not with those that are there.
 */
export function changeKeys(working: WorkingOrganization, aim: MatrixAim, base?: MatrixAim): KeyChange[] {
  const { keys } = aim.desired;
  if (base === undefined) {
    if (keys.length > 0)
      working.notes.push("keys of service accounts are compared with the matrix that was applied last only");
    return [];
  }
  const earlier = new Map(base.desired.keys.map((key) => [placeOf(key), key]));
  const changes = keys.flatMap((key): KeyChange[] => {
    const places = [key, ...key.previously].map(placeOf);
    const was = places.map((place) => earlier.get(place)).find((one) => one !== undefined);
    for (const place of places) earlier.delete(place);
    if (was === undefined) return [told(key, "made")];
    const isSame = was.kind === key.kind && was.label === key.label && sameScopes(was.scopes, key.scopes);
    return isSame ? [] : [told(key, "changed")];
  });
  return [...[...earlier.values()].map((key) => told(key, "deleted")), ...changes];
}

function placeOf({ team, project }: Pick<DesiredKey, "team" | "project">): string {
  return JSON.stringify([team, project]);
}

function told({ team, project, scopes }: DesiredKey, change: KeyChange["change"]): KeyChange {
  return { team, project, change, scopes };
}
