import { type Emulator, SYSTEM } from "../../../emulator";
import {
  as,
  asSession,
  at,
  badValue,
  forbidden,
  IDS,
  limited,
  logged,
  missing,
  twoOrganizations,
  withEmulator,
} from "../support";

let emulator: Emulator;
withEmulator({ seed: twoOrganizations() }, (started) => {
  emulator = started;
});

const WEBSITE = `/api/projects/${IDS.website}/`;
const NESTED = `/api/organizations/${IDS.acme}/projects/`;

/** Makes the analyst a plain member of the website project, where everyone is an admin by default. */
async function demoteAnalyst(target = emulator): Promise<void> {
  await as(target, "owner").put(`${WEBSITE}access_controls/`, {
    access_level: "member",
    organization_member: IDS.analystMember,
  });
}

describe("deleting", () => {
  beforeEach(() => emulator.markIngested(IDS.website));

  test("leaves the project readable, marked, until the background work is done", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.delete(WEBSITE)).toMatchObject({ status: 204, body: null });
    expect(await owner.get(WEBSITE)).toMatchObject({ status: 200, body: { is_pending_deletion: true } });
    expect(await owner.delete(WEBSITE)).toMatchObject(badValue("This project is already being deleted."));
    expect(emulator.finishDeletions()).toEqual({ projects: [IDS.website], organizations: [] });
    expect(await owner.get(WEBSITE)).toMatchObject(missing());
    expect(emulator.store.objects.size).toBe(0);
    expect(logged(emulator)).toContain("Project deleted");
  });

  test("through the environment's URL does not set the flag", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.delete(`/api/environments/${IDS.website}/`)).toMatchObject({ status: 204 });
    expect(await owner.get(WEBSITE)).toMatchObject({ body: { is_pending_deletion: false } });
    expect(emulator.finishDeletions().projects).toEqual([IDS.website]);
  });

  test("needs a project admin", async () => {
    await demoteAnalyst();
    expect(await as(emulator, "analyst").delete(WEBSITE)).toMatchObject(
      forbidden("You don't have sufficient permissions in the project."),
    );
    expect(await as(emulator, "developer").delete(WEBSITE)).toMatchObject({ status: 204 });
  });

  test("the last one is refused while a subscription runs", async () => {
    emulator.store.organizations.update(IDS.globex, { has_active_subscription: true }, SYSTEM);
    expect(await as(emulator, "globex").delete(`/api/projects/${IDS.globexProject}/`)).toMatchObject(
      badValue(
        "Cannot delete the last project in an organization with an active subscription. Please cancel your subscription first in the billing page.",
      ),
    );
  });

  test("gives people whose current project it was another one", async () => {
    await as(emulator, "owner").delete(WEBSITE);
    emulator.finishDeletions();
    expect(at(await as(emulator, "owner").get("/api/projects/@current/"), "id")).toBe(IDS.app);
  });
});

describe("actions for sessions", () => {
  test("keys are refused", async () => {
    for (const action of ["reset_token", "rotate_secret_token", "delete_secret_token_backup"]) {
      expect(await as(emulator, "owner").patch(`${WEBSITE}${action}/`)).toMatchObject(
        forbidden("This action does not support personal API key access"),
      );
    }
  });

  test("tokens are renewed, with the previous secret as a backup until deleted", async () => {
    const session = await asSession(emulator, "owner@acme.test", "owner-password");
    const before = (await session.get(WEBSITE)).body;
    const reset = await session.patch(`${WEBSITE}reset_token/`);
    expect(at(reset, "api_token")).not.toBe(Object(before).api_token);
    const first = at(await session.patch(`${WEBSITE}rotate_secret_token/`), "secret_api_token");
    const rotated = await session.patch(`${WEBSITE}rotate_secret_token/`);
    expect(rotated.body).toMatchObject({ secret_api_token_backup: first });
    const dropped = await session.patch(`${WEBSITE}delete_secret_token_backup/`);
    expect(dropped.body).toMatchObject({ secret_api_token_backup: null });
    const values = emulator.store.activity
      .all()
      .flatMap(({ detail }) => detail.changes ?? [])
      .filter(({ field }) => field.startsWith("secret_api_token"))
      .flatMap(({ before: was, after }) => [was, after]);
    expect(new Set(values)).toEqual(new Set([null, "masked"]));
  });

  test("a project moves only between organizations that the caller administers", async () => {
    const session = await asSession(emulator, "owner@acme.test", "owner-password");
    const move = (organization_id: string) =>
      session.post(`${WEBSITE}change_organization/`, { organization_id });
    expect(await move(IDS.acme)).toMatchObject(badValue("Project is already in the target organization."));
    expect(await move(IDS.globex)).toMatchObject(
      badValue(
        "You must be an admin or owner of both the source and target organizations to move a project.",
      ),
    );
  });
});

test("a key restricted to one project sees that project, and nothing of the organization", async () => {
  const key = limited(emulator, { projects: [IDS.website] });
  expect(await key.get(WEBSITE)).toMatchObject({ status: 200 });
  expect(await key.get(`/api/projects/${IDS.app}/`)).toMatchObject(
    forbidden(`API key does not have access to the requested project: ID ${IDS.app}.`),
  );
  expect(await key.get(NESTED)).toMatchObject(
    forbidden("API keys with scoped projects are only supported on project-based endpoints."),
  );
});
