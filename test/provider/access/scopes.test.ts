import fc from "fast-check";
import {
  internalScopeObjects,
  projectKeyScopes,
  scopeObjects,
  scopeSynonyms,
} from "../../../provider/access/scopeObjects";
import {
  canProjectKeyHold,
  checkProjectKeyScopes,
  checkScopes,
  covers,
  missingScopes,
} from "../../../provider/access/scopes";

const only = (scope: string) => checkScopes([scope]);
const error = (scope: string) => only(scope).errors[0]?.message;
const clean = { errors: [], warnings: [] };

describe("the registry of scopes", () => {
  test("holds each of PostHog's 116 objects once, the internal ones among them", () => {
    expect(scopeObjects).toHaveLength(116);
    expect(new Set(scopeObjects).size).toBe(116);
    expect([...internalScopeObjects].filter((object) => !scopeObjects.includes(object))).toEqual([]);
  });

  test("has no synonym that is itself an object, and each points to an existing object", () => {
    expect([...scopeSynonyms.keys()].filter((name) => scopeObjects.includes(name))).toEqual([]);
    const targets = [...scopeSynonyms.values()].flatMap(({ object }) => object ?? []);
    expect(
      targets.filter((object) => !scopeObjects.includes(object) || internalScopeObjects.has(object)),
    ).toEqual([]);
  });

  test("accepts every object that a key can hold, for reading and writing", () => {
    const grantable = scopeObjects.filter((object) => !internalScopeObjects.has(object));
    const all = grantable.flatMap((object) => [`${object}:read`, `${object}:write`]);
    expect(checkScopes(all).errors).toEqual([]);
  });
});

describe("checking the scopes of a key", () => {
  test.each([
    [["feature_flag:read", "feature_flag:write"]],
    [["organization:read", "organization_member:write", "project:write", "access_control:write"]],
    [["insight:read", "dashboard:read", "query:read"]],
  ])("accepts %j without remarks", (scopes) => {
    expect(checkScopes(scopes)).toEqual(clean);
  });

  test.each([
    ["event:read", "event:read does not exist: events are read through queries; use query:read"],
    ["events:write", "use query:write"],
    ["role:read", "role:read does not exist: roles belong to the organization; use organization:read"],
    ["roles:write", "use organization:write"],
    ["team:write", "use project:write"],
    ["member:read", "use organization_member:read"],
    ["members:write", "use organization_member:write"],
    ["invite:write", "use organization_member:write"],
    ["invites:read", "use organization_member:read"],
    ["sharing:read", "use sharing_configuration:read"],
    ["organization_domain:write", "use organization:write"],
    ["domains:read", "use organization:read"],
    ["sso:write", "use organization:write"],
    ["flag:read", "use feature_flag:read"],
    ["flags:write", "use feature_flag:write"],
    ["recording:read", "use session_recording:read"],
    ["recordings:read", "use session_recording:read"],
    ["permissions:write", "use access_control:write"],
    ["identity_providers:read", "use organization:read"],
    ["personal_api_key:read", "no key can manage keys; a signed-in person does that"],
    ["personal_api_keys:write", "no key can manage keys"],
    ["organisation:read", "use organization:read"],
  ])("explains the misnomer %s", (scope, expected) => {
    expect(error(scope)).toContain(expected);
  });

  test.each([
    ["insigt:read", "insight:read"],
    ["dashbord:write", "dashboard:write"],
    ["feture_flag:read", "feature_flag:read"],
    ["featureflag:read", "feature_flag:read"],
    ["qurey:read", "query:read"],
    ["insights:read", "insight:read"],
    ["feature_flags:write", "feature_flag:write"],
    ["activity_logs:read", "activity_log:read"],
    ["metric:read", "metrics:read"],
    ["log:read", "logs:read"],
    ["project_members:read", "access_control:read"],
    ["organizations:read", "organization:read"],
    ["queries:read", "query:read"],
  ])("suggests %s for the typo %s", (scope, expected) => {
    expect(error(scope)).toContain(expected);
  });

  test.each([
    "agents:read",
    "agent_approvals:write",
    "ai_gateway:read",
    "quantum_insights:read",
    "hologram:write",
  ])("lets %s through with a warning, since PostHog adds scopes often", (scope) => {
    expect(only(scope)).toEqual({
      errors: [],
      warnings: [`this version does not know the scope ${scope}; PostHog decides`],
    });
  });

  test.each([
    ["", "is not a scope: scopes look like object:read or object:write"],
    ["   ", "is not a scope: scopes look like"],
    ["feature_flag", "did you mean feature_flag:read or feature_flag:write?"],
    ["feature_flag:*", "the actions are read and write, and feature_flag:write includes read"],
    ["feature_flag:admin", "the actions are read and write"],
    ["feature_flag:read:write", "the actions are read and write"],
    ["FEATURE_FLAG:READ", "did you mean feature_flag:read?"],
    [" feature_flag:read ", "did you mean feature_flag:read?"],
    ["feature-flag:read", "did you mean feature_flag:read?"],
    ["feature flag : read", "did you mean feature_flag:read?"],
    ["feature_flag.read", "did you mean feature_flag:read?"],
    ["feature_flag/write", "did you mean feature_flag:write?"],
    ["read:feature_flag", "did you mean feature_flag:read?"],
    ["banana:eat", "scopes look like object:read or object:write, such as feature_flag:read"],
    [":read", "scopes look like object:read or object:write"],
    ["**", "scopes look like object:read or object:write"],
  ])("shows the form of a scope, given %j", (scope, expected) => {
    expect(error(scope)).toContain(expected);
  });

  test("never repeats a malformed entry, which may be a pasted key", () => {
    expect(error("phx_averysecretvalue")).not.toContain("phx_");
  });

  test.each(["constructor:read", "toString:read", "hasOwnProperty:write", "__proto__:read"])(
    "is not confused by %s",
    (scope) => {
      const { errors, warnings } = only(scope);
      expect(errors.length + warnings.length).toBe(1);
      expect(JSON.stringify({ errors, warnings })).not.toContain("undefined");
    },
  );

  test("names the wrong entry of the list", () => {
    expect(
      checkScopes(["query:read", "event:read", "user:read", "role:read"]).errors.map(({ index }) => index),
    ).toEqual([1, 3]);
  });

  test("refuses an empty list, which old servers read as every scope", () => {
    expect(checkScopes([]).errors).toEqual([{ message: expect.stringContaining("list at least one scope") }]);
    expect(checkProjectKeyScopes([]).errors).toHaveLength(1);
  });

  test("refuses scopes that only PostHog's servers hold", () => {
    expect(error("internal_run:read")).toContain("only PostHog's own servers");
  });

  test("warns of scopes that PostHog has to switch on first", () => {
    expect(only("llm_gateway:read")).toEqual({
      errors: [],
      warnings: [expect.stringContaining("it was enabled")],
    });
  });

  test("warns of an entry that is listed twice", () => {
    expect(checkScopes(["query:read", "query:read", "query:read"])).toEqual({
      errors: [],
      warnings: ["query:read is listed more than once"],
    });
  });
});

describe("the wildcard", () => {
  test("is refused unless explicitly allowed", () => {
    expect(error("*")).toContain("set allowWildcard: true to confirm");
    expect(checkScopes(["*"], { allowWildcard: true })).toEqual(clean);
  });

  test("cannot be combined with other scopes, even if allowed", () => {
    expect(checkScopes(["*", "query:read"], { allowWildcard: true }).errors).toEqual([
      { index: 0, message: expect.stringContaining('list either "*" alone or') },
    ]);
  });

  test("is never valid for a project's key", () => {
    expect(checkProjectKeyScopes(["*"]).errors[0]?.message).toContain('cannot hold "*"');
  });
});

describe("checking the scopes of a project's key", () => {
  test.each(projectKeyScopes)("accepts %s", (scope) => {
    expect(checkProjectKeyScopes([scope]).errors).toEqual([]);
    expect(canProjectKeyHold(scope)).toBe(true);
  });

  test.each(["feature_flag:write", "insight:read", "organization:read", "project:write", "loop:read"])(
    "refuses %s, and lists the valid scopes and the alternative",
    (scope) => {
      const message = checkProjectKeyScopes([scope]).errors[0]?.message;
      expect(message).toContain(`cannot hold ${scope}`);
      expect(message).toContain("feature_flag:read");
      expect(message).toContain("PersonalApiKey");
      expect(canProjectKeyHold(scope)).toBe(false);
    },
  );

  test("treats misnomers and new scopes as for other keys", () => {
    expect(checkProjectKeyScopes(["flags:read"]).errors[0]?.message).toContain("use feature_flag:read");
    expect(checkProjectKeyScopes(["agents:read"])).toEqual({ errors: [], warnings: [expect.any(String)] });
  });
});

describe("what scopes grant", () => {
  test.each([
    [["query:read"], "query:read", true],
    [["query:write"], "query:read", true],
    [["query:read"], "query:write", false],
    [["*"], "organization:write", true],
    [["*"], "internal_run:read", false],
    [["internal_run:read"], "internal_run:read", true],
    [[], "query:read", false],
    [["organization_member:write"], "organization:read", false],
    [["insight:read"], "query:read", false],
  ])("%j covers %s: %s", (granted, needed, expected) => {
    expect(covers(granted, needed)).toBe(expected);
  });

  test("lists each missing scope once, in the order of need", () => {
    expect(
      missingScopes(
        ["project:write"],
        ["organization:read", "project:read", "user:read", "organization:read"],
      ),
    ).toEqual(["organization:read", "user:read"]);
    expect(missingScopes(["*"], ["organization:read"])).toEqual([]);
  });

  const scope = fc
    .tuple(fc.constantFrom(...scopeObjects), fc.constantFrom("read", "write"))
    .map(([object, action]) => `${object}:${action}`);

  test("adding scopes never covers less, and granted scopes are never missing", () => {
    fc.assert(
      fc.property(fc.array(scope), fc.array(scope), scope, (some, more, needed) => {
        if (covers(some, needed)) expect(covers([...some, ...more], needed)).toBe(true);
        expect(missingScopes(some, some)).toEqual([]);
        expect(missingScopes([...some, ...missingScopes(some, more)], more)).toEqual([]);
      }),
    );
  });

  test("any text is handled", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 5 }), (scopes) => {
        for (const check of [checkScopes(scopes), checkProjectKeyScopes(scopes)]) {
          expect(check.errors.every(({ message }) => /^[a-z"*]/.test(message))).toBe(true);
        }
      }),
    );
  });
});
