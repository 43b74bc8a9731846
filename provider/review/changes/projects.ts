import {
  type Grant,
  type GrantTarget,
  grantsOf,
  grantText,
  rulesOf,
  subjectParts,
  targetKey,
} from "../../access/grants";
import { defaultRemovalLimit, type PolicyPlan, planPolicy, tooManyRemovals } from "../../access/plan";
import { type DeclaredGrant, declaredGrants } from "../../access/policy";
import type { ProjectName, RoleWithMembers } from "../../access/snapshot";
import { projectNamed, whyUnnumbered } from "../../matrix/checks";
import type { DesiredProject } from "../../matrix/desired";
import type { MatrixTarget, ProjectChange } from "./model";
import type { WorkingOrganization } from "./working";

/** How many undeclared rules a note names before it only counts the rest. */
const namedGrants = 5;

/** Changes the rules of projects to what a matrix declares; removes what only the earlier matrix granted. */
export function changeProjects(
  working: WorkingOrganization,
  target: MatrixTarget,
  base?: MatrixTarget,
): ProjectChange[] {
  const kept = new Set<number>();
  const changes = target.desired.projects.flatMap((desired) => {
    const project = findProject(working, desired, target);
    if (project === undefined) return [];
    kept.add(project.id);
    const managed = base === undefined ? [] : managedIn(working, project, base);
    return changeProject(working, project, desired, grantsFor(working, desired, target), managed);
  });
  const gone = (base?.desired.projects ?? []).flatMap((desired) => {
    const project = base && numberOf(working, desired, base);
    if (base === undefined || project === undefined || kept.has(project.id)) return [];
    // The policy is deleted, which an update allows for any number of grants.
    return changeProject(working, project, { removalLimit: 1 }, [], managedIn(working, project, base));
  });
  return [...gone, ...changes];
}

type Treated = Pick<DesiredProject, "mode" | "removalLimit" | "ignore">;

function changeProject(
  working: WorkingOrganization,
  { id, name }: ProjectName,
  { mode, removalLimit, ignore = [] }: Treated,
  desired: readonly Grant[],
  managed: readonly Grant[],
): ProjectChange[] {
  const ignored = new Set(ignore.flatMap((who) => ignoredPlaces(working, who)).map(targetKey));
  const plan = planPolicy({
    live: grantsOf(id, working.rules),
    desired,
    managed: new Set(managed.map(targetKey)),
    exclusive: mode === "exclusive",
    isIgnored: (place) => ignored.has(targetKey({ ...place, resource: "project" })),
  });
  const isHere = (rule: WorkingOrganization["rules"][number]): boolean =>
    rule.projectId === id && (rule.resourceId == null || rule.resource === "project");
  working.rules = [...working.rules.filter((rule) => !isHere(rule)), ...rulesOf(id, plan.after)];
  const limit = removalLimit ?? defaultRemovalLimit;
  const refusal = tooManyRemovals({ existing: plan.removable, removed: plan.removed, limit }, "grants");
  if (refusal !== undefined) {
    working.warnings.push(`project ${name}: the update will fail. ${refusal.why} ${refusal.fix}`);
  }
  noteUnmanaged(working, name, plan);
  const writes = plan.steps.flat();
  if (writes.length === 0) return [];
  const made = writes.filter(({ was }) => was === undefined).length;
  const changed = writes.length - made - plan.removed;
  return [{ projectId: id, project: name, made, changed, removed: plan.removed }];
}

function noteUnmanaged(working: WorkingOrganization, project: string, { unmanaged }: PolicyPlan): void {
  if (unmanaged.length === 0) return;
  const lines = unmanaged
    .slice(0, namedGrants)
    .map((grant) => grantText({ ...grant, subject: nameOf(working, grant) }));
  const more = unmanaged.length - lines.length;
  const all = [...lines, ...(more > 0 ? [`${more} more`] : [])];
  working.notes.push(`project ${project} keeps what the matrix does not list: ${all.join(", ")}`);
}

function nameOf({ live, roles }: WorkingOrganization, { membershipId, roleId }: GrantTarget): string {
  if (roleId !== undefined) return `role/${roles.find(({ id }) => id === roleId)?.name ?? roleId}`;
  if (membershipId === undefined) return "default";
  const person = live.access.people.find((one) => one.membershipId === membershipId);
  return `user/${person?.email ?? membershipId}`;
}

/** What the earlier matrix granted in one project, through all its projects with that number. */
function managedIn(working: WorkingOrganization, project: ProjectName, base: MatrixTarget): Grant[] {
  return base.desired.projects
    .filter((desired) => numberOf(working, desired, base)?.id === project.id)
    .flatMap((desired) =>
      declared(desired, base).flatMap((grant) => placed(working, grant, working.live.access.roles) ?? []),
    );
}

function grantsFor(working: WorkingOrganization, desired: DesiredProject, target: MatrixTarget): Grant[] {
  return declared(desired, target).flatMap((grant) => {
    const found = placed(working, grant);
    const user = subjectParts(grant.subject);
    if (found === undefined && user?.kind === "user") {
      working.complainOf(user.name, ["projects", desired.project, "members", user.name]);
    }
    return found ?? [];
  });
}

/** The grants of a project, with roles by their names in PostHog. */
function declared(desired: DesiredProject, target: MatrixTarget): DeclaredGrant[] {
  const names = new Map(target.desired.roles.map(({ team, name }) => [team, name]));
  const byRole = <Level>(levels: Readonly<Record<string, Level>>): Record<string, Level> =>
    Object.fromEntries(Object.entries(levels).map(([team, level]) => [names.get(team) ?? team, level]));
  const resources = Object.entries(desired.resources).map(
    ([type, levels]) => [type, { ...levels, roles: byRole(levels.roles) }] as const,
  );
  const { defaultAccess, members, roles } = desired;
  return declaredGrants({
    defaultAccess,
    members,
    roles: byRole(roles),
    resources: Object.fromEntries(resources),
  });
}

function placed(
  working: WorkingOrganization,
  { resource, subject, level }: DeclaredGrant,
  roles?: readonly RoleWithMembers[],
): Grant | undefined {
  const who = subjectParts(subject);
  if (who === undefined) return { resource, level };
  if (who.kind === "user") {
    const membershipId = working.person(who.name)?.membershipId;
    return membershipId === undefined ? undefined : { resource, membershipId, level };
  }
  const roleId = working.role(who.name, roles)?.id;
  return roleId === undefined ? undefined : { resource, roleId, level };
}

function ignoredPlaces(working: WorkingOrganization, who: string): GrantTarget[] {
  const [membershipId, roleId] = [working.person(who)?.membershipId, working.role(who)?.id];
  return [
    ...(membershipId === undefined ? [] : [{ resource: "project", membershipId }]),
    ...(roleId === undefined ? [] : [{ resource: "project", roleId }]),
  ];
}

function findProject(
  working: WorkingOrganization,
  desired: DesiredProject,
  target: MatrixTarget,
): ProjectName | undefined {
  const found = numberOf(working, desired, target);
  if (found !== undefined) return found;
  const { project, id } = desired;
  const message = whyUnknown(working, project, target.projects.get(project) ?? id);
  working.problems.push({ path: ["projects", project], message });
  return undefined;
}

/** Why it is unclear which project is meant. */
export function whyUnknown(
  { live }: WorkingOrganization,
  project: string,
  number: number | undefined,
): string {
  if (number !== undefined) {
    return `unknown project ${number}: the key's owner sees no project with that id`;
  }
  return whyUnnumbered(live.access.projects, project);
}

/** The project that a unique name refers to; without a number, only one may have the name. */
export function numberOf(
  { live, projects: named }: WorkingOrganization,
  { project, id }: Pick<DesiredProject, "project" | "id">,
  { projects }: MatrixTarget,
): ProjectName | undefined {
  const number = projects.get(project) ?? id;
  if (number !== undefined) return named.find((one) => one.id === number);
  return projectNamed(live.access.projects, project);
}
