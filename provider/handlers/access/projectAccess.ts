import { malformedProject, subjectParts, targetKey } from "../../access/grants";
import type { GrantWrite, PolicyPlan } from "../../access/plan";
import { declaredGrants } from "../../access/policy";
import { projectIdOf } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { Aliases, Checkpoint, Live } from "../../engine/definition";
import type { Properties } from "../../engine/state";
import { projectRules, putRule, typeRules } from "../../posthog/accessControls";
import type { Connection } from "../../posthog/connection";
import { answered, NotFoundError } from "../../posthog/errors";
import { getProject, readOfProject } from "../../posthog/projects";
import {
  type ProjectAccessArgs as Args,
  projectAccessArgs,
  projectAccessFields,
  projectAccessRules,
} from "./projectAccessArgs";
import { ResolvedPolicy, readForPlan, readStored, type Stored, trackedSchema } from "./projectAccessPolicy";
import {
  lockOutBy,
  refusalsOf,
  reviewProjectAccess,
  reviewUnchangedAccess,
  titleOf,
} from "./projectAccessReview";

/** How many writes are on their way at a time; after a failure no more follow. */
const batch = 8;

/** The policy as the last run left it. */
const lastPolicy = (stored: Stored, state: Properties): ResolvedPolicy =>
  new ResolvedPolicy(stored, declaredIn(projectAccessArgs, state), trackedSchema.parse(state));

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
    if (answered(error, 404) && (await getProject(connection, project)) === undefined) return undefined;
    throw error;
  }
}

/** Brings the grants to what is declared, and tells what there is before the first write. */
async function write(
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
    const half = partialState(policy, plan, managed);
    checkpoint(half.id, half.outputs);
  }
  await carryOut(connection, policy, plan, titleOf(declared));
  return policy.toLive(plan.after, managed);
}

/** What a run that breaks off has to leave in state: the grants it may have set, and those it was still to remove. */
function partialState(policy: ResolvedPolicy, plan: PolicyPlan, managed: ReadonlySet<string>): Live<Args> {
  const { live } = policy.stored;
  const there = new Set(live.map(targetKey));
  const fresh = plan.after.filter((grant) => !there.has(targetKey(grant)));
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
    for (let at = 0; at < step.length; at += batch) {
      const writes = step.slice(at, at + batch);
      const results = await Promise.allSettled(
        writes.map((one) => put(connection, projectId, one, `${sayWrite(policy, one)} in the ${title}`)),
      );
      const failed = results.find((result) => result.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    }
  }
}

function sayWrite(policy: ResolvedPolicy, { level, was, ...place }: GrantWrite): string {
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

/** A policy is there already where one of its grants has another level: that is somebody else's so far. */
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

/** The declared grants as far as they are there; a project that has none of them has no such policy yet. */
async function findExisting(connection: Connection, declared: Args): Promise<Live<Args> | undefined> {
  const project = projectIdOf(declared.projectId);
  const stored = await readOfProject(connection, project, () => readStored(connection, project));
  if (stored === undefined) return undefined;
  const policy = new ResolvedPolicy(stored, declared, trackedSchema.parse({}));
  const there = new Set(stored.live.map(targetKey));
  const isThere = policy.declared.length === 0 || policy.desired.some((grant) => there.has(targetKey(grant)));
  return isThere ? policy.toLive(stored.live, new Set(policy.desired.map(targetKey))) : undefined;
}

/** What the policy manages; in exclusive mode every grant to a person or role, and every rule on a type. */
async function addressesOf(
  { projectId, mode, ...declared }: Partial<Args>,
  spellings: Aliases,
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
    return (await spellings[who.kind](who.name)).map((spelling) => `${above}/${who.kind}/${spelling}`);
  });
  return (await Promise.all(addresses)).flat();
}

/** Lifecycle of `ProjectAccess`. */
export const projectAccess = defineResource({
  type: "ProjectAccess",
  args: projectAccessArgs,
  fields: projectAccessFields,
  existing: "acceptEqual",
  title: titleOf,
  needs: (declared) => ({
    scopes: ["access_control:write", "organization_member:read", "organization:read"],
    features: declaredGrants(declared).some(({ subject }) => subject.startsWith("role/"))
      ? ["role_based_access"]
      : [],
  }),
  rules: projectAccessRules,
  claims: addressesOf,
  review: reviewProjectAccess,
  reviewUnchanged: reviewUnchangedAccess,
  find,
  findExisting: findExisting,
  observe,
  create: (connection, declared, checkpoint) => write(connection, declared, {}, checkpoint),
  update: (connection, _live, declared, state, checkpoint) => write(connection, declared, state, checkpoint),
  // Of a project that goes as well it is true until it is gone.
  deletionImpact: async (_connection, { args: { defaultAccess } }) =>
    defaultAccess === undefined || defaultAccess === "admin"
      ? undefined
      : "nothing closes the project any more; as long as there is no other rule, everybody in the organization is its admin",
  async delete(connection, live, state) {
    const policy = lastPolicy(await readForPlan(connection, projectIdOf(live.id)), state);
    const plan = policy.removal();
    const [refusal] = lockOutBy(policy, plan, live.args);
    if (refusal !== undefined) throw refusal;
    await carryOut(connection, policy, plan, titleOf(live.args));
  },
});
