import { SYSTEM } from "../../../emulator";
import { asOwner } from "../support";
import { type Directory, withDirectory } from "./support";

describe("groups through SCIM", () => {
  let directory: Directory;
  withDirectory({}, (running) => {
    directory = running;
  });
  const send: Directory["send"] = (...request) => directory.send(...request);
  const listed = (...emails: string[]) => emails.map((email) => ({ value: directory.id(email) }));
  const role = (name = "Analysts") => directory.emulator.store.roles.find((one) => one.name === name);
  const [ANN, BOB, OWNER] = ["ann@acme.test", "bob@acme.test", "owner@acme.test"] as const;

  test("become roles", async () => {
    const made = await send("POST", "Groups", { displayName: "Engineers", members: listed(ANN) });
    expect(made).toMatchObject({
      status: 201,
      body: {
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        id: role("Engineers")?.id,
        displayName: "Engineers",
        members: [{ value: directory.id(ANN), display: ANN }],
      },
    });
    expect(directory.inRole("Engineers")).toEqual([ANN]);
  });

  test.each<[string, (typeof ANN | typeof BOB | typeof OWNER)[] | undefined, string[]]>([
    ["with members removes everyone else", [OWNER], [OWNER]],
    ["with no members removes everyone", [], []],
    ["without members keeps the current members", undefined, [ANN, BOB]],
  ])("a group with a role's name is that role, and %s", async (_, emails, people) => {
    const before = role()?.id;
    const members = emails === undefined ? {} : { members: listed(...emails) };
    const made = await send("POST", "Groups", { displayName: "Analysts", ...members });
    expect(made).toMatchObject({ status: 201, body: { id: before } });
    expect(directory.inRole("Analysts")).toEqual(people);
  });

  test("with another spelling are other roles", async () => {
    await send("POST", "Groups", { displayName: "analysts" });
    expect(directory.emulator.store.roles.size).toBe(2);
  });

  test.each<[string, () => object, string[]]>([
    ["add", () => ({ op: "add", path: "members", value: listed(OWNER, ANN) }), [ANN, BOB, OWNER]],
    [
      "add strangers, which are skipped",
      () => ({ op: "add", path: "members", value: [{ value: "9999" }] }),
      [ANN, BOB],
    ],
    ["remove by name", () => ({ op: "remove", path: `members[value eq "${directory.id(ANN)}"]` }), [BOB]],
    ["remove by list", () => ({ op: "Remove", path: "members", value: listed(BOB) }), [ANN]],
    ["remove everybody", () => ({ op: "remove", path: "members" }), []],
    ["replace", () => ({ op: "replace", path: "members", value: listed(OWNER) }), [OWNER]],
  ])("are patched: %s", async (_, operation, people) => {
    const answer = await send("PATCH", `Groups/${role()?.id}`, { Operations: [operation()] });
    expect(answer.status).toBe(200);
    expect(directory.inRole("Analysts")).toEqual(people);
  });

  test.each([
    { op: "replace", path: "displayName", value: "Data" },
    { op: "replace", value: { displayName: "Data" } },
  ])("are renamed by %j", async (operation) => {
    await send("PATCH", `Groups/${role()?.id}`, { Operations: [operation] });
    expect(directory.inRole("Data")).toEqual([ANN, BOB]);
  });

  test("become empty if they are replaced without members", async () => {
    await send("PUT", `Groups/${role()?.id}`, { displayName: "Analysts" });
    expect(directory.inRole("Analysts")).toEqual([]);
  });

  test("delete their role when deleted", async () => {
    expect(await send("DELETE", `Groups/${role()?.id}`)).toMatchObject({ status: 204 });
    expect(role()).toBeUndefined();
  });

  test("are found by their exact name", async () => {
    const found = async (name: string) => {
      const answer = await send("GET", `Groups?filter=${encodeURIComponent(`displayName eq "${name}"`)}`);
      return answer.body;
    };
    expect(await found("Analysts")).toMatchObject({ totalResults: 1, Resources: [{ id: role()?.id }] });
    expect(await found("analysts")).toMatchObject({ totalResults: 0 });
  });

  test.each<[string, string, object | undefined, object]>([
    ["POST", "Groups", {}, { status: 400, body: { detail: "Invalid group data" } }],
    ["PATCH", "Groups/role", {}, { status: 400, body: { detail: "Failed to update group" } }],
    ["GET", "Groups/nobody", undefined, { status: 404, body: { detail: "Group not found" } }],
  ])("%s %s is refused", async (method, path, body, expected) => {
    expect(await send(method, path.replace("role", role()?.id ?? ""), body)).toMatchObject(expected);
  });

  test("appear in the activity log, but only for PostHog's staff", async () => {
    await send("POST", "Groups", { displayName: "Analysts", members: [] });
    const { emulator } = directory;
    const log = "/api/organizations/@current/advanced_activity_logs/?activities=scim_provisioned";
    const owner = asOwner(emulator);
    expect(await owner.get(log)).toMatchObject({ status: 200, body: { results: [] } });
    emulator.store.users.update(1, { is_staff: true }, SYSTEM);
    expect(await owner.get(log)).toMatchObject({
      body: {
        results: [
          {
            scope: "Role",
            item_id: role()?.id,
            user: null,
            detail: { name: "Analysts", context: { identity_provider: "okta" } },
          },
        ],
      },
    });
  });
});
