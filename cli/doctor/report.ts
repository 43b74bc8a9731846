import { counted, printable, printableLines } from "../../provider/access/messages";
import { colors } from "../common/terminal";
import type { Check } from "./check";
import { checkAudit, checkKeyCreation, checkLeftovers, checkProduction, checkSso } from "./commonIssues";
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

/** The result of all checks. */
export interface Report {
  /** Whether no check found a problem; warnings do not count. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

/** Checks the facts against the given needs. */
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
    checkLeftovers(facts),
    checkKeyCreation(facts),
    checkAudit(facts),
  ]);
}

export function reportOf(checks: readonly Check[]): Report {
  return { ok: checks.every(({ status }) => status !== "problem"), checks };
}

const marks: Readonly<Record<Check["status"], string>> = {
  ok: colors.green("✓"),
  warning: colors.yellow("!"),
  problem: colors.red("✗"),
  skipped: colors.dim("-"),
};

/** The report for people: a line for each check, with details and the fix below it. */
export function describeReport({ checks }: Report): string {
  const count = (status: Check["status"]): number => checks.filter((check) => check.status === status).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  const warned = warnings === 0 ? "" : `, ${counted(warnings, "warning")}`;
  const verdict =
    problems === 0
      ? colors.green(`No problems${warned}.`)
      : colors.red(`${counted(problems, "problem")}${warned}.`);
  return [...checks.flatMap(describe), "", verdict].join("\n");
}

function describe({ name, status, message, details = [], fix }: Check): string[] {
  return [
    `${marks[status]} ${colors.bold(name)}: ${printable(message)}`,
    ...details.map((detail) => `    ${colors.dim(printable(detail))}`),
    ...(fix === undefined ? [] : [`    fix: ${printableLines(fix)}`]),
  ];
}
