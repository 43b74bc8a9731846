import { malformedProject, parseGrantText, subjectParts, targetKey } from "../../access/grants";
import type { GrantWrite, PolicyPlan } from "../../access/plan";
import { declaredGrants } from "../../access/policy";
import { projectIdOf } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { Aliases, Checkpoint, Live } from "../../engine/definition";
import { outputSecrecy } from "../../engine/secretOutputs";
import type { Properties } from "../../engine/state";
import { projectRules, putRule, typeRules } from "../../posthog/accessControls";
import type { Connection } from "../../posthog/connection";
import { isMissing, NotFoundError } from "../../posthog/errors";
import { exclusive } from "../../posthog/exclusive";
import { getProject, readOfProject } from "../../posthog/projects";
import { writeAll } from "../../posthog/writes";
import {
  type ProjectAccessArgs as Args,
  projectAccessArgs,
  projectAccessFields,
  projectAccessRules,
  ResolvedPolicy,
  readForPlan,
  readStored,
  type Stored,
  trackedSchema,
} from "./projectAccessPolicy";
import {
  lockOutRefusals,
  refusalsOf,
  reviewProjectAccess,
  reviewUnchangedAccess,
  titleOf,
} from "./projectAccessReview";
import { ruleNeeds } from "./ruleRights";

/** How many writes run side by side. */
const batchSize = 8;

/** The policy as the last run left it. */
function lastPolicy<Read extends Stored>(stored: Read, state: Properties): ResolvedPolicy<Read> {
  return new ResolvedPolicy(stored, declaredIn(projectAccessArgs, state), trackedSchema.parse(state));
}

async function observe(
  connection: Connection,
  id: string,
  state: Properties,
): Promise<Live<Args> | undefined> {
  const project = projectIdOf(id);
  if (!projectAccessArgs.shape.projectId.safeParse(id).success) {
    throw new NotFoundError(`"${id}" is not the id of a ProjectAccess`, {
      why: "Every project has one access policy, so the project's number is its id.",
      fix: "Use the project's number, e.g. 42.",
    });
  }
  try {
    const policy = lastPolicy(await readStored(connection, project), state);
    return policy.toLive(policy.stored.live, policy.managed);
  } catch (error) {
    if (isMissing(error) && (await getProject(connection, project)) === undefined) return undefined;
    throw error;
  }
}

/** Changes the grants to the declared ones, with a checkpoint before the first write. */
function write(
  connection: Connection,
  declared: Args,
  state: Properties,
  checkpoint: Checkpoint,
): Promise<Live<Args>> {
  const project = projectIdOf(declared.projectId);
  return exclusive(connection, { project }, () => planAndWrite(connection, declared, state, checkpoint));
}

async function planAndWrite(
  connection: Connection,
  declared: Args,
  state: Properties,
  checkpoint: Checkpoint,
): Promise<Live<Args>> {
  const stored = await readForPlan(connection, projectIdOf(declared.projectId));
  const policy = new ResolvedPolicy(stored, declared, trackedSchema.parse(state));
  const plan = policy.plan();
  const [refusal] = [...policy.problems().map(({ error }) => error), ...refusalsOf(policy, plan, declared)];
  if (refusal !== undefined) throw refusal;
  const managed = new Set(policy.desired.map(targetKey));
  if (plan.steps.length > 0) {
    const partial = partialState(policy, plan, managed);
    checkpoint(partial.id, partial.outputs);
  }
  await carryOut(connection, policy, plan, titleOf(declared));
  return policy.toLive(plan.after, managed);
}

/**
 * Why a policy with unchanged arguments is updated: it still manages a grant that is no longer declared. Earlier
 * versions left such a state if an update failed midway.
 */
function leftoverGrants(declared: Partial<Args>, { grants }: Properties): string | undefined {
  const place = (resource: string, subject: string): string => `${resource}/${subject}`.toLowerCase();
  const wanted = new Set(declaredGrants(declared).map(({ resource, subject }) => place(resource, subject)));
  const left = trackedSchema.parse({ grants }).grants.filter((line) => {
    const grant = parseGrantText(line);
    return grant !== undefined && !wanted.has(place(grant.resource, grant.subject));
  });
  if (left.length === 0) return undefined;
  return `still has what is not declared any more; the update removes ${left.join(", ")}`;
}

/** What a failed run has to leave in state: the grants that it may have set, and those that it has not removed yet. */
function partialState(policy: ResolvedPolicy, plan: PolicyPlan, managed: ReadonlySet<string>): Live<Args> {
  const { live } = policy.stored;
  const existing = new Set(live.map(targetKey));
  const fresh = plan.after.filter((grant) => !existing.has(targetKey(grant)));
  return policy.toLive([...live, ...fresh], new Set([...policy.managed, ...managed]));
}

async function carryOut(
  connection: Connection,
  policy: ResolvedPolicy,
  plan: PolicyPlan,
  title: string,
): Promise<void> {
  const { projectId } = policy.stored;
  for (const step of plan.steps) {
    const writes = step.map(
      (write) => () => put(connection, projectId, write, `${describeWrite(policy, write)} in the ${title}`),
    );
    await writeAll(writes, batchSize);
  }
}

function describeWrite(policy: ResolvedPolicy, { level, was, ...place }: GrantWrite): string {
  const [line] = policy.lines([{ ...place, level: level ?? was ?? "" }]);
  return level === null ? `removing ${line}` : `setting ${line}`;
}

function put(connection: Connection, projectId: number, write: GrantWrite, what: string): Promise<void> {
  const { resource, membershipId: member, roleId: role, level } = write;
  const subject = { member, role };
  if (resource === "project") return putRule(connection, projectRules(projectId), subject, level, what);
  const type = resource === malformedProject ? "project" : resource;
  return putRule(connection, typeRules(projectId), subject, level, what, type);
}

/** A policy already exists if one of its grants has another level, which cannot come from this program. */
async function find(connection: Connection, declared: Partial<Args>): Promise<Live<Args> | undefined> {
  if (declared.projectId === undefined) return undefined;
  const stored = await readStored(connection, projectIdOf(declared.projectId));
  const policy = new ResolvedPolicy(stored, declared, trackedSchema.parse({}));
  const levels = new Map(stored.live.map((grant) => [targetKey(grant), grant.level]));
  const differs = policy.desired.some(
    (grant) => (levels.get(targetKey(grant)) ?? grant.level) !== grant.level,
  );
  return differs ? policy.toLive(stored.live, new Set(policy.desired.map(targetKey))) : undefined;
}

/** The declared grants that exist; a project with none of them has no such policy yet. */
async function findExisting(connection: Connection, declared: Args): Promise<Live<Args> | undefined> {
  const project = projectIdOf(declared.projectId);
  const stored = await readOfProject(connection, project, () => readStored(connection, project));
  if (stored === undefined) return undefined;
  const policy = new ResolvedPolicy(stored, declared, trackedSchema.parse({}));
  const existing = new Set(stored.live.map(targetKey));
  const exists =
    policy.declared.length === 0 || policy.desired.some((grant) => existing.has(targetKey(grant)));
  return exists ? policy.toLive(stored.live, new Set(policy.desired.map(targetKey))) : undefined;
}

/**
 * The addresses that the policy manages; in exclusive mode every grant to a person or role, and every rule on a type.
 */
async function addressesOf(
  { projectId, mode, ...declared }: Partial<Args>,
  aliases: Aliases,
): Promise<string[]> {
  if (projectId === undefined) return [];
  const project = `project/${projectIdOf(projectId)}`;
  if (mode === "exclusive") {
    const everybody = declared.defaultAccess === undefined ? [] : ["default"];
    return ["user/*", "role/*", "type/*", ...everybody].map((below) => `${project}/${below}`);
  }
  const addresses = declaredGrants(declared).map(async ({ resource, subject }) => {
    const above = resource === "project" ? project : `${project}/type/${resource}`;
    const who = subjectParts(subject);
    if (who === undefined) return [`${above}/default`];
    return (await aliases[who.kind](who.name)).map((spelling) => `${above}/${who.kind}/${spelling}`);
  });
  return (await Promise.all(addresses)).flat();
}

export const projectAccess = defineResource({
  type: "ProjectAccess",
  args: projectAccessArgs,
  secrecy: outputSecrecy.ProjectAccess,
  fields: projectAccessFields,
  existing: "acceptEqual",
  title: titleOf,
  needs: {
    always: ruleNeeds,
    when: [
      { argument: "roles", is: "filled", needs: [{ feature: "role_based_access" }] },
      { argument: "resources.*.roles", is: "filled", needs: [{ feature: "role_based_access" }] },
    ],
  },
  rules: projectAccessRules,
  claims: addressesOf,
  review: reviewProjectAccess,
  reviewUnchanged: reviewUnchangedAccess,
  updateReason: (_connection, declared, state) => leftoverGrants(declared, state),
  find,
  findExisting,
  observe,
  create: (connection, declared, checkpoint) => write(connection, declared, {}, checkpoint),
  update: (connection, _live, declared, state, checkpoint) => write(connection, declared, state, checkpoint),
  // This also holds for a project that is about to be deleted, until it is.
  deletionImpact: async (_connection, { args: { defaultAccess } }) =>
    defaultAccess === undefined || defaultAccess === "admin"
      ? undefined
      : "the project is no longer private: without another rule, everybody in the organization is its admin",
  delete: (connection, live, state) =>
    exclusive(connection, { project: projectIdOf(live.id) }, async () => {
      const policy = lastPolicy(await readForPlan(connection, projectIdOf(live.id)), state);
      const plan = policy.removal();
      const [refusal] = lockOutRefusals(policy, plan, live.args);
      if (refusal !== undefined) throw refusal;
      await carryOut(connection, policy, plan, titleOf(live.args));
    }),
});
