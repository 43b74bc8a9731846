import type { Backend } from "./backend";
import { atLeast } from "./generations";

/** Whether a path is one of `/api/environments/`, the older address of projects. */
export function isEnvironment(path: string): boolean {
  return path.startsWith("/api/environments");
}

/** The headers with which newer servers say that `/api/environments/` ends, and what takes its place. */
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
