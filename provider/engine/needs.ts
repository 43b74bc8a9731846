import { organizationLevelName } from "../access/levels";
import { missingScopes } from "../access/scopes";
import type { CallerKey } from "../posthog/caller";
import { hasFeature, type Organization } from "../posthog/organizations";
import { type Finding, problem } from "./finding";

/** What PostHog asks of whoever applies a resource. Previews, `doctor` and the documentation are made from it. */
export interface Needs {
  /** Scopes of the API key. */
  readonly scopes: readonly string[];
  /** The lowest organization level of the key's owner: 1 member, 8 admin, 15 owner. */
  readonly level?: 1 | 8 | 15;
  /** Plan features, by PostHog's keys. */
  readonly features?: readonly string[];
  /**
   * Plan features without which PostHog refuses to change a value, while one that is so already may be declared. The
   * resource's own preview says which values change; the documentation lists these with the others.
   */
  readonly featuresToChange?: readonly string[];
  /** Whether a signed-in person is needed because PostHog refuses API keys. */
  readonly session?: boolean;
}

/** What is known of whoever will apply. */
export interface CallerCapabilities {
  readonly key: CallerKey | undefined;
  readonly organization: Organization | undefined;
  readonly hasSession: boolean;
}

/** Resources of one kind that a program declares, and what each of them needs at least. */
export interface PlannedKind {
  readonly kind: string;
  readonly count: number;
  readonly needs: Needs;
}

/** All kinds of resource of a program that more is needed for than there is, in one line; undefined for none. */
export function unmetOfProgram(
  planned: readonly PlannedKind[],
  standing: CallerCapabilities,
): string | undefined {
  const affected = planned.flatMap(({ kind, count, needs }) => {
    const lacks = lackOf(needs, standing);
    return lacks.length === 0 ? [] : [`${count} ${kind} (${lacks.join(", ")})`];
  });
  return affected.length === 0 ? undefined : affected.join(", ");
}

function lackOf(
  { scopes, level = 1, features = [], session }: Needs,
  standing: CallerCapabilities,
): string[] {
  const { key, organization, hasSession } = standing;
  const tooLow = (organization?.membership_level ?? level) < level;
  return [
    ...(key?.scopes == null ? [] : missingScopes(key.scopes, scopes)),
    ...(tooLow ? [`level ${organizationLevelName(level)}`] : []),
    ...features.filter(
      (feature) => organization !== undefined && hasFeature(organization, feature) === false,
    ),
    ...(session === true && !hasSession ? ["a session"] : []),
  ];
}

/** What an apply would be refused for, given what the resource needs. Unknown facts are not held against anybody. */
export function unmetNeeds(needs: Needs, standing: CallerCapabilities): Finding[] {
  return [
    ...unmetScopes(needs, standing.key),
    ...unmetLevel(needs, standing.organization),
    ...unmetFeatures(needs, standing.organization),
    ...unmetSession(needs, standing.hasSession),
  ];
}

function unmetScopes(needs: Needs, key: CallerKey | undefined): Finding[] {
  if (key === undefined || needs.scopes.length === 0) return [];
  const restricted = (key.scoped_teams ?? []).length > 0;
  const onlyProjects = restricted && needs.scopes.some((scope) => /^organization/.test(scope));
  const missing = key.scopes == null ? [] : missingScopes(key.scopes, needs.scopes);
  return [
    ...(onlyProjects
      ? [
          problem(
            undefined,
            "the configured key is restricted to projects, and PostHog then refuses it at organization level\n" +
              "  fix: use a key without a project restriction",
          ),
        ]
      : []),
    ...(missing.length === 0
      ? []
      : [
          problem(
            undefined,
            `the configured key lacks the scope${missing.length === 1 ? "" : "s"} ${missing.join(", ")}\n` +
              "  fix: add it to the key under Settings > Personal API keys (its value stays the same); everything that\n" +
              "       it lacks: npx pulumi-posthog doctor; for previews with a read-only key: pulumi config set\n" +
              "       posthog:preflight false",
          ),
        ]),
  ];
}

function unmetLevel(needs: Needs, organization: Organization | undefined): Finding[] {
  const level = organization?.membership_level;
  if (needs.level === undefined || level == null || level >= needs.level) return [];
  return [
    problem(
      undefined,
      `this takes the organization level ${organizationLevelName(needs.level)}, and the key's owner is only ${organizationLevelName(level)}\n` +
        `  fix: use the key of an ${organizationLevelName(needs.level)} of ${organization?.name ?? "the organization"}`,
    ),
  ];
}

function unmetFeatures(needs: Needs, organization: Organization | undefined): Finding[] {
  if (organization === undefined) return [];
  return (needs.features ?? [])
    .filter((feature) => hasFeature(organization, feature) === false)
    .map((feature) =>
      problem(
        undefined,
        `the plan of ${organization.name} does not include "${feature}"\n` +
          "  fix: add the feature under Settings > Billing, or take the argument that needs it out of the program",
      ),
    );
}

function unmetSession(needs: Needs, hasSession: boolean): Finding[] {
  if (needs.session !== true || hasSession) return [];
  return [
    problem(
      undefined,
      "PostHog opens this to signed-in people only, never to API keys, and no session is configured\n" +
        "  fix: pulumi config set posthog:email <e-mail>, and as secrets posthog:password and, with two-factor\n" +
        "       authentication, posthog:totpSecret",
    ),
  ];
}
