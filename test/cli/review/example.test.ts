import { readFileSync } from "node:fs";
import { join } from "node:path";
import { registerReview } from "../../../cli/review";
import { type Emulator, startEmulator } from "../../../emulator";
import { runCommand, withFolder } from "../../support/command";
import { root } from "../../support/sources";

const folder = join(root, "examples/access-review");
const readme = readFileSync(join(folder, "README.md"), "utf8");
/** The page on reviews, which shows one person's key. */
const page = readFileSync(join(root, "docs/access-review.md"), "utf8");
const [, typeByType = ""] = /^```\n(API KEY {6}OWNER[\s\S]*?)^```$/m.exec(page) ?? [];
const printed = [...readme.matchAll(/^```text\n([\s\S]*?)^```$/gm)].map(([, text]) => text ?? "");

/** Runs the commands of the example's pages as a reader would: with the key and the session of the seed's owner. */
async function reviewed(emulator: Emulator, args: readonly string[]) {
  const session = { POSTHOG_EMAIL: emulator.email, POSTHOG_PASSWORD: emulator.password };
  Object.assign(process.env, session);
  try {
    return await runCommand(registerReview, emulator, ["review", ...args]);
  } finally {
    for (const name of Object.keys(session)) delete process.env[name];
  }
}

test("the review example prints and writes what its pages show", () =>
  withFolder(async (path) => {
    const emulator = await startEmulator({ seed: join(folder, "organization.yaml") });
    try {
      const [count = "", people = ""] = printed;
      const written = await reviewed(emulator, ["--output", path("review.html")]);
      expect(written.stderr.replace(path("review.html"), "review.html")).toBe(count);
      expect(readFileSync(path("review.html"), "utf8")).toContain("audrey@partner.example");

      const two = await reviewed(emulator, [
        "--project",
        "Production,Marketing site",
        "--person",
        "mo@acme.example,olga@acme.example",
      ]);
      expect(people).toContain("mo@acme.example");
      expect(two.printed).toContain(people);

      const masked = (text: string): string => text.replace(/phx_\.\.\.\w{4}/g, "phx_...");
      const one = await reviewed(emulator, ["--person", "lea@acme.example"]);
      expect(typeByType).toContain("type by type");
      expect(masked(one.printed)).toContain(masked(typeByType));
    } finally {
      await emulator.close();
    }
  }));

test("the matrix example is compared with the projects that its program creates, in any case", () =>
  withFolder(async () => {
    const example = join(root, "examples/access-matrix");
    const emulator = await startEmulator({ seed: join(example, "organization.yaml") });
    const [, command = ""] =
      /^npx pulumi-posthog (review --changes .*)$/m.exec(readFileSync(join(example, "README.md"), "utf8")) ??
      [];
    try {
      for (const name of ["Staging", "Production"]) {
        await fetch(`${emulator.url}/api/organizations/${emulator.organizationId}/projects/`, {
          method: "POST",
          headers: { Authorization: `Bearer ${emulator.apiKey}`, "Content-Type": "application/json" },
          body: JSON.stringify({ name }),
        });
      }
      const args = command.replace("access.yaml", join(example, "access.yaml")).split(" ");
      const { printed, exitCode } = await runCommand(registerReview, emulator, args);
      expect(printed).toMatch(/ana@acme\.example keeps|ana@acme\.example loses|ana@acme\.example gains/);
      expect(printed).toMatch(/Production: \d+ access rules?/);
      expect(exitCode).toBe(2);
    } finally {
      await emulator.close();
    }
  }));
