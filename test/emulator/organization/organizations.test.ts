import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import {
  as,
  at,
  badValue,
  forbidden,
  IDS,
  limited,
  logged,
  missing,
  refusal,
  requestRows,
  textAt,
  twoOrganizations,
  withEmulator,
} from "../support";

let emulator: Emulator;
withEmulator({ seed: twoOrganizations() }, (started) => {
  emulator = started;
});

const ACME = `/api/organizations/${IDS.acme}/`;

describe("reading", () => {
  test("a list has only the caller's organizations, with the caller's own level", async () => {
    const answer = await as(emulator, "analyst").get("/api/organizations/");
    expect(answer).toMatchObject({ status: 200, body: { count: 1, next: null, previous: null } });
    expect(at(answer, "results", 0)).toMatchObject({ id: IDS.acme, name: "Acme", membership_level: 1 });
  });

  test("every documented field is present", async () => {
    const answer = await as(emulator, "owner").get(ACME);
    expect(Object.keys(Object(answer.body)).sort()).toEqual(
      [
        "id name slug logo_media_id created_at updated_at membership_level plugins_access_level teams projects",
        "available_product_features is_member_join_email_enabled metadata customer_id enforce_2fa",
        "enforce_verified_domains members_can_invite members_can_create_projects member_count",
        "members_can_use_personal_api_keys members_can_see_org_members allow_publicly_shared_resources",
        "is_ai_data_processing_approved is_ai_training_opted_in is_ai_training_locked is_hipaa",
        "is_ai_training_cta_shown default_experiment_stats_method default_anonymize_ips default_role_id",
        "is_active is_not_active_reason is_pending_deletion uses_most_specific_access_resolution",
      ]
        .join(" ")
        .split(" ")
        .sort(),
    );
    expect(answer.body).toMatchObject({ member_count: 5, default_experiment_stats_method: "bayesian" });
  });

  test("timestamps are UTC with microseconds", async () => {
    const answer = await as(emulator, "owner").get(ACME);
    expect(at(answer, "created_at")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  test("@current is the caller's current organization", async () => {
    expect(at(await as(emulator, "globex").get("/api/organizations/@current"), "id")).toBe(IDS.globex);
  });

  test.each([
    ["of others", IDS.globex],
    ["that do not exist", IDS.unknown],
  ])("organizations %s are not found", async (_, id) => {
    expect(await as(emulator, "owner").get(`/api/organizations/${id}/`)).toMatchObject(missing());
  });

  test("an organization's slug, or any other malformed id, crashes the server", async () => {
    expect(await as(emulator, "owner").get("/api/organizations/acme/")).toMatchObject({ status: 500 });
    expect(await as(emulator, "owner").get("/api/organizations/acme/members/")).toMatchObject(
      missing("Organization not found."),
    );
  });

  test("a key restricted to another organization finds and lists nothing", async () => {
    const key = limited(emulator, { organizations: [IDS.globex] });
    expect(await key.get(ACME)).toMatchObject(missing());
    expect(at(await key.get("/api/organizations/"), "count")).toBe(0);
  });
});

describe("creating", () => {
  test("creates a default project and an owner, and becomes the caller's current organization", async () => {
    const answer = await as(emulator, "analyst").post("/api/organizations/", { name: "Initech" });
    expect(answer).toMatchObject({ status: 201, body: { name: "Initech", membership_level: 15 } });
    expect(at(answer, "teams", 0, "name")).toBe("Default project");
    const current = await as(emulator, "analyst").get("/api/organizations/@current/");
    expect(at(current, "id")).toBe(at(answer, "id"));
    expect(logged(emulator)).toEqual([
      "Organization created",
      "Dashboard created",
      "Project created",
      "Team created",
      "OrganizationMembership created",
    ]);
  });

  test("names may repeat, slugs are unique", async () => {
    const answer = await as(emulator, "owner").post("/api/organizations/", { name: "Acme" });
    expect(answer.status).toBe(201);
    expect(at(answer, "slug")).toMatch(/^acme-.+/);
  });

  test.each([
    [{}, badValue("This field is required.", "name", "required")],
    [{ name: " " }, badValue("This field may not be blank.", "name", "blank")],
    [{ name: null }, badValue("This field may not be null.", "name", "null")],
    [
      { name: "x".repeat(65) },
      badValue("Ensure this field has no more than 64 characters.", "name", "max_length"),
    ],
    [
      { name: "Initech", logo_media_id: IDS.unknown },
      badValue(`Invalid pk "${IDS.unknown}" - object does not exist.`, "logo_media_id", "does_not_exist"),
    ],
    [["Initech"], badValue("Invalid data. Expected a dictionary, but got list.")],
  ])("%j is refused", async (body, error) => {
    expect(await as(emulator, "owner").post("/api/organizations/", body)).toMatchObject(error);
  });

  test("self-hosted servers allow a second one only with the feature", async () => {
    const selfHosted = await startEmulator({
      seed: twoOrganizations({ features: "none" }),
      cloud: false,
    });
    const detail =
      "You must upgrade your PostHog plan to be able to create and manage multiple organizations.";
    const owner = as(selfHosted, "owner");
    expect(await owner.post("/api/organizations/", { name: "Initech" })).toMatchObject(forbidden(detail));
    expect(await owner.put(ACME, { name: "Acme" })).toMatchObject(forbidden(detail));
    expect(await owner.patch(ACME, { name: "Acme" })).toMatchObject({ status: 200 });
    await selfHosted.close();
  });
});

describe("changing", () => {
  test("a field's change is logged with its client; unknown fields are ignored and recorded", async () => {
    const body = { name: "Acme Corp", color: "blue" };
    const answer = await as(emulator, "owner").patch(ACME, body, { "x-posthog-client": "tests" });
    expect(answer).toMatchObject({ status: 200, body: { name: "Acme Corp" } });
    expect(emulator.ignoredFields).toEqual([{ method: "PATCH", path: ACME, field: "color" }]);
    expect(requestRows(emulator)).toMatchObject([
      {
        scope: "Organization",
        activity: "updated",
        item_id: IDS.acme,
        organization_id: IDS.acme,
        team_id: null,
        client: "tests",
        ip_address: "127.0.0.1",
        was_impersonated: false,
        is_system: true,
        detail: {
          changes: [{ action: "changed", field: "organization name", before: "Acme", after: "Acme Corp" }],
        },
      },
    ]);
  });

  test("read-only fields do not change, and count as ignored", async () => {
    await as(emulator, "owner").patch(ACME, { slug: "other", is_member_join_email_enabled: false });
    expect(emulator.store.organizations.get(IDS.acme)).toMatchObject({
      slug: "acme",
      is_member_join_email_enabled: true,
    });
    expect(emulator.ignoredFields.map(({ field }) => field)).toEqual([
      "slug",
      "is_member_join_email_enabled",
    ]);
  });

  test("an unchanged value leaves no row", async () => {
    await as(emulator, "owner").patch(ACME, { name: "Acme" });
    expect(logged(emulator)).toEqual([]);
  });

  test.each([
    [{ default_experiment_stats_method: "guess" }, '"guess" is not a valid choice.', "invalid_choice"],
    [{ default_anonymize_ips: "maybe" }, "Must be a valid boolean.", "invalid_input"],
    [{ logo_media_id: "7" }, "“7” is not a valid UUID.", "invalid_input"],
    [
      { logo_media_id: IDS.unknown },
      `Invalid pk "${IDS.unknown}" - object does not exist.`,
      "does_not_exist",
    ],
  ])("%j is refused", async (body, detail, code) => {
    const [field] = Object.keys(body);
    expect(await as(emulator, "owner").patch(ACME, body)).toMatchObject(badValue(detail, field, code));
  });

  test("a default role that does not exist crashes the server", async () => {
    expect(await as(emulator, "owner").patch(ACME, { default_role_id: "nope" })).toMatchObject(
      refusal(500, "server_error", "error", "A server error occurred."),
    );
  });

  test("members may not", async () => {
    expect(await as(emulator, "analyst").patch(ACME, { name: "Mine" })).toMatchObject(
      forbidden("Your organization access level is insufficient."),
    );
  });

  test("an unsupported method is refused for keys before it gives 405", async () => {
    expect(await as(emulator, "owner").post(ACME)).toMatchObject(
      forbidden("This action does not support personal API key access"),
    );
  });
});

describe("plan gates", () => {
  let free: Emulator;
  withEmulator({ seed: twoOrganizations({ features: "none" }) }, (started) => {
    free = started;
  });

  const GATES: [object, string][] = [
    [{ members_can_invite: false }, "You must upgrade your plan to configure who can send invites."],
    [{ enforce_2fa: true }, "You must upgrade your plan to enforce 2FA."],
    [
      { allow_publicly_shared_resources: false },
      "You must upgrade your plan to configure public sharing settings.",
    ],
    [
      { members_can_use_personal_api_keys: false },
      "You must upgrade your plan to configure personal API key permissions.",
    ],
    [
      { members_can_create_projects: true },
      "You must upgrade your plan to configure who can create projects.",
    ],
  ];

  test.each(GATES)("%j needs its feature", async (body, detail) => {
    const error = badValue(detail, Object.keys(body)[0], "payment_required");
    expect(await as(free, "owner").patch(ACME, body)).toMatchObject(error);
    expect(await as(emulator, "owner").patch(ACME, body)).toMatchObject({ status: 200, body });
  });

  test("sending the stored value back is accepted", async () => {
    const body = { members_can_invite: true, enforce_2fa: null };
    expect(await as(free, "owner").patch(ACME, body)).toMatchObject({ status: 200 });
  });

  test("older servers have no gates", async () => {
    const old = await startEmulator({ seed: twoOrganizations({ features: "none" }), generation: "old" });
    for (const [body] of GATES) {
      expect(await as(old, "owner").patch(ACME, body)).toMatchObject({ status: 200 });
    }
    expect(old.store.organizations.get(IDS.acme)).toMatchObject({
      members_can_invite: false,
      enforce_2fa: true,
      members_can_use_personal_api_keys: false,
    });
    const unknown = old.ignoredFields.map(({ field }) => field);
    expect(unknown).toEqual(["allow_publicly_shared_resources", "members_can_create_projects"]);
    await old.close();
  });
});

describe("deleting", () => {
  test("happens at once on servers of August 2025, and the owner then has no current organization", async () => {
    const old = await startEmulator({ seed: twoOrganizations(), generation: "2025-08" });
    const owner = as(old, "owner");
    const id = textAt(await owner.post("/api/organizations/", { name: "Initech" }), "id");
    expect(await owner.delete(`/api/organizations/${id}/`)).toMatchObject({ status: 204 });
    expect(await owner.get("/api/organizations/")).toMatchObject(
      missing("You need to belong to an organization."),
    );
    expect(at(await owner.get("/api/organizations/@current/"), "id")).toBe(IDS.acme);
    expect(at(await owner.get("/api/organizations/"), "count")).toBe(1);
    await old.close();
  });

  test("is only for owners, completes in the background, and is refused the second time", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.delete(ACME)).toMatchObject({ status: 204, body: null });
    expect(await owner.get(ACME)).toMatchObject({ status: 200, body: { is_pending_deletion: true } });
    expect(await owner.delete(ACME)).toMatchObject(badValue("This organization is already being deleted."));
    expect(emulator.finishDeletions()).toEqual({ projects: [], organizations: [IDS.acme] });
    expect(await owner.get(ACME)).toMatchObject(missing());
    expect(emulator.store.projects.where("organization_id", IDS.acme)).toEqual([]);
  });

  test.each([
    ["analyst", "You do not have admin access to this resource."],
    ["admin", "Your organization access level is insufficient."],
  ] as const)("is refused to the %s", async (person, detail) => {
    expect(await as(emulator, person).delete(ACME)).toMatchObject(forbidden(detail));
  });

  test("is refused while a subscription runs, on Cloud", async () => {
    emulator.store.organizations.update(IDS.acme, { has_active_subscription: true }, SYSTEM);
    expect(await as(emulator, "owner").delete(ACME)).toMatchObject(
      badValue(
        "Cannot delete organization with an active subscription. Please cancel your subscription first in the billing page.",
      ),
    );
  });
});
