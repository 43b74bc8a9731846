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
  test("answers with the whole project and makes it the caller's current one", async () => {
    const answer = await as(emulator, "owner").post(NESTED, { name: "Docs", timezone: "Europe/Berlin" });
    expect(answer).toMatchObject({
      status: 201,
      body: { name: "Docs", timezone: "Europe/Berlin", week_start_day: 0, organization: IDS.acme },
    });
    const current = await as(emulator, "owner").get("/api/projects/@current/");
    expect(at(current, "id")).toBe(at(answer, "id"));
    expect(logged(emulator)).toEqual(["Project created", "Team created"]);
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

  test("a primary dashboard is refused", async () => {
    expect(await as(emulator, "owner").post(NESTED, { primary_dashboard: 1 })).toMatchObject(
      badValue("Primary dashboard cannot be set on project creation.", "primary_dashboard"),
    );
  });

  test("members may only if the organization and its plan allow it, and without admins' settings", async () => {
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

test("markIngested makes a project one that has events", async () => {
  emulator.markIngested(IDS.website);
  expect(at(await as(emulator, "owner").get(WEBSITE), "ingested_event")).toBe(true);
});
