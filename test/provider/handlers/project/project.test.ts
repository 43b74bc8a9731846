import { withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const writes = (requests: string[]): string[] => requests.filter((request) => !request.startsWith("GET"));

/** Servers of July 2026 still accept two projects with one name. */
const withoutUniqueNames = acmeWorld({ generation: "2026-07" });

describe("a project", () => {
  test("is created with its settings, and creating it sends only what is declared", () =>
    withWorld(async ({ emulator, resource, requests }) => {
      const project = resource("Project");
      await project.up({
        name: "Staging",
        timezone: "Europe/Berlin",
        settings: { sessionRecordingOptIn: true },
      });
      expect(project.state).toMatchObject({
        name: "Staging",
        timezone: "Europe/Berlin",
        settings: { sessionRecordingOptIn: true },
        projectId: Number(project.id),
        url: `${emulator.url}/project/${project.id}`,
        apiToken: expect.stringMatching(/^phc_/),
        createdAt: expect.any(String),
        organizationUuid: emulator.organizationId,
      });
      expect(writes(requests())).toEqual(["POST /projects", `PATCH /projects/${project.id}`]);
      expect(emulator.ignoredFields).toEqual([]);
    }));

  test("is renamed in place, and keeps its other settings", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const project = resource("Project");
      await project.up({ name: "Staging" });
      const stored = emulator.store.projects.get(Number(project.id));
      run();
      const diff = await project.diff({ name: "Test" });
      expect([diff.changes, diff.replaces]).toEqual([true, []]);
      await project.up({ name: "Test" });
      expect(emulator.store.projects.get(Number(project.id))).toMatchObject({
        name: "Test",
        uuid: stored?.uuid,
      });
    }));

  test("is closed with one rule, and opened again when the argument is removed", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const project = resource("Project");
      const rules = () => emulator.store.accessRules.where("team_id", Number(project.id));
      await project.up({ name: "Production", defaultAccess: "none" });
      expect(rules()).toMatchObject([{ access_level: "none", organization_member: null, role: null }]);
      run();
      await project.up({ name: "Production" });
      expect(rules()).toEqual([]);
    }));

  test("is closed by accessControl: true too", () =>
    withWorld(async ({ emulator, resource }) => {
      const project = resource("Project");
      await project.up({ name: "Production", accessControl: true });
      expect(emulator.store.accessRules.where("team_id", Number(project.id))).toMatchObject([
        { access_level: "none" },
      ]);
    }));

  test("shows drift of every declared field on refresh, and of no other", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const args = {
        name: "Staging",
        timezone: "Europe/Berlin",
        defaultAccess: "none",
        settings: { surveysOptIn: true },
      };
      const project = resource("Project");
      await project.up(args);
      const id = Number(project.id);
      const key = { Authorization: `Bearer ${emulator.apiKey}`, "Content-Type": "application/json" };
      const patch = { name: "Renamed", timezone: "UTC", surveys_opt_in: false, anonymize_ips: true };
      await fetch(`${emulator.url}/api/projects/${id}/`, {
        method: "PATCH",
        headers: key,
        body: JSON.stringify(patch),
      });
      await fetch(`${emulator.url}/api/projects/${id}/access_controls/`, {
        method: "PUT",
        headers: key,
        body: JSON.stringify({ access_level: "member" }),
      });
      run();
      const observed = await project.refresh();
      expect(observed?.inputs).toEqual({
        name: "Renamed",
        timezone: "UTC",
        defaultAccess: "member",
        settings: { surveysOptIn: false },
      });
      expect((await project.diff(args)).changes).toBe(true);
    }));

  test("stays the same with the organization's UUID or slug, and is replaced with another organization", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const project = resource("Project");
      await project.up({ name: "Staging" });
      run();
      expect(await project.diff({ name: "Staging", organizationId: "acme" })).toMatchObject({
        changes: false,
      });
      expect(
        await project.diff({ name: "Staging", organizationId: emulator.organizationId.toUpperCase() }),
      ).toMatchObject({
        changes: false,
      });
    }, acmeWorld()));
});

describe("deleting a project", () => {
  test("is refused while it has events and its protection is on, with the fix", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const project = resource("Project");
      await project.up({ name: "Production" });
      emulator.markIngested(Number(project.id));
      run();
      await expect(project.destroy()).rejects.toThrow(/has received events[\s\S]*deletionProtection: false/);
      await project.up({ name: "Production", deletionProtection: false });
      run();
      await project.destroy();
      expect(emulator.store.projects.where("organization_id", emulator.organizationId)).toContainEqual(
        expect.objectContaining({ name: "Production", is_pending_deletion: true }),
      );
    }));

  test("counts a project that PostHog is deleting as deleted", () =>
    withWorld(async ({ emulator, resource, run, messages }) => {
      const project = resource("Project");
      await project.up({ name: "Staging" });
      const headers = { Authorization: `Bearer ${emulator.apiKey}` };
      await fetch(`${emulator.url}/api/projects/${project.id}/`, { method: "DELETE", headers });
      run();
      expect(await project.refresh()).toBeUndefined();
      expect(messages.join()).toContain("was deleted outside this program");
      await project.destroy();
    }));

  test("does not count a project as deleted because the key's owner cannot see it", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const project = resource("Project");
      await project.up({ name: "Closed", defaultAccess: "none" });
      emulator.faults.add({
        kind: "status",
        method: "GET",
        path: /projects\/\d+\/?$/,
        status: 404,
        body: { detail: "Not found.", code: "not_found" },
      });
      run();
      await expect(project.refresh()).rejects.toThrow(/404 not_found/);
    }, acmeWorld()));
});

describe("a project that already exists", () => {
  test("is not duplicated: the preview says how to adopt it or create a second one", () =>
    withWorld(async ({ resource }) => {
      const [refusal] = await resource("Project").refusals({ name: "Default project" });
      expect(refusal).toMatch(/already exists \(id 1\)[\s\S]*adopt: true[\s\S]*adopt: false/);
    }));

  test("is adopted by name, and the preview says what would change on it", () =>
    withWorld(async ({ resource, messages }) => {
      const project = resource("Project");
      await project.up({ name: "Default project", timezone: "Europe/Berlin", adopt: true });
      expect(project.id).toBe("1");
      expect(messages.join()).toMatch(/adopts project 1; changes timezone/);
    }));

  test("gets a namesake with adopt: false", () =>
    withWorld(async ({ resource }) => {
      const project = resource("Project");
      await project.up({ name: "Default project", adopt: false });
      expect(project.id).not.toBe("1");
    }, withoutUniqueNames));

  test("is not adopted if several have its name: the error lists them", () =>
    withWorld(async ({ resource, run }) => {
      await resource("Project", "second").up({ name: "Default project", adopt: false });
      run();
      const [refusal] = await resource("Project").refusals({ name: "Default project", adopt: true });
      expect(refusal).toMatch(/2 projects are named "Default project"[\s\S]*they are 1, 2/);
    }, withoutUniqueNames));
});

describe("a create that fails", () => {
  const kinds = ["dropAfter", "dropBefore"] as const;
  test.each(kinds)("creates exactly one project when the response is lost (%s)", (kind) =>
    withWorld(async ({ emulator, resource }) => {
      emulator.faults.add({ kind, method: "POST", path: /\/projects\/?$/ });
      await resource("Project").up({ name: "Staging" });
      expect(emulator.store.projects.all().filter(({ name }) => name === "Staging")).toHaveLength(1);
    }),
  );

  test("keeps the project in state when its settings fail, and the next run completes it", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const args = { name: "Staging", settings: { surveysOptIn: true } };
      emulator.faults.add({
        kind: "status",
        method: "PATCH",
        status: 403,
        body: { detail: "No.", code: "permission_denied" },
      });
      const project = resource("Project");
      const error: unknown = await project.up(args).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({
        name: "PartialResultError",
        id: "2",
        properties: { projectId: 2, name: "Staging" },
      });
      project.remember("2", (error as { properties: Record<string, unknown> }).properties, args);
      run();
      await project.up(args);
      expect(emulator.store.projects.all().map(({ name }) => name)).toEqual(["Default project", "Staging"]);
      expect(project.state).toMatchObject({ settings: { surveysOptIn: true } });
    }));

  test("names a setting that the server ignored", () =>
    withWorld(async ({ emulator, resource, run }) => {
      const project = resource("Project");
      await project.up({ name: "Staging", settings: { surveysOptIn: false } });
      const headers = { Authorization: `Bearer ${emulator.apiKey}` };
      const unchanged = await (
        await fetch(`${emulator.url}/api/projects/${project.id}/`, { headers })
      ).json();
      emulator.faults.add({ kind: "status", method: "PATCH", status: 200, body: unchanged });
      run();
      await expect(project.up({ name: "Staging", settings: { surveysOptIn: true } })).rejects.toThrow(
        /ignored surveysOptIn/,
      );
    }));

  test("writes settings to the environment on older servers", () =>
    withWorld(
      async ({ resource, run }) => {
        const project = resource("Project");
        await project.up({ name: "Staging", settings: { captureDeadClicks: true } });
        run();
        expect((await project.refresh())?.inputs).toMatchObject({ settings: { captureDeadClicks: true } });
      },
      { emulator: { generation: "old" } },
    ));
});

describe("a preview", () => {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ["an empty name", { name: "" }, /^name: must not be empty/],
    ["a name that is too long", { name: "x".repeat(201) }, /^name: must be at most 200/],
    ["a missing name", {}, /^name: is required/],
    [
      "a wrong time zone, with the nearest",
      { name: "x", timezone: "Europe/Berln" },
      /^timezone: .*Europe\/Berlin/,
    ],
    [
      "an unknown access level",
      { name: "x", defaultAccess: "superuser" },
      /^defaultAccess: must be none, member or admin/,
    ],
    [
      "both words for the default",
      { name: "x", defaultAccess: "none", accessControl: true },
      /^accessControl: /,
    ],
    ["an unknown argument, with the nearest", { name: "x", timezon: "UTC" }, /^timezon: .*timezone/],
    [
      "an unknown setting, with the nearest",
      { name: "x", settings: { surveyOptIn: true } },
      /^settings\.surveyOptIn: /,
    ],
    [
      "a setting of the wrong type",
      { name: "x", settings: { surveysOptIn: "yes" } },
      /^settings\.surveysOptIn: /,
    ],
    ["an organization that moves", { name: "x", organizationId: "@current" }, /^organizationId: /],
    ["a wrong type", { name: 5 }, /^name: must be text/],
  ];
  test.each(bad)("refuses %s before any request", (_, args, message) =>
    withWorld(async ({ resource, requests }) => {
      const refusals = await resource("Project").refusals(args);
      expect(refusals.join("\n")).toMatch(message);
      expect(requests()).toEqual([]);
    }),
  );

  test("refuses a project that the plan does not allow", () =>
    withWorld(
      async ({ resource }) => {
        const [refusal] = await resource("Project").refusals({ name: "Second" });
        expect(refusal).toMatch(/allows 1 project, and it has 1/);
      },
      acmeWorld({ organization: { features: [{ key: "organizations_projects", limit: 1 }] } }),
    ));

  test("refuses a project if members may not create projects", () =>
    withWorld(
      async ({ resource }) => {
        const [refusal] = await resource("Project").refusals({ name: "Second" });
        expect(refusal).toMatch(/takes an organization admin/);
      },
      acmeWorld({ caller: "analyst@acme.test" }),
    ));

  test("warns that PostHog does not enforce a default access without the plan feature", () =>
    withWorld(
      async ({ resource, messages }) => {
        expect(await resource("Project").refusals({ name: "Closed", defaultAccess: "none" })).toEqual([]);
        expect(messages.join()).toMatch(/lacks access_control/);
      },
      acmeWorld({ organization: { features: [{ key: "organizations_projects", limit: null }] } }),
    ));

  test("of an unchanged project sends no request", () =>
    withWorld(async ({ resource, run, requests }) => {
      const args = { name: "Staging", settings: { surveysOptIn: true } };
      const project = resource("Project");
      await project.up(args);
      run();
      expect(await project.refusals(args)).toEqual([]);
      expect(await project.diff(args)).toMatchObject({ changes: false });
      expect(requests()).toEqual([]);
    }));
});

test("a project that a key without organization:read cannot find does not count as deleted", () =>
  withWorld(
    async ({ emulator, resource, run }) => {
      const project = resource("Project");
      await project.up({ name: "Staging" });
      const gone = { code: "not_found", detail: "Not found." };
      emulator.faults.add({
        kind: "status",
        method: "GET",
        path: /projects\/\d+\/?$/,
        status: 404,
        body: gone,
      });
      run();
      await expect(project.refresh()).rejects.toThrow(/404 not_found/);
    },
    acmeWorld({ scopes: ["project:write"] }),
  ));
