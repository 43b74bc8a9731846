import type { Field } from "./definition";
import { type Properties, sameJson } from "./state";
import { containsUnknown } from "./unknown";

/** One argument that differs. */
export interface FieldChange {
  readonly name: string;
  readonly replaces: boolean;
}

/**
 * The arguments that differ between what is stored and what is declared. An unknown value counts as a change, but
 * never as a replacement: most turn out to be what they were.
 */
export function changedFields(
  fields: Readonly<Record<string, Field | undefined>>,
  stored: Properties,
  declared: Properties,
): FieldChange[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const or = (value: unknown): unknown => (value === undefined ? field?.default : value);
    const [before, after] = [or(stored[name]), or(declared[name])];
    if (containsUnknown(after)) return [{ name, replaces: false }];
    return same(field, before, after, stored) ? [] : [{ name, replaces: field?.replaces === true }];
  });
}

/** A declared null empties something, and an argument that is left out leaves it alone: they are not the same. */
function same(field: Field | undefined, before: unknown, after: unknown, stored: Properties): boolean {
  if (before == null || after == null) return before === after;
  return field?.same === undefined ? sameJson(before, after) : field.same(before, after, stored);
}
