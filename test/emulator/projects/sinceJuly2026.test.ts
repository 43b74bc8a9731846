import { type Emulator, startEmulator } from "../../../emulator";
import { as, asSession, at, badValue, IDS, missing, refusal, textAt, twoOrganizations } from "../support";

/**
 * What changed after July 2026. No recording covers it: each block names the pull request of PostHog's public
 * repository that it was read in.
 */

let emulator: Emulator;
let july: Emulator;
let now = new Date("2026-10-01T10:00:00Z");
beforeAll(async () => {
  emulator = await startEmulator({ seed: twoOrganizations(), now: () => now });
  july = await startEmulator({ seed: twoOrganizations(), generation: "2026-07" });
});
afterEach(() => {
  now = new Date("2026-10-01T10:00:00Z");
  emulator.reset();
  july.reset();
});
afterAll(async () => {
  await emulator.close();
  await july.close();
});

const WEBSITE = `/api/projects/${IDS.website}/`;
const NESTED = `/api/organizations/${IDS.acme}/projects/`;

describe("project names are unique in an organization (pull request 77399)", () => {
  const taken = (name: string) =>
    refusal(
      409,
      "server_error",
      "conflict",
      `There is already a project called "${name}" in this organization. Choose a different name.`,
    );

  test.each(["Website", "WEBSITE", " website "])("%j is refused on creation", async (name) => {
    expect(await as(emulator, "owner").post(NESTED, { name })).toMatchObject(taken(name.trim()));
    expect(await as(july, "owner").post(NESTED, { name })).toMatchObject({ status: 201 });
  });

  test("and as a new name, unless it is the project's own or another organization's", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.patch(WEBSITE, { name: "app" })).toMatchObject(taken("app"));
    expect(await owner.patch(WEBSITE, { name: "Website", heatmaps_opt_in: true })).toMatchObject({
      status: 200,
    });
    expect(await owner.patch(WEBSITE, { name: "WebSite" })).toMatchObject({ status: 200 });
    expect(await owner.post(NESTED, { name: "Reactor" })).toMatchObject({ status: 201 });
  });

  test("what is pending deletion does not count", async () => {
    emulator.markIngested(IDS.website);
    const owner = as(emulator, "owner");
    await owner.delete(WEBSITE);
    expect(await owner.post(NESTED, { name: "Website" })).toMatchObject({ status: 201 });
  });

  test("a project without a name of its own is numbered", async () => {
    const owner = as(emulator, "owner");
    const names = [];
    for (let count = 0; count < 3; count += 1) {
      names.push(textAt(await owner.post(NESTED), "name"));
    }
    expect(names).toEqual(["Default project", "Default project 2", "Default project 3"]);
    expect(at(await as(july, "owner").post(NESTED), "name")).toBe("Default project");
    expect(at(await as(july, "owner").post(NESTED), "name")).toBe("Default project");
  });
});

describe("deletion waits for 48 hours where there is data (pull requests 99317 and 102364)", () => {
  test("without data the project is gone at once", async () => {
    const owner = as(emulator, "owner");
    expect(await owner.delete(WEBSITE)).toMatchObject({ status: 204 });
    expect(await owner.get(WEBSITE)).toMatchObject(missing());
  });

  test("with data it is marked, and can be kept until then", async () => {
    emulator.markIngested(IDS.website);
    const owner = as(emulator, "owner");
    await owner.delete(WEBSITE);
    expect(await owner.get(WEBSITE)).toMatchObject({ body: { is_pending_deletion: true } });
    const session = await asSession(emulator, "owner@acme.test", "owner-password");
    const cancel = () => session.post(`${WEBSITE}cancel-deletion/`);
    expect(await cancel()).toMatchObject({ status: 200, body: { is_pending_deletion: false } });
    expect(await cancel()).toMatchObject({ status: 400 });
  });

  test("the list does not tell", async () => {
    emulator.markIngested(IDS.website);
    const owner = as(emulator, "owner");
    await owner.delete(WEBSITE);
    const [first] = Object(at(await owner.get(NESTED), "results"));
    expect(first).toMatchObject({ id: IDS.website });
    expect(first).not.toHaveProperty("is_pending_deletion");
  });

  test("after 48 hours it is gone", async () => {
    emulator.markIngested(IDS.website);
    const owner = as(emulator, "owner");
    await owner.delete(WEBSITE);
    now = new Date("2026-10-03T09:59:00Z");
    expect(await owner.get(WEBSITE)).toMatchObject({ status: 200 });
    now = new Date("2026-10-03T10:00:00Z");
    expect(await owner.get(WEBSITE)).toMatchObject(missing());
  });

  test("servers of July 2026 mark every project, and delete it in the background", async () => {
    const owner = as(july, "owner");
    await owner.delete(WEBSITE);
    expect(await owner.get(WEBSITE)).toMatchObject({ body: { is_pending_deletion: true } });
    expect(await owner.delete(WEBSITE)).toMatchObject(badValue("This project is already being deleted."));
  });

  test("servers of August 2025 delete at once", async () => {
    const old = await startEmulator({ seed: twoOrganizations(), generation: "2025-08" });
    old.markIngested(IDS.website);
    await as(old, "owner").delete(WEBSITE);
    expect(await as(old, "owner").get(WEBSITE)).toMatchObject(missing());
    await old.close();
  });
});

describe("members who may create projects", () => {
  test("get a crash and the project on servers of July 2026", async () => {
    const { store } = july;
    await as(july, "owner").patch(`/api/organizations/${IDS.acme}/`, { members_can_create_projects: true });
    const before = store.projects.size;
    expect(await as(july, "analyst").post(NESTED, { name: "Mine" })).toMatchObject({ status: 500 });
    expect(store.projects.size).toBe(before + 1);
  });
});

describe("path cleaning rules need an expression (validate_path_cleaning_filters in PostHog's public source)", () => {
  const attr = "path_cleaning_filters";
  test.each([
    [[{ alias: "id", regex: "" }], "A path cleaning rule needs a regex. Remove the rule or give it one."],
    [[{ alias: "id" }], "A path cleaning rule needs a regex. Remove the rule or give it one."],
    [{ alias: "id" }, "Must provide a list of path cleaning rules."],
    [
      [{ alias: "id", regex: "(a)\\1" }],
      "Invalid path cleaning regex '(a)\\1': invalid escape sequence: `\\1`",
    ],
    [
      [{ alias: "\\2", regex: "(a)" }],
      "The alias '\\2' references capture group \\2, but its regex has 1 capture group(s). Add the group to the regex or fix the reference.",
    ],
  ])("%j is refused", async (rules, detail) => {
    expect(await as(emulator, "owner").patch(WEBSITE, { [attr]: rules })).toMatchObject(
      badValue(detail, attr),
    );
    expect(await as(july, "owner").patch(WEBSITE, { [attr]: rules })).toMatchObject({ status: 200 });
  });
});
