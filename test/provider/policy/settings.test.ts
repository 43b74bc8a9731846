import { posthogPolicies } from "../../../provider/policy";
import { readSettings } from "../../../provider/policy/policies";
import { rules } from "../../../provider/policy/rules";
import type { PosthogPolicySettings } from "../../../provider/policy/rules/settings";

const levels = (settings: PosthogPolicySettings): Record<string, string> =>
  Object.fromEntries(
    readSettings(rules, settings).given.map(({ rule, enforcement }) => [rule.name, enforcement]),
  );

describe("how rules are enforced", () => {
  test("every rule is advisory by default", () => {
    const all = rules.map(({ name }) => [name, "advisory"]);
    expect(levels({})).toEqual(Object.fromEntries(all));
    expect(levels({ "keys-rotate": undefined })).toEqual(Object.fromEntries(all));
  });

  test("the pack sets the level of all rules, and each rule can set its own, as text or in its settings", () => {
    expect(
      levels({
        enforcement: "mandatory",
        "keys-rotate": "advisory",
        "sso-enforced": { enforcement: "disabled" },
        "production-closed": { projects: "live" },
      }),
    ).toEqual({
      "no-wildcard-scope": "mandatory",
      "keys-rotate": "advisory",
      "at-least-two-owners": "mandatory",
      "no-outside-owners": "mandatory",
      "production-closed": "mandatory",
      "sso-enforced": "disabled",
      "deletion-protected": "mandatory",
    });
  });

  test("the enforcement level is not one of a rule's own settings", () => {
    const settings = { "keys-rotate": { enforcement: "mandatory", maximumDays: 30 } } as const;
    const [, rotation] = readSettings(rules, settings).given;
    expect(rotation?.given).toEqual({ maximumDays: 30 });
  });
});

test("all invalid settings are reported at once, each with a suggestion", () => {
  // As a JavaScript program may write it.
  const settings = JSON.parse(`{
    "enforcement": "mandatory",
    "keys-rotat": "mandatory",
    "keys-rotate": { "maximumDay": 30, "maximumDays": 0 },
    "no-wildcard-scope": true,
    "at-least-two-owners": { "minimum": 1.5 },
    "no-outside-owners": { "domains": "acme.test", "levels": ["boss"] },
    "production-closed": { "projects": "(" },
    "sso-enforced": { "methods": ["magic"], "enforcement": "must" },
    "deletion-protected": { "except": [1] }
  }`);
  expect(() => posthogPolicies(settings)).toThrow(
    [
      "the settings of the policy pack have 11 problems",
      'keys-rotat: unknown rule; did you mean "keys-rotate"?',
      "no-wildcard-scope.enforcement: must be advisory, mandatory or disabled",
      "keys-rotate.maximumDays: must be a whole number of days, 1 to 3650",
      'keys-rotate.maximumDay: unknown setting; did you mean "maximumDays"?',
      "at-least-two-owners.minimum: must be a whole number, 1 to 100",
      "no-outside-owners.domains: must be a list of domains",
      'no-outside-owners.levels.0: must be a list of "owner" and "admin"',
      "production-closed.projects: must be a regular expression",
      "sso-enforced.methods.0: must be a list of saml, google-oauth2, github, gitlab or oidc",
      "sso-enforced.enforcement: must be advisory, mandatory or disabled",
      "deletion-protected.except.0: must be a list of names",
    ].join("\n  "),
  );
});

test.each([
  [
    { maximumDays: "x", excpt: [] },
    ["maximumDays: must be a whole number of days, 1 to 3650", "excpt: unknown setting"],
  ],
  [
    { enforcement: 1, excpt: [] },
    ["enforcement: must be advisory, mandatory or disabled", "excpt: unknown setting"],
  ],
  [
    { except: "ci", maximumDay: 3, excpt: [] },
    ["except: must be a list of names", "maximumDay: unknown setting", "excpt: unknown setting"],
  ],
  [
    { maximumDays: 3651, excpt: [] },
    ["maximumDays: must be a whole number of days, 1 to 3650", "excpt: unknown setting"],
  ],
])("a setting that does not exist is reported together with one of the wrong form: %j", (own, expected) => {
  const settings: PosthogPolicySettings = JSON.parse(JSON.stringify({ "keys-rotate": own }));
  expect(readSettings(rules, settings).problems).toEqual(
    expected.map((problem) => expect.stringContaining(`keys-rotate.${problem}`)),
  );
});

test("an invalid enforcement level of the pack is one problem, not one for each rule", () => {
  expect(() => posthogPolicies(JSON.parse('{ "enforcement": "must" }'))).toThrow(
    "the settings of the policy pack have a problem\n  enforcement: must be advisory, mandatory or disabled",
  );
});
