import { NotFoundError } from "./errors";

/**
 * Runs writes side by side and fails only once all that have started have ended, so that none continues after the error
 * is reported. After a failure no more start.
 *
 * @param atATime how many run side by side; all by default.
 */
export async function writeAll(
  writes: readonly (() => Promise<unknown>)[],
  atATime = writes.length,
): Promise<void> {
  for (let from = 0; from < writes.length; from += atATime) {
    const results = await Promise.allSettled(writes.slice(from, from + atATime).map((write) => write()));
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }
}

/**
 * The error for settings that PostHog silently dropped from a write.
 *
 * @param owner the owner of the settings: `project "Staging"`.
 */
export function ignoredSettingsError(ignored: readonly string[], owner: string): NotFoundError {
  return new NotFoundError(
    `PostHog ignored ${ignored.join(", ")} of ${owner}; the other settings are in place`,
    {
      why: "The server is older than the setting, or the plan does not include it.",
      fix: "Remove the setting from the program, or update the server or the plan.",
    },
  );
}
