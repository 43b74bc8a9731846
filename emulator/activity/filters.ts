import * as z from "zod";
import type { Backend } from "../server/backend";
import { firstError } from "../server/body";
import { invalid } from "../server/errors";
import { boolean, choice, field, integer, list, pythonType, refuse, text, uuid } from "../server/fields";
import { atLeast } from "../server/generations";
import type { ActivityRow } from "../store/entities";
import { type DetailFilter, meetsDetailFilter, readDetailFilters } from "./detailFilters";

const BAD_ADDRESS =
  "Invalid IP address format. Use a valid IPv4/IPv6 address or a wildcard like `203.0.113.*`.";

const BAD_MOMENT =
  "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";

const LISTS = ["users", "scopes", "activities", "clients", "ip_addresses", "team_ids", "item_ids"];

const NEW_PARAMETERS = ["ordering", "schema", "include_values"];

const Filters = z.object({
  start_date: moment().optional(),
  end_date: moment().optional(),
  users: list(uuid()).default([]),
  scopes: list(text()).default([]),
  activities: list(text()).default([]),
  clients: list(text()).default([]),
  ip_addresses: list(addressPattern()).default([]),
  team_ids: list(integer()).default([]),
  search_text: text({ blank: true }).default(""),
  detail_filters: detailFilters().default([]),
  was_impersonated: boolean().optional(),
  is_system: boolean().optional(),
  item_ids: list(text()).default([]),
  ordering: choice(["-created_at", "created_at"]).default("-created_at"),
  schema: choice(["ocsf"]).optional(),
  include_values: boolean().default(false),
  page: integer({ min: 1 }).optional(),
  page_size: integer({ min: 1, max: 1000 }).default(100),
});

export type ActivityFilters = z.output<typeof Filters>;

/** Reads query parameters. A list is a repeated parameter or, on new servers, one JSON array. */
export function readQueryFilters(backend: Backend, query: URLSearchParams): ActivityFilters {
  const names = [...new Set(query.keys())];
  return readFilters(
    backend,
    Object.fromEntries(
      names.map((name) => [
        name,
        LISTS.includes(name) ? listOf(backend, query.getAll(name)) : query.getAll(name).at(-1),
      ]),
    ),
  );
}

/** Reads filters from a body. Throws the first error. */
export function readFilters(backend: Backend, value: unknown): ActivityFilters {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(`Invalid data. Expected a dictionary, but got ${pythonType(value)}.`);
  }
  const known = Object.entries(value).filter(
    ([name]) => atLeast(backend, "current") || !NEW_PARAMETERS.includes(name),
  );
  const result = Filters.safeParse(Object.fromEntries(known));
  if (!result.success) {
    throw firstError(result.error);
  }
  return result.data;
}

export function meetsFilters({ store }: Backend, row: ActivityRow, filters: ActivityFilters): boolean {
  const among = <T>(wanted: readonly T[], value: T | null | undefined) =>
    wanted.length === 0 || (value !== null && value !== undefined && wanted.includes(value));
  const created = Date.parse(row.created_at);
  return (
    created >= (filters.start_date ?? 0) &&
    created <= (filters.end_date ?? Infinity) &&
    among(filters.users, store.users.get(row.user_id)?.uuid) &&
    among(filters.scopes, row.scope) &&
    among(filters.activities, row.activity) &&
    among(filters.clients, row.client) &&
    among(filters.team_ids, row.team_id) &&
    among(filters.item_ids, row.item_id) &&
    (filters.ip_addresses.length === 0 ||
      filters.ip_addresses.some((one) => one.test(row.ip_address ?? ""))) &&
    JSON.stringify(row.detail).toLowerCase().includes(filters.search_text.toLowerCase()) &&
    filters.detail_filters.every((condition) => meetsDetailFilter(row, condition)) &&
    (filters.was_impersonated ?? row.was_impersonated) === row.was_impersonated &&
    (filters.is_system ?? row.is_system) === row.is_system
  );
}

function listOf(backend: Backend, values: readonly string[]): unknown {
  const [only = "", ...others] = values;
  if (!atLeast(backend, "current") || others.length > 0 || !/^\s*\[.*\]\s*$/s.test(only)) {
    return values;
  }
  return parseJson(only) ?? values;
}

function moment() {
  return field((value) => {
    const wellFormed = typeof value === "string" && /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d|$)/.test(value);
    const hasZone = wellFormed && /(Z|[+-]\d\d:?\d\d)$/.test(value.slice(10));
    const read = wellFormed ? Date.parse(value.length === 10 || hasZone ? value : `${value}Z`) : Number.NaN;
    return Number.isNaN(read) ? refuse("invalid", BAD_MOMENT) : read;
  });
}

function addressPattern() {
  return field((value) => {
    const address = String(value).trim();
    const isRange = /^[0-9a-fA-F:.*]+$/.test(address) && /[*:]/.test(address);
    const bytes = address.split(".").map((byte) => (/^\d{1,3}$/.test(byte) ? Number(byte) : 256));
    if (!isRange && (bytes.length !== 4 || bytes.some((byte) => byte > 255))) {
      return refuse("invalid", BAD_ADDRESS);
    }
    const source = address.replaceAll(".", "\\.").replaceAll("*", ".*");
    return new RegExp(`^${source}$`, "i");
  });
}

function detailFilters() {
  return field((value): DetailFilter[] => {
    const filters = typeof value === "string" ? parseJson(value) : value;
    return filters === undefined
      ? refuse("invalid", "Value must be valid JSON.")
      : readDetailFilters(filters);
  });
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
