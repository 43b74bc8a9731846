import { type EmulatorOptions, SYSTEM } from "../../../../emulator";
import { asOwner } from "../../../emulator/support";
import { withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

/** A world with the project Shop, on a kind of server with a plan. */
function shop(options: Pick<EmulatorOptions, "generation" | "cloud">, features?: string[] | "retention") {
  const sixMonths = [
    { key: "session_replay_data_retention", limit: 6, unit: "months" },
    "organizations_projects",
  ];
  const plan = features === "retention" ? sixMonths : features;
  const { emulator, config } = acmeWorld({
    organization: {
      projects: [{ name: "Shop", id: 5, objects: [{ resource: "dashboard", id: 41, name: "Sales" }] }],
      ...(plan === undefined ? {} : { features: plan }),
    },
  });
  return { emulator: { ...emulator, ...options }, config };
}
const adopted = (settings: object) => ({ name: "Shop", adopt: true, settings });
const fresh = (settings: object) => ({ name: "Other", settings });

describe("a setting that the server does not know", () => {
  test.each([
    ["of a project", adopted],
    ["of a new project", fresh],
  ])("%s is refused at preview", (_, args) =>
    withWorld(
      async ({ resource }) => {
        const settings = { businessModel: "b2b", captureDeadClicks: true, surveysOptIn: true };
        expect(await resource("Project").refusals(args(settings))).toEqual([
          expect.stringMatching(
            /^settings\.businessModel: this PostHog server does not know the setting\n {2}fix: /,
          ),
        ]);
      },
      shop({ generation: "2025-08" }),
    ),
  );

  test("as a key of an object is refused with the keys that it knows", () =>
    withWorld(
      async ({ resource }) => {
        const settings = { workflowsConfig: { email_tracking_consent_mode: "off" } };
        expect(await resource("Project").refusals(fresh(settings))).toEqual([
          expect.stringMatching(
            /^settings\.workflowsConfig\.email_tracking_consent_mode: .*drops the key.*\n {2}fix: the keys are capture_workflows_engagement_events;/,
          ),
        ]);
      },
      shop({ generation: "2026-07" }),
    ));

  test("is found by the update without a preview", () =>
    withWorld(
      async ({ resource, run }) => {
        run({ preflight: "false" });
        await expect(resource("Project").up(fresh({ businessModel: "b2b" }))).rejects.toThrow(
          /PostHog ignored businessModel of project "Other"/,
        );
      },
      shop({ generation: "2025-08" }),
    ));
});

describe("a setting that the plan does not include", () => {
  test.each([
    [
      "sessionRecordingRetentionPeriod",
      "1y",
      undefined,
      /takes the plan feature "session_replay_data_retention"/,
    ],
    ["sessionRecordingRetentionPeriod", "1y", "retention", /longer than the plan .*: 183 days/],
    ["defaultDataTheme", 7, undefined, /takes the plan feature "data_color_themes".*would ignore it/],
  ] as const)("%s %j is refused", (name, value, plan, message) =>
    withWorld(
      async ({ resource, run }) => {
        for (const args of [adopted, fresh]) {
          run();
          expect((await resource("Project", args.name).refusals(args({ [name]: value }))).join()).toMatch(
            message,
          );
        }
      },
      shop({}, plan ?? ["organizations_projects"]),
    ),
  );

  test.each([
    [true, "30d", "5y"],
    [false, "5y", "30d"],
  ])(
    "retention on a server with cloud: %s is accepted where a new project has it: %s, not %s",
    (cloud, own, other) =>
      withWorld(
        async ({ resource }) => {
          const refusals = (period: string) =>
            resource("Project").refusals(fresh({ sessionRecordingRetentionPeriod: period }));
          expect(await refusals(own)).toEqual([]);
          expect(await refusals(other)).toHaveLength(1);
          await resource("Project").up(fresh({ sessionRecordingRetentionPeriod: own }));
        },
        shop({ cloud }, ["organizations_projects"]),
      ),
  );

  test("is accepted with the value that it has", () =>
    withWorld(
      async ({ resource }) => {
        await resource("Project").up(
          adopted({ defaultDataTheme: 1, sessionRecordingRetentionPeriod: "30d" }),
        );
      },
      shop({}, ["organizations_projects"]),
    ));
});

describe("the first dashboard", () => {
  test("has to be one of the project's own", () =>
    withWorld(async ({ resource }) => {
      expect(await resource("Project").refusals(adopted({ primaryDashboard: 77 }))).toEqual([
        expect.stringMatching(/^settings\.primaryDashboard: project 5 has no dashboard 77\n {2}fix: /),
      ]);
      await resource("Project").up(adopted({ primaryDashboard: 41 }));
    }, shop({})));

  test("cannot be cleared on servers of August 2025, which crash on it", () =>
    withWorld(
      async ({ resource, run }) => {
        const project = resource("Project");
        await project.up(adopted({ primaryDashboard: 41 }));
        run();
        expect((await project.refusals(adopted({ primaryDashboard: null }))).join()).toMatch(
          /^settings\.primaryDashboard: cannot be taken away on servers of August 2025/,
        );
      },
      shop({ generation: "2025-08" }),
    ));

  test("cannot be set on a project that does not exist yet", () =>
    withWorld(async ({ resource }) => {
      expect((await resource("Project").refusals(fresh({ primaryDashboard: 41 }))).join()).toMatch(
        /^settings\.primaryDashboard: .*a new project has none yet/,
      );
    }, shop({})));
});

test.each([true, false])(
  "only an organization admin includes the organization's log in a project's, also with %s",
  (value) =>
    withWorld(
      async ({ resource, run }) => {
        const project = resource("Project");
        const args = { name: "Shop", adopt: true, settings: { receiveOrgLevelActivityLogs: value } };
        expect((await project.refusals(args)).join()).toMatch(
          /^settings\.receiveOrgLevelActivityLogs: only organization admins .*analyst@acme\.test is none/,
        );
        run({ preflight: "false" });
        await expect(project.up(args)).rejects.toThrow(/Only organization owners and admins can modify/);
      },
      acmeWorld({
        caller: "analyst@acme.test",
        organization: {
          projects: [{ name: "Shop", id: 5, settings: { receive_org_level_activity_logs: !value } }],
          accessRules: [{ project: "Shop", member: "analyst@acme.test", level: "admin" }],
        },
      }),
    ),
);

test("tasks that PostHog starts belong only to its own project", () =>
  withWorld(async ({ resource }) => {
    expect((await resource("Project").refusals(adopted({ proactiveTasksEnabled: true }))).join()).toMatch(
      /^settings\.proactiveTasksEnabled: PostHog refuses it to every project but one of its own/,
    );
  }, shop({})));

test("environment settings of August 2025 are set and cleared, and need no second update", () =>
  withWorld(
    async ({ resource, run }) => {
      const project = resource("Project");
      for (const value of [["paid"], null]) {
        const args = adopted({
          sessionRecordingEventTriggerConfig: value,
          featureFlagConfirmationMessage: value && " Sure? ",
        });
        run();
        await project.up(args);
        run();
        await project.refresh();
        expect((await project.diff(args)).changes).toBe(false);
        await project.up(args);
      }
    },
    shop({ generation: "2025-08" }),
  ));

describe("settings of conversations", () => {
  test.each([
    [{ slack_bot_icon_url: "http://a.test" }, "must begin with https://"],
    [{ slack_bot_icon_url: 5 }, "must be text"],
    [{ slack_bot_display_name: "x".repeat(201) }, "must be at most 200 characters"],
    [{ slack_alert_channel_id: {} }, "must be text"],
    [{ ai_resolution_channels: ["fax"] }, "must be a list of email, github, slack, teams or widget"],
    [{ ai_reply_modes: [] }, "must be an object of channels"],
  ])("%j is refused, as by PostHog", (conversationsSettings, message) =>
    withWorld(async ({ resource, emulator }) => {
      const settings = { conversationsSettings };
      const refusals = await resource("Project").refusals({ name: "Shop", adopt: true, settings });
      expect(refusals.join("\n")).toContain(message);
      const body = { conversations_settings: conversationsSettings };
      expect((await asOwner(emulator).patch("/api/projects/5/", body)).status).toBe(400);
    }, shop({})),
  );

  test.each([
    [{ ai_reply_modes: { fax: { how_to: "bot_reply" } } }, 'has no "fax": the channels are email, github'],
    [
      { ai_reply_modes: { email: {} } },
      "must have an object of how_to, diagnostic or account_billing for email",
    ],
    [
      { ai_reply_modes: { email: { zz: "bot_reply" } } },
      'email: has no "zz": the types of tickets are how_to',
    ],
    [{ ai_reply_modes: { email: { how_to: "zz" } } }, "email: how_to must be private_note or bot_reply"],
    [
      { ai_reply_modes: { email: { how_to: "bot_reply", diagnostic: "bot_reply" } } },
      "email: diagnostic must be private_note: PostHog sends answers to how_to only",
    ],
    [{ slack_channel_ids: ["C1", 5] }, "must be a list of at most 50 ids of channels"],
    [{ slack_channel_ids: Array.from({ length: 51 }, (_, at) => `C${at}`) }, "at most 50"],
    [{ slack_notify_on_join: 1 }, "must be true or false"],
    [{ slack_notify_on_leave: null }, "must be true or false"],
    [{ slack_nudge_enabled: "no" }, "must be true or false"],
    [{ slack_enabled: true }, "is set by PostHog itself, which drops it from a write"],
    [{ widget_public_token: "mine" }, "is set by PostHog itself"],
  ])("%j is refused, because PostHog would keep something else", (conversationsSettings, message) =>
    withWorld(async ({ resource, emulator }) => {
      const settings = { conversationsSettings };
      const refusals = await resource("Project").refusals({ name: "Shop", adopt: true, settings });
      expect(refusals.join("\n")).toContain(message);
      const body = { conversations_settings: conversationsSettings };
      expect((await asOwner(emulator).patch("/api/projects/5/", body)).status).toBe(200);
      const held = emulator.store.projects.get(5)?.settings.conversations_settings;
      expect(held).not.toMatchObject(conversationsSettings);
    }, shop({})),
  );

  test("that PostHog sets itself may be declared as they are", () =>
    withWorld(async ({ resource, emulator: { store } }) => {
      const held = { ...store.projects.get(5)?.settings, conversations_settings: { slack_enabled: true } };
      store.projects.update(5, { settings: held }, SYSTEM);
      const conversationsSettings = { slack_enabled: true, slack_notify_on_join: true };
      const args = { name: "Shop", adopt: true, settings: { conversationsSettings } };
      await resource("Project").up(args);
      expect((await resource("Project").diff(args)).changes).toBe(false);
    }, shop({})));

  test("that PostHog takes are applied", () =>
    withWorld(async ({ resource }) => {
      const conversationsSettings = {
        slack_bot_icon_url: "https://a.test",
        slack_bot_display_name: null,
        ai_resolution_channels: ["email"],
        ai_reply_modes: null,
        slack_channel_ids: ["C1"],
        constructor: "a key that no server checks",
      };
      const args = { name: "Shop", adopt: true, settings: { conversationsSettings } };
      expect(await resource("Project").refusals(args)).toEqual([]);
      await resource("Project").up(args);
      expect((await resource("Project").diff(args)).changes).toBe(false);
    }, shop({})));
});

describe("how long logs are kept", () => {
  const kept = (days: number) => ({
    name: "Shop",
    adopt: true,
    settings: { logsSettings: { retention_days: days } },
  });

  test("changes once in 24 hours", () =>
    withWorld(async ({ resource, run }) => {
      const project = resource("Project");
      for (const days of [14, 30]) {
        expect(await project.refusals(kept(days))).toEqual([]);
        await project.up(kept(days));
        run();
      }
      expect((await project.refusals(kept(14))).join("\n")).toMatch(
        /within the last 24 hours[\s\S]*fix: wait until 20/,
      );
      expect(await project.refusals(kept(30))).toEqual([]);
    }, shop({})));

  test("is 14 days on a plan without more", () =>
    withWorld(
      async ({ resource }) => {
        expect((await resource("Project").refusals(kept(30))).join("\n")).toContain(
          'takes the plan feature "logs_retention_30d"',
        );
        expect(await resource("Project").refusals(kept(14))).toEqual([]);
      },
      shop({}, ["organizations_projects"]),
    ));
});
