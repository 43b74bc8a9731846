import type { ActivityFilters } from "../../provider/posthog/activity";

/** A filter by its three names. */
interface FilterNames {
  readonly filter: keyof ActivityFilters;
  readonly flag: string;
  /** PostHog's parameter, which its refusals name. */
  readonly parameter: string;
}

/** What of the log can be chosen by a flag. */
export const filterNames: readonly FilterNames[] = [
  { filter: "scopes", flag: "--scope", parameter: "scopes" },
  { filter: "activities", flag: "--activity", parameter: "activities" },
  { filter: "users", flag: "--user", parameter: "users" },
  { filter: "itemIds", flag: "--object", parameter: "item_ids" },
  { filter: "searchText", flag: "--search", parameter: "search_text" },
  { filter: "clients", flag: "--client", parameter: "clients" },
  { filter: "ipAddresses", flag: "--ip", parameter: "ip_addresses" },
  { filter: "wasImpersonated", flag: "--staff", parameter: "was_impersonated" },
  { filter: "isSystem", flag: "--system", parameter: "is_system" },
  { filter: "startDate", flag: "--since", parameter: "start_date" },
  { filter: "endDate", flag: "--until", parameter: "end_date" },
];
