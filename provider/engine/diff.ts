import * as z from "zod";
import type { Field } from "./definition";
import { type Properties, sameJson } from "./state";
import { containsUnknown } from "./unknown";
import { unsetName } from "./unset";

export interface FieldChange {
  readonly name: string;
  readonly replaces: boolean;
}

/** A property that differs, named as in the program. */
export interface PropertyChange extends FieldChange {
  readonly kind: "add" | "update" | "delete";
}

/** The changes of properties that differ in value, or that have to be stored again because their meaning changed. */
export function propertyChanges(
  names: readonly string[],
  replaces: readonly string[],
  stored: Properties,
  declared: Properties,
): PropertyChange[] {
  return [...new Set(names)].map((name) => ({
    name,
    replaces: replaces.includes(name),
    kind: stored[name] === undefined ? "add" : declared[name] === undefined ? "delete" : "update",
  }));
}

interface Arguments {
  readonly args: z.ZodObject;
  readonly fields: Readonly<Record<string, Field | undefined>>;
}

/**
 * The arguments that differ between what is stored and what is declared, both as their schemas read them, so that
 * blanks that PostHog trims do not count. An unknown value counts as a change, but never as a replacement: most turn
 * out to be what they were.
 */
export function changedFields(
  { args, fields }: Arguments,
  stored: Properties,
  declared: Properties,
): FieldChange[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const or = (value: unknown): unknown => (value === undefined ? field?.default : value);
    const [before, after] = [or(stored[name]), or(declared[name])];
    // `unset` means nulls, which are compared on the settings that it names.
    if (name === unsetName && !containsUnknown(after)) return [];
    if (containsUnknown(after)) return [{ name, replaces: false }];
    if (before === after) return [];
    const read = (value: unknown): unknown => meaning(args.shape[name], value);
    return same(field, read(before), read(after), stored)
      ? []
      : [{ name, replaces: field?.replaces === true }];
  });
}

/** A value as its schema reads it; a value that does not fit, such as one from an earlier version, stays as it is. */
function meaning(schema: unknown, value: unknown): unknown {
  const parsed = schema instanceof z.ZodType ? schema.safeParse(value) : undefined;
  return parsed?.success === true ? parsed.data : value;
}

/** A declared null clears a setting, and a missing argument leaves it alone, so they differ. */
function same(field: Field | undefined, before: unknown, after: unknown, stored: Properties): boolean {
  if (before == null || after == null) return before === after;
  return field?.same === undefined ? sameJson(before, after) : field.same(before, after, stored);
}
