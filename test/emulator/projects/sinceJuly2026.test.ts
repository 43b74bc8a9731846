import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import { as, asSession, at, badValue, IDS, missing, refusal, textAt, twoOrganizations } from "../support";

/**
 * Changes after July 2026. No recording covers them: each block names the pull request of PostHog's public repository
 * that shows the change.
 */

let emulator: Emulator;
let july: Emulator;
let now = new Date("2026-10-01T10:00:00Z");
beforeAll(async () => {
  emulator = await startEmulator({ seed: twoOrganizations(), now: () => now });
  july = await startEmulator({ seed: twoOrganizations(), generation: "2026-07" });
});
afterEach(() => {
  now = new Date("2026-10-01T10:00:00Z");
  emulator.reset();
  july.reset();
});
afterAll(async () => {
  await emulator.close();
  await july.close();
});

const WEBSITE = `/api/projects/${IDS.website}/`;
const NESTED = `/api/organizations/${IDS.acme}/projects/`;

describe("project names are unique in an organization (pull request 77399)", () => {
  const taken = (name: string) =>
    refusal(
      409,
      "server_error",
      "conflict",
      `There is already a project called "${name}" in this organization. Choose a different name.`,
    );

  test.each(["Website", "WEBSITE", " website "])("%j is refused on creation", async (name) => {
    expect(await as(emulator, "owner").post(NESTED, { name })).toMatchObject(taken(name.trim()));
    expect(await as(july, "owner").post(NESTED, { name })).toMatchObject({ status: 201 });
  });

  test("a taken name is refused on a rename, unless it is the project's own or another organization's", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.patch(WEBSITE, { name: "app" })).toMatchObject(taken("app"));
    expect(await owner.patch(WEBSITE, { name: "Website", heatmaps_opt_in: true })).toMatchObject({
      status: 200,
    });
    expect(await owner.patch(WEBSITE, { name: "WebSite" })).toMatchObject({ status: 200 });
    expect(await owner.post(NESTED, { name: "Reactor" })).toMatchObject({ status: 201 });
  });

  test("projects that are pending deletion do not count", async () => {
    emulator.markIngested(IDS.website);
    const owner = as(emulator, "owner");
    await owner.delete(WEBSITE);
    expect(await owner.post(NESTED, { name: "Website" })).toMatchObject({ status: 201 });
  });

  test("a project without a name is numbered", async () => {
    const owner = as(emulator, "owner");
    const names = [];
    for (let count = 0; count < 3; count += 1) {
      names.push(textAt(await owner.post(NESTED), "name"));
    }
    expect(names).toEqual(["Default project", "Default project 2", "Default project 3"]);
    expect(at(await as(july, "owner").post(NESTED), "name")).toBe("Default project");
    expect(at(await as(july, "owner").post(NESTED), "name")).toBe("Default project");
  });
});

describe("deletion waits for 48 hours if there is data (pull requests 99317 and 102364)", () => {
  test("a project without data is deleted at once", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.delete(WEBSITE)).toMatchObject({ status: 204 });
    expect(await owner.get(WEBSITE)).toMatchObject(missing());
  });

  test("a project with data is marked, and can be kept until then", async () => {
    emulator.markIngested(IDS.website);
    const owner = as(emulator, "owner");
    await owner.delete(WEBSITE);
    expect(await owner.get(WEBSITE)).toMatchObject({ body: { is_pending_deletion: true } });
    const session = await asSession(emulator, "owner@acme.test", "owner-password");
    const cancel = () => session.post(`${WEBSITE}cancel-deletion/`);
    expect(await cancel()).toMatchObject({ status: 200, body: { is_pending_deletion: false } });
    expect(await cancel()).toMatchObject({ status: 400 });
  });

  test("lists do not show the deletion", async () => {
    emulator.markIngested(IDS.website);
    const owner = as(emulator, "owner");
    await owner.delete(WEBSITE);
    const [first] = Object(at(await owner.get(NESTED), "results"));
    expect(first).toMatchObject({ id: IDS.website });
    expect(first).not.toHaveProperty("is_pending_deletion");
  });

  test("the project is deleted after 48 hours", async () => {
    emulator.markIngested(IDS.website);
    const owner = as(emulator, "owner");
    await owner.delete(WEBSITE);
    now = new Date("2026-10-03T09:59:00Z");
    expect(await owner.get(WEBSITE)).toMatchObject({ status: 200 });
    now = new Date("2026-10-03T10:00:00Z");
    expect(await owner.get(WEBSITE)).toMatchObject(missing());
  });

  test("servers of July 2026 mark every project, and delete it in the background", async () => {
    const owner = as(july, "owner");
    await owner.delete(WEBSITE);
    expect(await owner.get(WEBSITE)).toMatchObject({ body: { is_pending_deletion: true } });
    expect(await owner.delete(WEBSITE)).toMatchObject(badValue("This project is already being deleted."));
  });

  test("servers of August 2025 delete at once", async () => {
    const old = await startEmulator({ seed: twoOrganizations(), generation: "2025-08" });
    old.markIngested(IDS.website);
    await as(old, "owner").delete(WEBSITE);
    expect(await as(old, "owner").get(WEBSITE)).toMatchObject(missing());
    await old.close();
  });
});

describe("members who may create projects", () => {
  test("get a crash and the project on servers of July 2026", async () => {
    const { store } = july;
    await as(july, "owner").patch(`/api/organizations/${IDS.acme}/`, { members_can_create_projects: true });
    const before = store.projects.size;
    expect(await as(july, "analyst").post(NESTED, { name: "Mine" })).toMatchObject({ status: 500 });
    expect(store.projects.size).toBe(before + 1);
  });
});

describe("path cleaning rules need an expression (validate_path_cleaning_filters in PostHog's public source)", () => {
  const attr = "path_cleaning_filters";
  test.each([
    [[{ alias: "id", regex: "" }], "A path cleaning rule needs a regex. Remove the rule or give it one."],
    [[{ alias: "id" }], "A path cleaning rule needs a regex. Remove the rule or give it one."],
    [{ alias: "id" }, "Must provide a list of path cleaning rules."],
    [
      [{ alias: "id", regex: "(a)\\1" }],
      "Invalid path cleaning regex '(a)\\1': invalid escape sequence: `\\1`",
    ],
    [
      [{ alias: "\\2", regex: "(a)" }],
      "The alias '\\2' references capture group \\2, but its regex has 1 capture group(s). Add the group to the regex or fix the reference.",
    ],
  ])("%j is refused", async (rules, detail) => {
    expect(await as(emulator, "owner").patch(WEBSITE, { [attr]: rules })).toMatchObject(
      badValue(detail, attr),
    );
    expect(await as(july, "owner").patch(WEBSITE, { [attr]: rules })).toMatchObject({ status: 200 });
  });
});

describe("checks of settings (pull requests 72707 and 80998, and the source of fall 2026)", () => {
  const patch = (server: Emulator, body: object, user: "owner" | "admin" = "owner") =>
    as(server, user).patch(WEBSITE, body);
  const wrong = (attr: string, detail: string) =>
    refusal(400, "validation_error", "invalid_input", detail, attr);

  test("the flag that starts recordings has a whole number, even as text", async () => {
    const body = (id: unknown) => ({ session_recording_linked_flag: { id, key: "f" } });
    for (const id of [true, 1.5, "x", null, [1]]) {
      expect(await patch(emulator, body(id))).toMatchObject(
        wrong("session_recording_linked_flag", "Must provide an integer 'id'."),
      );
    }
    expect(await patch(emulator, body("12"))).toMatchObject({
      body: { session_recording_linked_flag: { id: 12, key: "f" } },
    });
    expect(await patch(july, body("12"))).toMatchObject({
      body: { session_recording_linked_flag: { id: "12", key: "f" } },
    });
  });

  test("logs are kept for 30 days if the plan allows that, and can change again after a day", async () => {
    const keep = (server: Emulator, retention_days: number) =>
      patch(server, { logs_settings: { retention_days } });
    expect(await keep(emulator, 14)).toMatchObject({ body: { logs_settings: { retention_days: 14 } } });
    expect(await keep(emulator, 30)).toMatchObject({
      body: {
        logs_settings: { retention_days: 30, retention_last_updated: "2026-10-01T10:00:00.000000+00:00" },
      },
    });
    now = new Date("2026-10-01T13:30:00Z");
    expect(await keep(emulator, 14)).toMatchObject(
      wrong(
        "logs_settings",
        "You can only update retention settings once per 24 hours. Please wait 20 more hour(s).",
      ),
    );
    const organization = emulator.store.organizations.get(IDS.acme);
    const features = (organization?.available_product_features ?? []).filter(
      ({ key }) => key !== "logs_retention_30d",
    );
    emulator.store.organizations.update(IDS.acme, { available_product_features: features }, SYSTEM);
    now = new Date("2026-10-02T10:00:00Z");
    expect(await keep(emulator, 14)).toMatchObject({ status: 200 });
    now = new Date("2026-10-04T10:00:00Z");
    expect(await keep(emulator, 30)).toMatchObject(
      refusal(
        403,
        "authentication_error",
        "permission_denied",
        "This organization does not have permission to set Logs retention to 30 days.",
      ),
    );
  });

  test.each([
    ["slack_bot_icon_url", 5, "Must be a string."],
    ["slack_bot_icon_url", "http://a.example", "Must be an HTTPS URL."],
    ["slack_bot_display_name", "a\u0001", "Must be 200 characters or fewer with no control characters."],
    ["slack_alert_channel_id", 5, "Must be a string."],
    ["ai_resolution_channels", "email", "Must be a list of channel names or null."],
    [
      "ai_resolution_channels",
      ["email", "fax"],
      "Invalid channel(s): fax. Valid options: email, github, slack, teams, widget.",
    ],
    ["ai_reply_modes", [], "Must be an object or null."],
  ])("conversations with %s %j are refused", async (name, value, detail) => {
    expect(await patch(emulator, { conversations_settings: { [name]: value } })).toMatchObject(
      wrong(`conversations_settings__${name}`, detail),
    );
  });

  test("settings of conversations are corrected, and those that PostHog sets itself are dropped", async () => {
    const sent = {
      widget_public_token: "mine",
      slack_enabled: true,
      widget_domains: ["https://a.example", "", null],
      slack_channel_ids: ["C1", "", 5, "C1", "C2"],
      slack_bot_icon_url: " ",
      slack_notify_on_join: 1,
      slack_notify_on_leave: [],
      ai_reply_modes: {
        email: { how_to: "bot_reply", diagnostic: "bot_reply", zz: "bot_reply" },
        fax: { how_to: "bot_reply" },
      },
    };
    const answer = await patch(emulator, { conversations_settings: sent });
    expect(at(answer, "conversations_settings")).toEqual({
      widget_domains: ["https://a.example"],
      slack_channel_ids: ["C1", "C2"],
      slack_bot_icon_url: null,
      slack_notify_on_join: true,
      slack_notify_on_leave: false,
      ai_reply_modes: { email: { how_to: "bot_reply", diagnostic: "private_note" } },
    });
  });
});

test("several environments in a project are refused for every method and every caller", async () => {
  const gone = refusal(
    403,
    "authentication_error",
    "permission_denied",
    "Multiple environments per project are no longer available. Please contact support if you need assistance.",
  );
  for (const server of [emulator, july]) {
    const owner = as(server, "owner");
    for (const path of ["", "1/", "1/reset_token/"].map((rest) => `${WEBSITE}environments/${rest}`)) {
      const calls = [
        owner.get(path),
        owner.post(path),
        owner.put(path, {}),
        owner.patch(path, {}),
        owner.delete(path),
      ];
      for (const answer of await Promise.all(calls)) expect(answer).toMatchObject(gone);
      expect((await fetch(`${server.url}${path}`)).status).toBe(403);
    }
  }
});
