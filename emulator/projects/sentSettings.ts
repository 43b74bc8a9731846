import { hasFeature } from "../server/effectiveAccess";
import { denied, invalid } from "../server/errors";
import { atLeast } from "../server/generations";
import type { UserCall } from "../server/routing";
import type { Json, Organization, Project } from "../store/entities";
import { readConversations } from "./conversations";
import { isObject, type JsonObject } from "./settingFields";

interface Place {
  readonly organization: Organization;
  /** The project to change; undefined on creation. */
  readonly current?: Project;
}

type Settings = { readonly [name: string]: unknown };

/**
 * The settings of a body as PostHog stores them: it corrects some, and rejects some because of what the project has.
 * Checks whose age no recording shows come from PostHog's public source of fall 2026 (`posthog/api/team.py`).
 */
export function takenSettings(call: UserCall, settings: Settings, place: Place): Settings {
  const isCurrent = atLeast(call.backend, "current");
  const {
    conversations_settings: conversations,
    session_recording_linked_flag: flag,
    logs_settings: logs,
  } = settings;
  return {
    ...settings,
    ...(isCurrent && isObject(conversations)
      ? { conversations_settings: readConversations(conversations) }
      : {}),
    ...(isCurrent && isObject(flag) ? { session_recording_linked_flag: linkedFlag(flag) } : {}),
    ...(isObject(logs) ? { logs_settings: logsSettings(call, logs, place) } : {}),
  };
}

// PostHog finds the flag that session replay depends on by its number.
function linkedFlag(flag: JsonObject): JsonObject {
  const isNumber = typeof flag.id === "number" && Number.isInteger(flag.id);
  const isNumeral = typeof flag.id === "string" && /^\s*[-+]?\d+(_\d+)*\s*$/.test(flag.id);
  if (!isNumber && !isNumeral) {
    throw invalid("Must provide an integer 'id'.", { attr: "session_recording_linked_flag" });
  }
  return { ...flag, id: Number(String(flag.id).replaceAll("_", "")) };
}

const HOUR_MS = 3_600_000;

// Longer retention needs a plan (PostHog pull request 72707), and can change once a day.
function logsSettings({ backend }: UserCall, logs: JsonObject, { organization, current }: Place): JsonObject {
  const before = current?.settings.logs_settings ?? null;
  const stored: JsonObject = isObject(before) ? before : {};
  const days: Json = logs.retention_days ?? null;
  if (days === null || days === (stored.retention_days ?? null)) {
    return logs;
  }
  if (days === 30 && atLeast(backend, "current") && !hasFeature(organization, "logs_retention_30d")) {
    throw denied(`This organization does not have permission to set Logs retention to ${days} days.`);
  }
  if (Object.keys(stored).length === 0) {
    return logs;
  }
  const now = backend.store.now();
  const last = stored.retention_last_updated;
  const hours = typeof last === "string" ? (now.getTime() - Date.parse(last)) / HOUR_MS : Number.NaN;
  if (hours < 24) {
    const left = Math.trunc(24 - hours);
    const detail = `You can only update retention settings once per 24 hours. Please wait ${left} more hour(s).`;
    throw invalid(detail, { attr: "logs_settings" });
  }
  return { ...logs, retention_last_updated: pythonTime(now) };
}

function pythonTime(time: Date): string {
  return time.toISOString().replace(/\.(\d{3})Z$/, ".$1000+00:00");
}
