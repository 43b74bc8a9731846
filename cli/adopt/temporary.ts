import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** What ends a process from outside, as far as the process can still do something about it. */
const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How long a signal may be on its way, in milliseconds. */
const patience = 200;

/** A folder that only this user reads, for as long as the work takes; it goes too where the process is ended. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-posthog-adopt-"));
  // What else may be writing into it has the same signal, so that it may take a second attempt.
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const end = (signal: NodeJS.Signals): void => {
    release();
    remove();
    // Without a listener the signal ends the process as if there had never been one.
    process.kill(process.pid, signal);
  };
  const release = (): void => {
    for (const signal of endings) process.off(signal, end);
    process.off("exit", remove);
  };
  for (const signal of endings) process.on(signal, end);
  process.on("exit", remove);
  try {
    return await work(folder);
  } catch (error) {
    // What was waited for may have failed of a signal to the whole group that is still on its way to this process.
    await setTimeout(patience);
    throw error;
  } finally {
    release();
    remove();
  }
}
