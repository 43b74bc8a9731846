import type { z } from "zod";
import { nearest } from "../access/nearest";
import { type Finding, problem } from "./finding";
import type { Properties } from "./state";
import { isUnknown } from "./unknown";

/**
 * The errors in a resource's arguments, from zod's issues. Unknown values pass; an unknown argument name comes with the
 * nearest one that exists. Values are never quoted: any of them may be a secret.
 */
export function issuesToFindings(
  error: z.ZodError,
  properties: Properties,
  argumentNames: readonly string[],
): Finding[] {
  return error.issues
    .filter((issue) => !isUnknown(at(properties, issue.path)))
    .flatMap((issue) => toFindings(issue, properties, argumentNames));
}

/** The codes of zod's issues for a missing value. */
const absent: ReadonlySet<string> = new Set(["invalid_type", "invalid_union", "invalid_value"]);

function toFindings(
  issue: z.core.$ZodIssue,
  properties: Properties,
  argumentNames: readonly string[],
): Finding[] {
  const property = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const near = nearest(key, issue.path.length === 0 ? argumentNames : []);
      const hint = near === undefined ? "" : `; did you mean ${near}?`;
      return problem(property === "" ? key : `${property}.${key}`, `unknown argument${hint}`);
    });
  }
  if (absent.has(issue.code) && at(properties, issue.path) === undefined)
    return [problem(property, "is required")];
  if (issue.code === "invalid_key") {
    return issue.issues.map(({ message }) => problem(property, message));
  }
  if (issue.code === "invalid_union") {
    // zod reports every branch; the value was meant for the one that got deepest.
    const [best] = issue.errors
      .map((branch) => branch.filter((inner) => !isUnknown(at(properties, [...issue.path, ...inner.path]))))
      .filter((branch) => branch.length > 0)
      .sort((one, other) => depth(other) - depth(one));
    if (best === undefined) return [];
    if (depth(best) > 0 || issue.message === "Invalid input") {
      return best.flatMap((inner) =>
        toFindings({ ...inner, path: [...issue.path, ...inner.path] }, properties, argumentNames),
      );
    }
  }
  return [problem(property, issue.message.replace(/^Invalid (input|option): /, "").trim())];
}

function depth(branch: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...branch.map((issue) => issue.path.length));
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${String(step)}`,
    )
    .join("");
}

function at(properties: Properties, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[step] : value,
    properties,
  );
}
