import {
  type ActivityFilters,
  type ActivityQuery,
  IgnoredFiltersError,
} from "../../provider/posthog/activityLog";
import { ApiError, ConfigurationError, type Remedy } from "../../provider/posthog/errors";

/** The part of a log to read. */
export type LogQuery = Omit<ActivityQuery, "projectId" | "withOrganization">;

/** The project whose log is read. */
export interface LogScope {
  readonly id: number;
  readonly name: string;
}

/** A filter's three names. */
interface FilterNames {
  readonly filter: keyof ActivityFilters;
  readonly flag: string;
  /** PostHog's parameter, which its error messages name. */
  readonly parameter: string;
}

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

/** What PostHog's errors mean when the log is read. */
const meanings: readonly {
  readonly when: (error: ApiError) => boolean;
  readonly why: string;
  readonly fix: string;
}[] = [
  {
    when: ({ answer }) => answer.status === 402,
    why: "The organization's plan does not include audit logs (audit_logs), without which PostHog Cloud shows no entries.",
    fix: "Add the feature under Settings > Billing; PostHog keeps the entries until then. Self-hosted servers need no plan.",
  },
  {
    when: ({ answer }) => /organization admins and owners can view/i.test(answer.detail),
    why: "Only admins and owners can read the log of the whole organization, and the key's owner is a plain member.",
    fix: "Use the key of an organization admin, or read the log of one project: --project <name>.",
  },
  {
    when: ({ answer }) => /scoped projects are only supported/i.test(answer.detail),
    why: "The key is restricted to projects, so PostHog rejects it for the log of the whole organization.",
    fix: "Use a key without a project restriction, or read the log of one of its projects: --project <number>.",
  },
  {
    when: ({ answer }) => /viewer access to this resource/i.test(answer.detail),
    why: "An access rule of the project (resource activity_log) hides its log from the key's owner.",
    fix: "Use the key of an organization admin, or grant its owner viewer on activity_log.",
  },
];

/** An error from reading the log, with the cause and the fix for this command; other errors stay unchanged. */
export function explainRefusal(error: unknown): unknown {
  if (error instanceof IgnoredFiltersError) return new IgnoredFiltersError(error.names.map(flagOf));
  if (!(error instanceof ApiError)) return error;
  const meaning = meanings.find(({ when }) => when(error)) ?? wrongFlag(error);
  return meaning === undefined ? error : new ConfigurationError(error.summary, meaning);
}

function flagOf(filter: string): string {
  return filterNames.find((names) => names.filter === filter)?.flag ?? filter;
}

/** The remedy for a rejected parameter, such as `ip_addresses__0`, the first of several. */
function wrongFlag({ answer: { status, attr = "" } }: ApiError): Remedy | undefined {
  const parameter = attr.replace(/__\d+$/, "");
  const flag = filterNames.find((names) => names.parameter === parameter)?.flag;
  if (status !== 400 || flag === undefined) return undefined;
  return {
    why: `PostHog rejects the value of ${flag}.`,
    fix: `Change ${flag}. See pulumi-posthog audit --help.`,
  };
}
