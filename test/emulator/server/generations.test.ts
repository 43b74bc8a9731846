import { ageOf, type Emulator, GENERATIONS, type Generation } from "../../../emulator";
import { as, asNobody, at, IDS, twoOrganizations, withEmulator } from "../support";

const ACME = `/api/organizations/${IDS.acme}/`;
const NEW_FIELDS = {
  enforce_verified_domains: false,
  members_can_create_projects: true,
  members_can_see_org_members: false,
  is_ai_training_opted_in: true,
};

test("earlier names of the generations still work", () => {
  const names: readonly Generation[] = ["2025-08", "2026-07", "current", "old", "mid", "new"];
  expect(GENERATIONS).toEqual(names);
  expect(names.map(ageOf)).toEqual(["2025-08", "2026-07", "current", "2025-08", "2026-07", "current"]);
});

describe.each<[Generation, { organization: boolean; filters: boolean; search: boolean }]>([
  ["old", { organization: false, filters: false, search: false }],
  ["mid", { organization: false, filters: true, search: false }],
  ["new", { organization: true, filters: true, search: true }],
])("a server of generation %s", (generation, knows) => {
  let emulator: Emulator;
  withEmulator({ seed: twoOrganizations(), generation }, (started) => {
    emulator = started;
  });

  test.each(Object.keys(NEW_FIELDS))("shows and takes %s, or does neither", async (field) => {
    const body = { [field]: Reflect.get(NEW_FIELDS, field) };
    const answer = await as(emulator, "owner").patch(ACME, body);
    expect(answer.status).toBe(200);
    expect(Reflect.has(Object(answer.body), field)).toBe(knows.organization);
    expect(emulator.ignoredFields.map((ignored) => ignored.field)).toEqual(knows.organization ? [] : [field]);
  });

  test("filters members, or ignores the parameters", async () => {
    const owner = as(emulator, "owner");
    for (const query of ["email=analyst@acme.test", "search=analyst", "updated_after=2090-01-01"]) {
      const count = at(await owner.get(`${ACME}members/?${query}`), "count");
      expect(count === 5).toBe(!knows.filters);
    }
    const [row] = Object(at(await owner.get(`${ACME}members/`), "results"));
    expect(Reflect.has(row, "search_match_type")).toBe(knows.search);
  });

  test("adds the address of its own metadata to a 401, if new enough", async () => {
    const answer = await asNobody(emulator).get(ACME);
    expect(answer.headers.has("www-authenticate")).toBe(generation === "new");
  });

  test("lets members create projects only if it knows the setting", async () => {
    await as(emulator, "owner").patch(ACME, { members_can_create_projects: true });
    const answer = await as(emulator, "analyst").post(`${ACME}projects/`, { name: "Mine" });
    expect(answer.status).toBe(knows.organization ? 201 : 403);
  });

  test("caps the level in a project at 8, if new enough", async () => {
    const answer = await as(emulator, "owner").get(`/api/projects/${IDS.website}/`);
    expect(at(answer, "effective_membership_level")).toBe(generation === "new" ? 8 : 15);
  });
});
