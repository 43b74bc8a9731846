import * as z from "zod";
import { isUnknown } from "../../engine/unknown";
import { type DeclaredResource, isKind, isMissing, textsOf, titleOf } from "./declared";
import { defineRule, exceptSetting } from "./rule";

const isKey = isKind("PersonalApiKey", "ProjectSecretApiKey");

/** No API key has the scope `*`. */
export const noWildcardScope = defineRule({
  name: "no-wildcard-scope",
  description: "No API key holds a wildcard scope.",
  why: "such a key has all rights of its owner, including those that PostHog adds later",
  severity: "high",
  settings: z.object({ except: exceptSetting }),
  reach: "resource",
  judge: (resources) =>
    resources
      .filter(({ values }) => textsOf(values.scopes).some((scope) => scope.includes("*")))
      .map((resource) => ({
        resource,
        what: `${titleOf(resource)}: scopes holds a wildcard`,
        fix: 'list the scopes that the key needs, such as ["insight:read", "query:read"]',
      })),
});

/** Every API key gets a new value regularly. */
export const keysRotate = defineRule({
  name: "keys-rotate",
  description: "API keys are rotated regularly.",
  why: "a leaked value works until the key is rotated",
  severity: "medium",
  settings: z.object({
    maximumDays: z
      .int("must be a whole number of days, 1 to 3650")
      .min(1, "must be a whole number of days, 1 to 3650")
      .max(3650, "must be a whole number of days, 1 to 3650")
      .default(90)
      .describe("Maximum days between two rotations of a key."),
    except: exceptSetting,
  }),
  reach: "resource",
  judge: (resources, { maximumDays }) =>
    resources.filter(isKey).flatMap((resource) => {
      const problem = rotationProblem(resource, maximumDays);
      if (problem === undefined) return [];
      const fix = `set rotateAfterDays to ${maximumDays} or less; in an access matrix, next to api_key_scopes`;
      return [{ resource, what: `${titleOf(resource)}: ${problem}`, fix }];
    }),
});

function rotationProblem({ values }: DeclaredResource, maximumDays: number): string | undefined {
  const days = values.rotateAfterDays;
  if (isUnknown(days)) return undefined;
  if (isMissing(days)) return "rotateAfterDays is not set, so the key is never rotated";
  if (typeof days === "number" && days <= maximumDays) return undefined;
  return `rotateAfterDays is ${days}; the maximum is ${maximumDays}`;
}
