import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { handlers } from "../../provider/handlers";
import { repositoryRoot } from "../repository";
import { readSources } from "../sources";
import { schemaPath, schemaText } from "./document";

/** `npm run schema`: writes the package schema from the sources. */
function main(): void {
  const root = repositoryRoot();
  mkdirSync(dirname(join(root, schemaPath)), { recursive: true });
  writeFileSync(join(root, schemaPath), schemaText(readSources(root), handlers));
  console.log(`${schemaPath} is up to date with the sources.`);
}

main();
