import { execFile } from "node:child_process";
import { processEnvironment } from "../../provider/posthog/configuration";

/** The result of a `pulumi` command. */
interface PulumiAnswer {
  readonly ok: boolean;
  readonly stdout: string;
  /** Why it failed, as a sentence; empty when it succeeded. */
  readonly why: string;
}

/** Largest output in bytes: a preview of tens of thousands of resources. */
const longestAnswer = 1024 * 1_048_576;

/**
 * Runs the `pulumi` on the PATH in the current folder, without questions.
 *
 * @param env variables on top of this process's.
 */
export function runPulumi(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<PulumiAnswer> {
  const options = { env: { ...processEnvironment(), ...env }, maxBuffer: longestAnswer };
  return new Promise((resolve) => {
    execFile("pulumi", [...args, "--non-interactive"], options, (error, stdout, stderr) => {
      if (error === null) return resolve({ ok: true, stdout, why: "" });
      if ("code" in error && error.code === "ENOENT") {
        return resolve({ ok: false, stdout, why: "There is no pulumi command on the PATH." });
      }
      const message = /^error: (.*)$/m.exec(stderr)?.[1] ?? "it said nothing";
      resolve({ ok: false, stdout, why: `pulumi ${args[0]} failed: ${message}.` });
    });
  });
}
