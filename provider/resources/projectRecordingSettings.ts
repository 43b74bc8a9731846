import type * as pulumi from "@pulumi/pulumi";
import type { JsonInput, JsonObjectInput } from "./json";

/** A feature flag that recording depends on. */
export interface LinkedFlag {
  /** The flag's number. */
  id: pulumi.Input<number>;
  /** The flag's key. */
  key: pulumi.Input<string>;
  /** The variant that has to be on; any by default. */
  variant?: pulumi.Input<string | null>;
}

/** What of network requests is recorded. */
export interface NetworkPayloadCapture {
  /** Whether request and response headers are recorded. */
  recordHeaders?: pulumi.Input<boolean>;
  /** Whether request and response bodies are recorded. */
  recordBody?: pulumi.Input<boolean>;
}

/** What is masked in recordings. */
export interface RecordingMasking {
  /** Whether every input's text is masked. */
  maskAllInputs?: pulumi.Input<boolean>;
  /** CSS selector of elements whose text is masked. */
  maskTextSelector?: pulumi.Input<string>;
  /** CSS selector of elements that are left out altogether. */
  blockSelector?: pulumi.Input<string>;
}

/** A page address that starts, or blocks, recording. */
export interface RecordingUrlRule {
  /** The regular expression. */
  url: pulumi.Input<string>;
  /** How `url` is read; PostHog knows `regex`. */
  matching: pulumi.Input<"regex">;
}

/** Groups of conditions, each with its own share of sessions; they take precedence over the single triggers. */
export interface RecordingTriggerGroups {
  /** Form of this value; PostHog knows 2. */
  version: pulumi.Input<2>;
  /** The groups, each with `id`, `sampleRate` (0 to 1) and `conditions`. */
  groups: pulumi.Input<JsonInput[]>;
  /** Share of the sessions that no group matches, 0 to 1. */
  fallbackSampleRate?: pulumi.Input<number>;
}

/**
 * Settings of a project that have to do with session recordings.
 *
 * Fact source: PostHog's projects API.
 */
export interface ProjectRecordingSettings {
  /** Whether sessions are recorded. Default false. Any member may change it. */
  sessionRecordingOptIn?: pulumi.Input<boolean>;
  /** Where recording is allowed, as addresses of at most 200 characters; empty: everywhere. The order does not matter. */
  recordingDomains?: pulumi.Input<pulumi.Input<string>[] | null>;
  /** Share of sessions that are recorded, 0 to 1 in hundredths, as a number or as text such as `"0.25"`. */
  sessionRecordingSampleRate?: pulumi.Input<number | string | null>;
  /** Shorter sessions are not kept; milliseconds, 0 to 30000. */
  sessionRecordingMinimumDurationMilliseconds?: pulumi.Input<number | null>;
  /** Record only where this feature flag is on. */
  sessionRecordingLinkedFlag?: pulumi.Input<LinkedFlag | null>;
  /** What of network requests is recorded. */
  sessionRecordingNetworkPayloadCaptureConfig?: pulumi.Input<NetworkPayloadCapture | null>;
  /** What is masked. */
  sessionRecordingMaskingConfig?: pulumi.Input<RecordingMasking | null>;
  /** Pages that start recording. */
  sessionRecordingUrlTriggerConfig?: pulumi.Input<pulumi.Input<RecordingUrlRule>[] | null>;
  /** Pages that are never recorded. */
  sessionRecordingUrlBlocklistConfig?: pulumi.Input<pulumi.Input<RecordingUrlRule>[] | null>;
  /** Events that start recording. The order does not matter. */
  sessionRecordingEventTriggerConfig?: pulumi.Input<pulumi.Input<string>[] | null>;
  /** Whether `all` of the triggers have to match, or `any` one. */
  sessionRecordingTriggerMatchTypeConfig?: pulumi.Input<"all" | "any" | null>;
  /** Groups of triggers, which take precedence over the single triggers above. */
  sessionRecordingTriggerGroups?: pulumi.Input<RecordingTriggerGroups | null>;
  /** How long new recordings are kept: `30d`, `90d`, `1y` or `5y`; which of them depends on the plan. Default `30d`. */
  sessionRecordingRetentionPeriod?: pulumi.Input<"30d" | "90d" | "1y" | "5y">;
  /** Recording of canvases (`record_canvas`) and what AI summaries use (`ai_config`). Other keys stay. */
  sessionReplayConfig?: JsonObjectInput | null;
}
