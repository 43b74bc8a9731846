import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import { type Answer, asOwner, at, badValue, type Client, forgetSeed } from "../support";

const PATH = "/api/organizations/@current/advanced_activity_logs/";
const BAD_ADDRESS =
  "Invalid IP address format. Use a valid IPv4/IPv6 address or a wildcard like `203.0.113.*`.";

let emulator: Emulator;
let owner: Client;
let now = new Date("2026-06-01T10:00:00.000Z");
beforeAll(async () => {
  emulator = await startEmulator({ now: () => now });
  owner = asOwner(emulator);
  const { store } = emulator;
  forgetSeed(emulator);
  await owner.post(
    "/api/organizations/@current/domains/",
    { domain: "viewers.test" },
    { "x-posthog-client": "tests" },
  );
  now = new Date("2026-06-02T10:00:00.000Z");
  const project = store.projects.all()[0]?.id ?? 0;
  await owner.patch(`/api/projects/${project}/`, { name: "Web", anonymize_ips: true, week_start_day: 1 });
  now = new Date("2026-06-03T10:00:00.000Z");
  store.organizations.update(
    emulator.organizationId,
    { name: "Acme Corp" },
    { ...SYSTEM, ip_address: "203.0.113.9" },
  );
});
afterAll(() => emulator.close());

const ask = (query: Record<string, string> | URLSearchParams) =>
  owner.get(`${PATH}?${new URLSearchParams(query)}`);

function scopes(answer: Answer): unknown[] {
  const results = at(answer, "results");
  return Array.isArray(results) ? results.map((_, index) => at(answer, "results", index, "scope")) : [];
}

const detail = (path: string, condition: object) => ({
  detail_filters: JSON.stringify({ [path]: condition }),
});

test.each<[string, Record<string, string>, string[]]>([
  ["nothing", {}, ["Organization", "Team", "Project", "OrganizationDomain"]],
  ["a start", { start_date: "2026-06-02T10:00:00Z" }, ["Organization", "Team", "Project"]],
  ["an end date", { end_date: "2026-06-02T10:00:00Z" }, ["Team", "Project", "OrganizationDomain"]],
  ["a day as start", { start_date: "2026-06-03" }, ["Organization"]],
  ["a time without a zone, which is UTC", { start_date: "2026-06-03T10:00" }, ["Organization"]],
  ["a scope", { scopes: "OrganizationDomain" }, ["OrganizationDomain"]],
  ["scopes as JSON", { scopes: '["OrganizationDomain", "Team"]' }, ["Team", "OrganizationDomain"]],
  ["scopes with commas, which PostHog reads as one name", { scopes: "OrganizationDomain,Team" }, []],
  ["an activity", { activities: "created" }, ["OrganizationDomain"]],
  ["a client", { clients: "tests" }, ["OrganizationDomain"]],
  ["an address", { ip_addresses: "203.0.113.9" }, ["Organization"]],
  ["a range of addresses", { ip_addresses: "203.0.*" }, ["Organization"]],
  ["a part of an address, which matches nothing", { ip_addresses: "::1" }, []],
  ["a project", { team_ids: "1" }, ["Team", "Project"]],
  ["words, in any case", { search_text: "viewERS" }, ["OrganizationDomain"]],
  ["rows without a person", { is_system: "true" }, ["Organization", "OrganizationDomain"]],
  ["people", { is_system: "false" }, ["Team", "Project"]],
  ["support staff", { was_impersonated: "true" }, []],
  ["an item", { item_ids: "1" }, ["Team", "Project"]],
  ["an exact detail", detail("name", { value: "Domain viewers.test added to Acme" }), ["OrganizationDomain"]],
  ["a part of a detail", detail("name", { operation: "contains", value: "VIEW" }), ["OrganizationDomain"]],
  [
    "one of several details",
    detail("context.domain", { operation: "in", value: ["viewers.test", "x"] }),
    ["OrganizationDomain"],
  ],
  ["a detail inside a list", detail("changes[].field", { value: "week_start_day" }), ["Team"]],
  ["a number written as text", detail("changes[].after", { value: "1" }), ["Team"]],
  ["a boolean written as text", detail("changes[].after", { value: "True" }), ["Team"]],
  ["words inside a list", detail("changes[].field", { operation: "contains", value: "ANON" }), ["Team"]],
  ["a detail that no row has", detail("context.nothing", { value: "x" }), []],
  [
    "a detail without a value",
    detail("name", { value: null }),
    ["Organization", "Team", "Project", "OrganizationDomain"],
  ],
  [
    "what is reserved for later",
    { hogql_filter: "1=2" },
    ["Organization", "Team", "Project", "OrganizationDomain"],
  ],
])("filtered by %s, the log has the right rows", async (_, query, expected) => {
  const answer = await ask(query);
  expect(answer.status).toBe(200);
  expect(scopes(answer)).toEqual(expected);
});

test("people are identified by UUID, and a list may be sent as a repeated parameter", async () => {
  const uuids = emulator.store.users.all().map(({ uuid }) => uuid);
  expect(scopes(await ask({ users: uuids[0] ?? "" }))).toEqual(["Team", "Project"]);
  expect(scopes(await ask({ users: uuids[1] ?? "" }))).toEqual([]);
  const repeated = new URLSearchParams([
    ["scopes", "OrganizationDomain"],
    ["scopes", "Organization"],
  ]);
  expect(scopes(await ask(repeated))).toEqual(["Organization", "OrganizationDomain"]);
});

test.each<[string, Record<string, string>, string, string?, string?]>([
  [
    "a date that is none",
    { start_date: "yesterday" },
    "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
  ],
  ["a user that is not a UUID", { users: "owner@acme.test" }, "Must be a valid UUID.", "users__0"],
  ["an invalid address", { ip_addresses: "office" }, BAD_ADDRESS, "ip_addresses__0"],
  ["half an address", { ip_addresses: "192.168" }, BAD_ADDRESS, "ip_addresses__0"],
  ["an impossible address", { ip_addresses: "300.1.1.1" }, BAD_ADDRESS, "ip_addresses__0"],
  ["a project that is not a number", { team_ids: "app" }, "A valid integer is required.", "team_ids__0"],
  [
    "an order that is none",
    { ordering: "name" },
    '"name" is not a valid choice.',
    "ordering",
    "invalid_choice",
  ],
  ["an unknown schema", { schema: "cef" }, '"cef" is not a valid choice.', "schema", "invalid_choice"],
  ["an invalid flag", { is_system: "perhaps" }, "Must be a valid boolean."],
  ["page zero", { page: "0" }, "Ensure this value is greater than or equal to 1.", "page", "min_value"],
  [
    "a page of more than 1000 rows",
    { page_size: "1001" },
    "Ensure this value is less than or equal to 1000.",
    "page_size",
    "max_value",
  ],
  ["detail filters that are not JSON", { detail_filters: "{" }, "Value must be valid JSON."],
  ["detail filters that are not an object", { detail_filters: "[]" }, "detail_filters must be an object."],
  ["a detail filter that is not an object", detail("name", ["x"]), "Detail filter 'name' must be an object."],
  ["an empty path", detail("", { value: 1 }), "Detail filter field paths must be non-empty strings."],
  [
    "a long path",
    detail("x".repeat(501), { value: 1 }),
    "Detail filter field paths must be at most 500 characters.",
  ],
  [
    "an unknown operation",
    detail("name", { operation: "regex", value: 1 }),
    "Unsupported detail filter operation 'regex'. Allowed operations: contains, exact, in.",
  ],
  ["an underscored path", detail("a__b", { value: 1 }), "Detail filter field path 'a__b' contains '__'."],
  [
    "a path with a hole",
    detail("a..b", { value: 1 }),
    "Detail filter field path 'a..b' has an empty segment.",
  ],
  [
    "a path into the database",
    detail("name.regex", { value: 1 }),
    "Detail filter field path 'name.regex' uses reserved segment 'regex'.",
  ],
  [
    "a deep path",
    detail("a[][][][]", { value: 1 }),
    "Detail filter field path 'a[][][][]' nests too many arrays.",
  ],
  [
    "more than a hundred detail filters",
    {
      detail_filters: JSON.stringify(
        Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`a${index}`, {}])),
      ),
    },
    "detail_filters accepts at most 100 entries.",
  ],
])("%s is refused", async (_, query, message, attr = Object.keys(query)[0], code = "invalid_input") => {
  expect(await ask(query)).toMatchObject(badValue(message, attr, code));
});

test("the available filters are those with rows", async () => {
  const answer = await owner.get(`${PATH}available_filters/`);
  expect(answer).toMatchObject({
    status: 200,
    body: {
      static_filters: {
        users: [{ value: emulator.store.users.get(1)?.uuid, label: "Olivia Owner" }],
        scopes: ["Organization", "OrganizationDomain", "Project", "Team"].map((value) => ({ value })),
        activities: [{ value: "created" }, { value: "updated" }],
        clients: [{ value: "tests" }],
      },
    },
  });
  expect(at(answer, "detail_fields", "Team", "fields")).toEqual(
    expect.arrayContaining([
      { name: "name", types: ["string"] },
      { name: "changes", types: ["array"] },
      { name: "changes[].after", types: ["boolean", "number", "string"] },
    ]),
  );
  expect(at(answer, "detail_fields", "General", "fields")).toContainEqual({
    name: "changes[].field",
    types: ["string"],
  });
});

describe("as OCSF events", () => {
  test("rows show who, what and which fields, without values", async () => {
    const answer = await ask({ schema: "ocsf", scopes: "Team" });
    expect(at(answer, "results", 0)).toEqual({
      metadata: {
        version: "1.5.0",
        product: { name: "PostHog", vendor_name: "PostHog" },
        uid: expect.any(String),
      },
      time: "2026-06-02T10:00:00.000000Z",
      class_uid: 3004,
      category_uid: 3,
      type_uid: 300403,
      activity_id: 3,
      status_id: 1,
      entity: { type: "Team", uid: "1", name: "Web" },
      unmapped: {
        activity: "updated",
        changed_fields: ["name", "anonymize_ips", "week_start_day"],
        team_id: 1,
        organization_id: emulator.organizationId,
        was_impersonated: false,
        is_system: false,
        client: null,
      },
      actor: {
        user: {
          uid: emulator.store.users.get(1)?.uuid,
          email_addr: "owner@acme.test",
          name: "Olivia",
        },
      },
      src_endpoint: { ip: "127.0.0.1" },
    });
  });

  test("values are included on request", async () => {
    const answer = await ask({ schema: "ocsf", include_values: "true", scopes: "Organization" });
    expect(answer).toMatchObject({
      body: {
        results: [
          {
            entity: { data: { "organization name": "Acme" } },
            entity_result: { type: "Organization", data: { "organization name": "Acme Corp" } },
          },
        ],
      },
    });
    expect(at(answer, "results", 0)).not.toHaveProperty("actor");
  });

  test("an activity without a number shows its name", async () => {
    const row = emulator.store.activity.all().at(-1);
    emulator.store.activity.update(row?.id ?? "", { activity: "exported", ip_address: null }, SYSTEM);
    const answer = await ask({ schema: "ocsf", activities: "exported" });
    expect(answer).toMatchObject({
      body: { results: [{ activity_id: 99, type_uid: 300499, activity_name: "exported" }] },
    });
    expect(at(answer, "results", 0)).not.toHaveProperty("src_endpoint");
  });
});
