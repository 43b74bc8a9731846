import { Secret } from "../../tools/stack";
import { acmeWorld } from "../support/seeds";
import { withStack } from "./harness";

const program = `
  for (let index = 0; index < 20; index += 1)
    new posthog.Project("project-" + index, { name: "Project " + index });
  new posthog.Role("analysts", { name: "Analysts" });
  new posthog.ProjectMember("analyst", { projectId: 1, user: "analyst@acme.test", accessLevel: "member" });
`;

test("a preview with a read-only key explains the problem once, with at most three requests, and creates nothing", () => {
  const { emulator, config } = acmeWorld({ scopes: ["organization:read"] });
  return withStack(
    program,
    async (stack, { requests }) => {
      const { text } = await stack.preview({ fails: true });
      expect(text).toMatch(/lacks the scopes? \S+:write/);
      // The engine stops at the first resource that fails, so its message lists the others too.
      expect(text).toMatch(
        /affected in this program: 20 Project \(project:write\), 1 ProjectMember \(access_control:write, organization_member:read\), 1 Role \(organization:write\)/,
      );
      expect(text.match(/add it to the key under Settings > Personal API keys/g)).toHaveLength(1);
      expect(requests.length).toBeLessThanOrEqual(3);
    },
    { emulator, config: { "posthog:apiKey": new Secret(config.apiKey ?? "") }, session: false },
  );
});

test("a preview with a plain member's key, and one without the plan feature, show the required level and feature", async () => {
  const member = acmeWorld({ caller: "analyst@acme.test", organization: { features: [] } });
  await withStack(
    'new posthog.IdentityProvider("okta", { name: "Okta", domains: [], scim: { enabled: true } });',
    async (stack) => {
      const { text } = await stack.preview({ fails: true });
      expect(text).toMatch(/takes the organization level admin, and the key's owner is only member/);
      expect(text).toMatch(/the plan of Acme does not include "scim"/);
    },
    {
      emulator: member.emulator,
      config: { "posthog:apiKey": new Secret(member.config.apiKey ?? "") },
      session: false,
    },
  );
});
