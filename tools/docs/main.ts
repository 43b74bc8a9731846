import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { handlers } from "../../provider/handlers";
import { repositoryRoot } from "../repository";
import { matrixSchemaPath, matrixSchemaText } from "./matrixSchema";
import { leftOver, makeDocumentation } from "./pages";
import { reportSchemaTexts } from "./reportSchemas";
import { pageAssetsPath, pageAssetsText } from "./reviewPage";

/** `npm run docs`: writes the generated pages. */
function main(): number {
  const root = repositoryRoot();
  const { pages, contradictions } = makeDocumentation(root, handlers);
  for (const problem of contradictions) console.error(problem);
  if (contradictions.length > 0) return 1;
  for (const path of leftOver(root, pages)) rmSync(join(root, path));
  for (const [path, text] of [...pages, ...reportSchemaTexts()]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  writeFileSync(join(root, matrixSchemaPath), matrixSchemaText());
  writeFileSync(join(root, pageAssetsPath), pageAssetsText(root));
  console.log(`${pages.size} pages are up to date with the sources.`);
  return 0;
}

process.exitCode = main();
