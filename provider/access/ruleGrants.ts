import { type Grant, malformedProject } from "./grants";
import { isAccessLevel } from "./levels";
import { type AccessRule, projectRule } from "./snapshot";

/** Grants on a project and its types as rules; levels that this version does not know are left out. */
export function rulesOf(projectId: number, grants: readonly Grant[]): AccessRule[] {
  return grants.flatMap(({ resource, membershipId, roleId, level }) => {
    if (!isAccessLevel(level)) return [];
    if (resource === "project") return [projectRule(projectId, { membershipId, roleId, level })];
    const type = resource === malformedProject ? "project" : resource;
    return [{ projectId, resource: type, membershipId, roleId, level }];
  });
}

/** The rules of one project as grants; those on single objects are none. */
export function grantsOf(projectId: number, rules: readonly AccessRule[]): Grant[] {
  return rules.flatMap((rule) => {
    const onItself = rule.resource === "project" && rule.resourceId === String(projectId);
    if (rule.projectId !== projectId || (rule.resourceId != null && !onItself)) return [];
    const resource = rule.resource === "project" && !onItself ? malformedProject : rule.resource;
    const { membershipId, roleId, level } = rule;
    return [
      {
        resource,
        ...(membershipId == null ? {} : { membershipId }),
        ...(roleId == null ? {} : { roleId }),
        level,
      },
    ];
  });
}
