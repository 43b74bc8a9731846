import { listed } from "./messages";
import { isNearMiss, singular } from "./nearest";
import {
  internalScopeObjects,
  privilegedScopeObjects,
  projectKeyScopes,
  scopeObjects,
  scopeSynonyms,
} from "./scopeObjects";

/** What is wrong with one scope in a list, or with the list if `index` is missing. */
interface ScopeError {
  /** Position in the list. */
  readonly index?: number;
  /** Starts lower-case and says what would be valid. */
  readonly message: string;
}

/** The result of checking a list of scopes. */
export interface ScopeCheck {
  readonly errors: readonly ScopeError[];
  /** Remarks on valid scopes. */
  readonly warnings: readonly string[];
}

/** How strictly a list of scopes is checked. */
interface ScopeRules {
  /** Accepts `["*"]`, which lets the key do everything that its owner may do. Default false. */
  readonly allowWildcard?: boolean;
}

const known: ReadonlySet<string> = new Set(scopeObjects);
const wildcard = "*";

/**
 * Checks the scopes of a personal API key. A well-formed scope that PostHog may have added recently passes with a
 * warning, unless it is a typo or a common wrong name of one that exists.
 */
export function checkScopes(scopes: readonly string[], rules: ScopeRules = {}): ScopeCheck {
  return collect(scopes, (scope) => (scope === wildcard ? checkWildcard(scopes, rules) : checkScope(scope)));
}

/** Checks the scopes of a project secret API key, which can hold only a few and never the wildcard. */
export function checkProjectKeyScopes(scopes: readonly string[]): ScopeCheck {
  return collect(scopes, (scope) => {
    if (scope === wildcard)
      return { error: `a project secret API key cannot hold "*", only ${listed(projectKeyScopes)}` };
    const finding = checkScope(scope);
    if (finding.error !== undefined || isUnknownObject(scope) || canProjectKeyHold(scope)) return finding;
    return {
      error: `a project secret API key cannot hold ${scope}, only ${listed(projectKeyScopes)}; for other scopes, use PersonalApiKey`,
    };
  });
}

export function canProjectKeyHold(scope: string): boolean {
  return projectKeyScopes.includes(scope);
}

/** Whether a key with the scopes `granted` may do what `needed` allows: writing includes reading. */
export function covers(granted: readonly string[], needed: string): boolean {
  const [object = "", action] = needed.split(":");
  if (granted.includes(needed)) return true;
  if (action === "read" && granted.includes(`${object}:write`)) return true;
  return granted.includes(wildcard) && !internalScopeObjects.has(object);
}

/** The scopes of `needed` that a key with the scopes `granted` lacks, each once, in the order given. */
export function missingScopes(granted: readonly string[], needed: readonly string[]): string[] {
  return [...new Set(needed)].filter((scope) => !covers(granted, scope));
}

interface Finding {
  readonly error?: string;
  readonly warning?: string;
}

function collect(scopes: readonly string[], check: (scope: string) => Finding): ScopeCheck {
  if (scopes.length === 0) {
    return { errors: [{ message: "list at least one scope, such as feature_flag:read" }], warnings: [] };
  }
  const findings = scopes.map((scope) => check(scope));
  const errors = findings.flatMap(({ error }, index) =>
    error === undefined ? [] : [{ index, message: error }],
  );
  const warnings = findings.flatMap(({ warning }) => warning ?? []);
  const repeated = errors.length === 0 ? duplicates(scopes) : [];
  return { errors, warnings: [...new Set([...warnings, ...repeated])] };
}

function duplicates(scopes: readonly string[]): string[] {
  return scopes
    .filter((scope, index) => scopes.indexOf(scope) !== index)
    .map((scope) => `${scope} is listed more than once`);
}

function checkWildcard(scopes: readonly string[], rules: ScopeRules): Finding {
  if (scopes.some((scope) => scope !== wildcard)) {
    return { error: '"*" stands for every scope: list either "*" alone or the scopes that the key needs' };
  }
  if (rules.allowWildcard === true) return {};
  return {
    error:
      '"*" gives the key all rights of its owner: list the scopes that the key needs, or set allowWildcard: true to confirm',
  };
}

function checkScope(scope: string): Finding {
  const malformed = formError(scope);
  if (malformed !== undefined) return { error: malformed };
  const [object = "", action = ""] = scope.split(":");
  if (internalScopeObjects.has(object)) {
    return { error: `only PostHog's own servers can hold ${scope}, no API key can` };
  }
  if (privilegedScopeObjects.has(object)) {
    return { warning: `PostHog rejects ${scope} unless it was enabled for the organization` };
  }
  if (known.has(object)) return {};
  return (
    misnomer(object, action) ?? { warning: `this version does not know the scope ${scope}; PostHog decides` }
  );
}

/** What would be valid instead of a text that is not `object:read` or `object:write`; the text is not repeated. */
function formError(scope: string): string | undefined {
  if (/^[a-z][a-z0-9_]*:(read|write)$/.test(scope)) return undefined;
  const repaired = repair(scope);
  if (repaired !== undefined) return `is not a scope; did you mean ${repaired}?`;
  const [object = "", action] = scope.split(":");
  if (known.has(object)) {
    return action === undefined
      ? `is not a scope; did you mean ${object}:read or ${object}:write?`
      : `is not a scope: the actions are read and write, and ${object}:write includes read`;
  }
  return "is not a scope: scopes look like object:read or object:write, such as feature_flag:read";
}

/** Fixes capitals, blanks, other separators and the reversed order if that alone makes it a known scope. */
function repair(scope: string): string | undefined {
  const [first = "", second = "", ...rest] = scope
    .trim()
    .toLowerCase()
    .split(/\s*[:./]\s*/);
  if (rest.length > 0) return undefined;
  const spelled = (object: string, action: string) =>
    (action === "read" || action === "write") && known.has(snake(object))
      ? `${snake(object)}:${action}`
      : undefined;
  return spelled(first, second) ?? spelled(second, first);
}

function snake(text: string): string {
  return text.replace(/[\s-]+/g, "_");
}

function misnomer(object: string, action: string): Finding | undefined {
  const synonym = scopeSynonyms.get(object) ?? scopeSynonyms.get(singular(object));
  if (synonym !== undefined) {
    const instead = synonym.object === undefined ? "" : `; use ${synonym.object}:${action}`;
    return { error: `${object}:${action} does not exist: ${synonym.why}${instead}` };
  }
  const meant =
    scopeObjects.find((candidate) => singular(candidate) === singular(object)) ?? nearMissOf(object);
  return meant === undefined
    ? undefined
    : { error: `${object}:${action} does not exist; did you mean ${meant}:${action}?` };
}

function nearMissOf(object: string): string | undefined {
  return scopeObjects.find(
    (candidate) => !internalScopeObjects.has(candidate) && isNearMiss(object, candidate),
  );
}

function isUnknownObject(scope: string): boolean {
  return !known.has(scope.split(":")[0] ?? "");
}
