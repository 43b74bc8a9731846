import type { Check } from "./check";
import { checkAudit, checkKeyCreation, checkProduction, checkSso } from "./commonIssues";
import {
  checkHost,
  checkKey,
  checkOrganization,
  checkPreflight,
  checkRateLimits,
  checkServer,
  checkSession,
} from "./environmentChecks";
import type { Facts } from "./facts";
import { checkFeatures, checkLevel, checkScopes, type ResourceNeeds } from "./permissionChecks";

/** Everything that `doctor` has to say. */
export interface Report {
  /** Whether there is no problem; warnings do not count. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

/** Makes a report of what was found out, for the resources whose needs are given. */
export function diagnose(facts: Facts, needs: readonly ResourceNeeds[]): Report {
  return reportOf([
    checkHost(facts),
    checkKey(facts),
    checkOrganization(facts),
    checkServer(facts),
    checkLevel(facts, needs),
    checkScopes(facts, needs),
    checkFeatures(facts, needs),
    checkSession(facts),
    checkRateLimits(facts),
    checkPreflight(facts),
    checkProduction(facts),
    checkSso(facts),
    checkKeyCreation(facts),
    checkAudit(facts),
  ]);
}

/** A report of these checks. */
export function reportOf(checks: readonly Check[]): Report {
  return { ok: checks.every(({ status }) => status !== "problem"), checks };
}
