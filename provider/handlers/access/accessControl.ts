import * as z from "zod";
import { type Grant, isDefault, rulesOf } from "../../access/grants";
import { isAccessLevel, levelProblem, organizationAdmin } from "../../access/levels";
import { quoted } from "../../access/messages";
import { judgeResourceType, type ObjectRoute, objectRoutes } from "../../access/resourceTypes";
import { judgeRules } from "../../access/ruleEffect";
import type { AccessRule } from "../../access/snapshot";
import { projectId, projectIdOf, roleArg, sameProjectId, text, userArg } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { Aliases, ArgsOf, Checkpoint, Live, Review } from "../../engine/definition";
import { type Finding, problem, warning } from "../../engine/finding";
import { outputSecrecy } from "../../engine/secretOutputs";
import type { Properties } from "../../engine/state";
import {
  isFor,
  listObjectRules,
  listRules,
  putObjectRule,
  putRule,
  type RuleAddress,
  type StoredRule,
  typeRules,
} from "../../posthog/accessControls";
import type { Connection } from "../../posthog/connection";
import { isMissing, lacksRoute, NotFoundError, OlderServerError } from "../../posthog/errors";
import { addressOfObject, storedId } from "../../posthog/objects";
import { getOrganization } from "../../posthog/organizations";
import { getProject } from "../../posthog/projects";
import type { Role } from "../../posthog/roles";
import { type Directory, readDirectory, readGrants, snapshotOf } from "../../snapshot/accessSnapshot";
import { personReference, roleReference } from "../references";
import {
  asDeclared,
  everybody,
  findPrincipal,
  isSamePrincipal,
  levelToPutBack,
  lookUpPrincipal,
  type Principal,
  principalOutputs,
  principalPath,
  principalPaths,
  refuseHidden,
  renamedPrincipal,
  replacedLevel,
  requirePrincipal,
  resolvePlanned,
  rulePrincipalOf,
} from "./principal";
import { reviewNewTypes, reviewRights, ruleNeeds } from "./ruleRights";

const objectIdForm = "must be the id of an object, such as 42 or a flag's key";
const args = z.strictObject({
  projectId,
  resource: text(100),
  resourceId: z
    .union([z.int().refine((id) => id > 0, objectIdForm), text(400)], {
      error: objectIdForm,
    })
    .optional(),
  user: userArg.optional(),
  role: roleArg.optional(),
  accessLevel: z.string("must be the name of a level"),
});
type Args = ArgsOf<(typeof args)["shape"]>;
type TargetArgs = Pick<Args, "projectId" | "resource" | "resourceId">;

const idForm = /^(\d+)\/([a-z][a-z0-9_]*)(?:\/(.+?))??\/(?:(default)|(user|role)\/(.+))$/;

/** The target of the declared rule, as written. */
function writtenTarget({ projectId: project, resource, resourceId }: TargetArgs): RuleTarget {
  const object = resourceId === undefined ? undefined : String(resourceId);
  return { projectId: projectIdOf(project), resource, object };
}

/** The target of the declared rule, as written; undefined while it is unknown. */
function declaredTarget({ projectId: project, resource, resourceId }: Partial<Args>): RuleTarget | undefined {
  if (project === undefined || resource === undefined) return undefined;
  return writtenTarget({ projectId: project, resource, resourceId });
}

/** The target of an access rule: a whole type of resource in a project, or one object of that type. */
interface RuleTarget {
  readonly projectId: number;
  readonly resource: string;
  /** The object's address; missing for the whole type. */
  readonly object?: string;
}

/** The target with PostHog's own id for its object. */
async function resolveTarget(connection: Connection, target: RuleTarget): Promise<RuleTarget> {
  const { projectId, resource, object } = target;
  const route = objectRoutes.get(resource);
  if (object === undefined || route === undefined) return target;
  return { ...target, object: await addressOfObject(connection, { projectId, resource, route }, object) };
}

/** The rule's object does not exist in PostHog. */
class MissingObjectError extends NotFoundError {}

/** The rules on a target; only those for the principal if objects of this type have no known address. */
async function rulesAt(
  connection: Connection,
  target: RuleTarget,
  principal: Principal,
): Promise<StoredRule[]> {
  const { projectId, resource, object } = target;
  const address = addressOf(target);
  if (address !== undefined) {
    try {
      const rules = await listRules(connection, address);
      return object === undefined ? rules.filter((rule) => rule.resource === resource) : rules;
    } catch (error) {
      if (object !== undefined && lacksRoute(error)) {
        throw new OlderServerError(`access rules on single objects of type ${resource}`);
      }
      if (object === undefined || !isMissing(error)) throw error;
      if ((await getProject(connection, projectId)) === undefined) throw error;
      throw new MissingObjectError(`${resource} ${object} does not exist in project ${projectId}`, {
        why: "It was deleted, and its access rules with it, or the key's owner cannot see it.",
        fix: "Remove this AccessControl from the program, or correct resourceId.",
      });
    }
  }
  const rules = await listObjectRules(connection, projectId, rulePrincipalOf(principal));
  return rules.filter((rule) => rule.resource === resource && rule.resource_id === object);
}

/** The level that a rule on a target gives; undefined without a rule. */
async function levelAt(
  connection: Connection,
  target: RuleTarget,
  principal: Principal,
): Promise<string | undefined> {
  const rules = await rulesAt(connection, target, principal);
  return rules.find((rule) => isFor(rule, rulePrincipalOf(principal)))?.access_level ?? undefined;
}

/** Sets a rule on a target, or with null removes it. */
async function putAt(
  connection: Connection,
  target: RuleTarget,
  principal: Principal,
  level: string | null,
  what: string,
): Promise<void> {
  const { projectId, resource, object } = target;
  const address = addressOf(target);
  if (address !== undefined) {
    const type = object === undefined ? resource : undefined;
    await putRule(connection, address, rulePrincipalOf(principal), level, what, type);
  } else if (object !== undefined) {
    await putObjectRule(
      connection,
      projectId,
      { resource, id: object },
      rulePrincipalOf(principal),
      level,
      what,
    );
  }
}

/** Why the rule would have no effect; undefined if it has one. */
async function ineffectiveReason(
  connection: Connection,
  target: RuleTarget,
  principal: Principal,
  level: string,
): Promise<string | undefined> {
  if (!isAccessLevel(level)) return undefined;
  const { projectId, resource, object } = target;
  const [directory, grants, onObject] = await Promise.all([
    readDirectory(connection),
    readGrants(connection, projectId),
    object === undefined ? [] : rulesAt(connection, target, principal),
  ]);
  const [membershipId, roleId] = [principal.member?.id, principal.role?.id];
  const own: AccessRule = { projectId, resource, resourceId: object, membershipId, roleId, level };
  // A project can have hundreds of rules, each with a resource that calls this, so only the rules that can decide are
  // checked.
  const near = nearby(directory, principal);
  const others = [...rulesOf(projectId, grants.filter(near.isRelevant)), ...objectRulesOf(target, onObject)];
  const rules = [...others.filter((rule) => !isSameTarget(rule, own)), own];
  return judgeRules(snapshotOf(near.directory, [{ id: projectId, name: "" }], rules))(own);
}

/** The part of the directory and of a project's grants that may decide what a principal can do. */
function nearby(directory: Directory, { member, role }: Principal) {
  const members = member === undefined ? [] : [member];
  const isTheirs = (one: Role): boolean =>
    one.id === role?.id || one.members?.some(({ user }) => user.uuid === member?.user.uuid) === true;
  const roles = directory.roles.filter(isTheirs);
  const ids = new Set([...members, ...roles].map(({ id }) => id));
  return {
    directory: { ...directory, members, roles },
    isRelevant: (grant: Grant) => isDefault(grant) || ids.has(grant.membershipId ?? grant.roleId ?? ""),
  };
}

function isSameTarget(one: AccessRule, other: AccessRule): boolean {
  return (["resource", "resourceId", "membershipId", "roleId"] as const).every(
    (part) => (one[part] ?? null) === (other[part] ?? null),
  );
}

function objectRulesOf(target: RuleTarget, rules: readonly StoredRule[]): AccessRule[] {
  const { projectId, resource, object } = target;
  return rules.flatMap(({ access_level: level, organization_member, role }) =>
    level === null || !isAccessLevel(level)
      ? []
      : [{ projectId, resource, resourceId: object, membershipId: organization_member, roleId: role, level }],
  );
}

function addressOf({ projectId, resource, object }: RuleTarget): RuleAddress | undefined {
  if (object === undefined) return typeRules(projectId);
  const route = objectRoutes.get(resource);
  if (route === undefined) return undefined;
  return { projectId, path: `${route.path}/${encodeURIComponent(object)}/access_controls` };
}

function idOf({ projectId: project, resource, object }: RuleTarget, principal: Principal): string {
  return [project, resource, ...(object === undefined ? [] : [object]), principalPath(principal)].join("/");
}

async function toLive(
  connection: Connection,
  target: RuleTarget,
  principal: Principal,
  level: string,
  declared: Partial<Args>,
  state: Properties = {},
): Promise<Live<Args>> {
  const { projectId: project, resource, object } = target;
  const reason = await ineffectiveReason(connection, target, principal, level);
  return {
    id: idOf(target, principal),
    args: {
      projectId: project,
      resource,
      ...(object === undefined ? {} : { resourceId: declared.resourceId ?? object }),
      ...asDeclared(principal, declared, state),
      accessLevel: level,
    },
    outputs: {
      objectId: object,
      effective: reason === undefined,
      effectiveReason: reason,
      ...principalOutputs(principal),
    },
  };
}

async function observe(
  connection: Connection,
  id: string,
  state: Properties,
): Promise<Live<Args> | undefined> {
  const { target } = parseId(id);
  const look = async (): Promise<Live<Args> | undefined | "gone"> => {
    try {
      return await observeOnce(connection, id, state);
    } catch (error) {
      const isNotThere = error instanceof MissingObjectError || isMissing(error);
      if (isNotThere && (await isGone(connection, target))) return "gone";
      throw error;
    }
  };
  const seen = await look();
  // A single 404 proves nothing.
  const found = seen === "gone" ? await look() : seen;
  return found === "gone" ? undefined : found;
}

async function observeOnce(
  connection: Connection,
  id: string,
  state: Properties,
): Promise<Live<Args> | undefined> {
  const { target: written, kind, token } = parseId(id);
  const principal = kind === undefined ? everybody : await findPrincipal(connection, kind, token);
  const target = await resolveTarget(connection, written);
  const level = principal === undefined ? undefined : await levelAt(connection, target, principal);
  if (principal !== undefined && level !== undefined)
    return toLive(connection, target, principal, level, declaredIn(args, state), state);
  await refuseHidden(state, async (subject) =>
    (await rulesAt(connection, target, everybody)).some((rule) => isFor(rule, subject)),
  );
  return undefined;
}

function parseId(id: string): { target: RuleTarget; kind?: string; token: string } {
  const [, project, resource, object, everyone, kind, token = ""] = idForm.exec(id) ?? [];
  if (project === undefined || resource === undefined || (everyone ?? kind) === undefined) {
    throw new NotFoundError(`"${id}" is not the id of an AccessControl`, {
      why: "PostHog gives rules no id, so the id says what a rule is on and whom it is for.",
      fix: "Use <project>/<resource>[/<object>]/ and then default, user/<e-mail or UUID> or role/<id or name>, e.g. 42/feature_flag/new-ui/role/Analysts.",
    });
  }
  return { target: { projectId: Number(project), resource, object }, kind, token };
}

/** Whether a rule's target is certainly gone: the project, or an object that an organization admin cannot find. */
async function isGone(connection: Connection, { projectId: project, object }: RuleTarget): Promise<boolean> {
  if ((await getProject(connection, project)) === undefined) return true;
  const { membership_level: level } = await getOrganization(connection);
  return object !== undefined && (level ?? 0) >= organizationAdmin;
}

async function put(
  connection: Connection,
  declared: Args,
  state: Properties,
  checkpoint: Checkpoint,
): Promise<Live<Args>> {
  const principal = await requirePrincipal(connection, declared, state);
  const target = await resolveTarget(connection, writtenTarget(declared));
  const level = declared.accessLevel;
  const current = await levelAt(connection, target, principal);
  const known = { objectId: target.object, ...principalOutputs(principal) };
  checkpoint(idOf(target, principal), known, replacedLevel(state, current));
  if (current !== level) {
    await putAt(connection, target, principal, level, `setting the ${titleOf(declared)}`);
  }
  return toLive(connection, target, principal, level, declared, state);
}

function titleOf(
  { projectId: project, resource, resourceId, user, role }: Partial<Args>,
  name?: string,
): string {
  const whose = user ?? (role === undefined ? "everybody" : `role ${role}`);
  const what = [resource ?? "a type of resource", ...(resourceId === undefined ? [] : [resourceId])].join(
    " ",
  );
  if (name !== undefined) return `access rule ${quoted(name)} of ${whose} on ${what}`;
  return `access rule of ${whose} on ${what} in ${project === undefined ? "a project" : `project ${project}`}`;
}

async function review(
  connection: Connection,
  { args: declared, unknown, inProgram, before }: Review<Args>,
): Promise<Finding[]> {
  const principal = await resolvePlanned(connection, declared, { inProgram, before });
  const written = declaredTarget(declared);
  const { resource = "", accessLevel: level } = declared;
  if (written === undefined || unknown.some((name) => name in args.shape)) return [];
  const newer = await reviewNewTypes(connection, new Map([["resource", resource]]));
  if (newer.length > 0) return newer;
  const target = await resolveTarget(connection, written);
  const rules = await rulesAt(connection, target, principal ?? everybody);
  const held = principal && rules.find((rule) => isFor(rule, rulePrincipalOf(principal)))?.access_level;
  const address = addressOf(target);
  if (address !== undefined && (held === undefined || held !== level)) {
    const place = target.object === undefined ? "project" : "object";
    const rights = await reviewRights(connection, address, place);
    if (rights.length > 0) return rights;
  }
  const isReported = judgeResourceType(resource, target.object !== undefined).ignored === true;
  if (principal === undefined) return renamedPrincipal(principal, declared, before);
  if (level === undefined || isReported) return [];
  const reason = await ineffectiveReason(connection, target, principal, level);
  return reason === undefined ? [] : [warning(`has no effect: ${reason}`)];
}

function rules(declared: Partial<Args>, unknown: readonly string[]): Finding[] {
  const { resource, resourceId, user, role, accessLevel } = declared;
  const both =
    [user ?? unknown.includes("user"), role ?? unknown.includes("role")].filter(Boolean).length > 1;
  const findings = both ? [problem("role", "give at most one of user and role")] : [];
  if (resource === undefined) return findings;
  const verdict = judgeResourceType(resource, resourceId !== undefined || unknown.includes("resourceId"));
  if (verdict.error !== undefined) return [...findings, problem("resource", verdict.error)];
  if (verdict.warning !== undefined) findings.push(warning(verdict.warning));
  const wrong = accessLevel === undefined ? undefined : levelProblem(resource, accessLevel);
  if (wrong !== undefined) findings.push(problem("accessLevel", wrong));
  return findings;
}

async function addressesOf(
  declared: Partial<Args>,
  aliases: Aliases,
  unknown: readonly string[],
): Promise<string[]> {
  const target = declaredTarget(declared);
  if (target === undefined || unknown.some((name) => ["resourceId", "user", "role"].includes(name)))
    return [];
  const { projectId: project, resource, object } = target;
  const objects = object === undefined ? [] : await aliases.object(project, resource, object);
  const above =
    object === undefined ? [`type/${resource}`] : objects.map((one) => `object/${resource}/${one}`);
  const paths = await principalPaths(declared, aliases);
  const subjects = paths.length === 0 ? ["default"] : paths;
  return above.flatMap((place) => subjects.map((subject) => `project/${project}/${place}/${subject}`));
}

const typesBy = (...fields: readonly ObjectRoute["lookup"][]): string[] =>
  [...objectRoutes].filter(([, { lookup }]) => fields.includes(lookup)).map(([type]) => type);

/** The needs for looking up an object that is not given by its address in PostHog. */
const lookedUp = {
  argument: "resourceId",
  needs: [{ scope: "<resource>:read" }],
  text: "resourceId, looked up",
} as const;

export const accessControl = defineResource({
  type: "AccessControl",
  args,
  secrecy: outputSecrecy.AccessControl,
  fields: {
    projectId: { replaces: true, same: sameProjectId },
    resource: { replaces: true },
    resourceId: {
      replaces: true,
      same: (stored, declared, { objectId }) =>
        [stored, objectId].some((known) => String(known) === String(declared)),
    },
    user: personReference,
    role: roleReference,
    accessLevel: {},
  },
  existing: "acceptEqual",
  title: titleOf,
  stable: ["membershipId"],
  needs: {
    always: ruleNeeds,
    when: [
      { argument: "role", is: "given", needs: [{ feature: "role_based_access" }] },
      { ...lookedUp, is: { unlike: storedId }, and: { resource: typesBy("id") } },
      { ...lookedUp, is: { like: storedId }, and: { resource: typesBy("name", "short_id") } },
    ],
  },
  rules,
  claims: addressesOf,
  review,
  async isSameReference(connection, argument, declared, state) {
    if (argument !== "resourceId") return isSamePrincipal(connection, argument, declared, state);
    const before = declaredTarget(declaredIn(args, state));
    if (before === undefined || (typeof declared !== "string" && typeof declared !== "number")) return false;
    return (
      (await resolveTarget(connection, { ...before, object: String(declared) })).object === state.objectId
    );
  },
  async find(connection, declared) {
    const written = declaredTarget(declared);
    const principal = await lookUpPrincipal(connection, declared);
    if (written === undefined || principal === undefined) return undefined;
    const target = await resolveTarget(connection, written);
    const level = await levelAt(connection, target, principal);
    return level === undefined ? undefined : toLive(connection, target, principal, level, declared);
  },
  observe,
  create: (connection, declared, checkpoint) => put(connection, declared, {}, checkpoint),
  update: (connection, _live, declared, state, checkpoint) => put(connection, declared, state, checkpoint),
  async delete(connection, live, state) {
    const { target, kind, token } = parseId(live.id);
    const principal = kind === undefined ? everybody : await findPrincipal(connection, kind, token);
    if (principal === undefined) return;
    const level = levelToPutBack(state);
    const what = `${level === null ? "removing" : "putting back"} the ${titleOf(live.args)}`;
    await putAt(connection, target, principal, level, what);
  },
});
