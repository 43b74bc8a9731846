import * as z from "zod";
import { type Emulator, type FaultOptions, startEmulator } from "../../../emulator";
import { resolveConfiguration } from "../../../provider/posthog/configuration";
import { type Connection, Connections } from "../../../provider/posthog/connection";
import type { Clock } from "../../../provider/posthog/gate";
import { listMembers } from "../../../provider/posthog/members";
import { createRole, listRoles } from "../../../provider/posthog/roles";

let emulator: Emulator;
let said: string[];
let slept: number;
beforeEach(async () => {
  emulator = await startEmulator();
  [said, slept] = [[], 0];
});
afterEach(() => emulator.close());

/** A clock that moves while someone sleeps. */
const clock: Clock = {
  now: () => slept,
  sleep: async (milliseconds) => {
    slept += milliseconds;
  },
};

function connect(stack: Record<string, string> = {}, environment: Record<string, string> = {}) {
  const values: Record<string, string> = {
    host: emulator.url,
    apiKey: emulator.apiKey,
    organizationId: emulator.organizationId,
    ...stack,
  };
  return new Connections(clock, (line) => said.push(line)).for(
    resolveConfiguration((key) => values[key], environment),
  );
}

const memberCount = async (connection: Connection) => (await listMembers(connection)).length;

describe("a wait that a server requests", () => {
  const throttled = (status: number, retryAfter: string, times = 1): FaultOptions => ({
    kind: "status",
    status,
    headers: { "Retry-After": retryAfter },
    times,
  });

  test.each([429, 503])("is honored and shown, after a %i", async (status) => {
    emulator.faults.add(throttled(status, "60"));
    await expect(memberCount(connect())).resolves.toBe(7);
    expect(slept).toBe(60_000);
    expect(said).toEqual(["waiting until 1970-01-01 00:01:00 UTC for PostHog's rate limit"]);
  });

  test.each([
    [429, "2678400"],
    [429, "Fri, 31 Dec 9999 23:59:59 GMT"],
    [503, "2678400"],
    [503, "9".repeat(400)],
  ])("is refused at once after a %i with a Retry-After of %s", async (status, retryAfter) => {
    emulator.faults.add(throttled(status, retryAfter, 100));
    await expect(memberCount(connect())).rejects.toThrow(
      /failed: no request is possible until 1970-01-02 00:00:00 UTC[\s\S]*15 minutes at most/,
    );
    expect(slept).toBe(0);
    expect(emulator.requests).toHaveLength(1);
  });

  test("ends after 15 minutes in total", async () => {
    emulator.faults.add(throttled(429, "240", 100));
    const connection = connect();
    await Promise.all(
      [listMembers(connection), listRoles(connection)].map((list) =>
        expect(list).rejects.toThrow(/no request is possible until 1970-01-01 00:16:00 UTC/),
      ),
    );
    expect(slept).toBe(12 * 60_000);
  });

  test("is limited for a POST, whose result is checked first", async () => {
    const connection = connect();
    await listRoles(connection);
    emulator.faults.add({ kind: "dropAfter", method: "POST" });
    emulator.faults.add({ ...throttled(503, "2678400"), method: "POST" });
    await expect(createRole(connection, "Analysts")).resolves.toMatchObject({ name: "Analysts" });
    emulator.faults.clear();
    emulator.faults.add({ ...throttled(503, "2678400"), method: "POST" });
    await expect(createRole(connection, "Editors")).rejects.toThrow(/503/);
  });
});

describe("a POST whose response was lost, and whose retry PostHog rejects", () => {
  const taken = { type: "validation_error", code: "unique", detail: "That name is taken.", attr: "name" };
  const send = (recover: () => Promise<{ id: string } | undefined>) =>
    connect().send({
      method: "POST",
      path: `/api/organizations/${emulator.organizationId}/roles/`,
      body: { name: "Late" },
      schema: z.object({ id: z.string() }),
      what: "creating a role",
      recover,
    });
  const refuse = () => emulator.faults.add({ kind: "status", method: "POST", status: 400, body: taken });

  test("is checked once more: it may have arrived late", async () => {
    emulator.faults.add({ kind: "dropBefore", method: "POST" });
    refuse();
    const recover = jest.fn().mockResolvedValueOnce(undefined).mockResolvedValueOnce({ id: "late" });
    await expect(send(recover)).resolves.toEqual({ id: "late" });
  });

  test("fails with PostHog's refusal if it never arrived", async () => {
    emulator.faults.add({ kind: "dropBefore", method: "POST" });
    refuse();
    await expect(send(async () => undefined)).rejects.toThrow(/That name is taken/);
  });

  test("is not checked if no response was lost", async () => {
    refuse();
    const recover = jest.fn().mockResolvedValue({ id: "another's" });
    await expect(send(recover)).rejects.toThrow(/That name is taken/);
    expect(recover).not.toHaveBeenCalled();
  });
});

describe("a local server", () => {
  const variables = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
  afterEach(() => {
    for (const name of variables) delete process.env[name];
  });

  test.each(variables)("is not reached through %s", async (name) => {
    process.env[name] = "http://127.0.0.1:9";
    await expect(memberCount(connect())).resolves.toBe(7);
    await expect(
      memberCount(connect({ host: emulator.url.replace("127.0.0.1", "localhost") })),
    ).resolves.toBe(7);
  });
});

describe("the environment's key, if PostHog does not know the stack's", () => {
  const dead = { apiKey: "phx_dead" };
  const used = () => emulator.requests.map(({ status }) => status);

  test("is used if the environment names the stack's host, and one line says so", async () => {
    const connection = connect(dead, { POSTHOG_API_KEY: emulator.apiKey, POSTHOG_HOST: `${emulator.url}/` });
    await Promise.all([listMembers(connection), listRoles(connection)]);
    expect(said).toEqual([
      `${emulator.url} does not know the stack's key (401): POSTHOG_API_KEY is used instead`,
    ]);
  });

  test.each([
    ["nothing, which means PostHog Cloud", {}],
    ["another host", { POSTHOG_HOST: "https://posthog.acme.com" }],
    ["a host that cannot be", { POSTHOG_HOST: "ftp://x" }],
    ["another port", { POSTHOG_HOST: "http://127.0.0.1:9" }],
  ])("is never sent to the stack's host if the environment names %s", async (_, environment) => {
    const connection = connect(dead, { POSTHOG_API_KEY: emulator.apiKey, ...environment });
    await expect(memberCount(connection)).rejects.toThrow(/export POSTHOG_API_KEY, and POSTHOG_HOST too/);
    expect(used()).toEqual([401]);
    expect(said).toEqual([]);
  });

  test("is sent to the stack's host if the stack has no key", async () => {
    await expect(memberCount(connect({ apiKey: "" }, { POSTHOG_API_KEY: emulator.apiKey }))).resolves.toBe(7);
    expect(said).toEqual([]);
  });
});
