import { type Emulator, startEmulator } from "../../../emulator";
import { as, at, badValue, forbidden, IDS, logged, twoOrganizations, withEmulator } from "../support";

let emulator: Emulator;
withEmulator({ seed: twoOrganizations() }, (started) => {
  emulator = started;
});

const WEBSITE = `/api/projects/${IDS.website}/`;

/** Makes the analyst a plain member of the website project instead of the admin that everyone is. */
async function demoteAnalyst(target = emulator): Promise<void> {
  await as(target, "owner").put(`${WEBSITE}access_controls/`, {
    access_level: "member",
    organization_member: IDS.analystMember,
  });
}

describe("changing", () => {
  test("a rename is recorded for the project and for its environment", async () => {
    const answer = await as(emulator, "owner").patch(WEBSITE, { name: "Site" });
    expect(answer).toMatchObject({ status: 200, body: { name: "Site" } });
    expect(logged(emulator)).toEqual(["Project updated name", "Team updated name"]);
    expect(emulator.store.activity.all()).toMatchObject([
      { organization_id: IDS.acme, team_id: IDS.website },
      { organization_id: IDS.acme, team_id: IDS.website },
    ]);
  });

  test("fields that were not sent stay", async () => {
    const owner = as(emulator, "owner");
    await owner.patch(WEBSITE, { heatmaps_opt_in: true });
    await owner.patch(WEBSITE, { surveys_opt_in: true });
    expect((await owner.get(WEBSITE)).body).toMatchObject({ heatmaps_opt_in: true, surveys_opt_in: true });
  });

  test.each([
    [{ app_urls: ["https://a.test", null] }, { app_urls: ["https://a.test"] }],
    [{ recording_domains: ["https://a.test", null] }, { recording_domains: ["https://a.test"] }],
    [{ session_recording_sample_rate: "0.5" }, { session_recording_sample_rate: "0.50" }],
    [{ session_recording_sample_rate: 1 }, { session_recording_sample_rate: "1.00" }],
    [{ week_start_day: 1 }, { week_start_day: 1 }],
    [{ cookieless_server_hash_mode: 2 }, { cookieless_server_hash_mode: 2 }],
    [{ business_model: "b2b" }, { business_model: "b2b" }],
    [{ base_currency: "EUR" }, { base_currency: "EUR" }],
    [{ timezone: "US/Eastern" }, { timezone: "US/Eastern" }],
    [{ primary_dashboard: 1 }, { primary_dashboard: 1 }],
    [{ product_description: "What we sell" }, { product_description: "What we sell" }],
    [{ workflows_config: { a: 1 } }, { workflows_config: { a: 1 } }],
    [{ session_recording_retention_period: "5y" }, { session_recording_retention_period: "5y" }],
    [{ test_account_filters: [{ key: "email" }] }, { test_account_filters: [{ key: "email" }] }],
  ])("%j is stored as %j", async (body, stored) => {
    expect(await as(emulator, "owner").patch(WEBSITE, body)).toMatchObject({ status: 200, body: stored });
  });

  test.each(["session_replay_config", "survey_config", "modifiers", "conversations_settings"])(
    "%s is merged into what is stored",
    async (field) => {
      const owner = as(emulator, "owner");
      await owner.patch(WEBSITE, { [field]: { a: 1, b: 1 } });
      const answer = await owner.patch(WEBSITE, { [field]: { b: 2 } });
      expect(at(answer, field)).toEqual({ a: 1, b: 2 });
    },
  );

  test.each([
    [{ name: "" }, "This field may not be blank.", "blank"],
    [{ name: "x".repeat(201) }, "Ensure this field has no more than 200 characters.", "max_length"],
    [{ timezone: "Mars/Olympus" }, '"Mars/Olympus" is not a valid choice.', "invalid_choice"],
    [{ timezone: "europe/berlin" }, '"europe/berlin" is not a valid choice.', "invalid_choice"],
    [{ timezone: "+02:00" }, '"+02:00" is not a valid choice.', "invalid_choice"],
    [{ week_start_day: 2 }, '"2" is not a valid choice.', "invalid_choice"],
    [{ anonymize_ips: null }, "This field may not be null.", "null"],
    [{ session_recording_sample_rate: "2" }, "Ensure this value is less than or equal to 1.", "max_value"],
    [{ session_recording_sample_rate: "lots" }, "A valid number is required.", "invalid_input"],
    [
      { session_recording_minimum_duration_milliseconds: "soon" },
      "A valid integer is required.",
      "invalid_input",
    ],
    [{ session_recording_retention_period: "2y" }, '"2y" is not a valid choice.', "invalid_choice"],
    [{ business_model: "barter" }, '"barter" is not a valid choice.', "invalid_choice"],
    [{ base_currency: "Taler" }, '"Taler" is not a valid choice.', "invalid_choice"],
    [
      { autocapture_exceptions_errors_to_ignore: "all" },
      "Must provide a list for field: autocapture_exceptions_errors_to_ignore.",
      "invalid_input",
    ],
    [{ primary_dashboard: 99 }, "Dashboard does not belong to this team.", "invalid_input"],
    [{ live_events_columns: "all" }, 'Expected a list of items but got type "str".', "not_a_list"],
  ])("%j is refused", async (body, detail, code) => {
    const [field] = Object.keys(body);
    expect(await as(emulator, "owner").patch(WEBSITE, body)).toMatchObject(badValue(detail, field, code));
  });

  test("a long list of errors to ignore is refused", async () => {
    const autocapture_exceptions_errors_to_ignore = ["x".repeat(300)];
    const answer = await as(emulator, "owner").patch(WEBSITE, { autocapture_exceptions_errors_to_ignore });
    expect(answer).toMatchObject({
      status: 400,
      body: { attr: "autocapture_exceptions_errors_to_ignore" },
    });
  });

  test("the error names an item of a list by its position", async () => {
    const answer = await as(emulator, "owner").patch(WEBSITE, { app_urls: ["https://a.test", {}] });
    expect(answer).toMatchObject(badValue("Not a valid string.", "app_urls__1"));
  });

  test("the old access_control field is refused unless it is null", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.patch(WEBSITE, { access_control: null })).toMatchObject({ status: 200 });
    for (const access_control of [true, false]) {
      expect(await owner.patch(WEBSITE, { access_control })).toMatchObject({
        status: 400,
        body: {
          attr: "access_control",
          detail: expect.stringMatching(
            /^The 'access_control' field has been deprecated and is no longer supported\. Please use the new access control system instead\. /,
          ),
        },
      });
    }
  });

  test("longer retention needs the plan", async () => {
    const free = await startEmulator({ seed: twoOrganizations({ features: "none" }) });
    const body = { session_recording_retention_period: "1y" };
    expect(await as(free, "owner").patch(WEBSITE, body)).toMatchObject({ status: 403 });
    await free.close();
  });

  test("members may change the safe settings only", async () => {
    await demoteAnalyst();
    const analyst = as(emulator, "analyst");
    const safe = {
      completed_snippet_onboarding: true,
      has_completed_onboarding_for: {},
      onboarding_tasks: {},
      session_recording_opt_in: true,
      autocapture_exceptions_opt_in: true,
      autocapture_web_vitals_opt_in: true,
      autocapture_web_vitals_allowed_metrics: [],
      surveys_opt_in: true,
      primary_dashboard: 1,
    };
    expect(await analyst.patch(WEBSITE, safe)).toMatchObject({ status: 200, body: safe });
    expect(await analyst.patch(WEBSITE, { timezone: "UTC", name: "Mine" })).toMatchObject(
      forbidden("Only project admins can modify these settings: name, timezone"),
    );
  });

  test("the authorized URLs belong to web analytics", async () => {
    await demoteAnalyst();
    const analyst = as(emulator, "analyst");
    expect(await analyst.patch(WEBSITE, { app_urls: [] })).toMatchObject({ status: 200 });
    await as(emulator, "owner").put(`${WEBSITE}resource_access_controls/`, {
      resource: "web_analytics",
      access_level: "viewer",
    });
    expect(await analyst.patch(WEBSITE, { app_urls: [] })).toMatchObject(
      badValue("You need editor access to web analytics to modify this field.", "app_urls"),
    );
  });
});

describe("the oldest servers", () => {
  let old: Emulator;
  withEmulator({ seed: twoOrganizations(), generation: "old" }, (started) => {
    old = started;
  });

  test("lack fields, and show level 15", async () => {
    const answer = await as(old, "owner").get(WEBSITE);
    for (const field of ["project_id", "user_access_level", "is_pending_deletion", "base_currency"]) {
      expect(answer.body).not.toHaveProperty(field);
    }
    expect(at(answer, "effective_membership_level")).toBe(15);
  });

  test("know some settings at the environment's URL only", async () => {
    const owner = as(old, "owner");
    const answer = await owner.patch(WEBSITE, { base_currency: "EUR" });
    expect(answer.status).toBe(200);
    expect(old.ignoredFields).toMatchObject([{ field: "base_currency" }]);
    const environment = `/api/environments/${IDS.website}/`;
    expect(at(await owner.patch(environment, { base_currency: "EUR" }), "base_currency")).toBe("EUR");
  });

  test.each([
    [{ session_recording_minimum_duration_milliseconds: 30001 }, "max_value"],
    [{ session_recording_trigger_match_type_config: "x".repeat(25) }, "max_length"],
    [{ person_display_name_properties: ["x".repeat(401)] }, "max_length"],
  ])("refuse %j", async (body, code) => {
    expect(await as(old, "owner").patch(WEBSITE, body)).toMatchObject({ status: 400, body: { code } });
    expect(await as(emulator, "owner").patch(WEBSITE, body)).toMatchObject({ status: 200 });
  });

  test("let members rename", async () => {
    await demoteAnalyst(old);
    expect(await as(old, "analyst").patch(WEBSITE, { name: "Mine" })).toMatchObject({ status: 200 });
  });
});
