import { type Emulator, startEmulator } from "../../../emulator";
import { personalApiKeys } from "../../../provider/posthog/apiKeys";
import { resolveConfiguration } from "../../../provider/posthog/configuration";
import { type Connection, Connections } from "../../../provider/posthog/connection";
import type { Clock } from "../../../provider/posthog/gate";
import { listMembers } from "../../../provider/posthog/members";
import { listRoles } from "../../../provider/posthog/roles";
import { acmeWorld } from "../../support/seeds";

const totpSecret = "JBSWY3DPEHPK3PXP";

/** A PostHog whose people have authenticators. Sleeping moves the clock of both sides forward. */
async function withClock(
  body: (
    connect: () => Connection,
    clock: Clock & { set(time: number): void },
    requests: () => string[],
    emulator: Emulator,
  ) => Promise<void>,
): Promise<void> {
  let time = Date.parse("2026-05-04T10:00:10Z");
  const clock = {
    now: () => time,
    sleep: async (milliseconds: number) => {
      time += milliseconds;
    },
    set: (to: number) => {
      time = to;
    },
  };
  const { emulator: options, config } = acmeWorld();
  const users = (options.seed.users ?? []).map((user) => ({ ...user, totpSecret }));
  const emulator = await startEmulator({ seed: { ...options.seed, users }, now: () => new Date(time) });
  const values: Record<string, string | undefined> = {
    ...config,
    host: emulator.url,
    organizationId: emulator.organizationId,
    totpSecret,
    requestsPerMinute: "off",
  };
  try {
    // A new connection is another process, which does not know the codes that were used before.
    const connect = () => new Connections(clock).for(resolveConfiguration((key) => values[key], {}));
    await body(
      connect,
      clock,
      () => emulator.requests.map(({ method, path }) => `${method} ${path}`),
      emulator,
    );
  } finally {
    await emulator.close();
  }
}

describe("signing in with one-time codes", () => {
  test("uses the next code if the preview, a separate process, has used this one", () =>
    withClock(async (connect, clock) => {
      await personalApiKeys(connect()).list();
      const before = clock.now();
      await expect(personalApiKeys(connect()).list()).resolves.toEqual(expect.any(Array));
      expect(clock.now() - before).toBeLessThan(31_000);
    }));

  test.each(["dropAfter", "spoilAfter", "truncate"] as const)(
    "starts again if the code was accepted and the response was lost: %s",
    (kind) =>
      withClock(async (connect, _clock, requests, { faults }) => {
        faults.add({ kind, method: "POST", path: "/api/login/token" });
        await expect(personalApiKeys(connect()).list()).resolves.toEqual(expect.any(Array));
        expect(faults.pending).toBe(0);
        expect(requests().filter((request) => request === "POST /api/login/").length).toBeGreaterThan(1);
      }),
  );

  test("signs in only once more for all requests whose session is too old", () =>
    withClock(async (connect, clock, requests) => {
      const ring = personalApiKeys(connect());
      const key = await ring.create({
        label: "Reporting",
        scopes: ["insight:read"],
        scoped_teams: [],
        scoped_organizations: [],
      });
      const sorts = ["One", "Two", "Three"];
      clock.set(clock.now() + 3 * 3_600_000);
      await Promise.all(sorts.map((label) => ring.update(key, { label })));
      expect(requests().filter((request) => request.startsWith("POST /api/login/token"))).toHaveLength(2);
    }));
});

test("concurrent requests with a revoked key all continue with the environment's valid key", async () => {
  const { emulator: options, config } = acmeWorld();
  const emulator = await startEmulator(options);
  try {
    const values: Record<string, string> = {
      host: emulator.url,
      organizationId: emulator.organizationId,
      apiKey: "phx_dead",
    };
    const environment = { POSTHOG_API_KEY: config.apiKey, POSTHOG_HOST: emulator.url };
    const connection = new Connections().for(resolveConfiguration((key) => values[key], environment));
    const lists = await Promise.all([listMembers(connection), listRoles(connection)]);
    expect(lists[0]).toHaveLength(4);
  } finally {
    await emulator.close();
  }
});
