import * as z from "zod";
import type { Field } from "./definition";
import { type Properties, sameJson } from "./state";
import { containsUnknown } from "./unknown";
import { unsetName } from "./unset";

/** One argument that differs. */
export interface FieldChange {
  readonly name: string;
  readonly replaces: boolean;
}

/** A property that differs, as people see it in their programs. */
export interface PropertyChange extends FieldChange {
  readonly kind: "add" | "update" | "delete";
}

/** How properties change that differ in value or, because of what they mean, have to be taken over again. */
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

/** What arguments mean, and how they behave. */
interface Arguments {
  readonly args: z.ZodObject;
  readonly fields: Readonly<Record<string, Field | undefined>>;
}

/**
 * The arguments that differ between what is stored and what is declared, both as their schemas read them: blanks that
 * PostHog trims are no difference. An unknown value counts as a change, but never as a replacement: most turn out to be
 * what they were.
 */
export function changedFields(
  { args, fields }: Arguments,
  stored: Properties,
  declared: Properties,
): FieldChange[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const or = (value: unknown): unknown => (value === undefined ? field?.default : value);
    const [before, after] = [or(stored[name]), or(declared[name])];
    // It means nulls, which are compared where they are meant.
    if (name === unsetName && !containsUnknown(after)) return [];
    if (containsUnknown(after)) return [{ name, replaces: false }];
    if (before === after) return [];
    const read = (value: unknown): unknown => meaning(args.shape[name], value);
    return same(field, read(before), read(after), stored)
      ? []
      : [{ name, replaces: field?.replaces === true }];
  });
}

/** A value as its schema reads it; one that does not fit, such as an earlier version's, is unchanged. */
function meaning(schema: unknown, value: unknown): unknown {
  const parsed = schema instanceof z.ZodType ? schema.safeParse(value) : undefined;
  return parsed?.success === true ? parsed.data : value;
}

/** A declared null empties something, and an argument that is left out leaves it alone: they are not the same. */
function same(field: Field | undefined, before: unknown, after: unknown, stored: Properties): boolean {
  if (before == null || after == null) return before === after;
  return field?.same === undefined ? sameJson(before, after) : field.same(before, after, stored);
}
