import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { type Emulator, type FaultOptions, SYSTEM, startEmulator } from "../../../emulator";
import { as, asNobody, at, IDS, logged, twoOrganizations, withEmulator } from "../support";

let emulator: Emulator;
withEmulator({ seed: twoOrganizations() }, (started) => {
  emulator = started;
});

const ACME = `/api/organizations/${IDS.acme}/`;

function acmeName(): string | undefined {
  return emulator.store.organizations.get(IDS.acme)?.name;
}

describe("listening", () => {
  test("uses only the loopback address, and reports it", async () => {
    expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}`);
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === "IPv4" && !address.internal)?.address;
    const refused = new Promise((resolve) => {
      const socket = connect(emulator.port, outside ?? "127.0.0.2");
      socket.on("connect", () => resolve("connected"));
      socket.on("error", () => resolve("refused"));
    });
    await expect(refused).resolves.toBe("refused");
  });

  test("a requested port is used, and a busy one is an error", async () => {
    await expect(startEmulator({ port: emulator.port })).rejects.toThrow(/EADDRINUSE/);
  });

  test("closing cuts open connections at once, and works twice", async () => {
    const short = await startEmulator();
    const socket = connect(short.port, "127.0.0.1");
    await new Promise((resolve) => socket.on("connect", resolve));
    const ended = new Promise((resolve) => socket.on("close", resolve));
    await Promise.all([short.close(), ended]);
    await short.close();
    await expect(fetch(short.url)).rejects.toThrow();
  });

  test.each([
    ["localhost", 200],
    ["LOCALHOST:8010", 200],
    ["127.0.0.2:1", 200],
    ["[::1]:8010", 200],
    ["rebound.example.com", 400],
    ["127.0.0.1.example.com:8010", 400],
    ["localhost.example.com", 400],
    ["192.168.1.2", 400],
  ])(
    "a request for %s is answered with %i, so that no web page reaches it under its own name",
    async (host, status) => {
      for (const path of ["/", "/_emulator/state", "/api/users/@me/?personal_api_key=phx_owner"]) {
        const asked = request(`${emulator.url}${path}`, { headers: { host } }).end();
        const [answer] = (await once(asked, "response")) as [IncomingMessage];
        answer.resume();
        expect(answer.statusCode).toBe(status);
      }
    },
  );

  test("every response takes at least the configured latency", async () => {
    const slow = await startEmulator({ latencyMs: 40 });
    await fetch(`${slow.url}/api/users/@me/`);
    expect(slow.requests[0]?.milliseconds).toBeGreaterThanOrEqual(39);
    await slow.close();
  });
});

describe("faults", () => {
  test("a status is answered, and the request is not applied", async () => {
    emulator.faults.add({ kind: "status", status: 503, headers: { "Retry-After": "7" } });
    const answer = await as(emulator, "owner").patch(ACME, { name: "New" });
    expect(answer).toMatchObject({ status: 503, body: { type: "server_error", code: "error" } });
    expect(answer.headers.get("retry-after")).toBe("7");
    expect(acmeName()).toBe("Acme");
  });

  test("dropBefore cuts the connection before, dropAfter after the request is applied", async () => {
    emulator.faults.add({ kind: "dropBefore" });
    await expect(as(emulator, "owner").patch(ACME, { name: "One" })).rejects.toThrow("fetch failed");
    expect(acmeName()).toBe("Acme");
    emulator.faults.add({ kind: "dropAfter" });
    await expect(as(emulator, "owner").patch(ACME, { name: "Two" })).rejects.toThrow("fetch failed");
    expect(acmeName()).toBe("Two");
    expect(emulator.requests).toMatchObject([{ status: null }, { status: null }]);
  });

  test("garbage is a page instead of JSON", async () => {
    emulator.faults.add({ kind: "garbage" });
    const response = await fetch(`${emulator.url}${ACME}`);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await response.text()).toContain("<!doctype html>");
  });

  test("a custom body is sent as JSON, or unchanged if it is text", async () => {
    emulator.faults.add({ kind: "status", status: 400, body: { type: "odd" } });
    emulator.faults.add({ kind: "status", status: 502, body: "bad gateway" });
    expect(await as(emulator, "owner").get(ACME)).toMatchObject({ status: 400, body: { type: "odd" } });
    expect(await (await fetch(`${emulator.url}${ACME}`)).text()).toBe("bad gateway");
  });

  test("a delay only waits", async () => {
    emulator.faults.add({ kind: "delay", delayMs: 40 });
    expect(await as(emulator, "owner").get(ACME)).toMatchObject({ status: 200 });
    expect(emulator.requests[0]?.milliseconds).toBeGreaterThanOrEqual(39);
  });

  const fault = (options: Partial<FaultOptions>): FaultOptions => ({
    kind: "status",
    status: 500,
    ...options,
  });
  test.each([
    [fault({}), [500, 200, 200]],
    [fault({ times: 2 }), [500, 500, 200]],
    [fault({ skip: 1 }), [200, 500, 200]],
    [fault({ method: "PATCH" }), [200, 200, 200]],
    [fault({ method: "get" }), [500, 200, 200]],
    [fault({ path: "/api/organizations/", times: 3 }), [500, 500, 500]],
    [fault({ path: "/api/projects/" }), [200, 200, 200]],
    [fault({ path: /organizations\/[0-9a-f-]+\/$/g, times: 3 }), [500, 500, 500]],
  ])("%j gives %j", async (options, statuses) => {
    emulator.faults.add(options);
    for (const status of statuses) {
      expect(await as(emulator, "owner").get(ACME)).toMatchObject({ status });
    }
  });

  test("can be removed, one or all", async () => {
    const takeBack = emulator.faults.add({ kind: "status" });
    emulator.faults.add({ kind: "status" });
    takeBack();
    expect(emulator.faults.pending).toBe(1);
    emulator.faults.clear();
    expect(await as(emulator, "owner").get(ACME)).toMatchObject({ status: 200 });
  });
});

describe("the request log", () => {
  test("records who sent what, without secrets", async () => {
    const headers = { "x-posthog-client": "tests", "user-agent": "jest" };
    await as(emulator, "owner").patch(ACME, { name: "New" }, headers);
    await asNobody(emulator).get("/api/users/@me?personal_api_key=phx_owner&format=json");
    expect(emulator.requests).toMatchObject([
      {
        method: "PATCH",
        path: ACME,
        query: "",
        status: 200,
        client: "tests",
        userAgent: "jest",
        credential: "personal_api_key",
        milliseconds: expect.any(Number),
      },
      { query: "personal_api_key=hidden&format=json", credential: "personal_api_key", client: null },
    ]);
    expect(JSON.stringify(emulator.requests)).not.toContain("phx_");
    emulator.clearRequests();
    expect(emulator.requests).toEqual([]);
  });
});

describe("rate limits", () => {
  test("are off by default", async () => {
    for (let count = 0; count < 490; count += 1) {
      await asNobody(emulator).get("/api/nothing");
    }
    expect(await as(emulator, "owner").get(ACME)).toMatchObject({ status: 200 });
  });

  test("refuse a key over its limit per minute, with Retry-After, and no other key", async () => {
    let now = new Date("2026-06-01T10:00:00Z");
    const strict = await startEmulator({
      seed: twoOrganizations(),
      rateLimit: { burst: 3 },
      now: () => now,
    });
    const owner = as(strict, "owner");
    for (const status of [200, 200, 200, 429, 429]) {
      expect(await owner.get(ACME)).toMatchObject({ status });
      now = new Date(now.getTime() + 5000);
    }
    const refused = await owner.get(ACME);
    expect(refused.headers.get("retry-after")).toBe("35");
    expect(refused.body).toEqual({
      type: "throttled_error",
      code: "throttled",
      detail: "Request was throttled. Expected available in 35 seconds.",
      attr: null,
    });
    expect(await as(strict, "admin").get(ACME)).toMatchObject({ status: 200 });
    now = new Date(now.getTime() + 35_000);
    expect(await owner.get(ACME)).toMatchObject({ status: 200 });
    await strict.close();
  });

  test("the hour has its own limit; refused requests and keys in bodies do not count", async () => {
    let now = new Date("2026-06-01T10:00:00Z");
    const strict = await startEmulator({
      seed: twoOrganizations(),
      rateLimit: { sustained: 2 },
      now: () => now,
    });
    const owner = as(strict, "owner");
    await owner.get(`/api/organizations/${IDS.unknown}/`);
    await owner.get(ACME);
    await owner.get(ACME);
    now = new Date(now.getTime() + 1_800_000);
    expect((await owner.get(ACME)).headers.get("retry-after")).toBe("1800");
    const body = { personal_api_key: "phx_owner", name: "New" };
    expect(await asNobody(strict).patch(ACME, body)).toMatchObject({ status: 200 });
    await strict.close();
  });

  test("true means Cloud's", async () => {
    const now = new Date("2026-06-01T10:00:00Z");
    const cloud = await startEmulator({ seed: twoOrganizations(), rateLimit: true, now: () => now });
    const statuses = [];
    for (let count = 0; count < 481; count += 1) {
      statuses.push((await as(cloud, "owner").get("/api/users/@me/")).status);
    }
    expect(statuses.indexOf(429)).toBe(480);
    await cloud.close();
  });
});

describe("reset", () => {
  test("restores the seed with its ids and keys, and clears everything else", async () => {
    const owner = as(emulator, "owner");
    const before = (await owner.get(ACME)).body;
    await owner.patch(ACME, { name: "New" });
    const made = await owner.post(`${ACME}projects/`, { name: "Made" });
    emulator.store.personalApiKeys.delete(emulator.store.personalApiKeys.all()[0]?.id ?? "", SYSTEM);
    emulator.faults.add({ kind: "status" });
    emulator.publishDns("_posthog-challenge.acme.test", "x");
    emulator.reset();
    expect(emulator.requests).toEqual([]);
    expect(logged(emulator)).toEqual([]);
    expect((await owner.get(ACME)).body).toEqual(before);
    const again = await owner.post(`${ACME}projects/`, { name: "Made" });
    expect(at(again, "id")).toBe(at(made, "id"));
  });
});

describe("over HTTP", () => {
  const control = (method: string, path: string, body?: unknown) =>
    asNobody(emulator).send(method, `/_emulator/${path}`, body === undefined ? {} : { body });

  test("the state says how to connect and what the store holds", async () => {
    expect((await control("GET", "state")).body).toMatchObject({
      url: emulator.url,
      organizationId: IDS.acme,
      apiKey: "phx_owner",
      email: "owner@acme.test",
      password: "owner-password",
      generation: "current",
      organizations: [{ name: "Acme", members: 5, projects: [{ id: IDS.website }, { id: IDS.app }] }, {}],
    });
  });

  test("requests are listed and cleared, and controls are not among them", async () => {
    await as(emulator, "owner").patch(ACME, { color: "blue" });
    expect((await control("GET", "requests")).body).toMatchObject([{ method: "PATCH" }]);
    expect((await control("GET", "ignored-fields")).body).toMatchObject([{ field: "color" }]);
    expect(await control("DELETE", "requests")).toMatchObject({ status: 204 });
    expect((await control("GET", "requests")).body).toEqual([]);
  });

  test("faults are added, by prefix or pattern, and cleared", async () => {
    const added = await control("POST", "faults", { kind: "status", status: 502, pathPattern: "/users/" });
    expect(added).toMatchObject({ status: 201, body: { pending: 1 } });
    expect(await as(emulator, "owner").get("/api/users/@me/")).toMatchObject({ status: 502 });
    await control("POST", "faults", { kind: "dropBefore", path: "/api/users/" });
    expect(await control("DELETE", "faults")).toMatchObject({ status: 204 });
    expect(await as(emulator, "owner").get("/api/users/@me/")).toMatchObject({ status: 200 });
  });

  test("DNS records come and go", async () => {
    const name = "_posthog-challenge.acme.test";
    expect(await control("POST", "dns", { name, txt: "a" })).toMatchObject({ body: { txt: ["a"] } });
    expect(await control("POST", "dns", { name, txt: "b" })).toMatchObject({ body: { txt: ["a", "b"] } });
    const withdrawn = await control("POST", "dns", { name: `${name.toUpperCase()}.`, withdraw: true });
    expect(withdrawn).toMatchObject({ body: { txt: [] } });
  });

  test("background deletions, events and accepted invites can be triggered", async () => {
    const owner = as(emulator, "owner");
    expect(await control("POST", "ingest", { projectId: IDS.website })).toMatchObject({ status: 204 });
    expect(at(await owner.get(`/api/projects/${IDS.website}/`), "ingested_event")).toBe(true);
    await owner.delete(`/api/projects/${IDS.website}/`);
    expect((await control("POST", "finish-deletions")).body).toMatchObject({ projects: [IDS.website] });
    await owner.post(`${ACME}invites/`, { target_email: "new@acme.test" });
    expect((await control("POST", "accept-invite", { email: "new@acme.test" })).body).toEqual({
      accepted: true,
    });
  });

  test("reset resets", async () => {
    await as(emulator, "owner").patch(ACME, { name: "New" });
    expect(await control("POST", "reset")).toMatchObject({ status: 204 });
    expect(acmeName()).toBe("Acme");
  });

  test.each([
    ["faults", { kind: "explode" }],
    ["faults", { kind: "status", color: "blue" }],
    ["faults", { kind: "status", pathPattern: "(" }],
    ["dns", { txt: "x" }],
    ["ingest", {}],
  ])("an invalid body for %s is refused with a reason", async (path, body) => {
    const answer = await control("POST", path, body);
    expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/\S/) } });
  });
});
