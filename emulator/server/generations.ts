import type { Age } from "../store/store";

/** The ages of PostHog that the emulator supports, oldest first. */
export const AGES: readonly Age[] = ["2025-08", "2026-07", "current"];

const ALIASES = { old: "2025-08", mid: "2026-07", new: "current" } as const;

/** How old the emulated PostHog is: an age's current or earlier name. */
export type Generation = Age | keyof typeof ALIASES;

/** Every name of a generation, earlier names included. */
export const GENERATIONS: readonly Generation[] = [...AGES, "old", "mid", "new"];

/** The source of the facts about each age. */
export const SOURCES: Readonly<Record<Age, string>> = {
  "2025-08": "recorded from PostHog's own server of August 2025, self-hosted",
  "2026-07": "recorded from PostHog's own server of July 2026, self-hosted and as on Cloud",
  current: "2026-07, with what PostHog's public pull requests changed until fall 2026",
};

/** The age behind a name. */
export function ageOf(generation: Generation): Age {
  switch (generation) {
    case "old":
    case "mid":
    case "new":
      return ALIASES[generation];
    default:
      return generation;
  }
}

/** Whether the emulated server is of this generation or newer. */
export function atLeast({ generation }: { readonly generation: Age }, oldest: Generation): boolean {
  return AGES.indexOf(generation) >= AGES.indexOf(ageOf(oldest));
}
