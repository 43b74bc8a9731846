import type * as z from "zod";
import { nearest } from "../access/nearest";
import { groupBy } from "../access/values";
import { type Finding, problem } from "./finding";
import type { Properties } from "./state";
import { isUnknown } from "./unknown";

/**
 * The errors in a resource's arguments, from zod's issues. Unknown values pass; an unknown argument name comes with the
 * nearest one that exists. Values are never quoted, because any of them may be a secret.
 */
export function issuesToFindings(
  error: z.ZodError,
  properties: Properties,
  argumentNames: readonly string[],
): Finding[] {
  const issues = error.issues.filter((issue) => !isUnknown(at(properties, issue.path)));
  return withoutEchoes(issues).flatMap((issue) => toFindings(issue, properties, argumentNames));
}

/** A value of the wrong type is also too short, and zod's own text adds nothing to ours: one issue is enough. */
function withoutEchoes(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const byPath = groupBy(issues, ({ path }) => pathText(path));
  return issues.filter((issue) => !byPath.get(pathText(issue.path))?.some((other) => isEcho(issue, other)));
}

const isEcho = (issue: z.core.$ZodIssue, other: z.core.$ZodIssue): boolean =>
  (other.code === "invalid_type" && issue.code !== "invalid_type") || (isStock(issue) && !isStock(other));

/** Whether an issue has zod's own text, because the schema has none for it. */
const isStock = ({ message }: z.core.$ZodIssue): boolean =>
  /^(?:Invalid (?:input|option)|Too (?:big|small)): /.test(message);

/** What a value has to be, in terms of every language. */
const expectations: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "an object",
  record: "an object",
};

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
    // zod reports every branch; the value was meant for the branch that got deepest.
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
  const expected = issue.code === "invalid_type" && isStock(issue) ? expectations[issue.expected] : undefined;
  if (expected !== undefined) return [problem(property, `must be ${expected}`)];
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
