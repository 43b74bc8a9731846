import { organizationLevelName } from "../../provider/access/levels";
import { missingScopes } from "../../provider/access/scopes";
import { type NeedsRow, needsRows } from "../../provider/engine/needs";
import { handlers } from "../../provider/handlers";
import { hasFeature } from "../../provider/posthog/organizations";
import { type Check, judge, ok, problem, skipped, warning } from "./check";
import type { Facts } from "./facts";

/** What one kind of resource needs, always and with certain arguments. */
export interface ResourceNeeds {
  readonly resource: string;
  readonly rows: readonly NeedsRow[];
}

/** The needs of these kinds of resource, from their handlers' declarations; all kinds by default. */
export function needsOf(names: readonly string[] = [...handlers.keys()]): ResourceNeeds[] {
  return names.flatMap((resource) => {
    const handler = handlers.get(resource);
    return handler === undefined
      ? []
      : [{ resource, rows: needsRows(handler.definition.needs).filter(({ isOpen }) => !isOpen) }];
  });
}

/** The unmet needs, and a line for each resource that lacks something. */
function lacking(
  needs: readonly ResourceNeeds[],
  of: (row: NeedsRow) => readonly string[],
): { lines: string[]; all: string[] } {
  const found = needs.flatMap(({ resource, rows }) =>
    rows.flatMap((row) => {
      const lacks = of(row);
      return lacks.length === 0
        ? []
        : [{ lacks, whom: row.when === "" ? resource : `${resource} with ${row.when}` }];
    }),
  );
  return {
    lines: found.map(({ whom, lacks }) => `${whom}: ${lacks.join(", ")}`),
    all: [...new Set(found.flatMap(({ lacks }) => lacks))],
  };
}

/** Whether the key has all scopes that the resources need. */
export function checkScopes({ key, isToken }: Facts, needs: readonly ResourceNeeds[]): Check {
  const name = "scopes";
  if (isToken) return skipped(name, "PostHog does not show the scopes of an OAuth token");
  return judge(name, key.ok ? key : undefined, ({ scopes, scoped_teams }) => {
    if ((scoped_teams ?? []).length > 0) {
      return problem(
        name,
        "the key is restricted to projects, so PostHog rejects it for everything at organization level",
        "Use a key without a project restriction, or one restricted to the organization.",
      );
    }
    if (scopes == null) return ok(name, "the key has no list of scopes: it can do whatever its owner can");
    const { lines, all } = lacking(needs, (row) => missingScopes(scopes, row.needs.scopes));
    if (all.length === 0) return ok(name, "the key has every scope that the resources need");
    return problem(
      name,
      `the key lacks ${all.join(", ")}`,
      `Add ${all.join(", ")} to the key under Settings > Personal API keys (its value stays the same), or name the resources that you use: --resources Project,ProjectMember`,
      lines,
    );
  });
}

/** Whether the key owner's level is high enough. */
export function checkLevel({ organization }: Facts, needs: readonly ResourceNeeds[]): Check {
  const name = "level";
  return judge(name, organization, ({ membership_level: level, name: organizationName }) => {
    if (level == null) return skipped(name, "the server does not show the level of the key's owner");
    const own = organizationLevelName(level);
    const { lines, all } = lacking(needs, ({ needs: { level: needed } }) =>
      needed !== undefined && needed > level ? [organizationLevelName(needed)] : [],
    );
    if (all.length === 0) return ok(name, `the key's owner is ${own} of ${organizationName}`);
    return problem(
      name,
      `the key's owner is only ${own} of ${organizationName}`,
      `Use the key of an ${all.at(-1)} of ${organizationName}.`,
      lines,
    );
  });
}

/** Which plan features are missing that arguments of the resources need. */
export function checkFeatures({ organization }: Facts, needs: readonly ResourceNeeds[]): Check {
  const name = "plan features";
  return judge(name, organization, (found) => {
    if (found.available_product_features == null)
      return skipped(name, "the server does not show what the plan includes");
    const { lines, all } = lacking(needs, ({ needs: { features, featuresToChange } }) =>
      [...features, ...featuresToChange].filter((feature) => hasFeature(found, feature) === false),
    );
    if (all.length === 0)
      return ok(name, `the plan of ${found.name} includes everything that the resources can use`);
    return warning(
      name,
      `the plan of ${found.name} does not include ${all.join(", ")}`,
      "Add the features under Settings > Billing, or remove these arguments from the program.",
      lines,
    );
  });
}
