import pc from "picocolors";
import { ensureEngine } from ".";

/** Sets the engine up ahead of the first command that needs it; run as a program by the bootstrap. */
async function main(): Promise<void> {
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupt.abort());
  try {
    await ensureEngine({ signal: interrupt.signal });
  } catch (error) {
    console.error(pc.red(error instanceof Error ? error.message : String(error)));
    process.exitCode = 1;
  }
}

void main();
