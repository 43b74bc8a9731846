import { grantText } from "../../provider/access/grants";
import { declaredGrants, type Policy } from "../../provider/access/policy";
import type { Host } from "../../provider/engine/host";
import { dropUndefined, type Properties } from "../../provider/engine/state";
import { handlers } from "../../provider/handlers";
import type { DesiredAccess, DesiredProject } from "../../provider/matrix/desired";
import type { SourceFlags } from "./sources";

/** A resource that a matrix declares, without a stack. */
export interface WantedResource {
  readonly type: string;
  /** Its name in the matrix. */
  readonly name: string;
  readonly args: Properties;
  /** What else a stack with the matrix would store. */
  readonly tracked?: Properties;
}

/** The resources of a matrix, with the arguments that `AccessMatrix` would pass. */
export function wantedResources(
  desired: DesiredAccess,
  { projects = new Map(), members = new Map() }: Pick<SourceFlags, "projects" | "members">,
  account: string | undefined,
): WantedResource[] {
  const names = new Map(desired.roles.map(({ team, name }) => [team, name]));
  const numberOf = (project: string, id: number | undefined) => projects.get(project) ?? id;
  const wanted = [
    ...desired.roles.map(({ team, name, members: listed, mode, removalLimit, ignore, waitForMembers }) => {
      const people = members.get(team) ?? listed;
      const options = people === undefined ? {} : { mode, removalLimit, ignore, waitForMembers };
      return { type: "Role", name: team, args: { name, members: people, ...options } };
    }),
    ...desired.projects.map((one) => {
      const policy = policyArgs(one, names);
      return {
        type: "ProjectAccess",
        name: one.project,
        args: { projectId: numberOf(one.project, one.id), ...policy },
        tracked: { grants: declaredGrants(policy).map(grantText) },
      };
    }),
    ...desired.keys.map(({ team, project, id, kind, label, scopes, rotateAfterDays }) => {
      const projectId = numberOf(project, id);
      const target = kind === "project" ? { projectId } : { projects: [projectId] };
      const args = { label, scopes, rotateAfterDays, ...target };
      return {
        type: kind === "project" ? "ProjectSecretApiKey" : "PersonalApiKey",
        name: `${team}/${project}`,
        args,
      };
    }),
  ];
  return wanted.map(({ args, ...one }) => ({ ...one, args: dropUndefined({ account, ...args }) }));
}

/** The arguments of a policy, with names of roles. */
function policyArgs(
  desired: DesiredProject,
  names: ReadonlyMap<string, string>,
): Policy & Pick<DesiredProject, "mode" | "removalLimit" | "ignore"> {
  const { defaultAccess, members, resources, mode, removalLimit, ignore } = desired;
  const byRole = (levels: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(levels).map(([team, level]) => [names.get(team) ?? team, level]));
  const policies = Object.entries(resources).map(
    ([type, levels]) => [type, { ...levels, roles: byRole(levels.roles) }] as const,
  );
  return {
    defaultAccess,
    members,
    roles: byRole(desired.roles),
    resources: Object.fromEntries(policies),
    mode,
    removalLimit,
    ignore,
  };
}

/** The id of the object of a wanted resource; undefined if it does not exist. */
export async function idOfWanted(host: Host, { type, args }: WantedResource): Promise<string | undefined> {
  // A project has one policy, with or without grants.
  if (type === "ProjectAccess") return String(args.projectId);
  return (await handlers.get(type)?.findExisting(host, args))?.id;
}
