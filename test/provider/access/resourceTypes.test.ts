import {
  governingType,
  inheritedTypes,
  isConsulted,
  isProjectResource,
  judgeResourceType,
  objectRoutes,
  resourceTypes,
} from "../../../provider/access/resourceTypes";
import { internalScopeObjects, scopeObjects } from "../../../provider/access/scopeObjects";

describe("the types of resource", () => {
  test("are all scope objects of PostHog, each in one place only", () => {
    const all = [...resourceTypes, ...inheritedTypes.keys()];
    expect(all.filter((type) => !scopeObjects.includes(type))).toEqual([]);
    expect([...objectRoutes.keys()].filter((type) => !scopeObjects.includes(type))).toEqual([]);
    expect(new Set(all).size).toBe(all.length);
    expect(resourceTypes).toHaveLength(34);
    expect(inheritedTypes.size).toBe(14);
  });

  test("inherit from a type that has rules itself, never from another child", () => {
    expect([...inheritedTypes.values()].filter((parent) => !resourceTypes.includes(parent))).toEqual([]);
    expect(governingType("warehouse_view")).toBe("warehouse_objects");
    expect(governingType("dashboard")).toBe("dashboard");
    expect(governingType("something_new")).toBe("something_new");
  });

  test.each(resourceTypes.filter(isConsulted))("accept a rule on all of %s without a warning", (type) => {
    expect(judgeResourceType(type)).toEqual({});
  });

  test("include some whose rules PostHog ignores, with a warning", () => {
    const ignored = resourceTypes.filter((type) => !isConsulted(type));
    expect(ignored.join(" ")).toBe(
      "evaluation heatmap hog_flow llm_skill mcp_analytics metrics replay_scanner sharing_configuration tagger ticket",
    );
    for (const type of ignored) {
      expect(judgeResourceType(type)).toEqual({
        warning: expect.stringMatching(new RegExp(`rules on all of ${type} have no effect`)),
        ignored: true,
      });
    }
  });

  test.each([...objectRoutes.keys()])("accept a rule on one object of %s without a warning", (type) => {
    expect(judgeResourceType(type, true)).toEqual({});
  });
});

describe("judging a type of resource", () => {
  test.each(["project", "projects", "Project", " team ", "environment"])(
    "refuses %j, since such a rule would open the project",
    (type) => {
      expect(isProjectResource(type)).toBe(true);
      expect(judgeResourceType(type).error).toContain("is the project itself: use ProjectMember");
      expect(judgeResourceType(type, true).error).toContain("is the project itself");
    },
  );

  test.each([
    ["organization", "organization levels decide there (OrganizationMember)"],
    ["internal_run", "is internal to PostHog"],
    ["dashbord", 'did you mean "dashboard"?'],
    ["flag", 'did you mean "feature_flag"?'],
    ["Flags", 'did you mean "feature_flag"?'],
    ["feature-flag", 'did you mean "feature_flag"?'],
    ["feature_flags", 'did you mean "feature_flag"?'],
    ["recordings", 'did you mean "session_recording"?'],
    ["replay", 'did you mean "session_recording"?'],
    ["Insights", 'did you mean "insight"?'],
    ["surveys", 'did you mean "survey"?'],
    ["workflow", 'did you mean "hog_flow"?'],
    ["early_access_features", 'did you mean "early_access_feature"?'],
    ["audit", 'did you mean "activity_log"?'],
    ["log", 'did you mean "logs"?'],
    ["", "types look like feature_flag"],
    ["what ever?", "types look like feature_flag"],
  ])("explains what is wrong with %j", (type, expected) => {
    expect(judgeResourceType(type).error).toContain(expected);
  });

  test.each([
    ["cohort", "stores rules on cohort, but ignores them"],
    ["annotation", "but ignores them"],
    ["alert", "but ignores them"],
    ["warehouse_table", "it inherits access from warehouse_objects, so set the rule there"],
    ["session_recording_playlist", "it inherits access from session_recording"],
    ["canvas", "on single objects only"],
    ["hologram", "this version does not know the resource type"],
    ["constructor", "this version does not know the resource type"],
  ])("lets %s pass with a warning", (type, expected) => {
    expect(judgeResourceType(type)).toMatchObject({ warning: expect.stringContaining(expected) });
  });

  test.each(["web_analytics", "activity_log", "vision_alert"])(
    "knows that single objects of %s have no rules",
    (type) => {
      expect(judgeResourceType(type, true).error).toContain("only on the whole type");
    },
  );

  test("finds no internal type among those it offers", () => {
    expect(resourceTypes.filter((type) => internalScopeObjects.has(type))).toEqual([]);
  });
});

describe("the addresses of objects", () => {
  test.each([
    ["dashboard", "dashboards", "id"],
    ["early_access_feature", "early_access_feature", "id"],
    ["warehouse_view", "warehouse_saved_queries", "id"],
    ["ticket", "conversations/tickets", "id"],
    ["heatmap", "saved", "short_id"],
    ["notebook", "notebooks", "short_id"],
    ["endpoint", "endpoints", "name"],
  ])("of %s are below %s by %s", (type, path, lookup) => {
    expect(objectRoutes.get(type)).toMatchObject({ path, lookup });
  });

  test("are found by what people see: a flag's key, an insight's short id", () => {
    expect(objectRoutes.get("feature_flag")?.aliases).toEqual(["key"]);
    expect(objectRoutes.get("insight")?.aliases).toEqual(["short_id"]);
  });
});
