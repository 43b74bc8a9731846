import { listed } from "../access/messages";
import { didYouMean } from "../access/nearest";
import type { ProjectName } from "../access/snapshot";

/** The project that a matrix means by a name without a number: only one may have the name. */
export function projectNamed(projects: readonly ProjectName[], name: string): ProjectName | undefined {
  const [one, ...others] = projects.filter((project) => project.name === name);
  return others.length === 0 ? one : undefined;
}

/** Why no project can be meant by a name without a number, as the message of a problem. */
export function whyUnnumbered(projects: readonly ProjectName[], name: string): string {
  const ids = projects.flatMap((project) => (project.name === name ? [String(project.id)] : []));
  if (ids.length > 0) return `has no number, and projects ${listed(ids, "and")} are all called so`;
  const names = projects.map((project) => project.name);
  return `has no number, and no project is called so${didYouMean(name, names)}`;
}
