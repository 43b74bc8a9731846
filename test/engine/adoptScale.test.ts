import { Secret } from "../../tools/stack";
import { organizationOf, ownersKey } from "../support/organizations";
import { changesOf, withStack } from "./harness";

test("an organization of 5,000 people is exported, adopted, and nothing changes", async () => {
  await withStack(
    { source: "export {};", language: "typescript" },
    async (stack, emulator) => {
      const exported = await stack.tool(["export", "--force", "--stack", "dev"]);
      expect(exported.text).toContain("people.ts");
      // Lists are read page by page, and the rules of 50 projects one project at a time.
      expect(emulator.requests.length).toBeLessThan(400);

      emulator.clearRequests();
      const { stdout } = await stack.tool(["adopt", "--stack", "dev"]);
      expect(stdout).toContain("the program declares 5,120 PostHog resources; the state has 0.");
      expect(stdout).toContain("5,000 OrganizationMember");
      expect(stdout).not.toMatch(/Not adopted|says otherwise/);
      expect(emulator.requests.length).toBeLessThan(400);

      const preview = await stack.preview({ flags: ["--refresh", "--expect-no-changes"] });
      expect(changesOf(preview)).toEqual([]);
      expect(preview.changes.same).toBe(5_121);
      expect(emulator.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    },
    { emulator: { seed: organizationOf(5_000) }, config: { "posthog:apiKey": new Secret(ownersKey) } },
  );
}, 1_200_000);
