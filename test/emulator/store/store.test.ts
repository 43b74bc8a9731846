import { type Actor, Collection, type Emulator, SYSTEM } from "../../../emulator";
import { IDS, requestRows, twoOrganizations, withEmulator } from "../support";

describe("a collection", () => {
  const make = () =>
    new Collection<{ id: number; color: string; updated_at: string }>(() => "now", ["color"]);
  const red = { id: 1, color: "red", updated_at: "then" };

  test("finds rows by id and by indexed column, through changes and deletions", () => {
    const rows = make();
    rows.insert(red, SYSTEM);
    rows.insert({ ...red, id: 2 }, SYSTEM);
    rows.update(1, { color: "blue" }, SYSTEM);
    expect(rows.where("color", "red").map(({ id }) => id)).toEqual([2]);
    expect(rows.where("color", "blue")).toEqual([{ id: 1, color: "blue", updated_at: "now" }]);
    expect(rows.where("updated_at", "then").map(({ id }) => id)).toEqual([2]);
    rows.delete(1, SYSTEM);
    expect([rows.get(1), rows.where("color", "blue"), rows.size]).toEqual([undefined, [], 1]);
  });

  test("keeps a row's place when other columns change", () => {
    const rows = make();
    rows.insert(red, SYSTEM);
    rows.insert({ ...red, id: 2 }, SYSTEM);
    rows.update(1, { updated_at: "later" }, SYSTEM);
    expect(rows.where("color", "red").map(({ id }) => id)).toEqual([1, 2]);
  });

  test("returns rows that cannot change", () => {
    const rows = make();
    const row = rows.insert(red, SYSTEM);
    expect(() => Object.assign(row, { color: "blue" })).toThrow(TypeError);
    rows.update(1, { color: "blue" }, SYSTEM);
    expect(row.color).toBe("red");
  });

  test("calls hooks only on real changes, with their actor", () => {
    const rows = make();
    const seen: string[] = [];
    rows.onChange((change, actor) => seen.push(`${change.kind} by ${actor.client}`));
    rows.onDelete((row) => seen.push(`about to delete ${row.id}`));
    const actor: Actor = { ...SYSTEM, client: "me" };
    rows.insert(red, actor);
    rows.update(1, { color: "red" }, actor);
    rows.update(1, { color: "blue" }, actor);
    rows.delete(1, actor);
    rows.delete(1, actor);
    expect(seen).toEqual(["created by me", "updated by me", "about to delete 1", "deleted by me"]);
  });

  test("refuses a second row with the same id, and changes to missing rows", () => {
    const rows = make();
    rows.insert(red, SYSTEM);
    expect(() => rows.insert(red, SYSTEM)).toThrow("A row with the id 1 is already there.");
    expect(() => rows.update(2, {}, SYSTEM)).toThrow("There is no row with the id 2.");
  });
});

describe("the store", () => {
  let emulator: Emulator;
  withEmulator({ seed: twoOrganizations() }, (started) => {
    emulator = started;
  });

  test("records direct changes as the system's", () => {
    emulator.store.memberships.update(IDS.analystMember, { level: 8 }, SYSTEM);
    expect(emulator.store.activity.all().slice(-1)).toMatchObject([
      { scope: "OrganizationMembership", is_system: true, user_id: null, client: null, ip_address: null },
    ]);
  });

  test("hides the values of masked columns, but shows null", () => {
    const { store } = emulator;
    const by = { ...SYSTEM, user: store.users.all()[0] ?? null, ip_address: "127.0.0.1" };
    store.projects.update(IDS.website, { secret_api_token: "phs_1" }, by);
    store.projects.update(IDS.website, { secret_api_token: null }, by);
    expect(requestRows(emulator).flatMap(({ detail }) => detail.changes)).toMatchObject([
      { action: "created", before: null, after: "masked" },
      { action: "deleted", before: "masked", after: null },
    ]);
    expect(JSON.stringify(store.activity.all())).not.toContain("phs_1");
  });

  describe("records a key", () => {
    const key = () => {
      const found = emulator.store.personalApiKeys.find(({ label }) => label === "analyst");
      if (found === undefined) throw new Error("The seed has no such key.");
      return found;
    };
    const place = new Map<string | number | null, string>([
      [IDS.acme, "acme"],
      [IDS.globex, "globex"],
      [IDS.website, "website"],
      [IDS.app, "app"],
      [IDS.globexProject, "reactor"],
    ]);
    const rowsOf = (patch: object) => {
      const before = emulator.store.activity.size;
      emulator.store.personalApiKeys.update(key().id, patch, SYSTEM);
      return emulator.store.activity
        .all()
        .slice(before)
        .map((row) => `${row.activity} ${place.get(row.team_id ?? row.organization_id)}`)
        .sort();
    };

    test.each([
      ["all organizations of its owner", {}, ["updated acme"]],
      [
        "its organizations",
        { scoped_organizations: [IDS.acme, IDS.globex] },
        ["updated acme", "updated globex"],
      ],
      ["its projects", { scoped_teams: [IDS.app] }, ["updated app"]],
    ])("in the log of %s", (_, reach, rows) => {
      emulator.store.personalApiKeys.update(key().id, reach, SYSTEM);
      expect(rowsOf({ label: "other" })).toEqual(rows);
    });

    test.each<[string, object, object, string[]]>([
      [
        "another project",
        { scoped_teams: [IDS.app] },
        { scoped_teams: [IDS.website] },
        ["created website", "revoked app"],
      ],
      [
        "a project more",
        { scoped_teams: [IDS.app] },
        { scoped_teams: [IDS.app, IDS.website] },
        ["created website"],
      ],
      [
        "fewer projects",
        { scoped_teams: [IDS.app, IDS.website] },
        { scoped_teams: [IDS.app] },
        ["revoked website"],
      ],
      [
        "one project of its organization",
        { scoped_organizations: [IDS.acme] },
        { scoped_organizations: [], scoped_teams: [IDS.app] },
        ["revoked website"],
      ],
      [
        "another organization, by projects",
        { scoped_teams: [IDS.app, IDS.website] },
        { scoped_teams: [IDS.globexProject] },
        ["created reactor", "revoked acme"],
      ],
      [
        "the organization of its only project",
        { scoped_teams: [IDS.globexProject] },
        { scoped_teams: [], scoped_organizations: [IDS.globex] },
        ["revoked globex"],
      ],
      [
        "all that its owner reaches",
        { scoped_organizations: [IDS.globex] },
        { scoped_organizations: [] },
        ["created acme", "revoked globex"],
      ],
    ])("that can access %s as created and revoked", (_, before, after, rows) => {
      emulator.store.personalApiKeys.update(key().id, before, SYSTEM);
      expect(rowsOf(after)).toEqual(rows);
    });
  });

  test("deletes an organization with everything in it", () => {
    const { store } = emulator;
    store.organizations.delete(IDS.acme, SYSTEM);
    expect([
      ...store.projects.where("organization_id", IDS.acme),
      ...store.roles.where("organization_id", IDS.acme),
      ...store.memberships.where("organization_id", IDS.acme),
    ]).toEqual([]);
    expect(store.roleMemberships.size + store.objects.size).toBe(0);
    expect(store.organizations.size).toBe(1);
  });

  test("gives people of a deleted organization another current one", () => {
    const { store } = emulator;
    const user = store.users.where("uuid", IDS.analystUser)[0];
    store.memberships.delete(IDS.analystMember, SYSTEM);
    expect(store.users.get(user?.id)).toMatchObject({
      current_organization_id: null,
      current_team_id: null,
    });
  });
});
