import { type ApiError, invalid } from "../server/errors";
import { pythonText } from "../server/fields";
import type { Json } from "../store/entities";
import { isObject, type JsonObject } from "./settingFields";

/** Fields that PostHog sets itself and drops from requests. */
const MANAGED = [
  "widget_public_token",
  "slack_bot_token",
  "slack_team_id",
  "slack_enabled",
  "slack_scopes",
  "email_enabled",
  "teams_enabled",
  "teams_tenant_id",
  "teams_team_id",
  "teams_team_name",
  "teams_channel_id",
  "teams_channel_name",
  "teams_channels",
];
const CHANNELS = ["email", "github", "slack", "teams", "widget"];
const TICKET_TYPES = ["how_to", "diagnostic", "account_billing"];
const REPLY_MODES = ["private_note", "bot_reply"];
const MOST_CHANNELS = 50;
const LONGEST_NAME = 200;

/** Reads settings of conversations as PostHog stores them, or rejects them (`posthog/api/team.py`, fall 2026). */
export function readConversations(sent: JsonObject): JsonObject {
  const kept = Object.entries(sent).filter(([name]) => !MANAGED.includes(name));
  return Object.fromEntries(
    kept.flatMap(([name, value]) => {
      const read = readSetting(name, value);
      return read === undefined ? [] : [[name, read] as const];
    }),
  );
}

function readSetting(name: string, value: Json): Json | undefined {
  switch (name) {
    case "widget_domains":
      return Array.isArray(value) ? value.filter(isTrue) : value;
    case "slack_channel_ids":
      return Array.isArray(value) ? slackChannels(value) : undefined;
    case "slack_bot_icon_url":
      return checkedText(name, value, (url) => url.startsWith("https://"), "Must be an HTTPS URL.");
    case "slack_bot_display_name":
      return checkedText(
        name,
        value,
        (text) => [...text].length <= LONGEST_NAME && ![...text].some((character) => character < " "),
        "Must be 200 characters or fewer with no control characters.",
      );
    case "slack_alert_channel_id":
      return checkedText(name, value, () => true, "");
    case "slack_notify_on_join":
    case "slack_notify_on_leave":
    case "slack_nudge_enabled":
      return isTrue(value);
    case "ai_resolution_channels":
      return resolutionChannels(name, value);
    case "ai_reply_modes":
      return replyModes(name, value);
    default:
      return value;
  }
}

/** Python's `bool(value)`: empty lists and objects are false, too. */
function isTrue(value: Json): boolean {
  if (Array.isArray(value)) {
    return value.length > 0;
  }
  return isObject(value) ? Object.keys(value).length > 0 : Boolean(value);
}

function refusal(name: string, detail: string): ApiError {
  return invalid(detail, { attr: `conversations_settings__${name}` });
}

function checkedText(name: string, value: Json, isFine: (text: string) => boolean, detail: string): Json {
  if (value === null) {
    return null;
  }
  if (typeof value !== "string") {
    throw refusal(name, "Must be a string.");
  }
  const text = value.trim();
  if (text !== "" && !isFine(text)) {
    throw refusal(name, detail);
  }
  return text === "" ? null : text;
}

function slackChannels(value: readonly Json[]): string[] {
  const names = value.filter((item) => typeof item === "string" && item !== "").map(String);
  return [...new Set(names)].slice(0, MOST_CHANNELS);
}

function resolutionChannels(name: string, value: Json): Json {
  if (value === null) {
    return null;
  }
  if (!Array.isArray(value)) {
    throw refusal(name, "Must be a list of channel names or null.");
  }
  const wrong = value.filter((channel) => !CHANNELS.some((one) => one === channel));
  if (wrong.length > 0) {
    const listed = wrong.map(pythonText).join(", ");
    throw refusal(name, `Invalid channel(s): ${listed}. Valid options: ${CHANNELS.join(", ")}.`);
  }
  return value;
}

/** Only answers to "how to" questions can be sent; PostHog turns the others into notes. */
function replyModes(name: string, value: Json): Json {
  if (value === null) {
    return null;
  }
  if (!isObject(value)) {
    throw refusal(name, "Must be an object or null.");
  }
  const channels = Object.entries(value).flatMap(([channel, types]) => {
    const modes =
      CHANNELS.includes(channel) && isObject(types)
        ? Object.entries(types).flatMap(([type, mode]) =>
            TICKET_TYPES.includes(type) && REPLY_MODES.some((one) => one === mode)
              ? [[type, mode === "bot_reply" && type !== "how_to" ? "private_note" : mode] as const]
              : [],
          )
        : [];
    return modes.length === 0 ? [] : [[channel, Object.fromEntries(modes)] as const];
  });
  return Object.fromEntries(channels);
}
