import * as pulumi from "@pulumi/pulumi";

/** How many resources of each kind a program declares, by the kind's name. */
export type DeclaredKinds = Record<string, number>;

/** One for each run of a program: several may run in one process. */
const programs = new WeakMap<object, DeclaredKinds>();
const withoutEngine = {};

/**
 * The kinds of resource that the running program has declared so far. The object goes on counting: by the time the
 * engine is told of the first resource, a program without waiting has declared them all.
 */
export function declaredKinds(): DeclaredKinds {
  const run = pulumi.runtime.getMonitor() ?? withoutEngine;
  const known = programs.get(run) ?? {};
  programs.set(run, known);
  return known;
}
