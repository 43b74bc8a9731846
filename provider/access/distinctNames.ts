import type { ProjectName } from "./snapshot";

/** Projects under names that tell them apart: of those that share a name each gets its number as well. */
export function distinctNames(projects: readonly ProjectName[]): ProjectName[] {
  const counts = new Map<string, number>();
  for (const { name } of projects) counts.set(name, (counts.get(name) ?? 0) + 1);
  return projects.map(({ id, name }) => ({ id, name: counts.get(name) === 1 ? name : `${name} (${id})` }));
}
