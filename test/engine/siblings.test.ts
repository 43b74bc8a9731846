import { accessWorld, rulesIn } from "../support/access";
import { changesOf, javascript, withStack } from "./harness";

const caller = "analyst@acme.test";

test("two rules that keep the key's owner as admin are not both removed in one run", () => {
  const { emulator, config } = accessWorld(
    [{ member: caller, level: "admin" }, { role: "Leads", level: "admin" }, { level: "none" }],
    { caller, organization: { roles: [{ name: "Leads", members: [caller] }] } },
  );
  const program = `
    new posthog.ProjectMember("own", { projectId: 1, user: "${caller}", accessLevel: "admin" });
    new posthog.ProjectMember("leads", { projectId: 1, role: "Leads", accessLevel: "admin" });
  `;
  return withStack(
    program,
    async (stack, { faults, ...rest }) => {
      await stack.up();
      // Each removal is slow enough that the other one is checked in the meantime.
      faults.add({ kind: "delay", method: "PUT", delayMs: 1_500, times: 10 });
      const destroyed = await stack.destroy({ fails: true });
      expect(destroyed.text).toContain("the key's own owner could no longer manage the project");
      expect(rulesIn({ faults, ...rest }).filter((rule) => rule.endsWith(": admin"))).toHaveLength(1);
    },
    { emulator, config: { "posthog:apiKey": config.apiKey }, session: false },
  );
});

test("two keys with one label are both created although a response was lost, and both are revoked", () => {
  const key = (name: string): string =>
    `exports.${name} = new posthog.PersonalApiKey("${name}", { label: "CI", scopes: ["insight:read"], adopt: false }).value;`;
  return withStack(key("one"), async (stack, { faults, store, url }) => {
    faults.add({ kind: "dropBefore", method: "POST", path: "/api/personal_api_keys/", skip: 1 });
    await stack.setProgram(javascript(`${key("one")}\n${key("other")}`));
    expect(changesOf(await stack.up()).sort()).toEqual(["create one", "create other"]);
    const outputs = await stack.outputs({ showSecrets: true });
    for (const value of [outputs.one, outputs.other]) {
      const headers = { Authorization: `Bearer ${String(value)}` };
      expect((await fetch(`${url}/api/personal_api_keys/@current/`, { headers })).status).toBe(200);
    }
    expect(store.personalApiKeys.where("label", "CI")).toHaveLength(2);
    await stack.destroy();
    expect(store.personalApiKeys.where("label", "CI")).toHaveLength(0);
  });
});
