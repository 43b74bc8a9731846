import { organizationLevelName } from "../../provider/access/levels";
import type { Needs } from "../../provider/engine/needs";

/** Needs as table cells: scopes, level, plan features, session. */
export function needsCells({ scopes, level, features, featuresToChange, session }: Needs): string[] {
  const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");
  return [
    listed(scopes),
    level === undefined ? "" : organizationLevelName(level),
    listed([...features, ...featuresToChange]),
    session ? "yes" : "",
  ];
}

/** The headings of those cells. */
export const needsHeadings = ["Scopes", "Organization level", "Plan features", "Session"] as const;
