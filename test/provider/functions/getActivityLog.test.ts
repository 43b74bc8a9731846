import { type GetActivityLogArgs, getActivityLog } from "../../../provider";
import { at, type Entry, hideOrganizationLog, log } from "../../support/activity";
import { acmeWorld } from "../../support/seeds";
import { requestsOf, withPosthog } from "./support";

/** Acme on the day after the entries: PostHog hides entries that are older than the plan's retention. */
function acme(options: Parameters<typeof acmeWorld>[0] = {}) {
  const { emulator, config } = acmeWorld(options);
  return { config, emulator: { ...emulator, now: () => new Date("2026-05-02T00:00:00Z") } };
}

const minutes = async (args: GetActivityLogArgs): Promise<number[]> =>
  (await getActivityLog(args)).activities.map(
    ({ createdAt }) => Number(createdAt.slice(11, 13)) * 60 + Number(createdAt.slice(14, 16)),
  );

const entries: readonly Entry[] = [
  { minute: 0, scope: "Role", activity: "created", user: "admin@acme.test", item: "r-1" },
  { minute: 1, scope: "Organization", client: "pulumi-posthog", ip: "203.0.113.9", name: "Acme" },
  { minute: 2, scope: "Team", project: 1, ip: "198.51.100.7", field: "timezone" },
  { minute: 3, scope: "Role", activity: "deleted", impersonated: true },
  { minute: 4, scope: "PersonalAPIKey", system: true, name: "CI, nightly" },
];

const filters: [string, GetActivityLogArgs, number[]][] = [
  ["nothing", {}, [4, 3, 2, 1, 0]],
  ["the order", { oldestFirst: true }, [0, 1, 2, 3, 4]],
  ["a first moment, which is included", { startDate: at(3) }, [4, 3]],
  ["a last moment, which is included", { endDate: "2026-05-01T00:01:00Z" }, [1, 0]],
  ["people by e-mail address", { users: ["Admin@ACME.test"] }, [0]],
  ["kinds of object, several being alternatives", { scopes: ["Organization", "Team"] }, [2, 1]],
  ["what was done", { activities: ["created", "deleted"] }, [3, 0]],
  ["programs", { clients: ["pulumi-posthog"] }, [1]],
  ["an address", { ipAddresses: ["203.0.113.9"] }, [1]],
  ["addresses by a pattern", { ipAddresses: ["203.0.*", "198.51.100.*"] }, [2, 1]],
  ["projects", { projects: ["1"] }, [2]],
  ["objects", { itemIds: ["r-1"] }, [0]],
  ["text with a comma in it", { searchText: "ci, NIGHTLY" }, [4]],
  ["a path in the details", { detailFilters: { "changes[].field": { value: "timezone" } } }, [2]],
  [
    "a path by one of several values",
    { detailFilters: { name: { operation: "in", value: ["Acme", "x"] } } },
    [1],
  ],
  ["impersonation", { wasImpersonated: true }, [3]],
  ["what PostHog did by itself", { isSystem: true }, [4]],
  ["several things at once", { scopes: ["Role"], activities: ["deleted"], isSystem: false }, [3]],
  ["how many", { limit: 2 }, [4, 3]],
  ["how many of the oldest", { limit: 2, oldestFirst: true }, [0, 1]],
];

describe("the organization's log", () => {
  test.each(filters)("is filtered by %s", (_, args, expected) =>
    withPosthog(async (emulator) => {
      log(emulator, entries);
      expect(await minutes(args)).toEqual(expected);
    }, acme()),
  );

  test("shows for each entry who did what to what, from where, and the value before", () =>
    withPosthog(async (emulator) => {
      log(emulator, [{ minute: 5, client: "pulumi-posthog", ip: "203.0.113.9", project: 1, item: "r-1" }]);
      expect((await getActivityLog()).activities).toEqual([
        {
          id: expect.any(String),
          createdAt: at(5),
          activity: "updated",
          scope: "Role",
          itemId: "r-1",
          name: "Viewers",
          projectId: 1,
          user: "owner@acme.test",
          userUuid: expect.any(String),
          client: "pulumi-posthog",
          ipAddress: "203.0.113.9",
          wasImpersonated: false,
          isSystem: false,
          changes: [{ field: "name", action: "changed", before: "A", after: "B" }],
          context: undefined,
        },
      ]);
    }, acme()));

  test("is read page by page to its end, or to the limit", () =>
    withPosthog(async (emulator) => {
      log(
        emulator,
        Array.from({ length: 2_300 }, (_, index) => ({ minute: index % 1_440, item: String(index) })),
      );
      emulator.clearRequests();
      const { activities } = await getActivityLog();
      expect(new Set(activities.map(({ itemId }) => itemId)).size).toBe(2_300);
      expect(requestsOf(emulator)).toHaveLength(3);
      emulator.clearRequests();
      expect((await getActivityLog({ limit: 1_200 })).activities).toHaveLength(1_200);
      expect(requestsOf(emulator)).toHaveLength(2);
      emulator.clearRequests();
      expect((await getActivityLog({ limit: 3, oldestFirst: true })).activities).toHaveLength(3);
      expect(requestsOf(emulator)).toHaveLength(1);
    }, acme()));

  test("needs an admin, and the error says so", () =>
    withPosthog(
      async () => {
        await expect(getActivityLog()).rejects.toThrow(
          /Only organization admins and owners can view organization-wide activity logs/,
        );
      },
      acme({ caller: "analyst@acme.test" }),
    ));

  test("needs a plan feature in PostHog Cloud, and the error says so", () =>
    withPosthog(
      async () => {
        await expect(getActivityLog()).rejects.toThrow(/402 payment_required[\s\S]*plan does not include/);
      },
      acme({ organization: { features: [] } }),
    ));

  test.each(["old", "mid"] as const)("may not exist on %s servers, and the error says so", (generation) =>
    withPosthog(async (emulator) => {
      if (generation === "mid") hideOrganizationLog(emulator);
      await expect(getActivityLog()).rejects.toThrow(
        /no activity log of the whole organization[\s\S]*Read the log of each project \(projectId\)/,
      );
    }, acme({ generation })),
  );
});

/** Filters that servers of an age do not have. */
const unknownTo: Readonly<Record<"old" | "mid" | "new", readonly string[]>> = {
  old: [
    "programs",
    "an address",
    "addresses by a pattern",
    "a path in the details",
    "a path by one of several values",
  ],
  mid: [],
  new: [],
};
const ofProject = entries.map((entry) => ({ ...entry, project: 1 }));
const projectFilters = filters.filter(([name]) => name !== "projects");

describe.each(["old", "mid", "new"] as const)(
  "a project's log on a server of the generation %s",
  (generation) => {
    test.each(projectFilters.filter(([name]) => !unknownTo[generation].includes(name)))(
      "is filtered by %s",
      (_, args, expected) =>
        withPosthog(async (emulator) => {
          log(emulator, ofProject);
          expect(await minutes({ ...args, projectId: 1 })).toEqual(expected);
        }, acme({ generation })),
    );

    test("is read to its end over several pages, each entry once", () =>
      withPosthog(async (emulator) => {
        log(
          emulator,
          Array.from({ length: 1_100 }, (_, index) => ({ minute: index, project: 1 })),
        );
        const latestFirst = Array.from({ length: 1_100 }, (_, index) => 1_099 - index);
        expect(await minutes({ projectId: 1 })).toEqual(latestFirst);
        expect(await minutes({ projectId: 1, oldestFirst: true, limit: 2 })).toEqual([0, 1]);
      }, acme({ generation })));
  },
);

describe("a server of August 2025", () => {
  test.each(projectFilters.filter(([name]) => unknownTo.old.includes(name)))(
    "reports that it cannot filter by %s, instead of returning everything",
    (_, args) =>
      withPosthog(
        async (emulator) => {
          log(emulator, ofProject);
          await expect(getActivityLog({ ...args, projectId: 1 })).rejects.toThrow(
            `cannot filter by ${Object.keys(args).join(", ")}`,
          );
        },
        acme({ generation: "old" }),
      ),
  );
});

test("a server that ignores a filter is detected by entries that do not match", () =>
  withPosthog(async (emulator) => {
    const entry = { id: "1", activity: "updated", scope: "Team", created_at: at(1) };
    emulator.faults.add({ kind: "status", status: 200, body: { next: null, results: [entry] } });
    await expect(getActivityLog({ projectId: 1, ipAddresses: ["203.0.113.9"] })).rejects.toThrow(
      "cannot filter by ipAddresses",
    );
  }, acme()));

describe("wrong arguments", () => {
  const bad: [string, object, RegExp][] = [
    ["a moment that is none", { startDate: "yesterday" }, /startDate: must be a moment in ISO 8601/],
    ["a moment that does not exist", { endDate: "2026-13-01" }, /endDate: must be a moment in ISO 8601/],
    ["a person that is none", { users: ["ann"] }, /users\[0\]: must be an e-mail address/],
    ["an empty kind", { scopes: [""] }, /scopes\[0\]: must not be empty/],
    [
      "an address that is none",
      { ipAddresses: ["localhost"] },
      /ipAddresses\[0\]: must be an IPv4 or IPv6 address/,
    ],
    [
      "a path of the database",
      { detailFilters: { name__regex: { value: "x" } } },
      /detailFilters.*must not contain __/,
    ],
    [
      "an unknown operation",
      { detailFilters: { name: { operation: "regex", value: "x" } } },
      /must be exact, contains or in/,
    ],
    ["no entries", { limit: 0 }, /limit: must be a whole number of entries, 1 to/],
    [
      "a project and projects",
      { projectId: 1, projects: [2] },
      /give projectId for one project's log, or projects/,
    ],
    ["an unknown filter", { scope: ["Role"] }, /scope: unknown argument; did you mean scopes\?/],
  ];
  test.each(bad)("such as %s are reported before any request", (_, args, message) =>
    withPosthog(async (emulator) => {
      await expect(getActivityLog(args)).rejects.toThrow(message);
      expect(emulator.requests).toEqual([]);
    }),
  );

  test("such as a non-member show how to ask for people who left", () =>
    withPosthog(async () => {
      await expect(getActivityLog({ users: ["gone@acme.test"] })).rejects.toThrow(
        /gone@acme\.test is not a member[\s\S]*give the UUID/,
      );
      await expect(getActivityLog({ users: ["analist@acme.test"] })).rejects.toThrow(
        /the nearest address is analyst@acme\.test\./,
      );
    }));
});
