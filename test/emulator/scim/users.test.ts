import { startEmulator } from "../../../emulator";
import { type Directory, withDirectory } from "./support";

describe.each(["2026-07", "current"] as const)("people through SCIM, on a server of %s", (generation) => {
  let directory: Directory;
  withDirectory({ generation }, (running) => {
    directory = running;
  });
  const send: Directory["send"] = (...request) => directory.send(...request);
  const person = (userName: string) => ({ userName, name: { givenName: "Dana", familyName: "Dale" } });
  const members = () => {
    const { store } = directory.emulator;
    return store.memberships.all().map(({ user_id }) => store.users.get(user_id)?.email);
  };

  test("get an account and a membership", async () => {
    const made = await send("POST", "Users", person("dana@acme.test"));
    const id = directory.id("dana@acme.test");
    expect(made).toMatchObject({
      status: 201,
      type: "application/scim+json",
      body: {
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
        id,
        userName: "dana@acme.test",
        name: { givenName: "Dana", familyName: "Dale" },
        active: true,
        groups: [],
      },
    });
    expect(members()).toContain("dana@acme.test");
    expect(await send("GET", `Users/${id}`)).toMatchObject({ status: 200, body: { id } });
    const account = directory.emulator.store.users.get(Number(id));
    expect(account).toMatchObject({ is_email_verified: true, password_hash: null });
  });

  test("are refused the second time", async () => {
    await send("POST", "Users", person("dana@acme.test"));
    expect(await send("POST", "Users", person("DANA@acme.test"))).toMatchObject({
      status: 409,
      body: { detail: "User already exists" },
    });
  });

  test.each([
    ["no name", {}],
    ["a domain that nobody verified", person("dana@acme.dev")],
    ["a foreign domain", person("dana@nowhere.test")],
    ["an account of a foreign domain", person("eve@elsewhere.test")],
  ])("with %s are refused", async (_, body) => {
    expect(await send("POST", "Users", body)).toMatchObject({
      status: 400,
      body: { detail: "Invalid user data" },
    });
    expect(members()).toHaveLength(3);
  });

  const find = (userName: string) =>
    send("GET", `Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`);

  test("who joined in another way are not found by a filter until SCIM takes them over", async () => {
    expect(await find("ann@acme.test")).toMatchObject({ status: 200, body: { totalResults: 0 } });
    const taken = await send("POST", "Users", { userName: "ann@acme.test" });
    expect(taken).toMatchObject({ status: 201, body: { id: directory.id("ann@acme.test") } });
    expect(await find("Ann@acme.test")).toMatchObject({
      body: { totalResults: 1, Resources: [{ name: { givenName: "Ann", familyName: "Ash" } }] },
    });
    expect(members()).toHaveLength(3);
  });

  test.each([
    ["filter=userName+like+x", { status: 200, body: { totalResults: 0 } }],
    ["startIndex=0", { status: 400, body: { detail: "Invalid startIndex value" } }],
    ["count=201", { status: 400, body: { detail: "Invalid count value" } }],
    ["startIndex=2&count=1", { status: 200, body: { totalResults: 3, startIndex: 2, itemsPerPage: 1 } }],
  ])("listed with %s", async (query, expected) => {
    expect(await send("GET", `Users?${query}`)).toMatchObject(expected);
  });

  const off = { Operations: [{ op: "replace", path: "active", value: false }] };
  const offWithoutPath = { Operations: [{ op: "Replace", value: { active: "False" } }] };

  test.each<[string, string, object | undefined]>([
    ["a patch", "PATCH", off],
    ["a patch without a path", "PATCH", offWithoutPath],
    ["a replacement", "PUT", { userName: "ann@acme.test", active: false }],
    ["a deletion", "DELETE", undefined],
  ])("who are deactivated by %s leave the organization and its roles", async (_, method, body) => {
    await send("POST", "Users", { userName: "ann@acme.test" });
    const id = directory.id("ann@acme.test");
    expect([200, 204]).toContain((await send(method, `Users/${id}`, body)).status);
    expect(members()).not.toContain("ann@acme.test");
    expect(directory.inRole("Analysts")).toEqual(["bob@acme.test"]);
    const on = { Operations: [{ op: "replace", path: "active", value: true }] };
    expect(await send("PATCH", `Users/${id}`, on)).toMatchObject({ body: { active: true, groups: [] } });
    expect(members()).toContain("ann@acme.test");
  });

  test.each([
    ["PATCH", off],
    ["DELETE", undefined],
  ])("who own the organization stay members: %s", async (method, body) => {
    const answer = await send(method, `Users/${directory.id("owner@acme.test")}`, body);
    expect(answer).toMatchObject({ status: 400, body: { detail: "Failed to update user" } });
    expect(members()).toContain("owner@acme.test");
  });

  test("can get other names", async () => {
    const id = directory.id("ann@acme.test");
    const Operations = [{ op: "replace", path: "name.familyName", value: "Oak" }];
    expect(await send("PATCH", `Users/${id}`, { Operations })).toMatchObject({
      body: { name: { givenName: "Ann", familyName: "Oak" } },
    });
  });

  test.each(["99999", "somebody"])("called %s do not exist", async (id) => {
    expect(await send("GET", `Users/${id}`)).toMatchObject({
      status: 404,
      body: { detail: "User not found" },
    });
  });

  test("and their changes are in SCIM's log, masked", async () => {
    await send("POST", "Users", person("dana@acme.test"));
    const [row] = directory.emulator.store.scimRequests.all();
    expect(row).toMatchObject({
      request_method: "POST",
      response_status: 201,
      identity_provider: "okta",
      request_headers: { authorization: "***" },
      request_body: { userName: "d***@acme.test", name: { givenName: "D***" } },
    });
    expect(JSON.stringify(row)).not.toMatch(/dana|Dale/);
  });
});

test("servers of August 2025 have no SCIM", async () => {
  const old = await startEmulator({ generation: "2025-08" });
  const paths = ["Users", "Groups"].map((path) => fetch(`${old.url}/scim/v2/${old.organizationId}/${path}`));
  expect((await Promise.all(paths)).map(({ status }) => status)).toEqual([404, 404]);
  await old.close();
});
