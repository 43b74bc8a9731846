import { type Actor, Collection, type Emulator, SYSTEM } from "../../../emulator";
import { IDS, logged, twoOrganizations, withEmulator } from "../support";

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

  test("hands out rows that cannot change", () => {
    const rows = make();
    const row = rows.insert(red, SYSTEM);
    expect(() => Object.assign(row, { color: "blue" })).toThrow(TypeError);
    rows.update(1, { color: "blue" }, SYSTEM);
    expect(row.color).toBe("red");
  });

  test("calls hooks on real changes only, with who made them", () => {
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

  test("refuses a second row with an id, and changes to what is not there", () => {
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
    expect(emulator.store.activity.all()).toMatchObject([
      { scope: "OrganizationMembership", is_system: true, user_id: null, client: null, ip_address: null },
    ]);
  });

  test("hides the values of masked columns, but shows null", () => {
    const { store } = emulator;
    store.projects.update(IDS.website, { secret_api_token: "phs_1" }, SYSTEM);
    store.projects.update(IDS.website, { secret_api_token: null }, SYSTEM);
    expect(store.activity.all().flatMap(({ detail }) => detail.changes)).toMatchObject([
      { action: "created", before: null, after: "masked" },
      { action: "deleted", before: "masked", after: null },
    ]);
    expect(JSON.stringify(store.activity.all())).not.toContain("phs_1");
  });

  test("records a key in every log that it reaches: its projects, its organizations, or all of its owner's", () => {
    const { store } = emulator;
    const key = store.personalApiKeys.find(({ label }) => label === "analyst");
    const places = (patch: object) => {
      store.personalApiKeys.update(key?.id ?? "", { ...patch, label: JSON.stringify(patch) }, SYSTEM);
      const last = store.activity.all().at(-1);
      return [last?.organization_id, last?.team_id];
    };
    expect(places({})).toEqual([IDS.acme, null]);
    expect(places({ scoped_organizations: [IDS.globex] })).toEqual([IDS.globex, null]);
    expect(places({ scoped_teams: [IDS.app] })).toEqual([IDS.acme, IDS.app]);
  });

  test("deletes an organization with everything in it, and records it", () => {
    const { store } = emulator;
    store.organizations.delete(IDS.acme, SYSTEM);
    expect([
      ...store.projects.where("organization_id", IDS.acme),
      ...store.roles.where("organization_id", IDS.acme),
      ...store.memberships.where("organization_id", IDS.acme),
    ]).toEqual([]);
    expect(store.roleMemberships.size + store.objects.size).toBe(0);
    expect(logged(emulator)).toEqual(expect.arrayContaining(["Organization deleted", "Project deleted"]));
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
