import { highestLevel, resourceLevels } from "../../../provider/access/levels";
import { resourceTypes } from "../../../provider/access/resourceTypes";
import {
  governance,
  plural,
  popularThings,
  possibleLevel,
  readCapability,
  thingNames,
  thingTypes,
  verbs,
} from "../../../provider/matrix/capabilities";

describe("a capability", () => {
  test.each([
    ["can_view_flags", "view", "feature_flag"],
    ["can_create_feature_flags", "create", "feature_flag"],
    ["can_edit_feature_flag", "edit", "feature_flag"],
    ["can_view_recordings", "view", "session_recording"],
    ["can_view_replays", "view", "session_recording"],
    ["can_create_insights", "create", "insight"],
    ["can_edit_dashboards", "edit", "dashboard"],
    ["can_delete_experiments", "delete", "experiment"],
    ["can_manage_surveys", "manage", "survey"],
    ["can_edit_notebooks", "edit", "notebook"],
    ["can_delete_cohorts", "delete", "cohort"],
    ["can_manage_actions", "manage", "action"],
    ["can_view_web_analytics", "view", "web_analytics"],
    ["can_view_activity_logs", "view", "activity_log"],
    ["can_view_audit_log", "view", "activity_log"],
    ["can_edit_workflows", "edit", "hog_flow"],
    ["can_edit_queries", "edit", "query"],
    ["can_manage_sharing", "manage", "sharing_configuration"],
    ["can_edit_customer_journeys", "edit", "customer_journey"],
  ])("%s is to %s a %s", (name, verb, type) => {
    expect(readCapability(name)).toEqual({ verb, type });
  });

  test("combines every verb with every noun, singular and plural", () => {
    for (const type of thingTypes)
      for (const verb of verbs)
        for (const thing of [type, plural(type)])
          expect(readCapability(`can_${verb}_${thing}`)).toEqual({ verb, type });
  });

  test("covers every type whose rules have an effect", () => {
    expect(resourceTypes.filter((type) => !thingTypes.includes(type))).toEqual([]);
    expect(resourceTypes.map(governance)).toEqual(resourceTypes.map(() => "own"));
  });

  test("has common names only for existing types, each unambiguous", () => {
    for (const [name, type] of popularThings) {
      expect(thingTypes).toContain(type);
      expect(thingTypes).not.toContain(name);
    }
    expect(new Set(thingNames()).size).toBe(thingNames().length);
  });
});

describe("an unknown capability", () => {
  test.each([
    [
      "can_craete_flags",
      'the verbs are view, create, edit, delete and manage; did you mean "can_create_flags"?',
    ],
    ["can_read_flags", 'the verbs are view, create, edit, delete and manage; did you mean "can_view_flags"?'],
    [
      "can_update_insights",
      'the verbs are view, create, edit, delete and manage; did you mean "can_edit_insights"?',
    ],
    [
      "can_remove_widgets",
      'the verbs are view, create, edit, delete and manage; did you mean "can_delete_..."?',
    ],
    ["can_fly_flags", "the verbs are view, create, edit, delete and manage"],
    ["can_create_flgs", '"flgs" is not a thing in PostHog; did you mean "can_create_flags"?'],
    ["can_view_dashbords", '"dashbords" is not a thing in PostHog; did you mean "can_view_dashboards"?'],
    ["can_edit_people", '"people" is not a thing in PostHog; did you mean "can_edit_persons"?'],
    ["can_view_events", '"events" is not a thing in PostHog; did you mean "can_view_queries"?'],
    [
      "can_view_zzzzzzzzzzzzzz",
      '"zzzzzzzzzzzzzz" is not a thing in PostHog: use a type\'s name, such as feature_flags; set types that are new in PostHog under resources',
    ],
    [
      "can_manage_members",
      "cannot be set by a capability: people belong to the organization; OrganizationMember sets their level",
    ],
    [
      "can_edit_project",
      "cannot be set by a capability: role decides on the project itself: none, member or admin",
    ],
    [
      "can_view",
      "is not a capability: capabilities look like can_<verb>_<thing>, such as can_view_recordings",
    ],
    ...[
      "can_VIEW_flags",
      "Can_View_Flags",
      "CAN_VIEW_FLAGS",
      "can-view-flags",
      "canViewFlags",
      "CanViewFlags",
    ].map((name) => [name, 'unknown setting; did you mean "can_view_flags"?']),
    ["can_view_Dashboards", 'unknown setting; did you mean "can_view_dashboards"?'],
    ["can_view_feature-flags", 'unknown setting; did you mean "can_view_feature_flags"?'],
    [
      "canCraeteFlags",
      'the verbs are view, create, edit, delete and manage; did you mean "can_create_flags"?',
    ],
  ])("%s", (name, problem) => {
    expect(readCapability(name)).toEqual({ problem });
  });
});

describe("the nearest level", () => {
  test.each([
    ["feature_flag", "manager", "manager"],
    ["feature_flag", "none", "none"],
    ["activity_log", "manager", "viewer"],
    ["activity_log", "viewer", "viewer"],
    ["toolbar", "editor", "viewer"],
    ["action", "none", "viewer"],
    ["action", "manager", "manager"],
  ] as const)("on %s to %s is %s", (type, wanted, level) => {
    expect(possibleLevel(type, wanted)).toBe(level);
  });

  test("is the requested one if the type has it", () => {
    for (const type of resourceTypes) {
      const top = resourceLevels.find((level) => level === highestLevel(type)) ?? "none";
      expect(possibleLevel(type, top)).toBe(top);
    }
  });
});
