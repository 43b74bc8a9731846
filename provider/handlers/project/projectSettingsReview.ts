import { organizationAdmin } from "../../access/levels";
import { counted } from "../../access/messages";
import { isObject } from "../../access/values";
import type { Review } from "../../engine/definition";
import { type Finding, problem } from "../../engine/finding";
import { getCallerMember } from "../../posthog/caller";
import type { Connection } from "../../posthog/connection";
import { answered } from "../../posthog/errors";
import { getInstance } from "../../posthog/instance";
import { objectExists } from "../../posthog/objects";
import {
  hasFeature,
  isBeforeFall2026,
  isOfAugust2025,
  type Organization,
  readableOrganization,
} from "../../posthog/organizations";
import {
  getEnvironment,
  getProject,
  listProjects,
  type Project,
  projectsNamed,
} from "../../posthog/projects";
import { reviewConversationSettings } from "./conversations";
import { reviewLogRetention } from "./logRetention";
import { settingRules } from "./projectSettingRules";
import { apiNameOf, changedSettings, type Settings, settingsFromApi, settingsToApi } from "./projectSettings";

type DeclaredProject = Review<{ name: string; settings?: Settings }>;

/** Adds the declared settings that older servers keep on the project's environment. */
export async function withEnvironment(
  connection: Connection,
  project: Project,
  declared: Settings,
): Promise<Project> {
  const elsewhere = Object.keys(settingsToApi(declared)).filter((field) => !(field in project));
  if (elsewhere.length === 0) return project;
  const environment = await getEnvironment(connection, project.id);
  return environment === undefined ? project : { ...environment, ...project };
}

/** What a preview knows about a project whose settings change. */
interface Situation {
  readonly connection: Connection;
  /** The project itself, unless it is new. */
  readonly own: Project | undefined;
  /** The project, or for a new one another project of the organization, which shows what the server knows. */
  readonly known: Project | undefined;
  readonly organization: Organization | undefined;
}

/** What PostHog would reject or drop among the settings that change. */
export async function reviewSettings(connection: Connection, review: DeclaredProject): Promise<Finding[]> {
  const { settings } = review.args;
  if (settings === undefined) return [];
  const project = await ownProject(connection, review);
  const own = project && (await withEnvironment(connection, project, settings));
  const known = own ?? (await anyProject(connection, settings));
  const organization = await readableOrganization(connection);
  const situation = { connection, own, known, organization };
  const changing =
    own === undefined ? Object.keys(settings) : changedSettings(settingsFromApi(own, settings), settings);
  const findings = changing.map((name) => reviewSetting(situation, name, settings[name]));
  return [...reviewLevel(own, changing), ...(await Promise.all(findings)).flat()];
}

async function reviewSetting(situation: Situation, name: string, value: unknown): Promise<Finding[]> {
  const unknown = unknownToServer(situation, name, value);
  if (unknown.length > 0) return unknown;
  return (await particular[name]?.(situation, value)) ?? [];
}

/** Servers before 2026 do not show the level. */
function reviewLevel(own: Project | undefined, changing: readonly string[]): Finding[] {
  const level = own?.user_access_level ?? "admin";
  const refused = level === "admin" ? [] : changing.filter((name) => !settingRules.get(name)?.memberSafe);
  return refused.map((name) =>
    problem(`settings.${name}`, `only admins of project "${own?.name}" may change it`, {
      why: `the key's owner is ${level} there`,
      fix: "use the key of an admin of the project, or remove it from the program",
    }),
  );
}

/** Settings that depend on the plan, the server or other objects. */
const particular: Readonly<
  Record<string, (situation: Situation, value: unknown) => Finding[] | Promise<Finding[]>>
> = {
  conversationsSettings: reviewConversations,
  defaultDataTheme: reviewTheme,
  logsSettings: ({ connection, own, organization }, value) =>
    reviewLogRetention(connection, organization, own?.logs_settings, value),
  pathCleaningFilters: reviewPathCleaning,
  primaryDashboard: reviewDashboard,
  proactiveTasksEnabled: reviewProactiveTasks,
  receiveOrgLevelActivityLogs: reviewOrganizationLog,
  sessionRecordingRetentionPeriod: reviewRetention,
};

/** The project of the last run, or the adopted one; undefined for a new one. */
export function ownProject(
  connection: Connection,
  { before, existing }: Pick<DeclaredProject, "before" | "existing">,
): Promise<Project | undefined> {
  return existing === undefined
    ? onlyNamed(connection, before?.name)
    : getProject(connection, Number(existing.id));
}

/** The only project of that name. */
async function onlyNamed(connection: Connection, name: string | undefined): Promise<Project | undefined> {
  if (name === undefined) return undefined;
  const named = await projectsNamed(connection, name);
  const [found, ...others] = named.filter((project) => project.name === name);
  return others.length === 0 ? found : undefined;
}

/** One of the organization's projects that the key may read. */
async function anyProject(connection: Connection, settings: Settings): Promise<Project | undefined> {
  const [first] = await listProjects(connection);
  try {
    const project = first === undefined ? undefined : await getProject(connection, first.id);
    return project === undefined ? undefined : await withEnvironment(connection, project, settings);
  } catch (error) {
    if (answered(error, 403) || answered(error, 404)) return undefined;
    throw error;
  }
}

/** Settings whose objects PostHog returns with every key that it knows, and from which it drops others. */
const completeObjects: ReadonlySet<string> = new Set([
  "revenueAnalyticsConfig",
  "marketingAnalyticsConfig",
  "customerAnalyticsConfig",
  "workflowsConfig",
]);

const updateOrRemove = { fix: "remove it from the program, or update the server" };

function unknownToServer({ known }: Situation, name: string, value: unknown): Finding[] {
  if (known === undefined) return [];
  const held = known[apiNameOf(name)];
  if (held === undefined) {
    return [problem(`settings.${name}`, "this PostHog server does not know the setting", updateOrRemove)];
  }
  if (!completeObjects.has(name) || !isObject(held) || !isObject(value)) return [];
  return Object.keys(value)
    .filter((key) => !(key in held))
    .map((key) =>
      problem(`settings.${name}.${key}`, "this PostHog server drops the key: it does not know it", {
        fix: `the keys are ${Object.keys(held).join(", ")}; remove it from the program, or update the server`,
      }),
    );
}

const addFeature = { fix: "remove it from the program, or add the feature under Settings > Billing" };

/** Without the feature, every project shows the same theme, whatever its setting. */
function reviewTheme({ known, organization }: Situation, theme: unknown): Finding[] {
  const feature = "data_color_themes";
  if (organization === undefined || hasFeature(organization, feature) !== false) return [];
  if (known?.default_data_theme === theme) return [];
  const lacks = `takes the plan feature "${feature}", which the plan of ${organization.name} does not include: PostHog would ignore it`;
  return [problem("settings.defaultDataTheme", lacks, addFeature)];
}

async function reviewDashboard(
  { connection, own, organization }: Situation,
  dashboard: unknown,
): Promise<Finding[]> {
  const property = "settings.primaryDashboard";
  if (dashboard === null && own !== undefined && organization !== undefined && isOfAugust2025(organization)) {
    return [
      problem(property, "cannot be taken away on servers of August 2025", {
        fix: "leave it out, or update the server",
      }),
    ];
  }
  if (typeof dashboard !== "number") return [];
  if (own === undefined) {
    return [
      problem(property, "has to be a dashboard of the project itself, and a new project has none yet", {
        fix: "declare it in a second run, once the dashboard exists",
      }),
    ];
  }
  if ((await objectExists(connection, own.id, "dashboards", dashboard)) !== false) return [];
  return [
    problem(property, `project ${own.id} has no dashboard ${dashboard}`, {
      fix: "use the number in the address of one of its dashboards",
    }),
  ];
}

/** PostHog opens it only to one of its own projects. */
async function reviewProactiveTasks({ connection, own }: Situation, enabled: unknown): Promise<Finding[]> {
  if (enabled !== true) return [];
  const server = await getInstance(connection);
  if (server?.cloud === true && server.region === "US" && own?.id === 2) return [];
  return [
    problem("settings.proactiveTasksEnabled", "PostHog refuses it to every project but one of its own", {
      fix: "remove it from the program",
    }),
  ];
}

/** Newer servers check each rule. Few programs have rules, so only those load the RE2 parser. */
function reviewPathCleaning({ organization }: Situation, rules: unknown): Finding[] {
  if (organization === undefined || isBeforeFall2026(organization) || !Array.isArray(rules)) return [];
  return (require("./pathCleaning") as typeof import("./pathCleaning")).reviewPathCleaningRules(rules);
}

function reviewConversations({ organization, own }: Situation, value: unknown): Finding[] {
  if (organization === undefined || isBeforeFall2026(organization) || !isObject(value)) return [];
  return reviewConversationSettings(value, own?.conversations_settings);
}

/** PostHog requires an organization admin, whatever the level in the project. */
async function reviewOrganizationLog({ connection }: Situation, value: unknown): Promise<Finding[]> {
  const caller = value === null ? undefined : await getCallerMember(connection);
  if (caller === undefined || caller.level >= organizationAdmin) return [];
  return [
    problem(
      "settings.receiveOrgLevelActivityLogs",
      `only organization admins may change it, and ${caller.user.email} is none`,
      { fix: "use the key of an organization admin, or remove it from the program" },
    ),
  ];
}

const retentionDays: Readonly<Record<string, number>> = { "30d": 30, "90d": 90, "1y": 365, "5y": 1825 };
const unitDays: Readonly<Record<string, number>> = { day: 1, month: 365 / 12, year: 365 };

async function reviewRetention(
  { connection, own, organization }: Situation,
  period: unknown,
): Promise<Finding[]> {
  const entitlement = organization === undefined ? undefined : retentionOf(organization);
  const days = retentionDays[String(period)];
  if (organization === undefined || entitlement === undefined || days === undefined) return [];
  if (entitlement !== "none" && (period === "30d" || days <= Math.round(entitlement))) return [];
  if (own === undefined && period === (await initialRetention(connection))) return [];
  const lacks =
    entitlement === "none"
      ? `takes the plan feature "session_replay_data_retention", which the plan of ${organization.name} does not include`
      : `is longer than the plan of ${organization.name} keeps recordings: ${counted(Math.round(entitlement), "day")}`;
  return [problem("settings.sessionRecordingRetentionPeriod", lacks, addFeature)];
}

/** The default of a new project, which is not sent again. */
async function initialRetention(connection: Connection): Promise<string> {
  return (await getInstance(connection))?.cloud === true ? "30d" : "5y";
}

/** For how many days the plan keeps recordings; undefined if the server does not say. */
function retentionOf(organization: Organization): number | "none" | undefined {
  const features = organization.available_product_features;
  if (features == null) return undefined;
  const feature = features.find(({ key }) => key === "session_replay_data_retention");
  const unit = unitDays[feature?.unit?.toLowerCase().replace(/s$/, "") ?? ""];
  return feature?.limit == null || unit === undefined ? "none" : feature.limit * unit;
}
