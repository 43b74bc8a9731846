import { RE2JS, RE2JSException } from "re2js";
import { type Finding, problem } from "../../engine/finding";

/** What newer servers reject in the path cleaning rules: each expression must be valid RE2. */
export function reviewPathCleaningRules(rules: readonly unknown[]): Finding[] {
  return rules.flatMap((rule, at) => {
    if (typeof rule !== "object" || rule === null) return [];
    const { regex, alias } = { regex: "", alias: "", ...rule };
    return reviewRule(`settings.pathCleaningFilters[${at}]`, String(regex), String(alias ?? ""));
  });
}

function reviewRule(property: string, regex: string, alias: string): Finding[] {
  if (regex === "") {
    return [problem(`${property}.regex`, "must not be empty: it would fit everywhere")];
  }
  const groups = countGroups(regex);
  if (typeof groups !== "number") {
    return [
      problem(`${property}.regex`, `"${regex}" is no RE2 expression: ${groups.reason}`, {
        fix: "write it without what RE2 lacks: lookahead, lookbehind and back-references",
      }),
    ];
  }
  const missing = backReferences(alias).find((group) => group > groups);
  return missing === undefined
    ? []
    : [
        problem(`${property}.alias`, `refers to group \\${missing}, and the regex has ${groups}`, {
          fix: "add the group to the regex, or correct the number",
        }),
      ];
}

/** Whether a text is a valid RE2 expression. */
export function isRe2(regex: string): boolean {
  return typeof countGroups(regex) === "number";
}

function countGroups(regex: string): number | { readonly reason: string } {
  try {
    return RE2JS.compile(regex).groupCount();
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return { reason: error.message.replace(/^error parsing regexp: /, "") };
  }
}

/** The groups that an alias refers to, as in `/user/\1`; a doubled backslash is a literal backslash. */
function backReferences(alias: string): number[] {
  return [...alias.matchAll(/\\(.)/gs)].flatMap(([, next = ""]) => (/\d/.test(next) ? [Number(next)] : []));
}
