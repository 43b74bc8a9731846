import { rmSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ConfigurationError, RefusedError } from "../../provider/posthog/errors";
import { writeFile } from "../common/output";
import { runPulumi } from "../common/pulumi";
import { stackFix } from "../common/stack";
import type { StackState } from "./mergeState";
import { type ProgramPlan, previewErrors, readPlan } from "./planned";

/** The program in the current folder and one of its stacks, through the `pulumi` command. */
export class ProgramStack {
  private constructor(readonly name: string) {}

  /**
   * Opens a stack; without a name, the selected one.
   *
   * @throws ConfigurationError if pulumi, the program or the stack is missing.
   */
  static async open(name: string | undefined): Promise<ProgramStack> {
    const given = name === undefined ? [] : ["--stack", name];
    const { ok, stdout, why } = await runPulumi(["stack", ...given, "--show-name"]);
    if (ok) return new ProgramStack(name ?? stdout.trim());
    throw new ConfigurationError(
      name === undefined ? "no stack can be opened" : `stack "${name}" cannot be opened`,
      {
        why,
        fix: stackFix(
          why,
          "Run this in the folder of the Pulumi program, and choose a stack with --stack, or create one with pulumi stack init dev",
          "",
        ),
      },
    );
  }

  /** What the program declares compared with the state, without reading PostHog. */
  async plan(): Promise<ProgramPlan> {
    return inTemporaryFolder(async (folder) => {
      const file = join(folder, "plan.json");
      // The plan contains secrets: only this user can read it, and it is deleted first.
      writeFile(file, [], { mode: 0o600 });
      const flags = ["--json", "--save-plan", file, "--show-secrets", "--stack", this.name];
      const { ok, stdout, why } = await runPulumi(["preview", ...flags], { POSTHOG_PREFLIGHT: "false" });
      if (ok) return readPlan(stdout, await readFile(file, "utf8"));
      const errors = previewErrors(stdout);
      throw new RefusedError("nothing was adopted: pulumi preview fails", {
        why: errors.length === 0 ? why : errors.join("; "),
        fix: stackFix(
          errors.length === 0 ? why : "",
          "Fix the program until pulumi preview succeeds, then run this again",
          "",
        ),
      });
    });
  }

  /** The state as text, secrets encrypted. */
  async exportText(): Promise<string> {
    const { ok, stdout, why } = await runPulumi(["stack", "export", "--stack", this.name]);
    if (ok) return stdout;
    throw new ConfigurationError(`the state of stack "${this.name}" cannot be read`, {
      why,
      fix: "Run pulumi stack export to see why.",
    });
  }

  /** Replaces the state, unless it is no longer `before`. */
  async replaceState(before: string, state: StackState): Promise<void> {
    if ((await this.exportText()) !== before) {
      throw new RefusedError(`someone else changed the state of stack "${this.name}" in the meantime`, {
        why: "An update, a refresh or another adopt has written it since it was read.",
        fix: "Wait for that to end, and run this again: resources in the state are kept.",
      });
    }
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "state.json");
      writeFile(file, [JSON.stringify(state)], { mode: 0o600 });
      const { ok, why } = await runPulumi(["stack", "import", "--file", file, "--stack", this.name]);
      if (ok) return;
      throw new RefusedError(
        `pulumi rejected the new state of stack "${this.name}", and keeps the previous one`,
        {
          why,
          fix: "If another update is running, wait for it; else inspect the state with pulumi stack export.",
        },
      );
    });
  }
}

/** Signals that end a process but can be handled. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How long a signal may take to arrive, in milliseconds. */
const signalDelay = 200;

/** A folder that only this user can read, deleted after the work or when the process is stopped. */
async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-posthog-adopt-"));
  // A process that writes into it may have received the same signal, so this may take several attempts.
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const end = (signal: NodeJS.Signals): void => {
    release();
    remove();
    // Without a listener, the signal ends the process as usual.
    process.kill(process.pid, signal);
  };
  const release = (): void => {
    for (const signal of signals) process.off(signal, end);
    process.off("exit", remove);
  };
  for (const signal of signals) process.on(signal, end);
  process.on("exit", remove);
  try {
    return await work(folder);
  } catch (error) {
    // The work may have failed because of a signal to the whole group, which has not arrived here yet.
    await setTimeout(signalDelay);
    throw error;
  } finally {
    release();
    remove();
  }
}
