import * as z from "zod";
import { organizationAdmin, organizationLevelName, projectLevelOf } from "../../access/levels";
import { quoted, seesItself } from "../../access/messages";
import {
  projectId,
  projectIdOf,
  projectLevelArg,
  roleArg,
  sameProjectId,
  sameProjectLevel,
  userArg,
} from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { ArgsOf, Checkpoint, Live, Review } from "../../engine/definition";
import { type Finding, notice, problem, warning } from "../../engine/finding";
import { outputSecrecy } from "../../engine/secretOutputs";
import type { Properties } from "../../engine/state";
import { findProjectRule, projectRules, putRule } from "../../posthog/accessControls";
import { getCallerMember } from "../../posthog/caller";
import type { Connection } from "../../posthog/connection";
import { isMissing, NotFoundError, RefusedError } from "../../posthog/errors";
import type { Member } from "../../posthog/members";
import { hasFeature, readableOrganization } from "../../posthog/organizations";
import { getProject } from "../../posthog/projects";
import { wordsForLevels } from "../levels";
import { personReference, roleReference } from "../references";
import { judgedChange, keepsProjectAdmin } from "./lockoutGuard";
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
import { ruledAdmins } from "./projectAccessMessages";
import { reviewRights } from "./ruleRights";

const args = z.strictObject({
  projectId,
  user: userArg.optional(),
  role: roleArg.optional(),
  accessLevel: projectLevelArg,
});
type Args = ArgsOf<(typeof args)["shape"]>;

function toLive(
  project: number,
  principal: Principal,
  level: string,
  declared: Partial<Args>,
  state: Properties = {},
): Live<Args> {
  return {
    id: `${project}/${principalPath(principal)}`,
    args: {
      projectId: project,
      accessLevel: level as Args["accessLevel"],
      ...asDeclared(principal, declared, state),
    },
    outputs: { ...principalOutputs(principal), joinedAt: principal.member?.joined_at ?? undefined },
  };
}

async function observe(
  connection: Connection,
  id: string,
  state: Properties,
): Promise<Live<Args> | undefined> {
  const [, project, kind, token] = /^(\d+)\/(user|role)\/(.+)$/.exec(id) ?? [];
  if (project === undefined || kind === undefined || token === undefined) {
    throw new NotFoundError(`"${id}" is not the id of a ProjectMember`, {
      why: "PostHog gives access no id, so the id says which project it is to, and for which person or role.",
      fix: "Use <project>/user/<e-mail or UUID> or <project>/role/<id or name>, e.g. 42/user/ann@acme.com.",
    });
  }
  const principal = await findPrincipal(connection, kind, token);
  try {
    const rule =
      principal === undefined
        ? undefined
        : await findProjectRule(connection, Number(project), rulePrincipalOf(principal));
    if (principal !== undefined && rule?.access_level != null) {
      return toLive(Number(project), principal, rule.access_level, declaredIn(args, state), state);
    }
    await refuseHidden(
      state,
      async (subject) => (await findProjectRule(connection, Number(project), subject)) !== undefined,
    );
    return undefined;
  } catch (error) {
    if (isMissing(error) && (await getProject(connection, Number(project))) === undefined) return undefined;
    throw error;
  }
}

async function put(
  connection: Connection,
  declared: Args,
  state: Properties,
  checkpoint: Checkpoint,
): Promise<Live<Args>> {
  const principal = await requirePrincipal(connection, declared, state);
  const [project, level] = [projectIdOf(declared.projectId), projectLevelOf(declared.accessLevel)];
  const { id, outputs } = toLive(project, principal, level, declared, state);
  await setRule(connection, project, principal, level, `setting the ${titleOf(declared)}`, (current) =>
    checkpoint(id, outputs, replacedLevel(state, current)),
  );
  return toLive(project, principal, level, declared, state);
}

/**
 * Sets a level, or with null removes the rule, unless the key's owner could then no longer manage the project.
 *
 * @param allowed called with the existing level once the change is known to be allowed.
 */
function setRule(
  connection: Connection,
  project: number,
  principal: Principal,
  level: string | null,
  what: string,
  allowed: (current: string | null) => void = () => {},
): Promise<void> {
  const subject = rulePrincipalOf(principal);
  return judgedChange(connection, project, async () => {
    await refuseLockOut(connection, project, principal, level);
    const current = (await findProjectRule(connection, project, subject))?.access_level ?? null;
    allowed(current);
    if (current === level) return;
    await putRule(connection, projectRules(project), subject, level, what);
  });
}

/** Rejects a rule after which the key's owner could no longer manage the project. */
async function refuseLockOut(
  connection: Connection,
  project: number,
  principal: Principal,
  level: string | null,
): Promise<void> {
  if (await keepsProjectAdmin(connection, project, rulePrincipalOf(principal), level)) return;
  throw new RefusedError(
    "changing this access was refused: the key's own owner could no longer manage the project",
    {
      why: "Only their admin rule lets them manage it: they are not an organization admin.",
      fix: "Apply it with an organization admin's key.",
    },
  );
}

function titleOf({ user, role, projectId: project }: Partial<Args>, name?: string): string {
  const who = role === undefined ? (user ?? "a person") : `role ${role}`;
  if (name !== undefined) return `access ${quoted(name)} of ${who}`;
  return `access of ${who} to ${project === undefined ? "a project" : `project ${project}`}`;
}

async function review(
  connection: Connection,
  { args: declared, inProgram, before }: Review<Args>,
): Promise<Finding[]> {
  const isUnknown = declared.user === undefined && declared.role === undefined;
  const principal = isUnknown ? undefined : await resolvePlanned(connection, declared, { inProgram, before });
  const findings: Finding[] = renamedPrincipal(principal, declared, before);
  const organization = await readableOrganization(connection);
  if (organization !== undefined && hasFeature(organization, "access_control") === false) {
    findings.push(
      warning(
        `the plan of ${organization.name} lacks access_control: PostHog keeps the rule, but does not enforce it`,
      ),
    );
  }
  if (principal?.member !== undefined) findings.push(...(await reviewMember(connection, principal.member)));
  if (declared.projectId === undefined) return findings;
  const project = projectIdOf(declared.projectId);
  const level = declared.accessLevel === undefined ? undefined : projectLevelOf(declared.accessLevel);
  if (principal !== undefined && level !== undefined) {
    const current = await findProjectRule(connection, project, rulePrincipalOf(principal));
    if (current?.access_level === level) return findings;
  }
  findings.push(...(await reviewBesides(connection, project, principal?.member, level)));
  const rights = await reviewRights(connection, projectRules(project));
  if (rights.length > 0) return [...findings, ...rights];
  if (principal !== undefined && level !== undefined)
    await refuseLockOut(connection, project, principal, level);
  return findings;
}

/** What someone can do in addition to the level. */
async function reviewBesides(
  connection: Connection,
  project: number,
  member: Member | undefined,
  level: string | undefined,
): Promise<Finding[]> {
  if ((member?.level ?? 0) >= organizationAdmin) return [];
  if (level === "admin") return [notice(ruledAdmins)];
  if (level !== "none") return [];
  const everybody = await findProjectRule(connection, project, {});
  return everybody?.access_level === "admin"
    ? [notice(`closes everything in the project, ${seesItself}`)]
    : [];
}

async function reviewMember(connection: Connection, member: Member): Promise<Finding[]> {
  const caller = await getCallerMember(connection);
  const own = caller?.id === member.id ? ["this is the key's own owner"] : [];
  const everything =
    member.level >= organizationAdmin
      ? [
          `${member.user.email} is an organization ${organizationLevelName(member.level)} and already has full access`,
        ]
      : [];
  return [...own, ...everything].map(notice);
}

export const projectMember = defineResource({
  type: "ProjectMember",
  args,
  secrecy: outputSecrecy.ProjectMember,
  fields: {
    projectId: { replaces: true, same: sameProjectId },
    user: personReference,
    role: roleReference,
    accessLevel: { same: sameProjectLevel },
  },
  existing: "acceptEqual",
  title: titleOf,
  stable: ["membershipId", "joinedAt"],
  needs: {
    always: [{ scope: "access_control:write" }, { scope: "organization_member:read" }],
    when: [
      {
        argument: "role",
        is: "given",
        needs: [{ scope: "organization:read" }, { feature: "role_based_access" }],
      },
    ],
  },
  rules({ user, role, accessLevel }, unknown) {
    const given = [user ?? unknown.includes("user"), role ?? unknown.includes("role")].filter(Boolean).length;
    if (given === 1) return wordsForLevels([accessLevel]);
    return [problem(given === 0 ? "user" : "role", "give exactly one of user and role")];
  },
  async claims({ projectId: project, ...declared }, aliases) {
    if (project === undefined) return [];
    const paths = await principalPaths(declared, aliases);
    return paths.map((path) => `project/${projectIdOf(project)}/${path}`);
  },
  review,
  isSameReference: isSamePrincipal,
  async find(connection, declared) {
    const principal = await lookUpPrincipal(connection, declared);
    if (principal === undefined || principal === everybody || declared.projectId === undefined)
      return undefined;
    const project = projectIdOf(declared.projectId);
    const rule = await findProjectRule(connection, project, rulePrincipalOf(principal));
    return rule?.access_level == null ? undefined : toLive(project, principal, rule.access_level, declared);
  },
  observe,
  create: (connection, declared, checkpoint) => put(connection, declared, {}, checkpoint),
  update: (connection, _live, declared, state, checkpoint) => put(connection, declared, state, checkpoint),
  async delete(connection, live, state) {
    const [project, kind, token] = live.id.split("/");
    const principal = await findPrincipal(connection, kind ?? "", token ?? "");
    if (principal === undefined) return;
    const level = levelToPutBack(state);
    const what = `${level === null ? "removing" : "putting back"} the ${titleOf(live.args)}`;
    await setRule(connection, Number(project), principal, level, what);
  },
});
