import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigurationError, RefusedError } from "../../provider/posthog/errors";
import { writeFile } from "../shared/output";
import { runPulumi } from "../shared/pulumi";
import type { StackState } from "./mergeState";
import { complaintsOf, type ProgramPlan, readPlan } from "./planned";
import { inTemporaryFolder } from "./temporary";

/** The program of the current folder and one stack of it, by way of the `pulumi` command. */
export class ProgramStack {
  private constructor(
    /** The stack's name. */
    readonly name: string,
  ) {}

  /**
   * Opens a stack; without a name the one that is selected.
   *
   * @throws ConfigurationError without pulumi, program or stack.
   */
  static async open(name: string | undefined): Promise<ProgramStack> {
    const given = name === undefined ? [] : ["--stack", name];
    const { ok, stdout, why } = await runPulumi(["stack", ...given, "--show-name"]);
    if (ok) return new ProgramStack(name ?? stdout.trim());
    throw new ConfigurationError(
      name === undefined ? "there is no stack to put anything into" : `stack "${name}" cannot be opened`,
      {
        why,
        fix: "Run this in the folder of the Pulumi program; name a stack of it with --stack, or make one: pulumi stack init dev",
      },
    );
  }

  /** What the program declares beside the state. PostHog is not asked: the program is only read. */
  async plan(): Promise<ProgramPlan> {
    return inTemporaryFolder(async (folder) => {
      const file = join(folder, "plan.json");
      // The plan has the secrets: only this user reads it, and it is gone before anything else happens.
      writeFile(file, [], { mode: 0o600 });
      const flags = ["--json", "--save-plan", file, "--show-secrets", "--stack", this.name];
      const { ok, stdout, why } = await runPulumi(["preview", ...flags], { POSTHOG_PREFLIGHT: "false" });
      if (ok) return readPlan(stdout, await readFile(file, "utf8"));
      const complaints = complaintsOf(stdout);
      throw new RefusedError("nothing was adopted: pulumi preview fails", {
        why: complaints.length === 0 ? why : complaints.join("\n       "),
        fix: "Correct the program until pulumi preview reads it, then run this again.",
      });
    });
  }

  /** The state as text, secrets encrypted. */
  async exportText(): Promise<string> {
    const { ok, stdout, why } = await runPulumi(["stack", "export", "--stack", this.name]);
    if (ok) return stdout;
    throw new ConfigurationError(`the state of stack "${this.name}" cannot be read`, {
      why,
      fix: "Find out why with: pulumi stack export",
    });
  }

  /** Replaces the state, unless it is not `before` any more. */
  async replaceState(before: string, state: StackState): Promise<void> {
    if ((await this.exportText()) !== before) {
      throw new RefusedError(`the state of stack "${this.name}" was changed by somebody else meanwhile`, {
        why: "An update, a refresh or another adopt has written it since it was read here.",
        fix: "Wait until that is over, and run this again: what is in the state already is kept.",
      });
    }
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "state.json");
      writeFile(file, [JSON.stringify(state)], { mode: 0o600 });
      const { ok, why } = await runPulumi(["stack", "import", "--file", file, "--stack", this.name]);
      if (ok) return;
      throw new RefusedError(
        `pulumi refused the new state of stack "${this.name}"; the earlier one is still there`,
        {
          why,
          fix: "If another update is running, wait for it; else look at the state with: pulumi stack export",
        },
      );
    });
  }
}
