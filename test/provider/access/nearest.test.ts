import { didYouMean, isNearMiss, nearest, singular } from "../../../provider/access/nearest";

describe("nearest", () => {
  test.each([
    ["timezon", ["timezone", "name", "settings"], "timezone"],
    ["project_id", ["projectId", "project"], "projectId"],
    ["PROJECTID", ["name", "projectId"], "projectId"],
    ["quyer", ["query", "user"], "query"],
    ["Berlin", ["Europe/Berlin", "Europe/Paris"], "Europe/Berlin"],
    ["google", ["saml", "google-oauth2", "github"], "google-oauth2"],
    ["members", ["member", "memberships"], "member"],
  ])("suggests what %s was meant to be", (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });

  test.each([
    ["xyz", ["name", "timezone"]],
    ["", ["name"]],
    ["!!!", ["name"]],
    ["abcdefgh", []],
    ["Kingston", ["America/Kingston", "Jamaica/Kingston"]],
  ])("suggests nothing for %j when nothing, or more than one thing, fits", (word, candidates) => {
    expect(nearest(word, candidates)).toBeUndefined();
  });

  test.each([
    ["a setting", "name"],
    ["another such word", `b${"a".repeat(1_000_000)}`],
  ])("takes no time to compare a word of a million letters with %s", (_, candidate) => {
    const start = performance.now();
    expect(nearest("a".repeat(1_000_000), Array(20).fill(candidate))).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test("prefers the smaller number of edits over the order of the candidates", () => {
    expect(nearest("dashbord", ["dashcord", "dashboard"])).toBe("dashcord");
    expect(nearest("dashboar", ["dashcord", "dashboard"])).toBe("dashboard");
  });

  test("appends the suggestion to a message, if there is one", () => {
    expect(didYouMean("nmae", ["name"])).toBe('; did you mean "name"?');
    expect(didYouMean("color", ["name"])).toBe("");
  });
});

describe("isNearMiss", () => {
  test.each([
    ["insigt", "insight", true],
    ["qurey", "query", true],
    ["quyer", "query", false],
    ["feture_flg", "feature_flag", true],
    ["Dashboard", "dashboard", true],
    ["ai_gateway", "llm_gateway", false],
    ["agents", "events", false],
    ["log", "logs", false],
    ["task", "tagger", false],
    ["abcdefg", "abcdexy", false],
  ])("%s instead of %s is a typo: %s", (word, candidate, expected) => {
    expect(isNearMiss(word, candidate)).toBe(expected);
    expect(isNearMiss(candidate, word)).toBe(expected);
  });
});

describe("singular", () => {
  test.each([
    ["queries", "query"],
    ["flags", "flag"],
    ["access", "access"],
    ["insight", "insight"],
    ["", ""],
  ])("of %j is %j", (word, expected) => {
    expect(singular(word)).toBe(expected);
  });
});
