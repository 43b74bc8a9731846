import type { Backend } from "../server/backend";
import type { ActivityRow } from "../store/entities";
import { compareTexts } from "./paging";

const SAMPLED_ITEMS = 10;

/** The values that filters of a log can have, found in its rows (PostHog: available filters). */
export function availableFilters(
  { store }: Backend,
  shown: readonly ActivityRow[],
  all: readonly ActivityRow[],
) {
  const users = [...new Set(shown.map(({ user_id }) => user_id))].flatMap((id) => store.users.get(id) ?? []);
  return {
    static_filters: {
      users: users.map(({ uuid, first_name, last_name, email }) => ({
        value: uuid,
        label: `${first_name} ${last_name}`.trim() || email,
      })),
      scopes: valuesOf(shown.map(({ scope }) => scope)),
      activities: valuesOf(shown.map(({ activity }) => activity)),
      clients: valuesOf(shown.flatMap(({ client }) => client ?? [])),
    },
    detail_fields: detailFields(all),
  };
}

function valuesOf(texts: readonly string[]): { value: string }[] {
  return [...new Set(texts)].sort(compareTexts).map((value) => ({ value }));
}

type FieldTypes = Map<string, Set<string>>;

function detailFields(rows: readonly ActivityRow[]) {
  const scopes = new Map<string, FieldTypes>();
  for (const { scope, detail } of rows) {
    const fields = scopes.get(scope) ?? new Map<string, Set<string>>();
    scopes.set(scope, fields);
    collect(detail, "", fields);
  }
  const fieldsOf = (fields: FieldTypes) =>
    [...fields].map(([name, types]) => ({ name, types: [...types].sort(compareTexts) }));
  const found = [...scopes].map(([scope, fields]) => [scope, { fields: fieldsOf(fields) }] as const);
  return { ...Object.fromEntries(found), General: { fields: CHANGE_FIELDS } };
}

/** The fields of a change, which rows in every scope may have. */
const CHANGE_FIELDS = ["type", "action", "field", "before", "after"].map((name) => ({
  name: `changes[].${name}`,
  types: [name === "before" || name === "after" ? "any" : "string"],
}));

function collect(value: unknown, path: string, fields: FieldTypes): void {
  if (Array.isArray(value)) {
    for (const item of value.slice(0, SAMPLED_ITEMS).filter((one) => one !== null)) {
      note(fields, `${path}[]`, item);
      collect(item, `${path}[]`, fields);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      const innerPath = path === "" ? name : `${path}.${name}`;
      note(fields, innerPath, inner);
      collect(inner, innerPath, fields);
    }
  }
}

function note(fields: FieldTypes, path: string, value: unknown): void {
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  fields.set(path, (fields.get(path) ?? new Set()).add(type));
}
