import { grantText, rulesOf, subjectParts } from "../../access/grants";
import { listed, quoted } from "../../access/messages";
import { defaultRemovalLimit, type PolicyPlan, tooManyRemovals } from "../../access/plan";
import { declaredGrants } from "../../access/policy";
import { sameSet } from "../../access/values";
import { projectIdOf, sameText } from "../../arguments/fields";
import type { Review } from "../../engine/definition";
import { type Finding, failure, notice } from "../../engine/finding";
import type { ExpectedRole } from "../../engine/program";
import { projectRules } from "../../posthog/accessControls";
import type { Connection } from "../../posthog/connection";
import { RefusedError } from "../../posthog/errors";
import { isMadeNow } from "../../posthog/projects";
import { type Role, roleOf } from "../../posthog/roles";
import {
  type Directory,
  nameProject,
  readDirectory,
  readGrants,
  snapshotOf,
} from "../../snapshot/accessSnapshot";
import { callerManages } from "./lockoutGuard";
import {
  reportAccessChanges,
  reportAnomalies,
  reportChanges,
  reportIneffective,
  reportNewAccess,
  reportOpenRoles,
  reportUndeclared,
} from "./projectAccessMessages";
import {
  type ProjectAccessArgs as Args,
  ResolvedPolicy,
  readForPlan,
  type StoredForPlan,
} from "./projectAccessPolicy";
import { reviewNewTypes, reviewRights } from "./ruleRights";

/** The arguments that decide what a policy writes. */
const decisive = ["defaultAccess", "members", "roles", "resources", "mode", "ignore"];

/** The name of a policy in errors and previews. */
export function titleOf({ projectId }: Partial<Args>, name?: string): string {
  if (name !== undefined) return `access policy ${quoted(name)}`;
  return projectId === undefined ? "access policy of a project" : `access policy of project ${projectId}`;
}

/** Why a plan is rejected: it removes too many grants, or the key's owner would lose the project. */
export function refusalsOf(policy: ResolvedPolicy, plan: PolicyPlan, args: Partial<Args>): RefusedError[] {
  const limit = args.removalLimit ?? defaultRemovalLimit;
  const tooMany = tooManyRemovals({ existing: plan.removable, removed: plan.removed, limit }, "grants");
  return [
    ...(tooMany === undefined
      ? []
      : [new RefusedError(`changing the ${titleOf(args)} was refused: it exceeds removalLimit`, tooMany)]),
    ...lockOutRefusals(policy, plan, args),
  ];
}

/** Rejects a plan after which the key's owner could no longer manage the project. */
export function lockOutRefusals(
  { stored: { caller, directory, projectId } }: ResolvedPolicy,
  plan: PolicyPlan,
  args: Partial<Args>,
): RefusedError[] {
  // If the key's owner manages the project, someone does.
  if (caller === undefined || plan.steps.length === 0) return [];
  if (callerManages(caller, directory, projectId, plan.after)) return [];
  const { email } = caller.user;
  return [
    new RefusedError(
      `changing the ${titleOf(args)} was refused: the key's own owner could not change it back`,
      {
        why: `${email} is not an organization admin and would have no admin rule on the project, neither directly nor through a role.`,
        fix: `Keep admin for ${email} or for one of their roles, or use an organization admin's key.`,
      },
    ),
  ];
}

/** What a preview reports: who gains and loses what, which grants stay undeclared, which have no effect. */
export async function reviewProjectAccess(
  connection: Connection,
  { args: declared, unknown, before, inProgram, expectedRoles }: Review<Args>,
): Promise<Finding[]> {
  // The number of a project that changes in the same update is unknown, but the project is the same.
  const args = { ...declared, projectId: declared.projectId ?? before?.projectId };
  const stored = await readKnown(connection, args);
  const { directory, openRoles } = directoryAfter(stored.directory, expectedRoles());
  const earlier = {
    grants: declaredGrants(before ?? {}).map(grantText),
    subjectIds: roleIds(stored.directory),
  };
  const policy = new ResolvedPolicy({ ...stored, directory }, args, earlier);
  const pending = policy.missing.filter(
    (subject) => subject.startsWith("role/") && inProgram(subject.toLowerCase()),
  );
  const written = new Set(declaredGrants(before ?? {}).map(({ subject }) => subject.toLowerCase()));
  const renamed = policy.missing.filter(
    (subject) => !pending.includes(subject) && written.has(subject.toLowerCase()),
  );
  const problems = policy
    .problems((subject) => pending.includes(subject) || renamed.includes(subject))
    .map(({ property, error }) => failure(property, error.message));
  if (problems.length > 0) return problems;
  if (renamed.length > 0) {
    const names = listed(
      renamed.map((subject) => subject.replace("/", " ")),
      "or",
    );
    return [notice(`PostHog has no ${names} now; the update looks for the one of the last run`)];
  }
  const missing = [
    ...unknown.filter((name) => decisive.includes(name)),
    ...pending.map((subject) => subject.replace("/", " ")),
  ];
  if (missing.length > 0) {
    const areKnown = `${missing.length === 1 ? "is" : "are"} known`;
    return [
      notice(`the preview shows who gains and loses access once ${listed(missing, "and")} ${areKnown}`),
    ];
  }
  const roles = directory.roles.filter(
    ({ id }) => openRoles.has(id) && policy.desired.some(({ roleId }) => roleId === id),
  );
  const reported = await reportPlan(connection, policy, args, stored.directory, roles.length === 0);
  return [...reported, ...reportOpenRoles(roles.map(({ name }) => name))];
}

/** What an unchanged policy gives to and takes from people who join and leave its roles in the same update. */
export async function reviewUnchangedAccess(
  connection: Connection,
  { args, expectedRoles }: Pick<Review<Args>, "args" | "expectedRoles">,
): Promise<Finding[]> {
  const expected = expectedRoles();
  const named = declaredGrants(args).flatMap(({ subject }) => subjectParts(subject) ?? []);
  const roles = named.flatMap(({ kind, name }) => (kind === "role" ? [name] : []));
  if (args.projectId === undefined || expected.length === 0 || roles.length === 0) return [];
  const before = await readDirectory(connection);
  const { directory } = directoryAfter(before, expected);
  const changes = (role: string): boolean =>
    !sameMembers(roleOf(role, before.roles), roleOf(role, directory.roles));
  if (!roles.some(changes)) return [];
  const projectId = projectIdOf(args.projectId);
  const [projects, live] = await Promise.all([
    nameProject(connection, projectId).then((project) => [project]),
    readGrants(connection, projectId),
  ]);
  const rules = rulesOf(projectId, live);
  return reportAccessChanges(snapshotOf(before, projects, rules), snapshotOf(directory, projects, rules));
}

/**
 * @param directory who is in the organization and its roles before the update.
 * @param isWhole whether the members of all the policy's roles after the update are known.
 */
async function reportPlan(
  connection: Connection,
  policy: ResolvedPolicy,
  args: Partial<Args>,
  directory: Directory,
  isWhole: boolean,
): Promise<Finding[]> {
  const { stored } = policy;
  const { projectId, live } = stored;
  const isKnown = args.projectId !== undefined;
  const projects = [
    isKnown ? await nameProject(connection, projectId) : { id: projectId, name: "the new project" },
  ];
  const plan = policy.plan();
  const before = snapshotOf(directory, projects, rulesOf(projectId, live));
  const after = snapshotOf(stored.directory, projects, rulesOf(projectId, plan.after));
  const types = new Map(
    policy.desired
      .filter(({ resource }) => resource !== "project")
      .map(({ resource }) => [`resources.${resource}`, resource]),
  );
  const refused = [
    ...(isKnown && plan.steps.length > 0 ? await reviewRights(connection, projectRules(projectId)) : []),
    ...(await reviewNewTypes(connection, types)),
  ];
  if (refused.length > 0) return refused;
  // On a new project, the default access that applies until the policy is written is not a loss for anyone.
  const isNew = !isKnown || isMadeNow(connection, projectId);
  return [
    ...refusalsOf(policy, plan, args).map((error) => failure(undefined, error.message)),
    ...(isNew ? reportNewAccess(plan, after) : reportChanges(plan, before, after, isWhole)),
    ...reportUndeclared(policy, plan),
    ...reportIneffective(policy, after),
    ...reportAnomalies(stored, policy.unknownUsers),
  ];
}

/** The grants of a project that may not exist yet. */
async function readKnown(connection: Connection, { projectId }: Partial<Args>): Promise<StoredForPlan> {
  if (projectId !== undefined) return readForPlan(connection, projectIdOf(projectId));
  return { projectId: 0, directory: await readDirectory(connection), live: [] };
}

function roleIds({ roles }: Directory): Record<string, string> {
  return Object.fromEntries(roles.map(({ id, name }) => [`role/${name}`, id]));
}

/** The organization after the rest of the program is applied. */
interface ExpectedDirectory {
  readonly directory: Directory;
  /** Ids of the roles whose members are not known yet. */
  readonly openRoles: ReadonlySet<string>;
}

/** Applies the program's changes of roles to PostHog's directory: new roles and names, who joins and leaves. */
export function directoryAfter(directory: Directory, expected: readonly ExpectedRole[]): ExpectedDirectory {
  const roles = new Map(directory.roles.map((role) => [role.id, role]));
  const openRoles = new Set<string>();
  // Renamed ones first: others may already use the new name.
  const byIdFirst = [...expected].sort((one, other) => Number(!one.id) - Number(!other.id));
  for (const one of byIdFirst) {
    const role = targetOf(one, roles) ?? pendingRole(one);
    if (role === undefined) continue;
    roles.set(role.id, changed(role, one, directory));
    if (one.isOpen) openRoles.add(role.id);
  }
  for (const { id, members } of roles.values()) if (isPending(id) && members?.length === 0) openRoles.add(id);
  return { directory: { ...directory, roles: [...roles.values()] }, openRoles };
}

/** Whether a role has the same members before and afterwards. */
function sameMembers(before: Role | undefined, after: Role | undefined): boolean {
  const uuids = (role: Role | undefined) => role?.members?.map(({ user }) => user.uuid) ?? [];
  return sameSet(uuids(before), uuids(after));
}

const pendingPrefix = "pending: ";

const isPending = (id: string): boolean => id.startsWith(pendingPrefix);

function targetOf({ id, name }: ExpectedRole, roles: ReadonlyMap<string, Role>): Role | undefined {
  if (id !== undefined) return roles.get(id);
  return [...roles.values()].find((role) => sameText(role.name, name));
}

function pendingRole({ id, name }: ExpectedRole): Role | undefined {
  return id !== undefined || name === undefined
    ? undefined
    : { id: `${pendingPrefix}${name.toLowerCase()}`, name, members: [] };
}

function changed(role: Role, { id, name, joining, leaving }: ExpectedRole, { members }: Directory): Role {
  const moved = new Set([...leaving, ...joining]);
  const joined = members.filter(({ user }) => joining.includes(user.uuid));
  return {
    ...role,
    // A role that was found by its name keeps its spelling in PostHog, whatever the case.
    name: id === undefined ? role.name : (name ?? role.name),
    members: [...(role.members ?? []).filter(({ user }) => !moved.has(user.uuid)), ...joined],
  };
}
