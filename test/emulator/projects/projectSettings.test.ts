import { type Emulator, startEmulator } from "../../../emulator";
import {
  as,
  at,
  badValue,
  forbidden,
  IDS,
  logged,
  refusal,
  requestRows,
  twoOrganizations,
  withEmulator,
} from "../support";

let emulator: Emulator;
withEmulator({ seed: twoOrganizations() }, (started) => {
  emulator = started;
});

const WEBSITE = `/api/projects/${IDS.website}/`;

/** Makes the analyst a plain member of the website project, where everyone is an admin by default. */
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
    expect(requestRows(emulator)).toMatchObject([
      { organization_id: IDS.acme, team_id: IDS.website },
      { organization_id: IDS.acme, team_id: IDS.website },
    ]);
  });

  test("fields that were not sent do not change", async () => {
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
    [
      { workflows_config: { capture_workflows_engagement_events: true, email_tracking_consent_mode: "off" } },
      { workflows_config: { capture_workflows_engagement_events: true } },
    ],
    [
      { revenue_analytics_config: { events: [{ eventName: "paid" }] } },
      {
        revenue_analytics_config: {
          base_currency: "USD",
          events: [{ eventName: "paid", subscriptionDropoffDays: 45, subscriptionDropoffMode: "last_event" }],
        },
        managed_viewsets: { revenue_analytics: true },
      },
    ],
    [
      { marketing_analytics_config: { sources_map: { s: { cost: "c" } } } },
      { marketing_analytics_config: { sources_map: { s: { cost: "c" } }, attribution_window_days: 90 } },
    ],
    [{ customer_analytics_config: { unknown: 1 } }, { customer_analytics_config: { payment_event: {} } }],
    [{ conversations_settings: null }, { conversations_settings: null }],
    [{ session_recording_linked_flag: { id: 3, key: "f" } }, { session_recording_linked_flag: { id: 3 } }],
    [{ session_recording_retention_period: "5y" }, { session_recording_retention_period: "5y" }],
    [
      { test_account_filters: [{ key: "email", type: "person" }] },
      { test_account_filters: [{ key: "email" }] },
    ],
  ])("%j is stored as %j", async (body, stored) => {
    expect(await as(emulator, "owner").patch(WEBSITE, body)).toMatchObject({ status: 200, body: stored });
  });

  test.each([
    ["session_replay_config", { record_canvas: true, ai_config: { opt_in: true } }, { record_canvas: false }],
    ["survey_config", { appearance: { theme: "dark" }, other: 1 }, { other: 2 }],
    ["modifiers", { debug: true, inCohortVia: "auto" }, { inCohortVia: "subquery" }],
    ["conversations_settings", { widget_enabled: true, widget_color: "red" }, { widget_color: "blue" }],
  ])("%s is merged into the stored value", async (field, first, second) => {
    const owner = as(emulator, "owner");
    await owner.patch(WEBSITE, { [field]: first });
    const answer = await owner.patch(WEBSITE, { [field]: second });
    expect(at(answer, field)).toEqual({ ...first, ...second });
  });

  test("a source of marketing data that is sent as null is removed, and the others stay", async () => {
    const owner = as(emulator, "owner");
    const sources = (sources_map: object) =>
      owner.patch(WEBSITE, { marketing_analytics_config: { sources_map } });
    await sources({ ads: { cost: "c" }, mail: { cost: "m" } });
    const answer = await sources({ ads: null, mail: { source: "s" } });
    expect(at(answer, "marketing_analytics_config", "sources_map")).toEqual({
      mail: { cost: "m", source: "s" },
    });
  });

  test("turning conversations on creates a token for the widget, once", async () => {
    const owner = as(emulator, "owner");
    const token = async (body: object) =>
      at(await owner.patch(WEBSITE, body), "conversations_settings", "widget_public_token");
    const first = await token({ conversations_enabled: true });
    expect(first).toMatch(/^[\w-]{40,}$/);
    expect(await token({ conversations_settings: { widget_enabled: true } })).toBe(first);
    expect(await token({ conversations_settings: null })).toBe(first);
    expect(await token({ conversations_enabled: false })).toBeNull();
  });

  test("blanks at the ends of texts are dropped", async () => {
    const body = { name: " Site ", app_urls: [" https://a.test "], live_events_columns: [" event "] };
    expect(await as(emulator, "owner").patch(WEBSITE, body)).toMatchObject({
      body: { name: "Site", app_urls: ["https://a.test"], live_events_columns: ["event"] },
    });
  });

  test("the environment has its own name", async () => {
    const owner = as(emulator, "owner");
    const environment = `/api/environments/${IDS.website}/`;
    expect(at(await owner.patch(environment, { name: "Staging" }), "name")).toBe("Staging");
    expect(at(await owner.get(WEBSITE), "name")).toBe("Website");
  });

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
      { session_recording_sample_rate: 0.123 },
      "Ensure that there are no more than 2 decimal places.",
      "max_decimal_places",
    ],
    [
      { session_recording_sample_rate: "1.234" },
      "Ensure that there are no more than 3 digits in total.",
      "max_digits",
    ],
    [
      { session_recording_minimum_duration_milliseconds: 30001 },
      "Ensure this value is less than or equal to 30000.",
      "max_value",
    ],
    [
      { session_recording_trigger_match_type_config: "x".repeat(25) },
      "Ensure this field has no more than 24 characters.",
      "max_length",
    ],
    [{ session_recording_masking_config: "all" }, "Must provide a dictionary or None.", "invalid_input"],
    [
      { session_recording_masking_config: { mask: true } },
      "Must provide a dictionary with only known keys: maskAllInputs, maskTextSelector, blockSelector.",
      "invalid_input",
    ],
    [
      { session_recording_masking_config: { maskAllInputs: 1 } },
      "maskAllInputs must be a boolean.",
      "invalid_input",
    ],
    [
      { session_recording_network_payload_capture_config: { all: true } },
      "Must provide a dictionary with only 'recordHeaders' and/or 'recordBody' keys.",
      "invalid_input",
    ],
    [{ modifiers: { personsOnEventsMode: "sometimes" } }, "Invalid modifier key.", "invalid_input"],
    [{ modifiers: { speed: 1 } }, "Invalid modifier key.", "invalid_input"],
    [{ logs_settings: { retention_days: 5 } }, "retention_days must be one of [14, 30]", "invalid_input"],
    [{ test_account_filters: ["a"] }, "Must provide an array of valid property filters.", "invalid_input"],
    [{ base_currency: "XAU" }, '"XAU" is not a valid choice.', "invalid_choice"],
    [{ revenue_analytics_config: null }, "This field may not be null.", "null"],
    [{ workflows_config: null }, "This field may not be null.", "null"],
    [{ primary_dashboard: 99 }, 'Invalid pk "99" - object does not exist.', "does_not_exist"],
    [{ live_events_columns: "all" }, 'Expected a list of items but got type "str".', "not_a_list"],
  ])("%j is refused", async (body, detail, code) => {
    const [field] = Object.keys(body);
    expect(await as(emulator, "owner").patch(WEBSITE, body)).toMatchObject(badValue(detail, field, code));
  });

  test.each([
    ["all", "Must provide a list for field: autocapture_exceptions_errors_to_ignore."],
    [[1], "Must provide a list of strings to field: autocapture_exceptions_errors_to_ignore."],
    [
      ["x".repeat(300)],
      "Field autocapture_exceptions_errors_to_ignore must be less than 300 characters. Complex config should be provided in posthog-js initialization.",
    ],
  ])(
    "errors to ignore are refused completely: %j",
    async (autocapture_exceptions_errors_to_ignore, detail) => {
      const answer = await as(emulator, "owner").patch(WEBSITE, { autocapture_exceptions_errors_to_ignore });
      expect(answer).toMatchObject(badValue(detail));
    },
  );

  test.each([
    [{ revenue_analytics_config: { base_currency: "eur" } }, "revenue_analytics_config__base_currency"],
    [
      { marketing_analytics_config: { attribution_window_days: 400 } },
      "marketing_analytics_config__attribution_window_days",
    ],
    [
      { marketing_analytics_config: { attribution_mode: "luck" } },
      "marketing_analytics_config__attribution_mode",
    ],
  ])("%j is refused by the name of the inner field", async (body, attr) => {
    expect(await as(emulator, "owner").patch(WEBSITE, body)).toMatchObject({ status: 400, body: { attr } });
  });

  test("a dashboard of another project is refused", async () => {
    const answer = await as(emulator, "owner").patch(`/api/projects/${IDS.app}/`, { primary_dashboard: 1 });
    expect(answer).toMatchObject(badValue("Dashboard does not belong to this team.", "primary_dashboard"));
  });

  test("proactive tasks are only for PostHog's own project", async () => {
    expect(await as(emulator, "owner").patch(WEBSITE, { proactive_tasks_enabled: true })).toMatchObject(
      forbidden("Proactive tasks can only be enabled for authorized teams."),
    );
  });

  test("the address of a trigger is an expression; anything but text crashes PostHog", async () => {
    const patchUrl = (url: unknown) => {
      const conditions = { urls: [{ url, matching: "regex" }] };
      const groups = [{ id: "a", sampleRate: 1, conditions }];
      return as(emulator, "owner").patch(WEBSITE, {
        session_recording_trigger_groups: { version: 2, groups },
      });
    };
    expect(await patchUrl("^/(?P<id>a)")).toMatchObject({ status: 200 });
    expect(await patchUrl("[a")).toMatchObject(
      badValue("Group 0: invalid regex pattern in URL: '[a'.", "session_recording_trigger_groups"),
    );
    expect(await patchUrl(5)).toMatchObject({ status: 500 });
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

  test("retention needs a plan: without one PostHog crashes, and beyond the plan it refuses", async () => {
    const free = await startEmulator({ seed: twoOrganizations({ features: "none" }) });
    const body = { session_recording_retention_period: "1y" };
    expect(await as(free, "owner").patch(WEBSITE, body)).toMatchObject(
      refusal(500, "server_error", "error", "Invalid retention entitlement."),
    );
    await free.close();
    const key = "session_replay_data_retention";
    const small = await startEmulator({
      seed: twoOrganizations({ features: [{ key, limit: 3, unit: "months" }] }),
    });
    expect(await as(small, "owner").patch(WEBSITE, body)).toMatchObject(
      forbidden(
        "This organization does not have permission to set retention period of length '1y' - longest allowable retention period is '90d'.",
      ),
    );
    await small.close();
  });

  test("members may only change the safe settings", async () => {
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

  test("only organization admins may change the organization's log, whatever the project level", async () => {
    const body = { receive_org_level_activity_logs: true };
    expect(await as(emulator, "analyst").patch(WEBSITE, body)).toMatchObject(
      forbidden(
        "Only organization owners and admins can modify the receive_org_level_activity_logs setting.",
      ),
    );
    expect(await as(emulator, "owner").patch(WEBSITE, body)).toMatchObject({ status: 200, body });
  });

  test("editors of web analytics may change the authorized URLs", async () => {
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

  test("have some settings only at the environment's URL", async () => {
    const owner = as(old, "owner");
    const answer = await owner.patch(WEBSITE, { base_currency: "EUR" });
    expect(answer.status).toBe(200);
    expect(old.ignoredFields).toMatchObject([{ field: "base_currency" }]);
    const environment = `/api/environments/${IDS.website}/`;
    expect(at(await owner.patch(environment, { base_currency: "EUR" }), "base_currency")).toBe("EUR");
  });

  test("still write the access_control flag, and a webhook for Slack", async () => {
    const body = { access_control: true, slack_incoming_webhook: "https://hooks.test/x" };
    expect(await as(old, "owner").patch(WEBSITE, body)).toMatchObject({ status: 200, body });
    expect(await as(emulator, "owner").patch(WEBSITE, { slack_incoming_webhook: null })).toMatchObject({
      status: 200,
    });
    expect(emulator.ignoredFields).toMatchObject([{ field: "slack_incoming_webhook" }]);
  });

  test("crash if the primary dashboard is removed", async () => {
    const answer = await as(old, "owner").patch(WEBSITE, { primary_dashboard: null });
    expect(answer).toMatchObject({ status: 500 });
  });

  test("let members rename the project", async () => {
    await demoteAnalyst(old);
    expect(await as(old, "analyst").patch(WEBSITE, { name: "Mine" })).toMatchObject({ status: 200 });
  });
});
