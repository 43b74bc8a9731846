import { execFile } from "node:child_process";
import type * as z from "zod";
import { processEnvironment } from "../../provider/posthog/configuration";
import { ConfigurationError } from "../../provider/posthog/errors";

/** The result of a `pulumi` command. */
interface PulumiAnswer {
  readonly ok: boolean;
  readonly stdout: string;
  /** Why it failed, as a sentence; empty if it succeeded. */
  readonly why: string;
}

/** Largest output in bytes: enough for a preview of tens of thousands of resources. */
const longestAnswer = 1024 * 1_048_576;

/**
 * Runs the `pulumi` on the PATH in the current folder, without prompts.
 *
 * @param env variables in addition to this process's.
 * @throws ConfigurationError if it is not installed.
 */
export function runPulumi(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<PulumiAnswer> {
  const options = { env: { ...processEnvironment(), ...env }, maxBuffer: longestAnswer };
  return new Promise((resolve, reject) => {
    execFile("pulumi", [...args, "--non-interactive"], options, (error, stdout, stderr) => {
      if (error === null) return resolve({ ok: true, stdout, why: "" });
      if ("code" in error && error.code === "ENOENT") {
        return reject(
          new ConfigurationError("there is no pulumi command on the PATH", {
            why: "Stacks, their configuration and their state are read through Pulumi's own command.",
            fix: "Install it (https://www.pulumi.com/docs/install/), or add its folder to PATH if it is there.",
          }),
        );
      }
      const message = /^error: (.*)$/m.exec(stderr)?.[1] ?? "it said nothing";
      resolve({ ok: false, stdout, why: `pulumi ${args[0]} failed: ${message}.` });
    });
  });
}

/** Parses a text as JSON; undefined for any other text. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Parses the output or a file of a `pulumi` command. Errors never repeat it, because it may contain secrets.
 *
 * @param command the command as people would run it.
 * @throws ConfigurationError if the command never prints such text.
 */
export function readPrinted<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  command: string,
): z.output<Schema> {
  const json = jsonOf(text);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(".") || "the top";
  throw new ConfigurationError(`the answer of ${command} cannot be read`, {
    why:
      json === undefined
        ? "It is not JSON, or not only: a warning may come first, or a script in place of pulumi adds lines."
        : `It has an unexpected form at ${where}.`,
    fix:
      json === undefined
        ? `Run ${command} by itself, and remove the cause of every line that is not JSON.`
        : "Update pulumi or pulumi-posthog: this version does not know the form.",
  });
}
