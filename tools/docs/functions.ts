import type { FunctionSource } from "../sources/functions";
import { allMembers } from "../sources/types";
import { MADE, page } from "./markdown";
import { memberTable, namedType, unwrapped } from "./resourcePage";

export function functionsPage(sources: readonly FunctionSource[]): string {
  return page([
    `${MADE} from provider/functions/. -->`,
    "# Functions",
    "Functions read from PostHog, with the same configuration as the resources. Each has a form whose name ends in `Output`, which takes outputs of resources as arguments and returns an output: `posthog.getRoles()` returns a promise, `posthog.getRolesOutput()` an output. They run in previews too. No result holds a secret.",
    ...sources.flatMap(({ name, summary, more, args, argTypes, result, resultTypes }) => [
      `## ${name}`,
      summary,
      ...more.map(({ text }) => unwrapped(text)),
      "Arguments:",
      memberTable(allMembers(args)),
      ...argTypes.map((type) => namedType(type, 3)),
      "Result:",
      memberTable(allMembers(result), "Always there"),
      ...resultTypes.map((type) => namedType(type, 3, "Always there")),
    ]),
  ]);
}

/** The page at the functions' earlier address, which old links use. */
export function movedPage(): string {
  return page([`${MADE}. -->`, "# Moved", "This page is now [Functions](functions.md)."]);
}
