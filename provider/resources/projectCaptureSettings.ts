import type * as pulumi from "@pulumi/pulumi";

/**
 * Settings of a project that decide what is captured, and from where.
 *
 * Fact source: PostHog's projects API.
 */
export interface ProjectCaptureSettings {
  /**
   * Addresses where the toolbar and web analytics work, at most 200 characters each; `*` stands for a subdomain. The
   * order does not matter. With access rules, an editor of web analytics may change it too.
   */
  appUrls?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether IP addresses are dropped from every event. Default false, in the EU as the organization says. */
  anonymizeIps?: pulumi.Input<boolean>;
  /** HTML attributes that name an element for actions. The order does not matter. Default `["data-attr"]`. */
  dataAttributes?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether posthog-js leaves clicks and page views alone. */
  autocaptureOptOut?: pulumi.Input<boolean | null>;
  /** Whether JavaScript exceptions are captured. Any member may change it. */
  autocaptureExceptionsOptIn?: pulumi.Input<boolean | null>;
  /** Texts of errors that are not captured. The order does not matter; at most 300 characters of JSON in all. */
  autocaptureExceptionsErrorsToIgnore?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether web vitals are captured. Any member may change it. */
  autocaptureWebVitalsOptIn?: pulumi.Input<boolean | null>;
  /** Which web vitals: `CLS`, `FCP`, `INP`, `LCP`. The order does not matter. Any member may change it. */
  autocaptureWebVitalsAllowedMetrics?: pulumi.Input<pulumi.Input<string>[] | null>;
  /** Whether console output is captured with session recordings. */
  captureConsoleLogOptIn?: pulumi.Input<boolean | null>;
  /** Whether timings of the network and the page are captured. */
  capturePerformanceOptIn?: pulumi.Input<boolean | null>;
  /** Whether clicks without any effect are captured. Older servers: environment. */
  captureDeadClicks?: pulumi.Input<boolean | null>;
  /** Whether heatmaps are captured. */
  heatmapsOptIn?: pulumi.Input<boolean | null>;
  /** Whether PostHog's site apps are put into pages. */
  injectWebApps?: pulumi.Input<boolean | null>;
  /** Counting visitors without cookies: 0 off, 1 stateless, 2 stateful. Default 0. Older servers: environment. */
  cookielessServerHashMode?: pulumi.Input<0 | 1 | 2 | null>;
}
