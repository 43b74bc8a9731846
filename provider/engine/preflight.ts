import { organizationLevelName } from "../access/levels";
import { printable } from "../access/messages";
import { missingScopes } from "../access/scopes";
import { type CallerKey, getCallerKey } from "../posthog/caller";
import { sessionCommands } from "../posthog/configuration";
import type { Connection } from "../posthog/connection";
import { ConfigurationError, messageOf } from "../posthog/errors";
import { hasFeature, type Organization, readableOrganization } from "../posthog/organizations";
import { type Finding, failure } from "./finding";
import type { Host, ReportedCauses } from "./host";
import type { Needs, PlannedKind } from "./needs";
import type { Properties } from "./state";

/** What is known about the caller who will apply. */
export interface CallerCapabilities {
  readonly key: CallerKey | undefined;
  readonly organization: Organization | undefined;
  readonly hasSession: boolean;
  /** How to configure the missing session. */
  readonly sessionFix: string;
}

/**
 * What the caller can do, determined once per run, whatever the outcome: a rejected key is not tried for every
 * resource.
 */
const callers = new WeakMap<Connection, Promise<CallerCapabilities>>();

/**
 * Reports what PostHog would reject on apply. It reads the key and the organization once per run (the organization
 * twice if it has to be found in the list). The first resource gets the whole explanation of a cause, the others refer
 * to it.
 *
 * The engine stops at the first resource that fails, so that one also says which others of the program are affected.
 */
export async function preflight(
  connection: Connection,
  { explained, planned }: Pick<Host, "explained" | "planned">,
  needs: Needs,
  title: string,
): Promise<Finding[]> {
  const known = callers.get(connection) ?? readCaller(connection);
  callers.set(connection, known);
  try {
    const caller = await known;
    const unmet = unmetNeeds(needs, caller);
    const others = explained.size > 0 ? undefined : unmetOfProgram(planned?.() ?? [], caller);
    return unmet.map((message, index) => {
      const whole =
        index === 0 && others !== undefined ? `${message}\n  affected in this program: ${others}` : message;
      return failure(undefined, reportOnce(explained, message, whole, title));
    });
  } catch (error) {
    const message = messageOf(error);
    return [failure(undefined, reportOnce(explained, message, message, title))];
  }
}

async function readCaller(connection: Connection): Promise<CallerCapabilities> {
  const key = await getCallerKey(connection);
  const organization = await readableOrganization(connection);
  const { hasSession, configuration } = connection;
  return { key, organization, hasSession, sessionFix: configuration.sessionFix ?? sessionCommands() };
}

/** The kinds of resource that need the same key as this one: those of another account have another key. */
export function plannedAlongside(host: Host, properties: Properties): Host["planned"] {
  return properties.account === undefined ? host.planned : undefined;
}

/** What stopped the preview of a resource. A wrong configuration stops every resource in the same way. */
export function stoppedBy(error: unknown, explained: ReportedCauses, title: string): Finding {
  const message = messageOf(error);
  const isShared = error instanceof ConfigurationError;
  return failure(undefined, isShared ? reportOnce(explained, message, message, title) : message);
}

/**
 * The whole message for the first resource, and one line with a reference for the others. The cause is everything below
 * the first line, which may name something specific to the resource.
 */
function reportOnce(explained: ReportedCauses, message: string, whole: string, title: string): string {
  const [summary = "", ...explanation] = message.split("\n");
  if (explanation.length === 0) return message;
  const cause = explanation.join("\n");
  const first = explained.get(cause) ?? printable(title);
  explained.set(cause, first);
  return first === printable(title) ? whole : `${summary} (as for ${first})`;
}

/** All kinds of resource of a program that need more than the caller has, on one line; undefined if there are none. */
export function unmetOfProgram(
  planned: readonly PlannedKind[],
  caller: CallerCapabilities,
): string | undefined {
  const affected = planned.flatMap(({ kind, count, needs }) => {
    const { scopes, level, features, session } = lackOf(needs, caller);
    const lacks = [
      ...scopes,
      ...(level === undefined ? [] : [`level ${organizationLevelName(level)}`]),
      ...features,
      ...(session ? ["a session"] : []),
    ];
    return lacks.length === 0 ? [] : [`${count} ${kind} (${lacks.join(", ")})`];
  });
  return affected.length === 0 ? undefined : affected.join(", ");
}

/** The messages for everything that a resource needs and the caller lacks. */
export function unmetNeeds(needs: Needs, caller: CallerCapabilities): string[] {
  const { scopes, level, features, session } = lackOf(needs, caller);
  const { organization } = caller;
  const own = organization?.membership_level;
  const name = printable(organization?.name ?? "the organization");
  return [
    ...(isRestricted(needs, caller)
      ? [
          "the configured key is restricted to projects, and PostHog then refuses it at organization level\n" +
            "  fix: use a key without a project restriction",
        ]
      : []),
    ...(scopes.length === 0
      ? []
      : [
          `the configured key lacks the scope${scopes.length === 1 ? "" : "s"} ${scopes.join(", ")}\n` +
            "  fix: add it to the key under Settings > Personal API keys (its value stays the same); everything that\n" +
            "       it lacks: npx pulumi-posthog doctor; for previews with a read-only key: pulumi config set\n" +
            "       posthog:preflight false",
        ]),
    ...(level === undefined || own == null
      ? []
      : [
          `this takes the organization level ${organizationLevelName(level)}, and the key's owner is only ${organizationLevelName(own)}\n` +
            `  fix: use the key of an ${organizationLevelName(level)} of ${name}`,
        ]),
    ...features.map(
      (feature) =>
        `the plan of ${name} does not include "${feature}"\n` +
        "  fix: add the feature under Settings > Billing, or remove the argument that needs it",
    ),
    ...(session
      ? [
          "PostHog opens this to signed-in people only, never to API keys, and no session is configured\n" +
            `  fix: ${printable(caller.sessionFix)}`,
        ]
      : []),
  ];
}

/** What the caller certainly lacks; unknown capabilities count as present. */
function lackOf({ scopes, level, features, session }: Needs, caller: CallerCapabilities) {
  const { key, organization, hasSession } = caller;
  const own = organization?.membership_level;
  return {
    scopes: key?.scopes == null ? [] : missingScopes(key.scopes, scopes),
    level: level !== undefined && own != null && own < level ? level : undefined,
    features: features.filter(
      (feature) => organization !== undefined && hasFeature(organization, feature) === false,
    ),
    session: session && !hasSession,
  };
}

/** Whether a key that is restricted to projects would have to act on the organization. */
function isRestricted({ scopes }: Needs, { key }: CallerCapabilities): boolean {
  return (key?.scoped_teams ?? []).length > 0 && scopes.some((scope) => scope.startsWith("organization"));
}
