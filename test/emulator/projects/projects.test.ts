import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import {
  as,
  at,
  badValue,
  forbidden,
  IDS,
  logged,
  missing,
  twoOrganizations,
  withEmulator,
} from "../support";

let emulator: Emulator;
withEmulator({ seed: twoOrganizations() }, (started) => {
  emulator = started;
});

const WEBSITE = `/api/projects/${IDS.website}/`;
const NESTED = `/api/organizations/${IDS.acme}/projects/`;

describe("reading", () => {
  test("both lists are the same, with items in short form", async () => {
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

  test("search finds projects by name", async () => {
    expect(await as(emulator, "owner").get(`${NESTED}?search=WEB`)).toMatchObject({
      body: { count: 1, results: [{ id: IDS.website }] },
    });
  });

  test("a project is the same at all of its URLs", async () => {
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
      "/api/projects/@current/",
      `/api/organizations/@current/projects/${IDS.website}/`,
    ]) {
      expect((await owner.get(path)).body).toEqual(body);
    }
  });

  test("the environment equals the project except for a few fields, with a deprecation notice", async () => {
    const owner = as(emulator, "owner");
    const answer = await owner.get(`/api/environments/${IDS.website}/`);
    const project = Object((await owner.get(WEBSITE)).body);
    const { product_description: _description, is_pending_deletion: _pending, ...shared } = project;
    expect(answer.body).toEqual(shared);
    expect(answer.headers.get("deprecation")).toBe("true");
    expect(answer.headers.get("sunset")).toBe("Fri, 31 Jul 2026 00:00:00 GMT");
    expect(answer.headers.get("link")).toBe(`<${WEBSITE}>; rel="successor-version"`);
  });

  test("a project that is not a number is refused with the database's message", async () => {
    expect(await as(emulator, "owner").get("/api/projects/website/")).toMatchObject(
      badValue("Field 'id' expected a number but got 'website'."),
    );
  });

  test("the list of another organization is empty", async () => {
    expect(await as(emulator, "globex").get(NESTED)).toMatchObject({ status: 200, body: { count: 0 } });
  });

  test.each([
    ["of another organization", `/api/projects/${IDS.globexProject}/`],
    ["that does not exist", "/api/projects/999/"],
    ["under the wrong organization", `/api/organizations/${IDS.globex}/projects/${IDS.website}/`],
  ])("a project %s is not found", async (_, path) => {
    expect(await as(emulator, "owner").get(path)).toMatchObject(missing());
  });

  test("a project that a member cannot access is neither listed nor found", async () => {
    await as(emulator, "owner").put(`${WEBSITE}access_controls/`, { access_level: "none" });
    const analyst = as(emulator, "analyst");
    expect(await analyst.get(WEBSITE)).toMatchObject(missing());
    expect(await analyst.get(`${WEBSITE}dashboards/`)).toMatchObject(
      forbidden("You don't have access to the project."),
    );
    expect(at(await analyst.get(NESTED), "count")).toBe(1);
    expect(at(await as(emulator, "admin").get(NESTED), "count")).toBe(2);
  });

  test("without the access-control feature the membership level decides", async () => {
    const free = await startEmulator({ seed: twoOrganizations({ features: "none" }) });
    await as(free, "owner").put(`${WEBSITE}access_controls/`, { access_level: "none" });
    const answer = await as(free, "analyst").get(WEBSITE);
    expect(answer.body).toMatchObject({ effective_membership_level: 1, user_access_level: "admin" });
    await free.close();
  });
});

describe("creating", () => {
  test("returns the whole project and makes it the caller's current one", async () => {
    const answer = await as(emulator, "owner").post(NESTED, { name: "Docs", timezone: "Europe/Berlin" });
    expect(answer).toMatchObject({
      status: 201,
      body: { name: "Docs", timezone: "Europe/Berlin", week_start_day: null, organization: IDS.acme },
    });
    expect(at(answer, "test_account_filters")).toEqual([
      { key: "id", type: "cohort", value: expect.any(Number), operator: "not_in" },
    ]);
    const dashboard = at(answer, "primary_dashboard");
    expect(emulator.store.objects.get(`dashboard:${dashboard}`)).toMatchObject({
      name: "Your starter dashboard",
    });
    const current = await as(emulator, "owner").get("/api/projects/@current/");
    expect(at(current, "id")).toBe(at(answer, "id"));
    expect(logged(emulator)).toEqual(["Dashboard created", "Project created", "Team created"]);
  });

  test("an environment is refused: it belongs under a project", async () => {
    const answer = await as(emulator, "owner").post("/api/environments/", { name: "New" });
    expect(answer).toMatchObject(
      badValue(
        "Environments must be created under a specific project. Send the POST request to /api/projects/<project_id>/environments/ instead.",
      ),
    );
    expect(answer.headers.get("link")).toBe('</api/projects/>; rel="successor-version"');
  });

  test("the root URL creates in the caller's current organization", async () => {
    const answer = await as(emulator, "globex").post("/api/projects/", { name: "New" });
    expect(at(answer, "organization")).toBe(IDS.globex);
  });

  test("the analytics and workflows objects are dropped", async () => {
    const body = { name: "Docs", revenue_analytics_config: { a: 1 }, workflows_config: { b: 1 } };
    const answer = await as(emulator, "owner").post(NESTED, body);
    expect(answer.body).toMatchObject({ workflows_config: { capture_workflows_engagement_events: false } });
    expect(at(answer, "revenue_analytics_config")).not.toHaveProperty("a");
    expect(emulator.ignoredFields.map(({ field }) => field)).toEqual([
      "revenue_analytics_config",
      "workflows_config",
    ]);
  });

  test("a primary dashboard is refused", async () => {
    expect(await as(emulator, "owner").post(NESTED, { primary_dashboard: 1 })).toMatchObject(
      badValue("Primary dashboard cannot be set on project creation.", "primary_dashboard"),
    );
  });

  test("is open to members only if the organization and its plan allow it, without settings for admins", async () => {
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

  test("another organization and an unknown one are not found", async () => {
    const globex = as(emulator, "globex");
    expect(await globex.post(NESTED, { name: "Mine" })).toMatchObject(missing("Organization not found."));
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

    test.each([
      ["2026-07", 1500],
      ["current", 2000],
    ] as const)("unlimited plans of %s end at %d", async (generation, most) => {
      const full = await startEmulator({ seed: twoOrganizations(), generation });
      const { store } = full;
      const website = store.projects.get(IDS.website);
      if (website === undefined) {
        throw new Error("The seed has lost its project.");
      }
      for (let id = 1000; id < 998 + most; id += 1) {
        store.projects.insert({ ...website, id, name: `Project ${id}` }, SYSTEM);
      }
      expect(await as(full, "owner").post(NESTED)).toMatchObject(
        forbidden(
          `You have reached the maximum limit of ${most} projects per organization. Contact support if you'd like access to more projects.`,
        ),
      );
      await full.close();
    });
  });
});

test("markIngested marks a project as having events", async () => {
  emulator.markIngested(IDS.website);
  expect(at(await as(emulator, "owner").get(WEBSITE), "ingested_event")).toBe(true);
});
