import { type Emulator, SYSTEM, startEmulator } from "../../emulator";
import {
  as,
  asSession,
  at,
  badValue,
  forbidden,
  IDS,
  limited,
  missing,
  told,
  twoOrganizations,
} from "./support";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ seed: twoOrganizations() });
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

const WEBSITE = `/api/projects/${IDS.website}/`;
const NESTED = `/api/organizations/${IDS.acme}/projects/`;

/** Makes the analyst a plain member of the website project instead of the admin that everyone is. */
async function demoteAnalyst(target = emulator): Promise<void> {
  await as(target, "owner").put(`${WEBSITE}access_controls/`, {
    access_level: "member",
    organization_member: IDS.analystMember,
  });
}

describe("reading", () => {
  test("both lists are the same, and an item is the short form", async () => {
    const nested = await as(emulator, "owner").get(NESTED);
    const root = await as(emulator, "owner").get("/api/projects/");
    expect(nested.body).toEqual(root.body);
    expect(nested.body).toMatchObject({ count: 2 });
    expect(Object.keys(Object(at(nested, "results", 0)))).toEqual(
      [
        "id uuid organization project_id api_token name completed_snippet_onboarding",
        "has_completed_onboarding_for ingested_event is_demo timezone access_control",
      ]
        .join(" ")
        .split(" "),
    );
  });

  test("search looks at names", async () => {
    expect(await as(emulator, "owner").get(`${NESTED}?search=WEB`)).toMatchObject({
      body: { count: 1, results: [{ id: IDS.website }] },
    });
  });

  test("a project is the same by all of its URLs", async () => {
    const owner = as(emulator, "owner");
    const { body } = await owner.get(WEBSITE);
    expect(body).toMatchObject({
      id: IDS.website,
      organization: IDS.acme,
      project_id: IDS.website,
      is_pending_deletion: false,
      ingested_event: false,
      user_access_level: "admin",
      effective_membership_level: 8,
      timezone: "UTC",
    });
    for (const path of [
      `${NESTED}${IDS.website}`,
      `/api/environments/${IDS.website}/`,
      "/api/projects/@current/",
      `/api/organizations/@current/projects/${IDS.website}/`,
    ]) {
      expect((await owner.get(path)).body).toEqual(body);
    }
  });

  test.each([
    ["of another organization", `/api/projects/${IDS.globexProject}/`],
    ["that does not exist", "/api/projects/999/"],
    ["that is not a number", "/api/projects/website/"],
    ["under the wrong organization", `/api/organizations/${IDS.globex}/projects/${IDS.website}/`],
  ])("a project %s is not found", async (_, path) => {
    expect(await as(emulator, "owner").get(path)).toMatchObject(missing());
  });

  test("a project closed to a member is neither listed nor found", async () => {
    await as(emulator, "owner").put(`${WEBSITE}access_controls/`, { access_level: "none" });
    const analyst = as(emulator, "analyst");
    expect(await analyst.get(WEBSITE)).toMatchObject(missing());
    expect(await analyst.get(`${WEBSITE}dashboards/`)).toMatchObject(
      forbidden("You don't have access to the project."),
    );
    expect(at(await analyst.get(NESTED), "count")).toBe(1);
    expect(at(await as(emulator, "admin").get(NESTED), "count")).toBe(2);
  });

  test("without the access-control feature everyone gets in at the level of the membership", async () => {
    const free = await startEmulator({ seed: twoOrganizations({ features: "none" }) });
    await as(free, "owner").put(`${WEBSITE}access_controls/`, { access_level: "none" });
    const answer = await as(free, "analyst").get(WEBSITE);
    expect(answer.body).toMatchObject({ effective_membership_level: 1, user_access_level: "admin" });
    await free.close();
  });
});

describe("creating", () => {
  test("answers with the whole project and moves the caller there", async () => {
    const answer = await as(emulator, "owner").post(NESTED, { name: "Docs", timezone: "Europe/Berlin" });
    expect(answer).toMatchObject({
      status: 201,
      body: { name: "Docs", timezone: "Europe/Berlin", week_start_day: 0, organization: IDS.acme },
    });
    const current = await as(emulator, "owner").get("/api/projects/@current/");
    expect(at(current, "id")).toBe(at(answer, "id"));
    expect(told(emulator)).toEqual(["Project created", "Team created"]);
  });

  test("names may be left out, and repeat", async () => {
    const owner = as(emulator, "owner");
    expect(at(await owner.post("/api/projects/"), "name")).toBe("Default project");
    expect(await owner.post("/api/projects/", { name: "Website" })).toMatchObject({ status: 201 });
  });

  test("the root URL creates in the caller's current organization", async () => {
    const answer = await as(emulator, "globex").post("/api/projects/", { name: "New" });
    expect(at(answer, "organization")).toBe(IDS.globex);
  });

  test("the analytics and workflows objects are dropped", async () => {
    const body = { name: "Docs", revenue_analytics_config: { a: 1 }, workflows_config: { b: 1 } };
    const answer = await as(emulator, "owner").post(NESTED, body);
    expect(answer.body).toMatchObject({ revenue_analytics_config: null, workflows_config: null });
    expect(emulator.ignoredFields.map(({ field }) => field)).toEqual([
      "revenue_analytics_config",
      "workflows_config",
    ]);
  });

  test("a primary dashboard cannot be there yet", async () => {
    expect(await as(emulator, "owner").post(NESTED, { primary_dashboard: 1 })).toMatchObject(
      badValue("Primary dashboard cannot be set on project creation.", "primary_dashboard"),
    );
  });

  test("members may only where the organization and its plan say so, and not with admins' settings", async () => {
    const analyst = as(emulator, "analyst");
    const refused = forbidden("You need to be an organization admin or above to create new projects.");
    expect(await analyst.post(NESTED, { name: "Mine" })).toMatchObject(refused);
    emulator.store.organizations.update(IDS.acme, { members_can_create_projects: true }, SYSTEM);
    expect(await analyst.post(NESTED, { name: "Mine", timezone: "UTC", anonymize_ips: true })).toMatchObject(
      forbidden(
        "Only organization admins can set these settings on project creation: anonymize_ips, timezone",
      ),
    );
    expect(await analyst.post(NESTED, { name: "Mine", surveys_opt_in: true })).toMatchObject({
      status: 201,
    });
  });

  test("another organization is refused, an unknown one not found", async () => {
    const globex = as(emulator, "globex");
    expect(await globex.post(NESTED, { name: "Mine" })).toMatchObject({ status: 403 });
    expect(await globex.post(`/api/organizations/${IDS.unknown}/projects/`)).toMatchObject(
      missing("Organization not found."),
    );
  });

  describe("with a limit", () => {
    const LIMIT = forbidden(
      "You have reached the maximum limit of allowed projects for your current plan. Upgrade your plan to be able to create and manage more projects.",
    );

    test.each([
      ["no feature", "none" as const],
      ["a limit of two", [{ key: "organizations_projects", limit: 2 }]],
    ])("%s stops creation and PUT, not PATCH", async (_, features) => {
      const small = await startEmulator({ seed: twoOrganizations({ features }) });
      const owner = as(small, "owner");
      expect(await owner.post(NESTED, { name: "Third" })).toMatchObject(LIMIT);
      expect(await owner.put(WEBSITE, { name: "Website" })).toMatchObject(LIMIT);
      expect(await owner.patch(WEBSITE, { name: "Site" })).toMatchObject({ status: 200 });
      await small.close();
    });

    test("one demo project does not count, a second one is refused", async () => {
      const small = await startEmulator({
        seed: twoOrganizations({ features: [{ key: "organizations_projects", limit: 3 }] }),
      });
      const owner = as(small, "owner");
      expect(await owner.post(NESTED, { is_demo: true })).toMatchObject({ status: 201 });
      expect(await owner.post(NESTED, { is_demo: true })).toMatchObject(LIMIT);
      expect(await owner.post(NESTED, { name: "Third" })).toMatchObject({ status: 201 });
      await small.close();
    });

    test("unlimited plans end at 1500", async () => {
      const { store } = emulator;
      const website = store.projects.get(IDS.website);
      if (website === undefined) {
        throw new Error("The seed has lost its project.");
      }
      for (let id = 1000; id < 2498; id += 1) {
        store.projects.insert({ ...website, id }, SYSTEM);
      }
      expect(await as(emulator, "owner").post(NESTED)).toMatchObject(
        forbidden(
          "You have reached the maximum limit of 1500 projects per organization. Contact support if you'd like access to more projects.",
        ),
      );
    });
  });
});

describe("changing", () => {
  test("a rename is told for the project and for its environment", async () => {
    const answer = await as(emulator, "owner").patch(WEBSITE, { name: "Site" });
    expect(answer).toMatchObject({ status: 200, body: { name: "Site" } });
    expect(told(emulator)).toEqual(["Project updated name", "Team updated name"]);
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

  test("an item of a list is named by its place", async () => {
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

describe("deleting", () => {
  test("leaves the project readable, marked, until the background work is done", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.delete(WEBSITE)).toMatchObject({ status: 204, body: null });
    expect(await owner.get(WEBSITE)).toMatchObject({ status: 200, body: { is_pending_deletion: true } });
    expect(await owner.delete(WEBSITE)).toMatchObject(badValue("This project is already being deleted."));
    expect(emulator.finishDeletions()).toEqual({ projects: [IDS.website], organizations: [] });
    expect(await owner.get(WEBSITE)).toMatchObject(missing());
    expect(emulator.store.objects.size).toBe(0);
    expect(told(emulator)).toContain("Project deleted");
  });

  test("by the environment's URL leaves the mark out", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.delete(`/api/environments/${IDS.website}/`)).toMatchObject({ status: 204 });
    expect(await owner.get(WEBSITE)).toMatchObject({ body: { is_pending_deletion: false } });
    expect(emulator.finishDeletions().projects).toEqual([IDS.website]);
  });

  test("needs a project admin", async () => {
    await demoteAnalyst();
    expect(await as(emulator, "analyst").delete(WEBSITE)).toMatchObject(
      forbidden("You don't have sufficient permissions in the project."),
    );
    expect(await as(emulator, "developer").delete(WEBSITE)).toMatchObject({ status: 204 });
  });

  test("the last one stays while a subscription runs", async () => {
    emulator.store.organizations.update(IDS.globex, { has_active_subscription: true }, SYSTEM);
    expect(await as(emulator, "globex").delete(`/api/projects/${IDS.globexProject}/`)).toMatchObject(
      badValue(
        "Cannot delete the last project in an organization with an active subscription. Please cancel your subscription first in the billing page.",
      ),
    );
  });

  test("people who had it open get another one", async () => {
    await as(emulator, "owner").delete(WEBSITE);
    emulator.finishDeletions();
    expect(at(await as(emulator, "owner").get("/api/projects/@current/"), "id")).toBe(IDS.app);
  });
});

describe("actions for sessions", () => {
  test("keys are refused", async () => {
    for (const action of ["reset_token", "rotate_secret_token", "delete_secret_token_backup"]) {
      expect(await as(emulator, "owner").patch(`${WEBSITE}${action}/`)).toMatchObject(
        forbidden("This action does not support personal API key access"),
      );
    }
  });

  test("tokens are renewed, the earlier secret is kept as a backup until dropped", async () => {
    const session = await asSession(emulator, "owner@acme.test", "owner-password");
    const before = (await session.get(WEBSITE)).body;
    const reset = await session.patch(`${WEBSITE}reset_token/`);
    expect(at(reset, "api_token")).not.toBe(Object(before).api_token);
    const first = at(await session.patch(`${WEBSITE}rotate_secret_token/`), "secret_api_token");
    const rotated = await session.patch(`${WEBSITE}rotate_secret_token/`);
    expect(rotated.body).toMatchObject({ secret_api_token_backup: first });
    const dropped = await session.patch(`${WEBSITE}delete_secret_token_backup/`);
    expect(dropped.body).toMatchObject({ secret_api_token_backup: null });
    const values = emulator.store.activity
      .all()
      .flatMap(({ detail }) => detail.changes)
      .filter(({ field }) => field.startsWith("secret_api_token"))
      .flatMap(({ before: was, after }) => [was, after]);
    expect(new Set(values)).toEqual(new Set([null, "masked"]));
  });

  test("a project moves only between organizations that one administers", async () => {
    const session = await asSession(emulator, "owner@acme.test", "owner-password");
    const move = (organization_id: string) =>
      session.post(`${WEBSITE}change_organization/`, { organization_id });
    expect(await move(IDS.acme)).toMatchObject(badValue("Project is already in the target organization."));
    expect(await move(IDS.globex)).toMatchObject(
      badValue(
        "You must be an admin or owner of both the source and target organizations to move a project.",
      ),
    );
  });
});

describe("the oldest servers", () => {
  let old: Emulator;
  beforeAll(async () => {
    old = await startEmulator({ seed: twoOrganizations(), generation: "old" });
  });
  afterEach(() => old.reset());
  afterAll(() => old.close());

  test("lack fields, and show level 15", async () => {
    const answer = await as(old, "owner").get(WEBSITE);
    for (const field of ["project_id", "user_access_level", "is_pending_deletion", "base_currency"]) {
      expect(answer.body).not.toHaveProperty(field);
    }
    expect(at(answer, "effective_membership_level")).toBe(15);
  });

  test("know some settings by the environment's URL only", async () => {
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

test("a key restricted to one project sees that one, and nothing of the organization", async () => {
  const key = limited(emulator, { projects: [IDS.website] });
  expect(await key.get(WEBSITE)).toMatchObject({ status: 200 });
  expect(await key.get(`/api/projects/${IDS.app}/`)).toMatchObject(
    forbidden(`API key does not have access to the requested project: ID ${IDS.app}.`),
  );
  expect(await key.get(NESTED)).toMatchObject(
    forbidden("API keys with scoped projects are only supported on project-based endpoints."),
  );
});

test("markIngested makes a project one that has events", async () => {
  emulator.markIngested(IDS.website);
  expect(at(await as(emulator, "owner").get(WEBSITE), "ingested_event")).toBe(true);
});
