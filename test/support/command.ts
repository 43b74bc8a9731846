import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import type { Emulator } from "../../emulator";

/** The result of a command. */
export interface Ran {
  /** Standard output. */
  readonly printed: string;
  /** Standard error. */
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs one command of `pulumi-posthog` in this process, configured by the environment for an emulator. */
export async function runCommand(
  register: (program: Command) => void,
  { url, apiKey, organizationId }: Pick<Emulator, "url" | "apiKey" | "organizationId">,
  args: readonly string[],
): Promise<Ran> {
  const texts = { printed: "", stderr: "" };
  const program = new Command("pulumi-posthog");
  register(program);
  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  const spies = [
    jest.spyOn(process.stdout, "write").mockImplementation((text, encoding, written?) => {
      texts.printed += String(text);
      const done = typeof encoding === "function" ? encoding : written;
      done?.();
      return true;
    }),
    jest.spyOn(console, "log").mockImplementation((text) => {
      texts.printed += `${text}\n`;
    }),
    jest.spyOn(console, "error").mockImplementation((text) => {
      texts.stderr += `${text}\n`;
    }),
  ];
  const environment = { ...process.env };
  Object.assign(process.env, {
    POSTHOG_HOST: url,
    POSTHOG_API_KEY: apiKey,
    POSTHOG_ORGANIZATION_ID: organizationId,
  });
  try {
    await program.parseAsync(["node", "pulumi-posthog", ...args]);
    return { ...texts, exitCode: Number(process.exitCode ?? 0) };
  } finally {
    process.env = environment;
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}

/** Runs a test with a temporary folder. */
export async function withFolder<T>(body: (path: (file: string) => string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-posthog-"));
  try {
    return await body((file) => join(folder, file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
