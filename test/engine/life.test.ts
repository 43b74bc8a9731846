import { SYSTEM } from "../../emulator";
import { Secret, type StackState } from "../../tools/stack";
import { acmeWorld } from "../support/seeds";
import { changesOf, withStack } from "./harness";

const program = `
  const project = new posthog.Project("p", { name: "Staging", settings: { surveysOptIn: true } });
  const member = new posthog.ProjectMember("m", { projectId: project.projectId, user: "analyst@acme.test", accessLevel: "member" });
  const key = new posthog.PersonalApiKey("k", { label: "CI", scopes: ["query:read"] });
  const sso = new posthog.OrgSsoSettings("s", { domain: "acme.com" });
  exports.value = key.value;
`;

/**
 * The state as an earlier version would have left it: without later outputs, with an argument that no longer exists.
 */
function aged(state: StackState): StackState {
  const later = new Set(["organizationUuid", "domainId", "lastRolledAt", "membershipId"]);
  const resources = (state.deployment.resources ?? []).map((resource) => {
    const outputs = Object.entries(Object(resource.outputs)).filter(([name]) => !later.has(name));
    return { ...resource, outputs: { ...Object.fromEntries(outputs), retired: "an argument of long ago" } };
  });
  return { ...state, deployment: { ...state.deployment, resources } };
}

test("this version reads, refreshes, updates and destroys an older version's state", () =>
  withStack(program, async (stack, emulator) => {
    await stack.up();
    const { value } = await stack.outputs({ showSecrets: true });
    await stack.importState(aged(await stack.exportState()));
    await stack.refresh();
    await stack.up();
    await stack.preview({ flags: ["--expect-no-changes"] });
    expect((await stack.outputs({ showSecrets: true })).value).toBe(value);
    await stack.importState(aged(await stack.exportState()));
    await stack.destroy();
    expect(emulator.store.accessRules.size + emulator.store.domains.size).toBe(0);
  }));

test("if a key was replaced between up and destroy, destroy uses the current environment or configuration", () => {
  const world = acmeWorld();
  const [first] = world.emulator.seed.keys ?? [];
  const keys = [
    ...(first === undefined ? [] : [first]),
    { user: "owner@acme.test", label: "next", value: "phx_next0key" },
  ];
  return withStack(
    program,
    async (stack, emulator) => {
      await stack.up();
      const old = emulator.store.personalApiKeys.all().find(({ label }) => label === "caller");
      emulator.store.personalApiKeys.delete(old?.id ?? "", SYSTEM);
      expect((await stack.refresh({ fails: true })).text).toMatch(/401[\s\S]*deleted or rotated/);
      const next = { POSTHOG_API_KEY: "phx_next0key" };
      // A key from the environment only goes to the environment's host, which is US Cloud by default.
      expect((await stack.refresh({ env: next, fails: true })).text).toMatch(/export .*POSTHOG_HOST too/);
      await stack.refresh({ env: { ...next, POSTHOG_HOST: emulator.url } });
      await stack.setConfig({ "posthog:apiKey": new Secret("phx_next0key") });
      expect(changesOf(await stack.destroy({ flags: ["--run-program"] }))).toHaveLength(4);
    },
    {
      emulator: { seed: { ...world.emulator.seed, keys } },
      config: {
        "posthog:apiKey": new Secret("phx_caller0key"),
        "posthog:password": new Secret("a-long-enough-password"),
      },
    },
  );
});

test("a partly created resource is kept, and the next run completes it", () =>
  withStack(program, async (stack, emulator) => {
    emulator.faults.add({
      kind: "status",
      method: "PATCH",
      path: /\/projects\/\d+/,
      status: 403,
      body: { code: "permission_denied", detail: "No." },
    });
    const failed = await stack.up({ fails: true });
    expect(failed.text).toMatch(/changing project 2 failed: PostHog answered 403/);
    await stack.up();
    expect(emulator.store.projects.all().map(({ name }) => name)).toEqual(["Default project", "Staging"]);
    await stack.preview({ flags: ["--expect-no-changes"] });
    await stack.destroy();
  }));
