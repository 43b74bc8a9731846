import { indexAccess } from "../../access/effective";
import { grantText, rulesOf, subjectParts } from "../../access/grants";
import { organizationAdmin } from "../../access/levels";
import { listed, quoted } from "../../access/messages";
import type { PolicyPlan } from "../../access/plan";
import { declaredGrants } from "../../access/policy";
import { defaultRemovalLimit, tooManyRemovals } from "../../access/removalLimit";
import { mayChangeRules } from "../../access/ruleEffect";

import { projectIdOf } from "../../arguments/fields";
import type { Review } from "../../engine/definition";
import { type Finding, notice, problem } from "../../engine/finding";
import type { Connection } from "../../posthog/connection";
import { RefusedError } from "../../posthog/errors";
import { isMadeNow } from "../../posthog/projects";
import { roleOf } from "../../posthog/roles";
import {
  type Directory,
  nameProject,
  personOf,
  readDirectory,
  readGrants,
  snapshotOf,
} from "../../snapshot/accessSnapshot";
import { directoryAfter, samePeople } from "./expectedDirectory";
import type { ProjectAccessArgs as Args } from "./projectAccessArgs";
import {
  reportIneffective,
  sayWhatChanges,
  sayWhatIsOdd,
  sayWhatMoves,
  sayWhatStays,
  sayWhoGetsIn,
  sayWhoIsOpen,
} from "./projectAccessMessages";
import { ResolvedPolicy, readForPlan, type Stored } from "./projectAccessPolicy";

/** Arguments without which it cannot be said what a policy writes. */
const decisive = ["defaultAccess", "members", "roles", "resources", "mode", "ignore"];

/** How errors and previews call a policy. */
export function titleOf({ projectId }: Partial<Args>, name?: string): string {
  if (projectId !== undefined) return `access policy of project ${projectId}`;
  return name === undefined ? "access policy of a project" : `access policy ${quoted(name)}`;
}

/** Why a plan is not carried out: too many grants would go, or whoever writes would lock themselves out. */
export function refusalsOf(policy: ResolvedPolicy, plan: PolicyPlan, args: Partial<Args>): RefusedError[] {
  const limit = args.removalLimit ?? defaultRemovalLimit;
  const tooMany = tooManyRemovals({ existing: plan.removable, removed: plan.removed, limit }, "grants");
  return [
    ...(tooMany === undefined
      ? []
      : [new RefusedError(`changing the ${titleOf(args)} was refused`, tooMany)]),
    ...lockOutBy(policy, plan, args),
  ];
}

/** Says when a plan would take the project out of the hands of the key's own owner. */
export function lockOutBy(
  { stored: { caller, directory, projectId } }: ResolvedPolicy,
  plan: PolicyPlan,
  args: Partial<Args>,
): RefusedError[] {
  // As long as whoever writes keeps the project, it is not shut to everybody who manages it either.
  if (caller === undefined || caller.level >= organizationAdmin || plan.steps.length === 0) return [];
  const after = snapshotOf(directory, [{ id: projectId, name: "" }], rulesOf(projectId, plan.after));
  if (mayChangeRules(indexAccess(after), personOf(caller), projectId)) return [];
  const { email } = caller.user;
  return [
    new RefusedError(
      `changing the ${titleOf(args)} was refused: the key's own owner could not change it back`,
      {
        why: `${email} is no organization admin, and would have no admin rule on the project, neither their own nor a role's.`,
        fix: `Keep admin for ${email} or for one of their roles, or use an organization admin's key.`,
      },
    ),
  ];
}

/** What a preview says of a policy: who gains and loses what, what stays undeclared, what has no effect. */
export async function reviewProjectAccess(
  connection: Connection,
  { args: declared, unknown, before, inProgram, expectedRoles }: Review<Args>,
): Promise<Finding[]> {
  // A project that changes in the same update has a number that is not known, and is the same project all the same.
  const args = { ...declared, projectId: declared.projectId ?? before?.projectId };
  const stored = await readKnown(connection, args);
  const { directory, open } = directoryAfter(stored.directory, expectedRoles());
  const earlier = {
    grants: declaredGrants(before ?? {}).map(grantText),
    subjectIds: roleIds(stored.directory),
  };
  const policy = new ResolvedPolicy({ ...stored, directory }, args, earlier);
  const pending = policy.missing.filter(
    (subject) => subject.startsWith("role/") && inProgram(subject.toLowerCase()),
  );
  const problems = policy
    .problems((subject) => pending.includes(subject))
    .map(({ property, error }) => problem(property, error.message));
  if (problems.length > 0) return problems;
  const missing = [
    ...unknown.filter((name) => decisive.includes(name)),
    ...pending.map((subject) => subject.replace("/", " ")),
  ];
  if (missing.length > 0) {
    const areKnown = `${missing.length === 1 ? "is" : "are"} known`;
    return [notice(`who gains and loses what is said once ${listed(missing, "and")} ${areKnown}`)];
  }
  const roles = directory.roles.filter(
    ({ id }) => open.has(id) && policy.desired.some(({ roleId }) => roleId === id),
  );
  const said = await sayAll(connection, policy, args, stored.directory, roles.length === 0);
  return [...said, ...sayWhoIsOpen(roles.map(({ name }) => name))];
}

/** What a policy that stays as it is comes to mean for people who join and leave roles in the same update. */
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
  const isMoved = (role: string): boolean =>
    !samePeople(roleOf(role, before.roles), roleOf(role, directory.roles));
  if (!roles.some(isMoved)) return [];
  const projectId = projectIdOf(args.projectId);
  const [projects, live] = await Promise.all([
    nameProject(connection, projectId).then((project) => [project]),
    readGrants(connection, projectId),
  ]);
  const rules = rulesOf(projectId, live);
  return sayWhatMoves(snapshotOf(before, projects, rules), snapshotOf(directory, projects, rules));
}

/**
 * @param directory who is in the organization and its roles before the update.
 * @param isWhole whether it is known of all the policy's roles who is in them afterwards.
 */
async function sayAll(
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
  // On a new project nobody loses what PostHog lets everybody do until the policy is written.
  const isNew = !isKnown || isMadeNow(connection, projectId);
  return [
    ...refusalsOf(policy, plan, args).map((error) => problem(undefined, error.message)),
    ...(isNew ? sayWhoGetsIn(plan, after) : sayWhatChanges(plan, before, after, isWhole)),
    ...sayWhatStays(policy, plan),
    ...reportIneffective(policy, after),
    ...sayWhatIsOdd(stored, policy.unknownUsers),
  ];
}

/** What there is to know of a policy whose project may not be there yet. */
async function readKnown(connection: Connection, { projectId }: Partial<Args>): Promise<Stored> {
  if (projectId !== undefined) return readForPlan(connection, projectIdOf(projectId));
  return { projectId: 0, directory: await readDirectory(connection), live: [] };
}

function roleIds({ roles }: Directory): Record<string, string> {
  return Object.fromEntries(roles.map(({ id, name }) => [`role/${name}`, id]));
}
