import { listed } from "../../access/messages";
import { type Finding, problem } from "../../engine/finding";

const channels = ["email", "github", "slack", "teams", "widget"];
const longestName = 200;

type Check = (value: unknown) => string | undefined;

/** A text, which null or a blank one takes away. */
function optionalText(check: (text: string) => string | undefined = () => undefined): Check {
  return (value) => {
    const text = value ?? "";
    if (typeof text !== "string") return "must be text";
    return text.trim() === "" ? undefined : check(text.trim());
  };
}

/** What newer servers refuse of the settings of conversations (PostHog: `posthog/api/team.py`, autumn 2026). */
const checks: Readonly<Record<string, Check>> = {
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
  ai_reply_modes: (value) =>
    typeof value === "object" && !Array.isArray(value) ? undefined : "must be an object of channels",
};

/** What PostHog would refuse of an object's settings. */
export function reviewConversationSettings(settings: object): Finding[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const message = value === undefined ? undefined : checks[name]?.(value);
    return message === undefined ? [] : [problem(`settings.conversationsSettings.${name}`, message)];
  });
}
