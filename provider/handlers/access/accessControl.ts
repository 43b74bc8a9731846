import { z } from "zod";
import { levelProblem, organizationAdmin } from "../../access/levels";
import { judgeResourceType, objectRoutes } from "../../access/resourceTypes";
import { projectId, projectIdOf, roleArg, sameProjectId, text, userArg } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { Aliases, ArgsOf, Live, Review } from "../../engine/definition";
import { type Finding, problem, warning } from "../../engine/finding";
import type { Properties } from "../../engine/state";
import { isFor } from "../../posthog/accessControls";
import type { Connection } from "../../posthog/connection";
import { answered, NotFoundError } from "../../posthog/errors";
import { needsLookUp } from "../../posthog/objects";
import { getOrganization } from "../../posthog/organizations";
import { getProject } from "../../posthog/projects";
import { personReference, roleReference } from "../references";
import {
  ineffectiveReason,
  levelAt,
  putAt,
  type RuleTarget,
  resolveTarget,
  rulesAt,
} from "./accessControlTarget";
import {
  asDeclared,
  everybody,
  findPrincipal,
  isSamePrincipal,
  lookUpPrincipal,
  type Principal,
  principalPaths,
  refuseHidden,
  requirePrincipal,
  resolvePlanned,
  subjectPath,
  whoOutputs,
} from "./principal";

const objectIdForm = "must be the id of an object, such as 42 or a flag's key";
const args = z.strictObject({
  projectId,
  resource: text(100),
  resourceId: z
    .union([z.number().refine((id) => Number.isInteger(id) && id > 0, objectIdForm), text(400)], {
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

/** What the declared rule is on, as written. */
function writtenTarget({ projectId: project, resource, resourceId }: TargetArgs): RuleTarget {
  const object = resourceId === undefined ? undefined : String(resourceId);
  return { projectId: projectIdOf(project), resource, object };
}

/** What the declared rule is on, as written; undefined while that is not known. */
function declaredTarget({ projectId: project, resource, resourceId }: Partial<Args>): RuleTarget | undefined {
  if (project === undefined || resource === undefined) return undefined;
  return writtenTarget({ projectId: project, resource, resourceId });
}

async function toLive(
  connection: Connection,
  target: RuleTarget,
  who: Principal,
  level: string,
  declared: Partial<Args>,
  state: Properties = {},
): Promise<Live<Args>> {
  const { projectId: project, resource, object } = target;
  const reason = await ineffectiveReason(connection, target, who, level);
  const address = [project, resource, ...(object === undefined ? [] : [object])];
  return {
    id: [...address, subjectPath(who)].join("/"),
    args: {
      projectId: project,
      resource,
      ...(object === undefined ? {} : { resourceId: declared.resourceId ?? object }),
      ...asDeclared(who, declared, state),
      accessLevel: level,
    },
    outputs: {
      objectId: object,
      effective: reason === undefined,
      effectiveReason: reason,
      ...whoOutputs(who),
    },
  };
}

async function observe(
  connection: Connection,
  id: string,
  state: Properties,
): Promise<Live<Args> | undefined> {
  const { target: written, kind, token } = parseId(id);
  const who = kind === undefined ? everybody : await findPrincipal(connection, kind, token);
  try {
    const target = await resolveTarget(connection, written);
    const level = who === undefined ? undefined : await levelAt(connection, target, who);
    if (who !== undefined && level !== undefined)
      return await toLive(connection, target, who, level, declaredIn(args, state), state);
    await refuseHidden(state, async (subject) =>
      (await rulesAt(connection, target, everybody)).some((rule) => isFor(rule, subject)),
    );
    return undefined;
  } catch (error) {
    if (answered(error, 404) && (await isGone(connection, written))) return undefined;
    throw error;
  }
}

function parseId(id: string): { target: RuleTarget; kind?: string; token: string } {
  const [, project, resource, object, everyone, kind, token = ""] = idForm.exec(id) ?? [];
  if (project === undefined || resource === undefined || (everyone ?? kind) === undefined) {
    throw new NotFoundError(`"${id}" is not the id of an AccessControl`, {
      why: "Rules have no id of their own in PostHog, so what they are on and whom they are for make it.",
      fix: "Use <project>/<resource>[/<object>]/ and then default, user/<e-mail or UUID> or role/<id or name>, e.g. 42/feature_flag/new-ui/role/Analysts.",
    });
  }
  return { target: { projectId: Number(project), resource, object }, kind, token };
}

/** Whether what a rule is on is surely gone: the project, or an object that an organization admin cannot find. */
async function isGone(connection: Connection, { projectId: project, object }: RuleTarget): Promise<boolean> {
  if ((await getProject(connection, project)) === undefined) return true;
  const { membership_level: level } = await getOrganization(connection);
  return object !== undefined && (level ?? 0) >= organizationAdmin;
}

async function put(connection: Connection, declared: Args): Promise<Live<Args>> {
  const who = await requirePrincipal(connection, declared);
  const target = await resolveTarget(connection, writtenTarget(declared));
  const level = declared.accessLevel;
  if ((await levelAt(connection, target, who)) !== level) {
    await putAt(connection, target, who, level, `setting the ${titleOf(declared)}`);
  }
  return toLive(connection, target, who, level, declared);
}

function titleOf({ projectId: project, resource, resourceId, user, role }: Partial<Args>): string {
  const who = user ?? (role === undefined ? "everybody" : `role ${role}`);
  const what = [resource ?? "a type of resource", ...(resourceId === undefined ? [] : [resourceId])].join(
    " ",
  );
  return `access rule of ${who} on ${what} in ${project === undefined ? "a project" : `project ${project}`}`;
}

async function review(
  connection: Connection,
  { args: declared, unknown, inProgram }: Review<Args>,
): Promise<Finding[]> {
  const who = await resolvePlanned(connection, declared, inProgram);
  const written = declaredTarget(declared);
  const { resource = "", accessLevel: level } = declared;
  const open = unknown.some((name) => name in args.shape);
  if (written === undefined || open) return [];
  const target = await resolveTarget(connection, written);
  await rulesAt(connection, target, who ?? everybody);
  const said = judgeResourceType(resource, target.object !== undefined).ignored === true;
  if (who === undefined || level === undefined || said) return [];
  const reason = await ineffectiveReason(connection, target, who, level);
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

/** Lifecycle of `AccessControl`. */
export const accessControl = defineResource({
  type: "AccessControl",
  args,
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
  needs({ resource = "", resourceId, role }) {
    const route = objectRoutes.get(resource);
    const looks = route !== undefined && resourceId !== undefined && needsLookUp(route, String(resourceId));
    return {
      scopes: [
        "access_control:write",
        "organization_member:read",
        "organization:read",
        ...(looks ? [`${resource}:read`] : []),
      ],
      features: role === undefined ? [] : ["role_based_access"],
    };
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
    const who = await lookUpPrincipal(connection, declared);
    if (written === undefined || who === undefined) return undefined;
    const target = await resolveTarget(connection, written);
    const level = await levelAt(connection, target, who);
    return level === undefined ? undefined : toLive(connection, target, who, level, declared);
  },
  observe,
  create: put,
  update: (connection, _live, declared) => put(connection, declared),
  async delete(connection, live) {
    const { target, kind, token } = parseId(live.id);
    const who = kind === undefined ? everybody : await findPrincipal(connection, kind, token);
    if (who !== undefined) await putAt(connection, target, who, null, `removing the ${titleOf(live.args)}`);
  },
});
