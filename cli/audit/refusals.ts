import { IgnoredFiltersError } from "../../provider/posthog/activity";
import { ApiError, NotFoundError, type Remedy } from "../../provider/posthog/errors";
import { filterNames } from "./filters";

/** What a refusal means for somebody who wants to read the log. */
const meanings: readonly {
  readonly when: (error: ApiError) => boolean;
  readonly why: string;
  readonly fix: string;
}[] = [
  {
    when: ({ answer }) => answer.status === 402,
    why: "The organization's plan does not include audit logs (audit_logs), without which PostHog Cloud shows no entry.",
    fix: "Add the feature under Settings > Billing; PostHog keeps the entries meanwhile. Servers of your own need no plan.",
  },
  {
    when: ({ answer }) => /organization admins and owners can view/i.test(answer.detail),
    why: "The log of the whole organization is for its admins and owners, and the key's owner is a plain member.",
    fix: "Use the key of an organization admin, or read the log of one project: --project <name>.",
  },
  {
    when: ({ answer }) => /scoped projects are only supported/i.test(answer.detail),
    why: "The key is restricted to projects, so PostHog refuses it for the log of the whole organization.",
    fix: "Use a key without a project restriction, or read the log of one of its projects: --project <number>.",
  },
  {
    when: ({ answer }) => /viewer access to this resource/i.test(answer.detail),
    why: "An access rule of the project (resource activity_log) keeps its log from the key's owner.",
    fix: "Use the key of an organization admin, or give its owner the level viewer on activity_log.",
  },
];

/** An error of reading the log with the cause and the cure that fit this command; others are passed on. */
export function explainRefusal(error: unknown): unknown {
  if (error instanceof IgnoredFiltersError) return new IgnoredFiltersError(error.names.map(flagOf));
  if (!(error instanceof ApiError)) return error;
  const meaning = meanings.find(({ when }) => when(error)) ?? wrongFlag(error);
  return meaning === undefined ? error : new NotFoundError(error.summary, meaning);
}

function flagOf(filter: string): string {
  return filterNames.find((names) => names.filter === filter)?.flag ?? filter;
}

/** What it means that PostHog refuses a parameter, such as `ip_addresses__0`, the first of several. */
function wrongFlag({ answer: { status, attr = "" } }: ApiError): Remedy | undefined {
  const parameter = attr.replace(/__\d+$/, "");
  const flag = filterNames.find((names) => names.parameter === parameter)?.flag;
  if (status !== 400 || flag === undefined) return undefined;
  return {
    why: `PostHog does not take what ${flag} says.`,
    fix: `Change ${flag}; pulumi-posthog audit --help`,
  };
}
