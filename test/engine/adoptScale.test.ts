import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../tools/stack";
import { organizationOf, ownersKey } from "../support/organizations";
import { changesOf, withStack } from "./harness";

test("an organization of 1,000 people is exported and adopted without changes", async () => {
  await withStack(
    { source: "export {};", language: "typescript" },
    async (stack, emulator) => {
      const exported = await stack.tool(["export", "--force", "--stack", "dev"]);
      expect(exported.text).toContain("people.ts");
      // People are data that one loop reads, not a thousand statements.
      const program = readFileSync(join(stack.project, "index.ts"), "utf8");
      expect(program.split("\n").length).toBeLessThan(200);
      // Lists are read page by page, and the rules of 10 projects one project at a time.
      expect(emulator.requests.length).toBeLessThan(60);

      emulator.clearRequests();
      const { stdout } = await stack.tool(["adopt", "--stack", "dev"]);
      expect(stdout).toContain("the program declares 1,040 PostHog resources; the state has 0.");
      expect(stdout).toContain("1,000 OrganizationMember");
      expect(stdout).not.toMatch(/Not adopted|says otherwise/);
      expect(emulator.requests.length).toBeLessThan(60);

      const preview = await stack.preview({ flags: ["--refresh", "--expect-no-changes"] });
      expect(changesOf(preview)).toEqual([]);
      expect(preview.changes.same).toBe(1_041);
      expect(emulator.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    },
    { emulator: { seed: organizationOf(1_000) }, config: { "posthog:apiKey": new Secret(ownersKey) } },
  );
});
