import { listed, quoted } from "../../access/messages";
import { isObject } from "../../access/values";
import { type Finding, problem } from "../../engine/finding";
import { sameJson } from "../../engine/state";

const channels = ["email", "github", "slack", "teams", "widget"];
const ticketTypes = ["how_to", "diagnostic", "account_billing"];
const longestName = 200;
const mostSlackChannels = 50;

/** Keys that PostHog sets itself, and drops from requests. */
const managed: ReadonlySet<string> = new Set([
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
]);

type Check = (value: unknown) => string | undefined;

/** A text that null or a blank clears. */
function optionalText(check: (text: string) => string | undefined = () => undefined): Check {
  return (value) => {
    const text = value ?? "";
    if (typeof text !== "string") return "must be text";
    return text.trim() === "" ? undefined : check(text.trim());
  };
}

const onOff: Check = (value) => (typeof value === "boolean" ? undefined : "must be true or false");

/**
 * PostHog drops unknown channels and types of tickets, and turns every mode that it does not support into a private
 * note.
 */
const replyModes: Check = (value) => {
  if (value === null) return undefined;
  if (!isObject(value)) return "must be an object of channels";
  return Object.entries(value)
    .flatMap(([channel, types]) => replyModesOf(channel, types) ?? [])
    .at(0);
};

function replyModesOf(channel: string, types: unknown): string | undefined {
  if (!channels.includes(channel))
    return `has no ${quoted(channel)}: the channels are ${listed(channels, "and")}`;
  if (!isObject(types) || Object.keys(types).length === 0)
    return `must have an object of ${listed(ticketTypes)} for ${channel}`;
  return Object.entries(types)
    .flatMap(([type, mode]) => replyMode(type, mode) ?? [])
    .map((refusal) => `${channel}: ${refusal}`)
    .at(0);
}

function replyMode(type: string, mode: unknown): string | undefined {
  if (!ticketTypes.includes(type))
    return `has no ${quoted(type)}: the types of tickets are ${listed(ticketTypes, "and")}`;
  if (type === "how_to")
    return mode === "private_note" || mode === "bot_reply"
      ? undefined
      : "how_to must be private_note or bot_reply";
  return mode === "private_note"
    ? undefined
    : `${type} must be private_note: PostHog sends answers to how_to only`;
}

/** What newer servers reject or drop in the settings of conversations (PostHog: `posthog/api/team.py`, fall 2026). */
const checks: ReadonlyMap<string, Check> = new Map(
  Object.entries<Check>({
    slack_bot_icon_url: optionalText((url) =>
      url.startsWith("https://") ? undefined : "must begin with https://",
    ),
    slack_bot_display_name: optionalText((name) =>
      [...name].length > longestName || [...name].some((character) => character < " ")
        ? `must be at most ${longestName} characters long, without control characters`
        : undefined,
    ),
    slack_alert_channel_id: optionalText(),
    ai_resolution_channels: (value) =>
      value === null || (Array.isArray(value) && value.every((one) => channels.includes(one)))
        ? undefined
        : `must be a list of ${listed(channels, "or")}`,
    ai_reply_modes: replyModes,
    slack_channel_ids: (value) =>
      Array.isArray(value) &&
      value.length <= mostSlackChannels &&
      value.every((one) => typeof one === "string")
        ? undefined
        : `must be a list of at most ${mostSlackChannels} ids of channels`,
    slack_notify_on_join: onOff,
    slack_notify_on_leave: onOff,
    slack_nudge_enabled: onOff,
  }),
);

/**
 * What PostHog would reject or drop in an object's settings.
 *
 * @param held the current values.
 */
export function reviewConversationSettings(settings: object, held: unknown): Finding[] {
  const there = new Map(isObject(held) ? Object.entries(held) : []);
  return Object.entries(settings).flatMap(([name, value]) => {
    if (value === undefined || (there.has(name) && sameJson(value, there.get(name)))) return [];
    const property = `settings.conversationsSettings.${name}`;
    if (managed.has(name)) {
      const fix = "remove it from the program, and connect the channel in PostHog";
      return [problem(property, "is set by PostHog itself, which drops it from a write", { fix })];
    }
    const message = checks.get(name)?.(value);
    return message === undefined ? [] : [problem(property, message)];
  });
}
