import type { PolicyResource, ReportViolation, ResourceValidationArgs } from "@pulumi/policy";
import { dynamicType, nativeType } from "../../../provider/access/typeTokens";
import { handlers } from "../../../provider/handlers";
import { policyOf, type RulePolicy, readSettings } from "../../../provider/policy/policies";
import { rules } from "../../../provider/policy/rules";
import { declaredResource } from "../../../provider/policy/rules/declared";
import type { PosthogPolicySettings, RuleName } from "../../../provider/policy/rules/settings";
import { later, urnOf } from "./support";

function policy(name: RuleName, settings: PosthogPolicySettings = {}): RulePolicy {
  const given = readSettings(rules, settings).given.find(({ rule }) => rule.name === name);
  if (given === undefined) throw new Error(`there is no rule ${name}`);
  return policyOf(given);
}

const options = {
  protect: false,
  ignoreChanges: [],
  aliases: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  additionalSecretOutputs: [],
};

/** Like Pulumi's values: reading one that is not known yet throws. */
function guarded(props: object): Record<string, unknown> {
  return new Proxy<Record<string, unknown>>(
    { ...props },
    {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (value === later) throw new Error(`${String(key)} can't be known during preview`);
        return value;
      },
    },
  );
}

function argsOf(
  type: string,
  name: string,
  props: object,
  config: object,
): ResourceValidationArgs & PolicyResource {
  const full = type.includes(":") ? type : `pulumi-nodejs:dynamic/posthog:${type}`;
  return {
    type: full,
    name,
    urn: urnOf(type, name),
    props: guarded(props),
    opts: options,
    stackTags: new Map(),
    dependencies: [],
    propertyDependencies: {},
    isType: () => false,
    asType: () => undefined,
    getConfig: <T extends object>() => config as T,
    notApplicable: () => {
      throw new Error("not applicable");
    },
  };
}

/** A run like the engine's: each resource with its arguments, then all of them with their outputs. */
function broken(
  { validateResource, validateStack }: RulePolicy,
  resources: [type: string, name: string, props: object, outputs?: object][],
  config: object = {},
): { each: string[]; all: string[] } {
  const reported = { each: [] as string[], all: [] as string[] };
  const into =
    (list: string[]): ReportViolation =>
    (message, urn) =>
      list.push(`${urn} ${message}`);
  if (typeof validateResource !== "function") throw new Error("a policy looks at each resource");
  for (const [type, name, props] of resources) {
    void validateResource(argsOf(type, name, props, config), into(reported.each));
  }
  const end = resources.map(([type, name, props, outputs]) => argsOf(type, name, outputs ?? props, config));
  const stack = argsOf("pulumi:pulumi:Stack", "dev", {}, config);
  void validateStack({ ...stack, resources: end }, into(reported.all));
  return reported;
}

test("a message shows what is wrong, why it matters and the fix, on the right resource", () => {
  const { each, all } = broken(policy("keys-rotate"), [["PersonalApiKey", "ci", { label: "CI" }]]);
  expect(each).toEqual([
    [
      `${urnOf("PersonalApiKey", "ci")} PersonalApiKey "ci": rotateAfterDays is not set, so the key is never rotated`,
      "  why: a leaked value works until the key is rotated",
      "  fix: set rotateAfterDays to 90 or less; in an access matrix, next to api_key_scopes",
    ].join("\n"),
  ]);
  expect(all).toEqual([]);
});

test("unknown values are never read as known", () => {
  for (const { rule } of readSettings(rules, {}).given) {
    const values = ["scopes", "rotateAfterDays", "user", "members", "defaultAccess", "enforcement", "domain"];
    const props = {
      ...Object.fromEntries(values.map((key) => [key, later])),
      level: "owner",
      name: "Production",
    };
    const kinds = ["PersonalApiKey", "OrganizationMember", "ProjectAccess", "Project", "OrgSsoSettings"];
    const people = broken(policy(rule.name), [
      ...kinds.map((kind): [string, string, object] => [kind, kind, props]),
      ["OrganizationMember", "other", props],
    ]);
    expect({ rule: rule.name, ...people }).toEqual({ rule: rule.name, each: [], all: [] });
  }
});

test.each([...handlers.keys()])("a %s of the plugin is checked like one of the npm package", (kind) => {
  const declared = { type: nativeType(kind), name: "it", urn: urnOf(kind, "it"), props: { name: "It" } };
  expect(declaredResource(declared)).toEqual(declaredResource({ ...declared, type: dynamicType(kind) }));
  expect(declaredResource(declared)?.kind).toBe(kind);
});

test("other packages' resources are ignored, whatever their arguments", () => {
  for (const { rule } of readSettings(rules, {}).given) {
    const key = [
      "aws:iam/accessKey:AccessKey",
      "key",
      { scopes: ["*"], level: "owner", name: "Production" },
    ] as const;
    expect(broken(policy(rule.name), [[...key]])).toEqual({ each: [], all: [] });
  }
});

test("Pulumi's configuration overrides the pack's, which overrides the defaults", () => {
  const key: [string, string, object] = ["PersonalApiKey", "ci", { rotateAfterDays: 60 }];
  const strict = policy("keys-rotate", { "keys-rotate": { maximumDays: 30 } });
  expect(broken(policy("keys-rotate"), [key]).each.length).toBe(0);
  expect(broken(strict, [key]).each.length).toBe(1);
  expect(broken(strict, [key], { maximumDays: 60 }).each.length).toBe(0);
});

test("an unknown setting in Pulumi's configuration is a violation, instead of being ignored", () => {
  const reported = (config: object): string[] => broken(policy("keys-rotate"), [], config).all;
  expect(reported({ maximumDay: 3, enforcement: "mandatory" })).toEqual([
    expect.stringContaining(
      'keys-rotate: unknown setting maximumDay in the configuration file; did you mean "maximumDays"?',
    ),
    expect.stringContaining("keys-rotate: unknown setting enforcement in the configuration file"),
  ]);
  expect(reported({ enforcementLevel: "mandatory", maximumDays: 3, except: [] })).toEqual([]);
});

test("what the program declares counts, not what PostHog has until the domain is verified", () => {
  const waiting = { domain: "acme.test", enforcement: "off", isVerified: false };
  const declared = { domain: "acme.test", enforcement: "saml" };
  expect(broken(policy("sso-enforced"), [["OrgSsoSettings", "sso", declared, waiting]]).all).toEqual([]);
  expect(broken(policy("sso-enforced"), [["OrgSsoSettings", "sso", waiting, waiting]]).all.length).toBe(1);
});

test("what the program does not manage is no violation", () => {
  const owner = { user: "ann@acme.test", level: "owner", email: "ann@acme.test", userUuid: "0d4f" };
  const left: [string, string, object, object] = [
    "OrganizationMember",
    "ann",
    { user: "ann@acme.test" },
    owner,
  ];
  expect(broken(policy("at-least-two-owners"), [left]).all).toEqual([]);
  const opened = { name: "Production", defaultAccess: "admin", projectId: 2 };
  const closing = { projectId: 2, defaultAccess: "none" };
  expect(
    broken(policy("production-closed"), [
      ["Project", "production", { name: "Production" }, opened],
      ["ProjectAccess", "policy", closing, closing],
    ]).all,
  ).toEqual([]);
});

test("a resource that this run skips is checked by its last known values", () => {
  const { validateStack } = policy("production-closed");
  const reported: string[] = [];
  const project = argsOf("Project", "production", { name: "Production" }, {});
  const stack = argsOf("pulumi:pulumi:Stack", "dev", {}, {});
  void validateStack({ ...stack, resources: [project] }, (message) => reported.push(message));
  expect(reported).toEqual([expect.stringContaining('Project "production": defaultAccess is set neither')]);
});

test("an owner by UUID is checked at the end, once PostHog has returned the address", () => {
  const declared = { user: "0d4f", level: "owner" };
  const judge = (outputs: object): { each: string[]; all: string[] } =>
    broken(policy("no-outside-owners"), [["OrganizationMember", "bob", declared, outputs]], {
      domains: ["acme.test"],
    });
  const known = (email: string): object => ({ ...declared, userUuid: "0d4f", email });
  expect(judge(known("bob@acme.test"))).toEqual({ each: [], all: [] });
  expect(judge(known("bob@partner.test"))).toEqual({
    each: [],
    all: [expect.stringContaining("level gives ownership to bob@partner.test")],
  });
  // A preview that does not know the address yet.
  for (const outputs of [declared, { ...declared, email: later, userUuid: later }]) {
    expect(judge(outputs)).toEqual({ each: [], all: [expect.stringContaining("is unknown")] });
  }
});

test("a violation is reported once: on the resource if that is enough to decide, else on the stack", () => {
  const owner: [string, string, object] = [
    "OrganizationMember",
    "bob",
    { user: "bob@x.test", level: "owner" },
  ];
  const domain: [string, string, object] = ["OrgSsoSettings", "sso", { domain: "acme.test" }];
  const configured = broken(policy("no-outside-owners"), [owner, domain], { domains: ["acme.test"] });
  expect([configured.each.length, configured.all.length]).toEqual([1, 0]);
  const managed = broken(policy("no-outside-owners"), [owner, domain]);
  expect([managed.each.length, managed.all.length]).toEqual([0, 1]);
});

describe("the schema of the configuration", () => {
  test("has every setting, its form and its default", () => {
    expect(policy("keys-rotate").configSchema?.properties).toEqual({
      maximumDays: {
        type: "integer",
        minimum: 1,
        maximum: 3650,
        default: 90,
        description: "Maximum days between two rotations of a key.",
      },
      except: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Resources that the rule skips, by their names in the program.",
      },
    });
  });

  test("has the pack's own settings as defaults", () => {
    const { configSchema } = policy("sso-enforced", { "sso-enforced": { methods: ["saml"] } });
    expect(configSchema?.properties.methods).toMatchObject({ type: "array", default: ["saml"] });
  });

  test("describes every setting of every rule, and asks for none", () => {
    for (const { rule } of readSettings(rules, {}).given) {
      const { configSchema } = policy(rule.name);
      expect(Object.keys(configSchema?.properties ?? {})).toEqual(Object.keys(rule.settings.shape));
      expect(configSchema?.required).toBeUndefined();
      for (const property of Object.values(configSchema?.properties ?? {})) {
        expect(property).toMatchObject({ description: expect.any(String), default: expect.anything() });
      }
    }
  });
});
