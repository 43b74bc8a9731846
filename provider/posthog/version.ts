/**
 * This package's version, as PostHog sees it in the `User-Agent` of every request. A test compares it with
 * `package.json`.
 */
export const version = "0.1.0";
