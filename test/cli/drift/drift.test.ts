import { join } from "node:path";
import { printJson, printMarkdown, printText } from "../../../cli/drift/print";
import { findDrift } from "../../../cli/drift/run";
import { printSarif } from "../../../cli/drift/sarif";
import { SYSTEM } from "../../../emulator";
import type { Actor } from "../../../emulator/store/collection";
import { parseState } from "../../../provider/drift/state";
import { actor, driftFrom, driftOf, grantBehind, type Stated, shown, stateText } from "../../support/drift";
import { type World, withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

/** A stack with one rule and one role, created by the handlers. */
async function smallStack({ resource }: Pick<World, "resource">): Promise<Stated[]> {
  const member = resource("ProjectMember");
  await member.up({ projectId: 1, user: "analyst@acme.test", accessLevel: "member" });
  const role = resource("Role");
  await role.up({ name: "Editors", members: ["analyst@acme.test"] });
  return [
    { type: "ProjectMember", name: "analyst", driven: member },
    { type: "Role", name: "editors", driven: role },
  ];
}

/** A stack with a member and one role, created by the handlers. */
async function memberStack({ resource }: Pick<World, "resource">): Promise<Stated[]> {
  const member = resource("OrganizationMember");
  await member.up({ user: "analyst@acme.test", level: "member" });
  const role = resource("Role");
  await role.up({ name: "Editors", members: ["analyst@acme.test"] });
  return [
    { type: "OrganizationMember", name: "analyst", driven: member },
    { type: "Role", name: "editors", driven: role },
  ];
}

/** Makes the analyst an admin outside of Pulumi. */
function promote({ emulator: { store } }: World, by: Actor): void {
  const user = store.users.where("email", "analyst@acme.test")[0]?.id;
  const { id = "" } = store.memberships.all().find(({ user_id }) => user_id === user) ?? {};
  store.memberships.update(id, { level: 8 }, by);
}

/** Closes the project to the analyst outside of Pulumi. */
function closeProject(
  { emulator }: World,
  email = "developer@acme.test",
  client: string | null = "web",
): void {
  const rule = emulator.store.accessRules.all()[0];
  const level = { access_level: "none" };
  emulator.store.accessRules.update(rule?.id ?? "", level, actor(emulator, email, client));
}

const sourceOf = (resources: readonly Stated[], modified?: string) =>
  ({
    kind: "stack",
    name: "stack dev",
    resources: parseState(stateText(resources, modified), "stack dev"),
  }) as const;

describe("a stack that matches PostHog", () => {
  test("has no drift, and needs one request for each list, whatever the number of resources", () =>
    withWorld(async (world) => {
      const stack = await smallStack(world);
      for (const email of ["developer@acme.test", "admin@acme.test", "designer@acme.test"]) {
        const more = world.resource("ProjectMember", email);
        await more.up({ projectId: 1, user: email, accessLevel: "member" });
        stack.push({ type: "ProjectMember", name: email, driven: more });
      }
      const report = await driftOf(world, stack);
      expect(report).toMatchObject({ verdict: "none", compared: 5, differences: [], unread: [] });
      expect(report.logSince).toBeUndefined();
      expect(world.requests().sort()).toEqual([
        "GET ",
        "GET /api/projects/1/access_controls",
        "GET /members",
        "GET /roles",
      ]);
    }));

  test("has no drift, whatever the order in the state", () =>
    withWorld(async (world) => {
      const policy = world.resource("ProjectAccess");
      await world.resource("Role").up({ name: "Editors" });
      const levels = { members: { "analyst@acme.test": "member" }, roles: { Editors: "member" } };
      await policy.up({ projectId: 1, ...levels });
      const report = await driftOf(world, [{ type: "ProjectAccess", driven: policy }]);
      expect(report).toMatchObject({ verdict: "none", moved: [] });
    }));

  test("has no drift if only outputs changed, which is reported", () =>
    withWorld(async (world) => {
      const settings = world.resource("OrganizationSettings");
      await settings.up({ name: "Acme" });
      world.emulator.store.memberships.delete(
        world.emulator.store.memberships.all().at(-1)?.id ?? "",
        SYSTEM,
      );
      const report = await driftOf(world, [{ type: "OrganizationSettings", driven: settings }]);
      expect(report.verdict).toBe("none");
      expect(report.moved).toEqual([{ type: "OrganizationSettings", name: "it", outputs: ["memberCount"] }]);
    }));
});

describe("a change outside of Pulumi", () => {
  test("is reported with person, time and client, with two more requests", () =>
    withWorld(async (world) => {
      const stack = await memberStack(world);
      promote(world, actor(world.emulator, "developer@acme.test", "web"));
      const [membership] = world.emulator.store.roleMemberships.all();
      world.emulator.store.roleMemberships.delete(
        membership?.id ?? "",
        actor(world.emulator, "admin@acme.test", "terraform"),
      );
      const report = await driftOf(world, stack);
      expect(report.verdict).toBe("drift");
      expect(shown(report.differences)).toEqual([
        expect.stringMatching(
          /^OrganizationMember analyst level: "member" → "admin" \| developer@acme\.test, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, web: changed the membership of analyst@acme\.test: level member → admin$/,
        ),
        "Role editors members: analyst@acme.test is missing | actor unknown: PostHog does not log role memberships",
      ]);
      expect(world.requests().filter((line) => /activity/.test(line))).toHaveLength(1);
      expect(world.requests()).toHaveLength(4);
    }));

  test("is distinguished from a change by this package", () =>
    withWorld(async (world) => {
      const stack = await memberStack(world);
      const modified = new Date(Date.now() - 60_000).toISOString();
      promote(world, actor(world.emulator, "admin@acme.test", "pulumi-posthog"));
      const { differences } = await driftOf(world, stack, { modified });
      expect(shown(differences)[0]).toMatch(/admin@acme\.test, .*, pulumi-posthog \(this package\):/);
      const json = JSON.parse(
        printJson(await findDrift(world.host(), sourceOf(stack, modified), { unmanaged: "ignore" })),
      );
      expect(json.differences[0].cause).toMatchObject({
        kind: "found",
        client: "pulumi-posthog",
        isThisPackage: true,
      });
    }));

  test.each<[string, (admin: Actor) => Actor, RegExp]>([
    [
      "PostHog's staff",
      (admin) => ({ ...admin, was_impersonated: true }),
      /PostHog staff as admin@acme\.test, /,
    ],
    ["an API key", (admin) => ({ ...admin, with_key: true }), /an API key, through web, [^,]* UTC: changed/],
    [
      "an API key without a program",
      (admin) => ({ ...admin, with_key: true, client: null }),
      /an API key or PostHog itself \(not recorded\), .* UTC, unknown client: changed/,
    ],
    ["PostHog itself", () => SYSTEM, /an API key or PostHog itself \(not recorded\), /],
  ])("by %s is reported as such", (_, by, expected) =>
    withWorld(async (world) => {
      const stack = await memberStack(world);
      promote(world, by(actor(world.emulator, "admin@acme.test", "web")));
      expect(shown((await driftOf(world, stack)).differences)[0]).toMatch(expected);
    }),
  );

  test("that deletes an object is reported", () =>
    withWorld(async (world) => {
      const stack = await memberStack(world);
      const { store } = world.emulator;
      const { membershipId } = stack[0]?.driven.state ?? {};
      store.memberships.delete(String(membershipId), actor(world.emulator, "admin@acme.test"));
      store.roles.delete(store.roles.where("name", "Editors")[0]?.id ?? "", SYSTEM);
      const { differences } = await driftOf(world, stack);
      expect(shown(differences)).toEqual([
        expect.stringMatching(/^OrganizationMember analyst no longer exists \| admin@acme\.test, /),
        "Role editors no longer exists | actor unknown: PostHog does not log roles",
      ]);
    }));

  test("that was undone is not drift, whatever the log says", () =>
    withWorld(async (world) => {
      const stack = await smallStack(world);
      closeProject(world);
      const [rule] = world.emulator.store.accessRules.all();
      world.emulator.store.accessRules.update(rule?.id ?? "", { access_level: "member" }, SYSTEM);
      expect((await driftOf(world, stack)).verdict).toBe("none");
    }));

  test("that follows others is reported, and the others are counted", () =>
    withWorld(async (world) => {
      const stack = await memberStack(world);
      promote(world, actor(world.emulator, "developer@acme.test"));
      const id = String(stack[0]?.driven.state.membershipId);
      world.emulator.store.memberships.update(id, { level: 1 }, SYSTEM);
      promote(world, actor(world.emulator, "admin@acme.test"));
      expect(shown((await driftOf(world, stack)).differences)[0]).toMatch(
        /\| admin@acme\.test, .*\(\d more entries about it\)$/,
      );
    }));
});

test("on a server that logs access rules, the log's entries count", () =>
  withWorld(async (world) => {
    const stack = await smallStack(world);
    closeProject(world);
    const { store, organizationId } = world.emulator;
    const [rule] = store.accessRules.all();
    const [entry] = store.activity.all();
    if (entry === undefined || rule === undefined) throw new Error("the log is empty");
    const { resource, resource_id, organization_member, role, access_level } = rule;
    const context = { resource, resource_id, organization_member, role, access_level };
    const changes = [
      {
        type: "AccessControl",
        action: "changed" as const,
        field: "access_level",
        before: "member",
        after: "none",
      },
    ];
    const { id: user_id = 0 } = store.users.where("email", "developer@acme.test")[0] ?? {};
    store.activity.insert(
      {
        ...entry,
        id: store.uuid(),
        user_id,
        is_system: false,
        organization_id: organizationId,
        team_id: 1,
        scope: "AccessControl",
        activity: "updated",
        item_id: rule.id,
        detail: { ...entry.detail, name: "project 1", context, changes },
        created_at: store.timestamp(),
      },
      SYSTEM,
    );
    const [first] = shown((await driftOf(world, stack)).differences);
    expect(first).toMatch(/\| developer@acme\.test, .*: changed the rule of .* "member" → "none"$/);
  }));

describe("a log of several pages", () => {
  /** A member that someone promoted, followed by more than a page of entries about others. */
  async function longLog(world: World): Promise<Stated[]> {
    const stack = await memberStack(world);
    promote(world, actor(world.emulator, "developer@acme.test"));
    const { store } = world.emulator;
    const entry = store.activity
      .all()
      .filter(({ scope }) => scope === "OrganizationMembership")
      .at(-1);
    if (entry === undefined) throw new Error("the log is empty");
    const created_at = new Date(Date.now() + 1000).toISOString();
    for (let number = 0; number < 1100; number += 1) {
      const other = { id: store.uuid(), item_id: `other${number}`, created_at };
      store.activity.insert({ ...entry, ...other, detail: { ...entry.detail, context: null } }, SYSTEM);
    }
    return stack;
  }

  test("is read to its end, with a thousand entries per request", () =>
    withWorld(async (world) => {
      const { differences } = await driftOf(world, await longLog(world));
      expect(shown(differences)).toEqual([expect.stringMatching(/\| developer@acme\.test, /)]);
      expect(world.requests().filter((line) => /activity/.test(line))).toHaveLength(2);
    }));

  test("that fails halfway names nobody from the missing pages", () =>
    withWorld(async (world) => {
      const stack = await longLog(world);
      const body = {
        type: "authentication_error",
        code: "permission_denied",
        detail: "No more.",
        attr: null,
      };
      world.emulator.faults.add({
        kind: "status",
        path: /advanced_activity_logs/,
        status: 403,
        body,
        skip: 1,
      });
      const report = await driftOf(world, stack);
      expect(report.verdict).toBe("drift");
      expect(shown(report.differences)).toEqual([expect.stringMatching(/\| cannot read the actor: /)]);
    }));
});

describe("the report shows why the actor is unknown:", () => {
  const why = async (world: World): Promise<string> => {
    const member = world.resource("OrganizationMember");
    await member.up({ user: "analyst@acme.test", level: "member" });
    const { store } = world.emulator;
    const id = String(member.state.membershipId);
    store.memberships.update(id, { level: 8 }, actor(world.emulator, "owner@acme.test"));
    const report = await driftOf(world, [{ type: "OrganizationMember", name: "analyst", driven: member }]);
    expect(report.verdict).toBe("drift");
    return shown(report.differences)[0]?.split(" | ")[1] ?? "";
  };

  test("... or names the actor", () =>
    withWorld(async (world) =>
      expect(await why(world)).toMatch(/^owner@acme\.test, .*level member → admin$/),
    ));

  test("the key cannot read the log", () =>
    withWorld(
      async (world) => expect(await why(world)).toMatch(/^cannot read the actor: .*activity_log:read/),
      acmeWorld({
        scopes: ["organization:read", "organization_member:write"],
      }),
    ));

  test("the plan has no log", () =>
    withWorld(async (world) => {
      world.emulator.faults.add({
        kind: "status",
        path: /advanced_activity_logs/,
        status: 402,
        body: {
          type: "server_error",
          code: "payment_required",
          detail: "Audit logs requires a paid PostHog plan.",
          attr: null,
        },
        times: 5,
      });
      expect(await why(world)).toMatch(/^cannot read the actor: .*plan does not include audit logs/);
    }, acmeWorld()));

  test("PostHog does not log access rules", () =>
    withWorld(async (world) => {
      const stack = await smallStack(world);
      closeProject(world);
      const { differences } = await driftOf(world, stack);
      expect(shown(differences)[0]).toMatch(/\| actor unknown: PostHog does not log access rules$/);
    }));

  test("the entry is older than the part that was read", () =>
    withWorld(async (world) => {
      const stack = await smallStack(world);
      closeProject(world);
      const since = new Date(Date.now() + 60_000).toISOString();
      const [first] = shown((await driftOf(world, stack, { since })).differences);
      expect(first).toMatch(/actor unknown/);
    }));

  test("on a server of August 2025, the projects' logs are combined", () =>
    withWorld(
      async (world) => {
        const stack = await memberStack(world);
        promote(world, actor(world.emulator, "developer@acme.test"));
        const [first] = shown((await driftOf(world, stack)).differences);
        expect(first).toMatch(
          /\| developer@acme\.test, .* UTC: changed the membership of analyst@acme\.test/,
        );
      },
      acmeWorld({ generation: "old" }),
    ));
});

describe("an unmanaged object", () => {
  const mine = async (world: World): Promise<Stated[]> => {
    const stack = await smallStack(world);
    grantBehind(world, "developer@acme.test", actor(world.emulator, "admin@acme.test", "web"));
    return stack;
  };

  test("is listed, and is not drift", () =>
    withWorld(async (world) => {
      const stack = await mine(world);
      const report = await driftOf(world, stack, {
        unmanaged: "list",
        kinds: ["grants", "roles", "roleMembers"],
      });
      expect(report.verdict).toBe("none");
      expect(shown(report.unmanaged)).toEqual([
        'grant of developer@acme.test on project "Default project" admin | actor unknown: PostHog does not log access rules',
      ]);
    }, acmeWorld()));

  test("is drift with --unmanaged fail", () =>
    withWorld(async (world) => {
      const stack = await mine(world);
      const report = await driftOf(world, stack, { unmanaged: "fail", kinds: ["grants"] });
      expect(report).toMatchObject({ verdict: "drift", differences: [] });
    }, acmeWorld()));

  test("of every kind is found, and nothing that the stack manages", () =>
    withWorld(async (world) => {
      const stack = await mine(world);
      const { unmanaged } = await driftOf(world, stack, { unmanaged: "list" });
      expect(unmanaged.map(({ type }) => type).sort()).toEqual([
        "grant",
        "key",
        "member",
        "member",
        "member",
        "member",
        "project",
      ]);
    }, acmeWorld()));

  test("counts once, as drift of the policy, if the policy is exclusive", () =>
    withWorld(async (world) => {
      const policy = world.resource("ProjectAccess");
      await policy.up({
        projectId: 1,
        members: { "analyst@acme.test": "member" },
        mode: "exclusive",
        removalLimit: 1,
      });
      const stack = [{ type: "ProjectAccess", name: "web", driven: policy }];
      grantBehind(world, "developer@acme.test", actor(world.emulator, "admin@acme.test"));
      const report = await driftOf(world, stack, { unmanaged: "list", kinds: ["grants"] });
      expect(report.unmanaged).toEqual([]);
      expect(shown(report.differences)).toEqual([
        'ProjectAccess web members.developer@acme.test: nothing → "admin" | actor unknown: PostHog does not log access rules',
      ]);
    }, acmeWorld()));
});

describe("every format of the report", () => {
  test("says the same, without secrets", () =>
    withWorld(async (world) => {
      const stack = await smallStack(world);
      const key = world.resource("ProjectSecretApiKey");
      await key.up({ projectId: 1, label: "flags", scopes: ["feature_flag:read"] });
      const place = {
        stackTrace: [
          { sourcePosition: "project:///node_modules/x.js#1,1" },
          { sourcePosition: "project:///src/index.ts#12,3" },
        ],
      };
      stack.push({ type: "ProjectSecretApiKey", name: "flags", driven: key, more: place });
      const { store } = world.emulator;
      store.projectSecretApiKeys.delete(
        store.projectSecretApiKeys.all()[0]?.id ?? "",
        actor(world.emulator, "admin@acme.test"),
      );
      closeProject(world);
      world.run();
      const result = await findDrift(world.host(), sourceOf(stack), { unmanaged: "list" });
      const [text, markdown, json, sarif] = [
        printText(result),
        printMarkdown(result),
        printJson(result),
        printSarif(result, "Pulumi.yaml", join(process.cwd(), "infra", "posthog")),
      ];
      for (const form of [text, markdown, json, sarif]) {
        expect(form).toContain("developer@acme.test".replace("@", form === markdown ? "\\@" : "@"));
        expect(form).not.toMatch(/phs_[A-Za-z0-9]{8}|phx_[A-Za-z0-9]{8}/);
        expect(form).not.toContain(world.emulator.password);
      }
      expect(text).toContain("2 differences; 3 resources compared.");
      expect(JSON.parse(json)).toMatchObject({
        verdict: "drift",
        compared: 3,
        differences: [{ kind: "gone" }, { kind: "changed" }],
      });
      const { results, tool, invocations } = JSON.parse(sarif).runs[0];
      expect(invocations).toMatchObject([{ executionSuccessful: true }]);
      // An update alone compares the program with the state, and sees nothing.
      expect(tool.driver.informationUri).toMatch(/^https:/);
      for (const rule of tool.driver.rules.slice(0, 2)) expect(rule.help.text).toMatch(/pulumi up --refresh/);
      expect(results[0]).toMatchObject({
        ruleId: "drift-gone",
        level: "warning",
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "infra/posthog/src/index.ts" },
              region: expect.objectContaining({ startLine: 12 }),
            },
          },
        ],
      });
      expect(results.at(-1)).toMatchObject({ ruleId: "drift-unmanaged", level: "note" });
    }));

  test("a stack without resources of this package has no drift, and everything is unmanaged", () =>
    withWorld(async (world) => {
      const report = await driftFrom(world, sourceOf([]), { unmanaged: "list", kinds: ["members"] });
      expect(report).toMatchObject({ verdict: "none", compared: 0 });
      expect(report.unmanaged).toHaveLength(4);
    }, acmeWorld()));
});
