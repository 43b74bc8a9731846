/**
 * The rows the embedded PostHog keeps. Columns carry PostHog's own names, because answers and activity-log
 * changes repeat them letter by letter.
 */
export * from "./activity";
export * from "./json";
export * from "./keys";
export * from "./organization";
export * from "./project";
export * from "./signOn";
