import { runCommand } from "../command";
import { ensureEngine } from ".";

/** Sets the engine up ahead of the first command that needs it. */
void runCommand(async (signal) => {
  await ensureEngine({ signal });
});
