import type { Values } from "../../../provider/policy/rules/declared";
import { keysRotate, noWildcardScope } from "../../../provider/policy/rules/keys";
import { declare, found, later } from "./support";

describe("no-wildcard-scope", () => {
  test.each<[string, string, Values, number]>([
    ["a wildcard", "PersonalApiKey", { scopes: ["*"] }, 1],
    ["a wildcard among others", "PersonalApiKey", { scopes: ["insight:read", "*"], allowWildcard: true }, 1],
    ["a wildcard in the form of a scope", "ProjectSecretApiKey", { scopes: ["*:read"] }, 1],
    ["a wildcard on whatever else has scopes", "OAuthApplication", { scopes: ["*"] }, 1],
    ["chosen scopes", "PersonalApiKey", { scopes: ["insight:read", "query:read"] }, 0],
    ["scopes that are not known yet", "PersonalApiKey", { scopes: later }, 0],
    ["a scope that is not known yet", "PersonalApiKey", { scopes: [later, "insight:read"] }, 0],
    ["a wildcard next to an unknown scope", "PersonalApiKey", { scopes: [later, "*"] }, 1],
    ["no scopes at all", "Project", { name: "*" }, 0],
  ])("of %s on %s %j, %i is broken", (_name, kind, values, count) => {
    expect(found(noWildcardScope, [declare(kind, "ci", values)])).toEqual(
      Array(count).fill(`${kind} "ci": scopes holds a wildcard`),
    );
  });
});

describe("keys-rotate", () => {
  test.each<[string, Values, string | undefined]>([
    ["never", {}, "rotateAfterDays is not set, so the key is never rotated"],
    ["every 90 days", { rotateAfterDays: 90 }, undefined],
    ["every day", { rotateAfterDays: 1 }, undefined],
    ["every 91 days", { rotateAfterDays: 91 }, "rotateAfterDays is 91; the maximum is 90"],
    ["after days that are not known yet", { rotateAfterDays: later }, undefined],
    [
      "by keepers alone",
      { keepers: { year: "2026" } },
      "rotateAfterDays is not set, so the key is never rotated",
    ],
  ])("a key that rotates %s", (_name, values, problem) => {
    for (const kind of ["PersonalApiKey", "ProjectSecretApiKey"]) {
      const expected = problem === undefined ? [] : [`${kind} "ci": ${problem}`];
      expect(found(keysRotate, [declare(kind, "ci", values)])).toEqual(expected);
    }
  });

  test("uses the configured number of days, and names it in the fix", () => {
    const key = declare("PersonalApiKey", "ci", { rotateAfterDays: 60 });
    expect(keysRotate.judge([key], { maximumDays: 30 })).toEqual([
      {
        resource: key,
        what: 'PersonalApiKey "ci": rotateAfterDays is 60; the maximum is 30',
        fix: "set rotateAfterDays to 30 or less; in an access matrix, next to api_key_scopes",
      },
    ]);
  });

  test("skips exceptions, by their name in the program only", () => {
    const keys = ["legacy", "legacy-2"].map((name) => declare("PersonalApiKey", name, { label: "legacy" }));
    expect(found(keysRotate, keys, { except: ["legacy"] })).toEqual([
      'PersonalApiKey "legacy-2": rotateAfterDays is not set, so the key is never rotated',
    ]);
  });

  test("ignores keys without a value to rotate", () => {
    expect(found(keysRotate, [declare("Project", "production", {})])).toEqual([]);
  });

  test("never repeats a key's value", () => {
    const key = declare("PersonalApiKey", "ci", {
      value: "phx_told_once",
      label: "phx_told_once",
      scopes: ["*"],
    });
    for (const rule of [keysRotate, noWildcardScope]) {
      expect(JSON.stringify(rule.judge([key], {}).map(({ what, fix }) => [what, fix]))).not.toContain("phx_");
    }
  });
});
