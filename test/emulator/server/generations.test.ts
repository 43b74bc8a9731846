import { ageOf, type Emulator, GENERATIONS, type Generation, SYSTEM } from "../../../emulator";
import { as, asNobody, at, IDS, twoOrganizations, withEmulator } from "../support";

const ACME = `/api/organizations/${IDS.acme}/`;
/** Settings of organizations, and how many of the three generations have them. */
const FIELDS = [
  ["enforce_verified_domains", false, 1],
  ["members_can_see_org_members", false, 1],
  ["members_can_create_projects", true, 2],
  ["is_ai_training_opted_in", false, 2],
  ["default_anonymize_ips", true, 2],
] as const;

test("earlier names of the generations still work", () => {
  const names: readonly Generation[] = ["2025-08", "2026-07", "current", "old", "mid", "new"];
  expect(GENERATIONS).toEqual(names);
  expect(names.map(ageOf)).toEqual(["2025-08", "2026-07", "current", "2025-08", "2026-07", "current"]);
});

describe.each<[Generation, { age: number; creation: number; unauthorized: boolean; level: number }]>([
  ["2025-08", { age: 3, creation: 403, unauthorized: false, level: 15 }],
  ["2026-07", { age: 2, creation: 500, unauthorized: true, level: 15 }],
  ["current", { age: 1, creation: 201, unauthorized: true, level: 8 }],
])("a server of generation %s", (generation, { age, creation, unauthorized, level }) => {
  let emulator: Emulator;
  withEmulator({ seed: twoOrganizations(), generation }, (started) => {
    emulator = started;
  });

  test.each(FIELDS)("shows and accepts %s, or does neither", async (field, value, generations) => {
    const answer = await as(emulator, "owner").patch(ACME, { [field]: value });
    const isKnown = age <= generations;
    expect(answer.status).toBe(200);
    expect(Reflect.has(Object(answer.body), field)).toBe(isKnown);
    expect(emulator.ignoredFields.map((ignored) => ignored.field)).toEqual(isKnown ? [] : [field]);
  });

  test("filters members by address and time, and searches them if it can", async () => {
    const owner = as(emulator, "owner");
    const found = async (query: string) => at(await owner.get(`${ACME}members/?${query}`), "count");
    expect(await found("email=analyst@acme.test")).toBe(1);
    expect(await found("updated_after=2090-01-01")).toBe(0);
    const searches = age < 3;
    expect(await found("search=analyst")).toBe(searches ? 1 : 5);
    const [row] = Object(at(await owner.get(`${ACME}members/?search=analyst`), "results"));
    expect(Reflect.has(row, "search_match_type")).toBe(searches);
  });

  test("enforces access rules by the feature in its plans", async () => {
    const feature = age < 3 ? "access_control" : "advanced_permissions";
    const features = emulator.store.organizations.get(IDS.acme)?.available_product_features ?? [];
    const without = features.filter(({ key }) => key !== feature);
    const rule = { access_level: "none", organization_member: IDS.analystMember };
    await as(emulator, "owner").put(`/api/projects/${IDS.website}/access_controls/`, rule);
    const seen = async () => (await as(emulator, "analyst").get(`/api/projects/${IDS.website}/`)).status;
    expect(await seen()).toBe(404);
    emulator.store.organizations.update(IDS.acme, { available_product_features: without }, SYSTEM);
    expect(await seen()).toBe(200);
  });

  test("adds the address of its own metadata to a 401 if it is new enough", async () => {
    const answer = await asNobody(emulator).get(ACME);
    expect(answer.headers.has("www-authenticate")).toBe(unauthorized);
  });

  test("lets members create projects only if it has the setting", async () => {
    await as(emulator, "owner").patch(ACME, { members_can_create_projects: true });
    const answer = await as(emulator, "analyst").post(`${ACME}projects/`, { name: "Mine" });
    expect(answer.status).toBe(creation);
  });

  test("limits the level in a project to 8 if it is new enough (PostHog: posthog/user_permissions.py)", async () => {
    const answer = await as(emulator, "owner").get(`/api/projects/${IDS.website}/`);
    expect(at(answer, "effective_membership_level")).toBe(level);
  });
});
