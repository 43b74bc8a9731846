import { desiredOf, entryProblemsOf, withEntry } from "./support";

/** An entry's levels, and what it cannot enforce, as short texts. */
function outcome(entry: string): { levels: Record<string, string>; open: string[] } {
  const { grants, notEnforceable } = desiredOf(withEntry(entry));
  const onTypes = grants.filter(({ resource }) => resource !== "project");
  return {
    levels: Object.fromEntries(onTypes.map(({ resource, level }) => [resource, level])),
    open: notEnforceable.map(({ asked, closest }) => `${asked} → ${closest}`),
  };
}

describe("capabilities become the lowest level that allows what is allowed", () => {
  test.each([
    ["{can_view_flags: true}", "viewer"],
    ["{can_create_flags: true}", "editor"],
    ["{can_edit_flags: true}", "editor"],
    ["{can_delete_flags: true}", "editor"],
    ["{can_manage_flags: true}", "manager"],
    ["{can_view_flags: true, can_edit_flags: true}", "editor"],
    ["{can_create_flags: true, can_delete_flags: true}", "editor"],
    ["{can_view_flags: true, can_edit_flags: false}", "viewer"],
    ["{can_edit_flags: true, can_manage_flags: false}", "editor"],
    ["{can_view_flags: true, can_create_feature_flag: true, can_manage_feature_flags: true}", "manager"],
  ])("%s is %s", (entry, level) => {
    expect(outcome(entry)).toEqual({ levels: { feature_flag: level }, open: [] });
  });
});

describe("if nothing is allowed, they become the highest level that denies what is denied", () => {
  test.each([
    ["{can_view_flags: false}", "none"],
    ["{can_create_flags: false}", "viewer"],
    ["{can_delete_flags: false}", "viewer"],
    ["{can_manage_flags: false}", "editor"],
    ["{can_edit_flags: false, can_manage_flags: false}", "viewer"],
    ["{can_view_flags: false, can_delete_flags: false}", "none"],
  ])("%s is %s", (entry, level) => {
    expect(outcome(entry)).toEqual({ levels: { feature_flag: level }, open: [] });
  });
});

describe("what PostHog cannot enforce is reported with the closest alternative", () => {
  const whole = "feature_flag: viewer, which takes away creating, editing and deleting together";
  const closed = "role: none, which closes the whole project";

  test.each<[string, Record<string, string>, string[]]>([
    [
      "{can_create_flags: true, can_delete_flags: false}",
      { feature_flag: "editor" },
      [`can_delete_flags: false → ${whole}`],
    ],
    [
      "{can_delete_flags: true, can_create_flags: false, can_edit_feature_flags: false}",
      { feature_flag: "editor" },
      [`can_create_flags: false → ${whole}`, `can_edit_feature_flags: false → ${whole}`],
    ],
    ["{can_view_actions: false}", { action: "viewer" }, [`can_view_actions: false → ${closed}`]],
    ["{can_delete_actions: false}", { action: "viewer" }, []],
    [
      "{can_edit_activity_log: true}",
      { activity_log: "viewer" },
      ["can_edit_activity_log: true → activity_log: viewer"],
    ],
    ["{can_edit_activity_log: false}", { activity_log: "viewer" }, []],
    ["{can_view_activity_log: false}", { activity_log: "none" }, []],
    ["{can_delete_cohorts: false}", {}, [`can_delete_cohorts: false → ${closed}`]],
    ["{can_view_cohorts: true}", {}, [`can_view_cohorts: true → ${closed}`]],
    ["{can_edit_cohorts: true}", {}, []],
    ["{can_manage_cohorts: true}", {}, []],
    [
      "{can_view_product_tours: false}",
      {},
      ["can_view_product_tours: false → rules on single objects (AccessControl)"],
    ],
    [
      "{can_view_playlists: true}",
      {},
      ["can_view_playlists: true → session_recording: viewer, which applies to both"],
    ],
    ["{resources: {cohort: viewer}}", { cohort: "viewer" }, [`cohort: viewer → ${closed}`]],
    [
      "{resources: {warehouse_table: none}}",
      { warehouse_table: "none" },
      ["warehouse_table: none → warehouse_objects: none, which applies to both"],
    ],
    ["{resources: {brand_new: manager}}", { brand_new: "manager" }, []],
  ])("%s", (entry, levels, open) => {
    expect(outcome(entry)).toEqual({ levels, open });
  });

  test("with the reason, and what is applied instead", () => {
    const entry = withEntry("{can_create_flags: true, can_delete_flags: false}");
    expect(desiredOf(entry).notEnforceable).toEqual([
      {
        team: "team",
        project: "staging_project",
        asked: "can_delete_flags: false",
        why: "PostHog has no separate right to delete feature_flags: the level editor includes it",
        applied: "feature_flag: editor",
        closest: whole,
      },
    ]);
  });

  test("and as an error in strict mode", () => {
    expect(entryProblemsOf("{can_create_flags: true, can_delete_flags: false}", { strict: true })).toEqual([
      `26 can_delete_flags: cannot be enforced: PostHog has no separate right to delete feature_flags: the level editor includes it; closest: ${whole}`,
    ]);
    expect(entryProblemsOf("{can_create_flags: true}", { strict: true })).toEqual([]);
  });
});

describe("contradictions are refused", () => {
  test.each<[string, string[]]>([
    [
      "{can_view_flags: false, can_edit_flags: true}",
      ["18 can_view_flags: contradicts can_edit_flags: true, which includes it"],
    ],
    [
      "{can_manage_flags: true, can_delete_flags: false}",
      ["44 can_delete_flags: contradicts can_manage_flags: true, which includes it"],
    ],
    [
      "{can_edit_flags: true, can_edit_feature_flags: false}",
      ["48 can_edit_feature_flags: contradicts can_edit_flags: true, which includes it"],
    ],
    [
      "{role: none, can_view_flags: true}",
      ["30 can_view_flags: contradicts role: none, which closes the project"],
    ],
    [
      "{resources: {feature_flag: editor}, can_view_flags: true}",
      ["37 can_view_flags: feature_flag is set twice: here, and by the level editor under resources"],
    ],
  ])("%s", (entry, expected) => {
    expect(entryProblemsOf(entry)).toEqual(expected);
  });

  test("denying something in a closed project is not a contradiction", () => {
    expect(outcome("{role: none, can_view_flags: false}").levels).toEqual({ feature_flag: "none" });
  });
});
