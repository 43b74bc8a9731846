import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, type SeedInput, startEmulator } from "../emulator";
import { formatDuration, startStep } from "../tools/command";
import { repositoryRoot } from "../tools/repository";
import { figure, rounded } from "./figures";
import { countProjectReads } from "./life";
import type { Part } from "./part";
import type { Figure } from "./results";

/** The number of people in the organization. */
export const PEOPLE = 5000;
export const PROJECTS = 50;
const ROLES = 40;
const TYPES = ["feature_flag", "insight", "session_recording"];

/** `pulumi-posthog review` with all its files. */
export const review: Part = {
  name: "review",
  title: "A review of 5,000 people and 50 projects",
  text: `
\`pulumi-posthog review\` of an organization with ${PEOPLE.toLocaleString("en-US")} people, ${PROJECTS} projects and ${ROLES} roles, with a page, JSON, CSV, Markdown and SARIF. PostHog's lists do not say which projects it is deleting, so the review reads each project once for that alone.
`,
  measure: async () => ({ figures: await measureReview() }),
};

/** An organization of this size: roles with rules in every project, and direct grants. */
export function reviewSeed(people = PEOPLE, projects = PROJECTS): SeedInput {
  const emails = Array.from({ length: people }, (_, at) => `person${at}@acme.test`);
  const names = Array.from({ length: projects }, (_, at) => `Project ${at + 1}`);
  const roles = Array.from({ length: ROLES }, (_, at) => ({
    name: `Team ${at + 1}`,
    members: emails.filter((_, person) => person % ROLES === at),
  }));
  const rules = names.flatMap((project, at) => [
    { project, level: "none" },
    ...roles
      .filter((_, role) => (role + at) % 4 === 0)
      .map(({ name }) => ({ project, role: name, level: "member" })),
    ...TYPES.map((resource) => ({ project, resource, level: "viewer" })),
    ...TYPES.map((resource, type) => ({
      project,
      resource,
      role: `Team ${((at + type) % ROLES) + 1}`,
      level: "editor",
    })),
    ...emails
      .filter((_, person) => person % 97 === at)
      .map((member) => ({ project, member, level: "admin" })),
  ]);
  return {
    users: [{ email: "owner@acme.test", password: "owner-password" }, ...emails.map((email) => ({ email }))],
    organizations: [
      {
        name: "Acme",
        members: [{ email: "owner@acme.test", level: "owner" }, ...emails.map((email) => ({ email }))],
        projects: names.map((name, at) => ({ name, id: at + 1 })),
        roles,
        accessRules: rules,
        domains: [{ domain: "acme.test", verified: true }],
      },
    ],
    keys: [{ user: "owner@acme.test", label: "review", value: "phx_review", scopes: ["*"] }],
  };
}

/** Runs the compiled command against an organization of this size, with every kind of file. */
async function measureReview(): Promise<Figure[]> {
  const emulator = await startEmulator({ seed: reviewSeed() });
  const folder = mkdtempSync(join(tmpdir(), "pulumi-posthog-bench-"));
  const step = startStep(`a review of ${PEOPLE} people and ${PROJECTS} projects`);
  try {
    const files = ["html", "json", "csv", "md", "sarif"].map((end) => join(folder, `review.${end}`));
    const before = performance.now();
    const { peakBytes } = await runReview(emulator, files);
    const milliseconds = Math.round(performance.now() - before);
    step.done(`${formatDuration(milliseconds)}, ${emulator.requests.length} requests`);
    const pageBytes = statSync(files[0] ?? "").size;
    return [
      figure("review_milliseconds", "time", milliseconds, 10_000, "ms"),
      figure("review_peak_rss_mb", "peak memory", Math.round(peakBytes / 1e6), 500, "MB"),
      // For each project: the project itself (only this read shows a pending deletion), two lists of rules, and its
      // keys.
      figure("review_requests", "requests", emulator.requests.length, 4 * PROJECTS + 20),
      figure(
        "review_project_reads",
        "of them, to learn of projects that are being deleted",
        countProjectReads(emulator),
        PROJECTS,
      ),
      figure("review_page_mb", "size of the page", rounded(pageBytes / 1e6, 2), 5, "MB"),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await emulator.close();
  }
}

/** Runs the command and prints its peak memory on the last line. */
const measured = `process.on("exit", () => process.stderr.write("\\n" + process.resourceUsage().maxRSS));
require(process.env.REVIEW_COMMAND);`;

/** Runs the compiled command in a separate process. */
export async function runReview(
  { url, apiKey, organizationId }: Pick<Emulator, "url" | "apiKey" | "organizationId">,
  files: readonly string[],
): Promise<{ peakBytes: number }> {
  const child = spawn(
    process.execPath,
    // The first argument takes the place of a script's name.
    ["-e", measured, "--", "pulumi-posthog", "review", ...files.flatMap((file) => ["--output", file])],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        REVIEW_COMMAND: join(repositoryRoot(), "dist/cli/main.js"),
        POSTHOG_HOST: url,
        POSTHOG_API_KEY: apiKey,
        POSTHOG_ORGANIZATION_ID: organizationId,
        // Measures this package's share of the time, not PostHog Cloud's limit.
        POSTHOG_REQUESTS_PER_MINUTE: "off",
      },
    },
  );
  let output = "";
  child.stderr.on("data", (data) => {
    output += String(data);
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  const peak = /(\d+)\s*$/.exec(output)?.[1];
  if (code !== 0 || peak === undefined) throw new Error(`the review failed:\n${output}`);
  return { peakBytes: Number(peak) * 1024 };
}
