import { formatDuration, runCommand, startStep } from "../command";
import { ensureKeycloak, lackingForKeycloak } from "./distribution";
import { tellStory } from "./story";

void runCommand(async (signal) => {
  const started = Date.now();
  const lacking = await lackingForKeycloak();
  if (lacking !== undefined) throw new Error(lacking);
  const step = startStep("Keycloak, from Maven Central (165 MB) unless it is in the cache");
  const home = await ensureKeycloak(signal);
  step.done();
  await tellStory(home, signal);
  console.log(`All of it as expected, in ${formatDuration(Date.now() - started)}.`);
});
