import { join } from "node:path";
import { ensureGenerator } from "../engine/hosts";
import { failureLine } from "../engine/versionCheck";
import { run } from "../processes";
import { repositoryRoot } from "../repository";

/** Writes the package's SDK for a language into a folder, as `pulumi package add` does. */
export async function generateSdk(language: "python" | "go", folder: string): Promise<void> {
  const schema = join(repositoryRoot(), "provider", "native", "schema.json");
  const { code, text } = await run(await ensureGenerator(), [schema, language, folder]);
  if (code !== 0) throw new Error(`the SDK for ${language} was not generated: ${failureLine(text)}`);
}
