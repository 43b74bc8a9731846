import { isEarlierScopeObject } from "../../access/scopeObjects";
import { type Finding, problem } from "../../engine/finding";
import type { Need } from "../../engine/needs";
import { mayEditRules, type RuleAddress } from "../../posthog/accessControls";
import type { Connection } from "../../posthog/connection";
import { isBeforeFall2026, readableOrganization } from "../../posthog/organizations";

/** What writing access rules always requires. */
export const ruleNeeds: Need[] = [
  { scope: "access_control:write" },
  { scope: "organization_member:read" },
  { scope: "organization:read" },
];

/** The preview's finding if the key's owner may not change the rules at an address. */
export async function reviewRights(
  connection: Connection,
  address: RuleAddress,
  place: "project" | "object" = "project",
): Promise<Finding[]> {
  if ((await mayEditRules(connection, address)) !== false) return [];
  const byRule = `an organization admin, or somebody who is admin of project ${address.projectId} by a rule of their own or of a role`;
  const ofObject = place === "object" ? ", or the object's creator or manager" : "";
  return [
    problem(undefined, `the key's owner may not change access rules of this ${place}`, {
      why: `it takes ${byRule}${ofObject}`,
      fix: "use the key of such a person, or have one of them make the owner an admin of the project",
    }),
  ];
}

/** The preview's findings about types of resource that the server does not know, each with its argument. */
export async function reviewNewTypes(
  connection: Connection,
  types: ReadonlyMap<string, string>,
): Promise<Finding[]> {
  const newer = [...types].filter(([, type]) => !isEarlierScopeObject(type));
  if (newer.length === 0) return [];
  const organization = await readableOrganization(connection);
  if (organization === undefined || !isBeforeFall2026(organization)) return [];
  return newer.map(([argument, type]) =>
    problem(argument, `this PostHog server does not know the resource type ${type}`, {
      fix: "remove the rule from the program, or update the server",
    }),
  );
}
