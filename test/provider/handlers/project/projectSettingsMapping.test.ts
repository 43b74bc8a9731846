import fc from "fast-check";
import {
  apiNameOf,
  changedSettings,
  declaredSettings,
  ignoredSettings,
  sameSettings,
  settingsFromApi,
  settingsToApi,
} from "../../../../provider/handlers/project/projectSettings";

describe("mapping settings to PostHog's API", () => {
  test("sends only declared settings, under PostHog's names, with null to clear one", () => {
    expect(
      settingsToApi({
        surveysOptIn: true,
        productDescription: null,
        heatmapsOptIn: undefined,
        appUrls: ["https://a"],
      }),
    ).toEqual({
      surveys_opt_in: true,
      product_description: null,
      app_urls: ["https://a"],
    });
    expect(declaredSettings({ surveysOptIn: undefined })).toEqual({});
  });

  test.each([
    [0.5, "0.50"],
    ["0.5", "0.50"],
    [1, "1.00"],
    [null, null],
  ])("spells the sample rate %j as %j", (declared, sent) => {
    expect(settingsToApi({ sessionRecordingSampleRate: declared })).toEqual({
      session_recording_sample_rate: sent,
    });
  });

  test("reads only declared settings, and only the declared keys of merged objects", () => {
    const answer = {
      surveys_opt_in: false,
      heatmaps_opt_in: true,
      session_replay_config: { record_canvas: false, ai_config: { opt_in: true, excluded_events: [] } },
    };
    const declared = {
      surveysOptIn: true,
      sessionReplayConfig: { record_canvas: true, ai_config: { opt_in: true } },
    };
    expect(settingsFromApi(answer, declared)).toEqual({
      surveysOptIn: false,
      sessionReplayConfig: { record_canvas: false, ai_config: { opt_in: true } },
    });
  });

  test.each<[string, unknown, unknown]>([
    ["appUrls", ["https://b", "https://a"], ["https://a", "https://b"]],
    ["appUrls", ["https://a", null], ["https://a"]],
    ["recordingDomains", ["https://a", "https://a"], ["https://a"]],
    ["sessionRecordingSampleRate", "0.50", 0.5],
    ["sessionRecordingSampleRate", "0.50", "0.5"],
    ["sessionRecordingSampleRate", null, null],
    ["surveyConfig", { a: 1, b: 2 }, { a: 1 }],
    ["conversationsSettings", { a: null }, { b: null }],
    ["modifiers", { a: { b: 1, c: 2 } }, { a: { b: 1 } }],
    ["sessionRecordingLinkedFlag", { key: "a", id: 1, variant: null }, { id: 1, key: "a" }],
    ["productDescription", null, null],
  ])("treats %s %j as equal to the declared %j", (name, live, declared) => {
    const answer = { [apiNameOf(name)]: live };
    expect(settingsFromApi(answer, { [name]: declared })).toEqual({ [name]: declared });
    expect(ignoredSettings(answer, { [name]: declared })).toEqual([]);
  });

  test.each<[string, unknown, unknown]>([
    ["appUrls", ["https://a", "https://b"], ["https://a"]],
    ["appUrls", null, ["https://a"]],
    ["liveEventsColumns", ["b", "a"], ["a", "b"]],
    ["personDisplayNameProperties", ["b", "a"], ["a", "b"]],
    ["sessionRecordingSampleRate", "0.51", 0.5],
    ["sessionRecordingSampleRate", null, 0],
    ["sessionRecordingSampleRate", "0.00", null],
    ["surveyConfig", { b: 2 }, { a: 1 }],
    ["surveyConfig", null, { a: 1 }],
    ["surveyConfig", { a: 1 }, null],
    ["modifiers", { a: { b: 2 } }, { a: { b: 1 } }],
    ["extraSettings", { a: 1, b: 2 }, { a: 1 }],
    ["surveysOptIn", null, false],
    ["sessionRecordingLinkedFlag", { id: 2, key: "a" }, { id: 1, key: "a" }],
  ])("notices that %s is %j and not the declared %j", (name, live, declared) => {
    const answer = { [apiNameOf(name)]: live };
    expect(sameSettings(settingsFromApi(answer, { [name]: declared }), { [name]: declared })).toBe(false);
    expect(ignoredSettings(answer, { [name]: declared })).toEqual([name]);
  });

  test("names the settings that this server does not know", () => {
    const sent = { surveysOptIn: true, captureDeadClicks: true, baseCurrency: "EUR" };
    expect(ignoredSettings({ surveys_opt_in: true, base_currency: "USD" }, sent)).toEqual([
      "captureDeadClicks",
      "baseCurrency",
    ]);
    expect(settingsFromApi({ surveys_opt_in: true }, sent)).toEqual({ surveysOptIn: true });
  });
});

describe("comparing two declarations", () => {
  test.each<[unknown, unknown, boolean]>([
    [{ appUrls: ["a", "b"] }, { appUrls: ["b", "a"] }, true],
    [{ sessionRecordingSampleRate: 0.5 }, { sessionRecordingSampleRate: "0.50" }, true],
    [{ surveysOptIn: true }, { surveysOptIn: true, heatmapsOptIn: undefined }, true],
    [{ surveysOptIn: true }, { surveysOptIn: true, heatmapsOptIn: true }, false],
    [{ surveyConfig: { a: 1, b: 2 } }, { surveyConfig: { a: 1 } }, false],
    [{}, {}, true],
    ["broken", "broken", true],
    ["broken", {}, false],
  ])("%j and %j: %j", (one, other, expected) => {
    expect(sameSettings(one, other)).toBe(expected);
    expect(sameSettings(other, one)).toBe(expected);
  });

  test("names what changed", () => {
    expect(
      changedSettings(
        { surveysOptIn: true, heatmapsOptIn: true },
        { surveysOptIn: false, heatmapsOptIn: true },
      ),
    ).toEqual(["surveysOptIn"]);
  });
});

describe("for any settings", () => {
  const settings = fc.record(
    {
      surveysOptIn: fc.boolean(),
      appUrls: fc.array(fc.webUrl(), { maxLength: 4 }),
      sessionRecordingSampleRate: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
      surveyConfig: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.oneof(fc.boolean(), fc.integer())),
      weekStartDay: fc.constantFrom(0, 1),
      liveEventsColumns: fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 4 }),
    },
    { requiredKeys: [] },
  );

  test("a value that PostHog stores as sent is no change", () => {
    fc.assert(
      fc.property(settings, (declared) => {
        expect(settingsFromApi(settingsToApi(declared), declared)).toEqual(declared);
        expect(ignoredSettings(settingsToApi(declared), declared)).toEqual([]);
      }),
    );
  });

  test("equality is symmetric, and a real difference is found from both sides", () => {
    fc.assert(
      fc.property(settings, settings, (one, other) => {
        expect(sameSettings(one, other)).toBe(sameSettings(other, one));
        expect(sameSettings(one, one)).toBe(true);
        if (one.weekStartDay !== other.weekStartDay) expect(sameSettings(one, other)).toBe(false);
      }),
    );
  });
});
