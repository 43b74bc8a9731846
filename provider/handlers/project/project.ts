import * as z from "zod";
import { organizationAdmin, projectLevelOf } from "../../access/levels";
import { counted, formatNumber } from "../../access/messages";
import {
  projectId,
  projectIdOf,
  projectLevelArg,
  projectName,
  sameProjectLevel,
  timezone,
  unsetArg,
} from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { ArgsOf, Live, Review } from "../../engine/definition";
import { type Finding, problem, warning } from "../../engine/finding";
import { type Properties, sameJson } from "../../engine/state";
import { wasDeclared } from "../../engine/unfinished";
import { findProjectRule, projectRules, putRule } from "../../posthog/accessControls";
import type { Connection } from "../../posthog/connection";
import { NotFoundError, RefusedError } from "../../posthog/errors";
import { hasFeature, readableOrganization } from "../../posthog/organizations";
import {
  createProject,
  deleteProject,
  getEnvironment,
  getProject,
  listProjects,
  type Project,
  projectsNamed,
  updateEnvironment,
  updateProject,
} from "../../posthog/projects";
import { ignoredSettingsError } from "../../posthog/writes";
import { judgedChange, keepsProjectAdmin } from "../access/lockoutGuard";
import { reviewRights } from "../access/ruleRights";
import { wordsForLevels } from "../levels";
import { declarableSettings, everySetting } from "./declarableSettings";
import { makesWay, reviewKeptName, reviewName, secondProject } from "./projectNames";
import {
  apiNameOf,
  changedSettings,
  environmentOnlySettings,
  ignoredSettings,
  projectSettings,
  type Settings,
  sameSettings,
  settingsFromApi,
  settingsToApi,
} from "./projectSettings";
import { ownProject, reviewSettings, withEnvironment } from "./projectSettingsReview";

const args = z.strictObject({
  name: projectName,
  timezone: timezone.optional(),
  defaultAccess: projectLevelArg.optional(),
  accessControl: z.boolean().optional(),
  settings: projectSettings.optional(),
  unset: unsetArg(projectSettings.shape).optional(),
  deletionProtection: z.boolean().optional(),
});
type Args = ArgsOf<(typeof args)["shape"]>;

/** The declared default level: null opens the project again, undefined does not change it. */
function declaredDefault({ defaultAccess, accessControl }: Partial<Args>): string | null | undefined {
  if (defaultAccess !== undefined) return projectLevelOf(defaultAccess);
  if (accessControl === undefined) return undefined;
  return accessControl ? "none" : null;
}

function toLive(
  connection: Connection,
  project: Project,
  declared: Partial<Args>,
  level?: string | null,
): Live<Args> {
  return {
    id: String(project.id),
    args: {
      name: project.name,
      timezone: project.timezone ?? undefined,
      ...(level === undefined ? {} : { defaultAccess: level ?? "admin", accessControl: level === "none" }),
      ...(declared.settings === undefined ? {} : { settings: settingsFromApi(project, declared.settings) }),
    } as Partial<Args>,
    outputs: {
      projectId: project.id,
      uuid: project.uuid,
      apiToken: project.api_token,
      url: `${connection.host}/project/${project.id}`,
      createdAt: project.created_at ?? undefined,
    },
  };
}

/** Writes name, time zone and declared settings; throws if the server ignored any of them, with their names. */
async function writeFields(connection: Connection, id: number, declared: Args): Promise<Project> {
  const settings = declared.settings ?? {};
  const zone = declared.timezone === undefined ? {} : { timezone: declared.timezone };
  const current = await getProject(connection, id);
  const wanted = { name: declared.name, ...zone, ...settingsToApi(settings, current) };
  const changed = Object.entries(wanted).filter(([field, value]) => !sameJson(current?.[field], value));
  const written =
    current === undefined || changed.length > 0
      ? await updateProject(connection, id, Object.fromEntries(changed))
      : current;
  const project = { ...written, ...(await writeEnvironment(connection, written, settings)) };
  const ignored = ignoredSettings(project, settings);
  if (ignored.length === 0) return project;
  throw ignoredSettingsError(ignored, titleOf(declared));
}

/** Writes the settings that older servers accept only on the project's environment, and returns their values there. */
async function writeEnvironment(
  connection: Connection,
  project: Project,
  settings: Settings,
): Promise<Record<string, unknown>> {
  const ignored = ignoredSettings(project, settings);
  const only = Object.fromEntries(
    Object.entries(settings).filter(
      ([name]) =>
        environmentOnlySettings.has(name) && (!(apiNameOf(name) in project) || ignored.includes(name)),
    ),
  );
  if (Object.keys(only).length === 0) return {};
  const held = await getEnvironment(connection, project.id);
  const differing = changedSettings(settingsFromApi(held ?? {}, only), only);
  const sent = settingsToApi(Object.fromEntries(differing.map((name) => [name, only[name]])), held);
  const now = differing.length === 0 ? held : await updateEnvironment(connection, project.id, sent);
  const fields = Object.keys(settingsToApi(only)).filter((field) => now?.[field] !== undefined);
  return Object.fromEntries(fields.map((field) => [field, now?.[field]]));
}

/** Sets what everyone may do; throws if the key's owner could then no longer manage the project. */
function writeDefault(
  connection: Connection,
  id: number,
  title: string,
  wanted: string | null,
): Promise<void> {
  return judgedChange(connection, id, () => setDefault(connection, id, title, wanted));
}

async function setDefault(
  connection: Connection,
  id: number,
  title: string,
  wanted: string | null,
): Promise<void> {
  const current = await findProjectRule(connection, id, {});
  if ((current?.access_level ?? null) === wanted) return;
  if (!(await keepsProjectAdmin(connection, id, {}, wanted))) {
    throw new RefusedError(
      `changing the default access of ${title} was refused: it would shut out the key's own owner`,
      {
        why: "The owner is not an organization admin, and no other rule would let them manage the project.",
        fix: "Create a ProjectMember with accessLevel admin for the owner first, or use an organization admin's key.",
      },
    );
  }
  await putRule(connection, projectRules(id), {}, wanted, `setting the default access of ${title}`);
}

/** The number in an id that a program or person wrote. */
function numberOf(id: string): number {
  if (projectId.safeParse(id).success) return projectIdOf(id);
  throw new NotFoundError(`"${id}" is not the id of a Project`, {
    why: "PostHog numbers projects.",
    fix: "Use the project's number, e.g. 42, which is in its addresses in PostHog.",
  });
}

async function observeProject(
  connection: Connection,
  id: number,
  declared: Partial<Args>,
): Promise<Live<Args> | undefined> {
  const found = await getProject(connection, id);
  if (found === undefined) return undefined;
  const project = await withEnvironment(connection, found, declared.settings ?? {});
  if (declaredDefault(declared) === undefined) return toLive(connection, project, declared);
  const rule = await findProjectRule(connection, id, {});
  return toLive(connection, project, declared, rule?.access_level ?? null);
}

/** Reads a project with everything that an import takes over; omits what has no rule or value. */
async function observeWhole(connection: Connection, id: number): Promise<Live<Args> | undefined> {
  const found = await getProject(connection, id);
  if (found === undefined) return undefined;
  const { settings } = declarableSettings(await withEnvironment(connection, found, everySetting));
  const level = (await findProjectRule(connection, id, {}))?.access_level;
  const { args: own, ...live } = toLive(connection, found, {}, level);
  const { accessControl: _, ...others } = own;
  return { ...live, args: { ...others, ...(Object.keys(settings).length === 0 ? {} : { settings }) } };
}

async function write(
  connection: Connection,
  id: number,
  declared: Args,
  before: Properties,
): Promise<Live<Args>> {
  const project = await writeFields(connection, id, declared);
  const wanted = declaredDefault(declared);
  const owned = wasDeclared(before, "defaultAccess") || wasDeclared(before, "accessControl");
  const dropped = wanted === undefined && owned;
  if (wanted !== undefined || dropped) await writeDefault(connection, id, titleOf(declared), wanted ?? null);
  return toLive(connection, project, declared, wanted);
}

const titleOf = (declared: Partial<Args>): string =>
  declared.name === undefined ? "a project" : `project "${declared.name}"`;

async function reviewNewProject(connection: Connection): Promise<Finding[]> {
  const organization = await readableOrganization(connection);
  if (organization === undefined) return [];
  const isMember = (organization.membership_level ?? organizationAdmin) < organizationAdmin;
  const findings: Finding[] = [];
  if (isMember && organization.members_can_create_projects !== true) {
    findings.push(
      problem(
        undefined,
        `creating a project takes an organization admin, and the key's owner is only a member of ${organization.name}`,
        { fix: "use an admin's key, or let members create projects in the organization's settings" },
      ),
    );
  }
  const plan = organization.available_product_features?.find(({ key }) => key === "organizations_projects");
  const limit =
    organization.available_product_features == null ? undefined : plan === undefined ? 1 : plan.limit;
  const count =
    typeof limit === "number"
      ? (await listProjects(connection)).filter((item) => item.is_demo !== true).length
      : 0;
  if (typeof limit === "number" && count >= limit) {
    findings.push(
      problem(
        undefined,
        `the plan of ${organization.name} allows ${counted(limit, "project")}, and it has ${formatNumber(count)}`,
        {
          why: "projects that PostHog is deleting count until they are gone, up to 48 hours later",
          fix: "adopt or delete one, wait until a deleted one is gone, or upgrade the plan under Settings > Billing",
        },
      ),
    );
  }
  return findings;
}

async function review(connection: Connection, reviewed: Review<Args>): Promise<Finding[]> {
  const { args: declared, before, existing } = reviewed;
  const findings = await reviewName(connection, reviewed);
  if (before === undefined && existing === undefined) findings.push(...(await reviewNewProject(connection)));
  if (declaredDefault(declared) != null) {
    const organization = await readableOrganization(connection);
    if (organization !== undefined && hasFeature(organization, "access_control") === false) {
      findings.push(
        warning(
          `the plan of ${organization.name} lacks access_control: PostHog keeps the default access, but does not enforce it`,
        ),
      );
    }
  }
  const level = declaredDefault(declared);
  if (level !== undefined && level !== declaredDefault(before ?? {})) {
    const own = await ownProject(connection, reviewed);
    if (own !== undefined) findings.push(...(await reviewRights(connection, projectRules(own.id))));
  }
  return [...findings, ...(await reviewSettings(connection, reviewed))];
}

export const project = defineResource({
  type: "Project",
  args,
  unsetWithin: "settings",
  fields: {
    name: {},
    timezone: {},
    defaultAccess: { same: sameProjectLevel },
    accessControl: {},
    settings: { same: sameSettings },
    unset: {},
    deletionProtection: {},
  },
  existing: "mayDuplicate",
  duplicateRemark: secondProject,
  makesWay: ({ name }, _, program) => makesWay(name, program),
  title: titleOf,
  stable: ["uuid", "apiToken", "createdAt"],
  derivesFromHost: true,
  needs: {
    always: [{ scope: "project:write" }],
    // The level of the key's owner decides whether closing the project would lock them out.
    when: (["defaultAccess", "accessControl"] as const).map((argument) => ({
      argument,
      is: "given",
      needs: [{ scope: "access_control:write" }, { scope: "organization_member:read" }],
    })),
  },
  rules: (declared, unknown) =>
    (declared.defaultAccess !== undefined || unknown.includes("defaultAccess")) &&
    declared.accessControl !== undefined
      ? [problem("accessControl", "sets the same as defaultAccess; declare one of the two")]
      : wordsForLevels([declared.defaultAccess]),
  review,
  reviewUnchanged: async (_, kept) => reviewKeptName(kept),
  async find(connection, declared) {
    if (declared.name === undefined) return undefined;
    const named = await projectsNamed(connection, declared.name);
    const spelledSo = named.filter(({ name }) => name === declared.name);
    const meant = spelledSo.length > 0 ? spelledSo : named;
    const observed = await Promise.all(meant.map(({ id }) => observeProject(connection, id, declared)));
    const found = observed.filter((live) => live !== undefined);
    if (found.length <= 1) return found[0];
    throw new NotFoundError(`${found.length} projects are named "${declared.name}"`, {
      why: `Servers before August 2026 allow it: they are ${found.map(({ id }) => id).join(", ")}.`,
      fix: "Rename all but one in PostHog to adopt that one, or set adopt: false to create another one.",
    });
  },
  observeForImport: (connection, id) => observeWhole(connection, numberOf(id)),
  observe(connection, id, state) {
    return observeProject(connection, numberOf(id), declaredIn(args, state));
  },
  async create(connection, declared, checkpoint) {
    const zone = declared.timezone === undefined ? {} : { timezone: declared.timezone };
    const created = await createProject(connection, declared.name, zone);
    const live = toLive(connection, created, declared);
    checkpoint(live.id, live.outputs);
    if (declared.settings === undefined && declaredDefault(declared) === undefined) return live;
    return write(connection, created.id, declared, {});
  },
  update: (connection, live, declared, before) => write(connection, Number(live.id), declared, before),
  async delete(connection, live, state) {
    const found = await getProject(connection, Number(live.id));
    if (found?.ingested_event === true && state.deletionProtection !== false) {
      throw new RefusedError(`deleting project "${found.name}" was refused: it has received events`, {
        why: "Deleting it loses its data for good, and deletionProtection is on (the default).",
        fix: "Set deletionProtection: false on the Project, run pulumi up, then delete it.",
      });
    }
    await deleteProject(connection, Number(live.id));
  },
});
