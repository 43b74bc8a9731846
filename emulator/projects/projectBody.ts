import { z } from "zod";
import { readBody } from "../server/body";
import { hasFeature } from "../server/effectiveAccess";
import { denied, invalid } from "../server/errors";
import { json, text } from "../server/fields";
import { atLeast } from "../server/generations";
import type { UserCall } from "../server/routing";
import type { Json, Project } from "../store/entities";
import { PROJECT_SETTINGS, type ProjectSetting } from "./projectSettings";
import { ENVIRONMENT_ONLY_SETTINGS } from "./projectView";

/** What a body says about a project, split by where it is kept. */
interface ProjectBody {
  readonly columns: { readonly name?: string; readonly product_description?: string | null };
  readonly settings: { readonly [name: string]: Json };
  /** Everything that was sent and is known. */
  readonly sent: { readonly [name: string]: unknown };
}

/** How a body is read. */
interface ProjectReading {
  readonly creating: boolean;
  /** Whether it came to `/api/environments/`. */
  readonly environment: boolean;
  /** The project that is changed. */
  readonly current?: Project;
}

const SchemaFor = {
  old: schema(({ field, oldField }) => oldField ?? field),
  newer: schema(({ field }) => field),
};

function schema(fieldOf: (setting: ProjectSetting) => ProjectSetting["field"]) {
  return z.object({
    name: text({ max: 200 }).optional(),
    product_description: text({ max: 1000, blank: true }).nullable().optional(),
    access_control: json().nullable().optional(),
    ...Object.fromEntries(
      Object.entries(PROJECT_SETTINGS).map(([name, setting]) => [name, fieldOf(setting).optional()]),
    ),
  });
}

/** Whether someone below project admin may set a setting. */
export function isMemberSafe(name: string): boolean {
  return PROJECT_SETTINGS[name]?.memberSafe === true;
}

/** Reads and checks what a body says about a project. */
export function readProject(call: UserCall, reading: ProjectReading): ProjectBody {
  const { backend } = call;
  const isOld = !atLeast(backend, "2026-07");
  const body = readBody(call, isOld ? SchemaFor.old : SchemaFor.newer, unknownHere(isOld, reading));
  const { name, product_description, access_control, ...settings } = body;
  if (access_control !== null && access_control !== undefined) {
    throw invalid(
      "The 'access_control' field has been deprecated and is no longer supported. Please use the new access control system instead. For more information, visit: https://posthog.com/docs/settings/access-control",
      { attr: "access_control" },
    );
  }
  const stored = storable(settings, reading);
  checkDashboard(call, stored.primary_dashboard, reading);
  checkRetention(call, stored.session_recording_retention_period, reading);
  return {
    columns: {
      ...(name === undefined ? {} : { name }),
      ...(product_description === undefined ? {} : { product_description }),
    },
    settings: stored,
    sent: { ...body },
  };
}

function unknownHere(isOld: boolean, { creating, environment }: ProjectReading): readonly string[] {
  const updateOnly = Object.entries(PROJECT_SETTINGS).filter(([, setting]) => setting.updateOnly);
  return [
    ...(creating ? updateOnly.map(([name]) => name) : []),
    ...(isOld && !environment ? ENVIRONMENT_ONLY_SETTINGS : []),
  ];
}

function storable(
  settings: { readonly [name: string]: unknown },
  { current }: ProjectReading,
): { [name: string]: Json } {
  const known = z.record(z.string(), z.json()).parse(settings);
  return Object.fromEntries(
    Object.entries(known).map(([name, value]) => {
      const before = current?.settings[name];
      const merges = PROJECT_SETTINGS[name]?.merged && isObject(before) && isObject(value);
      return [name, merges ? { ...before, ...value } : value];
    }),
  );
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkDashboard({ backend }: UserCall, id: Json | undefined, { creating, current }: ProjectReading) {
  if (id === undefined || id === null) {
    return;
  }
  if (creating) {
    throw invalid("Primary dashboard cannot be set on project creation.", { attr: "primary_dashboard" });
  }
  const dashboard = backend.store.objects.get(`dashboard:${id}`);
  if (dashboard?.team_id !== current?.id) {
    throw invalid("Dashboard does not belong to this team.", { attr: "primary_dashboard" });
  }
}

function checkRetention({ backend, user }: UserCall, period: Json | undefined, { current }: ProjectReading) {
  const organizationId = current?.organization_id ?? user.current_organization_id;
  const organization = backend.store.organizations.get(organizationId);
  const entitled = organization !== undefined && hasFeature(organization, "session_replay_data_retention");
  if (period !== undefined && period !== "30d" && !entitled) {
    throw denied(
      `This organization does not have permission to set retention period of length '${period}' - longest allowable retention period is '30d'.`,
    );
  }
}
