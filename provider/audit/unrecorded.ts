import { listed } from "../access/messages";

/**
 * Kinds of object for which PostHog records nothing. Seen on PostHog's own servers of August 2025 and July 2026:
 * no matter who changes these, the log has no entry. For roles it records what SCIM does, but only for its own staff.
 */
export const unrecorded: ReadonlyMap<string, string> = new Map([
  ["Role", "roles"],
  ["RoleMembership", "role memberships"],
  ["AccessControl", "access rules"],
  ["IdentityProviderConfig", "identity providers"],
]);

/** What shows such changes anyway. */
export const insteadOfRecords =
  "What still shows them: drift against the state or the matrix, and reviews that are kept in the repository.";

/**
 * Says for which of these kinds of object PostHog keeps no record; undefined if it records all.
 *
 * @param scopes all kinds if left out.
 */
export function unrecordedSentence(scopes?: readonly string[]): string | undefined {
  const names = [...unrecorded].flatMap(([scope, name]) =>
    scopes === undefined || scopes.includes(scope) ? [name] : [],
  );
  if (names.length === 0) return undefined;
  return `PostHog keeps no record of changes to ${listed(names, "and")}.`;
}
