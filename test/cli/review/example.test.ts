import { readFileSync } from "node:fs";
import { join } from "node:path";
import { registerReview } from "../../../cli/review";
import { type Emulator, startEmulator } from "../../../emulator";
import { runCommand, withFolder } from "../../support/command";
import { root } from "../../support/sources";

const folder = join(root, "examples/access-review");
const paper = readFileSync(join(folder, "README.md"), "utf8");
const printed = [...paper.matchAll(/^```text\n([\s\S]*?)^```$/gm)].map(([, text]) => text ?? "");

/** Runs what the example's paper shows, as its reader would: with the key and the session of the seed's owner. */
async function reviewed(emulator: Emulator, args: readonly string[]) {
  const session = { POSTHOG_EMAIL: emulator.email, POSTHOG_PASSWORD: emulator.password };
  Object.assign(process.env, session);
  try {
    return await runCommand(registerReview, emulator, ["review", ...args]);
  } finally {
    for (const name of Object.keys(session)) delete process.env[name];
  }
}

test("the example of a review prints and writes what its paper shows", () =>
  withFolder(async (path) => {
    const emulator = await startEmulator({ seed: join(folder, "organization.yaml") });
    try {
      const [count = "", people = ""] = printed;
      const page = await reviewed(emulator, ["--output", path("review.html")]);
      expect(page.stderr.replace(path("review.html"), "review.html")).toBe(count);
      expect(readFileSync(path("review.html"), "utf8")).toContain("audrey@partner.example");

      const two = await reviewed(emulator, [
        "--project",
        "Production,Marketing site",
        "--person",
        "mo@acme.example,olga@acme.example",
      ]);
      expect(people).toContain("mo@acme.example");
      expect(two.printed).toContain(people);
    } finally {
      await emulator.close();
    }
  }));
