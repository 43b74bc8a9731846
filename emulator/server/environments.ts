import type { Backend } from "./backend";
import { atLeast } from "./generations";

/** Whether a path is under `/api/environments/`, the older URL of projects. */
export function isEnvironment(path: string): boolean {
  return path.startsWith("/api/environments");
}

/** The headers in which newer servers announce the end of `/api/environments/` and its successor. */
export function noticeFor(path: string, { generation }: Pick<Backend, "generation">): Record<string, string> {
  if (!isEnvironment(path) || !atLeast({ generation }, "2026-07")) {
    return {};
  }
  const successor = path.replace(/^\/api\/environments/, "/api/projects");
  return {
    Deprecation: "true",
    Sunset: "Fri, 31 Jul 2026 00:00:00 GMT",
    Link: `<${successor}>; rel="successor-version"`,
  };
}
