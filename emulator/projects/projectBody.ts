import { RE2JS } from "re2js";
import * as z from "zod";
import { readBody } from "../server/body";
import { denied, invalid, serverError } from "../server/errors";
import { boolean, json, text } from "../server/fields";
import { atLeast } from "../server/generations";
import type { UserCall } from "../server/routing";
import type { Json, Organization, Project } from "../store/entities";
import { urlSafeToken } from "../store/secrets";
import { PROJECT_SETTINGS, unknownSettings } from "./projectSettings";
import { takenSettings } from "./sentSettings";
import { isObject, type JsonObject } from "./settingFields";

/** The values that a body sets, split by where they are stored. */
interface ProjectBody {
  readonly columns: { readonly name?: string; readonly product_description?: string | null };
  readonly settings: { readonly [name: string]: Json };
  /** Every known field that was sent. */
  readonly sent: { readonly [name: string]: unknown };
}

interface ProjectReading {
  readonly organization: Organization;
  /** Whether the request came to `/api/environments/`. */
  readonly environment: boolean;
  /** The project to change; undefined on creation. */
  readonly current?: Project;
}

const fields = Object.fromEntries(
  Object.entries(PROJECT_SETTINGS).map(([name, { field }]) => [name, field.optional()]),
);
const columns = {
  name: text({ max: 200 }).optional(),
  product_description: text({ max: 1000, blank: true }).nullable().optional(),
};
const OldBody = z.object({ ...columns, access_control: boolean().optional(), ...fields });
const Body = z.object({ ...columns, access_control: json().nullable().optional(), ...fields });

/** Whether people who are not project admins may set a setting. */
export function isMemberSafe(name: string): boolean {
  return PROJECT_SETTINGS[name]?.memberSafe === true;
}

/** Reads and checks a project's body. */
export function readProject(call: UserCall, reading: ProjectReading): ProjectBody {
  const { backend } = call;
  const isOld = !atLeast(backend, "2026-07");
  const body = readBody(call, isOld ? OldBody : Body, ignoredSettings(call, reading));
  const { name, product_description, access_control, ...settings } = body;
  if (!isOld && access_control !== null && access_control !== undefined) {
    throw invalid(
      "The 'access_control' field has been deprecated and is no longer supported. Please use the new access control system instead. For more information, visit: https://posthog.com/docs/settings/access-control",
      { attr: "access_control" },
    );
  }
  const taken = takenSettings(call, settings, reading);
  const stored = storable({ ...taken, ...(isOld ? { access_control } : {}) }, reading);
  checkDashboard(call, stored.primary_dashboard, reading);
  checkErrorsToIgnore(stored.autocapture_exceptions_errors_to_ignore);
  checkPathCleaning(call, stored.path_cleaning_filters);
  checkProactiveTasks(call, stored.proactive_tasks_enabled, reading);
  checkRetention(stored.session_recording_retention_period, reading);
  return {
    columns: {
      ...(name === undefined ? {} : { name }),
      ...(product_description === undefined || reading.environment ? {} : { product_description }),
    },
    settings: withWidgetToken(stored, reading),
    sent: { ...body },
  };
}

function ignoredSettings({ backend }: UserCall, { current, environment }: ProjectReading): readonly string[] {
  const updateOnly = Object.entries(PROJECT_SETTINGS).filter(([, setting]) => setting.updateOnly);
  return [
    ...(current === undefined ? updateOnly.map(([name]) => name) : []),
    ...unknownSettings(backend, { environment }),
    ...(environment ? ["product_description"] : []),
  ];
}

function storable(
  settings: { readonly [name: string]: unknown },
  { current }: ProjectReading,
): { [name: string]: Json } {
  const sent = Object.entries(settings).filter(([, value]) => value !== undefined);
  const known = z.record(z.string(), z.json()).parse(Object.fromEntries(sent));
  return Object.fromEntries(
    Object.entries(known).map(([name, value]) => {
      const merge = PROJECT_SETTINGS[name]?.merge;
      return [name, merge === undefined ? value : merge(current?.settings[name] ?? null, value)];
    }),
  );
}

function checkDashboard({ backend }: UserCall, id: Json | undefined, { current }: ProjectReading): void {
  if (id === undefined) {
    return;
  }
  if (current === undefined) {
    throw invalid("Primary dashboard cannot be set on project creation.", { attr: "primary_dashboard" });
  }
  if (id === null) {
    // Old servers read the dashboard's project before they check for null.
    if (!atLeast(backend, "2026-07")) {
      throw serverError();
    }
    return;
  }
  const dashboard = backend.store.objects.get(`dashboard:${id}`);
  if (dashboard === undefined) {
    const detail = `Invalid pk "${id}" - object does not exist.`;
    throw invalid(detail, { attr: "primary_dashboard", code: "does_not_exist" });
  }
  if (dashboard.team_id !== current.id) {
    throw invalid("Dashboard does not belong to this team.", { attr: "primary_dashboard" });
  }
}

// PostHog checks these after the fields, so its errors name no field.
function checkErrorsToIgnore(value: Json | undefined): void {
  const name = "autocapture_exceptions_errors_to_ignore";
  if (value === undefined) {
    return;
  }
  if (!Array.isArray(value)) {
    throw invalid(`Must provide a list for field: ${name}.`);
  }
  if (!value.every((item) => typeof item === "string")) {
    throw invalid(`Must provide a list of strings to field: ${name}.`);
  }
  if (JSON.stringify(value).length > 300) {
    throw invalid(
      `Field ${name} must be less than 300 characters. Complex config should be provided in posthog-js initialization.`,
    );
  }
}

// From PostHog's public source of fall 2026 (`posthog/api/team.py`).
function checkPathCleaning({ backend }: UserCall, rules: Json | undefined): void {
  const attr = "path_cleaning_filters";
  if (!rules || !atLeast(backend, "current")) {
    return;
  }
  if (!Array.isArray(rules)) {
    throw invalid("Must provide a list of path cleaning rules.", { attr });
  }
  for (const rule of rules.filter(isObject)) {
    const problem = pathCleaningProblem(rule);
    if (problem !== undefined) {
      throw invalid(problem, { attr });
    }
  }
}

function pathCleaningProblem({ regex, alias }: JsonObject): string | undefined {
  if (typeof regex !== "string" || regex === "") {
    return "A path cleaning rule needs a regex. Remove the rule or give it one.";
  }
  let groups: number;
  try {
    groups = RE2JS.compile(regex).groupCount();
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    return `Invalid path cleaning regex '${regex}': ${reason.replace("error parsing regexp: ", "")}`;
  }
  const named =
    typeof alias === "string" ? [...alias.matchAll(/\\(\\|\d)/g)].map(([, one]) => Number(one)) : [];
  const missing = named.find((group) => group > groups);
  return missing === undefined
    ? undefined
    : `The alias '${alias}' references capture group \\${missing}, but its regex has ${groups} capture group(s). Add the group to the regex or fix the reference.`;
}

// PostHog allows this only for one of its own projects, in the US region.
function checkProactiveTasks(
  { backend }: UserCall,
  value: Json | undefined,
  { current }: ProjectReading,
): void {
  if (value === true && !(backend.cloud && current?.id === 2)) {
    throw denied("Proactive tasks can only be enabled for authorized teams.");
  }
}

const RETENTION_DAYS = { "30d": 30, "90d": 90, "1y": 365, "5y": 1825 } as const;
const UNIT_DAYS: Readonly<Record<string, number>> = { day: 1, month: 365 / 12, year: 365 };

function checkRetention(period: Json | undefined, { current, organization }: ProjectReading): void {
  if (period === undefined || current === undefined) {
    return;
  }
  const feature = organization.available_product_features.find(
    ({ key }) => key === "session_replay_data_retention",
  );
  const unit = UNIT_DAYS[feature?.unit?.toLowerCase().replace(/s$/, "") ?? ""];
  if (feature === undefined || feature.limit === null || unit === undefined) {
    throw serverError("Invalid retention entitlement.");
  }
  const entitled = Math.round(feature.limit * unit);
  const open = Object.entries(RETENTION_DAYS).flatMap(([name, days]) => (days <= entitled ? [name] : []));
  const longest = open.at(-1) ?? "30d";
  if (period !== "30d" && !open.includes(String(period))) {
    throw denied(
      `This organization does not have permission to set retention period of length '${period}' - longest allowable retention period is '${longest}'.`,
    );
  }
}

// When conversations are first switched on, their widget gets its own token.
function withWidgetToken(settings: { readonly [name: string]: Json }, { current }: ProjectReading) {
  const { conversations_enabled: enabled, conversations_settings: sent } = settings;
  if (enabled === undefined || Boolean(enabled) === Boolean(current?.settings.conversations_enabled)) {
    return settings;
  }
  const stored = sent ?? current?.settings.conversations_settings ?? null;
  const before = isObject(stored) ? stored : {};
  const token = enabled ? (before.widget_public_token ?? urlSafeToken()) : null;
  return { ...settings, conversations_settings: { ...before, widget_public_token: token } };
}
