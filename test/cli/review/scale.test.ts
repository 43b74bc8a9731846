import { statSync } from "node:fs";
import { PEOPLE, PROJECTS, reviewSeed } from "../../../bench/review";
import { registerReview } from "../../../cli/review";
import { startEmulator } from "../../../emulator";
import { reviewOrganization } from "../../../provider/review/reviewOrganization";
import { runCommand, withFolder } from "../../support/command";
import { liveMember, liveOrganization, liveRule } from "../../support/live";

/** Three times the promised time, because test machines may be slow and busy. */
const timeLimit = 30_000;

test(
  "5,000 people and 50 projects are reviewed in seconds, with a short table and a small page",
  () =>
    withFolder(async (path) => {
      process.env.POSTHOG_REQUESTS_PER_MINUTE = "off";
      const emulator = await startEmulator({ seed: reviewSeed() });
      try {
        const files = ["all.html", "all.json", "all.csv", "all.md", "all.sarif"].map(path);
        const before = performance.now();
        const { printed } = await runCommand(registerReview, emulator, [
          "review",
          ...files.flatMap((file) => ["--output", file]),
          "--format",
          "table",
        ]);
        expect(performance.now() - before).toBeLessThan(timeLimit);
        // For each project: the project itself (only this read shows a pending deletion), two lists of rules, and its
        // keys.
        expect(emulator.requests.length).toBeLessThanOrEqual(4 * PROJECTS + 20);
        expect(printed.split("\n").length).toBeLessThan(200);
        expect(printed).toMatch(/5,001 people, 50 projects/);
        expect(printed).toMatch(/without two-factor authentication or single sign-on \(5,000\)/);
        const [html = 0, json = 0, csv = 0, markdown = 0] = files.map((file) => statSync(file).size);
        expect(html).toBeLessThan(5e6);
        expect(markdown).toBeLessThan(65_536);
        for (const whole of [json, csv]) expect(whole).toBeGreaterThan(1e6);
      } finally {
        delete process.env.POSTHOG_REQUESTS_PER_MINUTE;
        await emulator.close();
      }
    }),
  3 * timeLimit,
);

test("people with the same access for the same reasons share its objects in memory", () => {
  const members = Array.from({ length: PEOPLE }, (_, at) => liveMember(`person${at}`));
  const projects = Array.from({ length: PROJECTS }, (_, at) => ({ id: at + 1, name: `Project ${at + 1}` }));
  const rules = [
    ...projects.map(({ id }) => liveRule("none", { projectId: id })),
    liveRule("admin", { member: "person7" }),
  ];
  const { people } = reviewOrganization(
    liveOrganization({ members, access: { projects, rules, roles: [] } }),
  );
  expect(new Set(people.flatMap(({ access }) => access)).size).toBe(PROJECTS + 1);
});
