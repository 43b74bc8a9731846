import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Handlers } from "../../provider/handlers";
import { makeSchema } from "../schema/document";
import { readSources } from "../sources";
import type { ResourceSource } from "../sources/resource";
import { contradictions } from "./consistency";
import { otherLanguages } from "./examples";
import { functionsPage, movedPage } from "./functions";
import { MADE } from "./markdown";
import { indexPage, permissionsPage } from "./overview";
import { componentPage, resourcePage } from "./resourcePage";

/** The pages by their path in the repository, and the contradictions in the sources. */
interface Documentation {
  readonly pages: ReadonlyMap<string, string>;
  readonly contradictions: readonly string[];
}

const folder = "docs";

export function makeDocumentation(root: string, handlers: Handlers): Documentation {
  const sources = readSources(root);
  const { components, functions } = sources;
  const resources = sources.resources.filter(({ name }) => handlers.has(name));
  const schema = makeSchema({ ...sources, resources }, handlers);
  const pages = new Map<string, string>();
  const problems = sources.resources
    .filter((resource) => !resources.includes(resource))
    .map(({ name }) => `${name}: it has no handler`);
  const examplesOf = (source: ResourceSource): string => {
    try {
      return otherLanguages(source, schema);
    } catch (error) {
      problems.push(`${source.name}: its first example: ${error instanceof Error ? error.message : error}`);
      return "";
    }
  };
  for (const resource of resources) {
    const handler = handlers.get(resource.name);
    if (handler === undefined) continue;
    problems.push(...contradictions(resource, handler));
    pages.set(pathOf(resource), resourcePage(resource, handler, examplesOf(resource)));
  }
  for (const component of components) {
    pages.set(pathOf(component), componentPage(component, examplesOf(component)));
  }
  if (functions.length > 0) {
    pages.set(`${folder}/functions.md`, functionsPage(functions));
    pages.set(`${folder}/lookups.md`, movedPage());
  }
  pages.set(`${folder}/permissions.md`, permissionsPage(resources, handlers));
  const all = [...components, ...resources].sort((one, other) => one.name.localeCompare(other.name, "en"));
  pages.set(`${folder}/README.md`, indexPage(all, functions, writtenPages(root)));
  return { pages, contradictions: problems };
}

/** Pages that are no longer generated, such as that of a renamed resource. */
export function leftOver(root: string, pages: ReadonlyMap<string, string>): string[] {
  return markdownFiles(root, `${folder}/resources`).filter(
    (path) => !pages.has(path) && readFileSync(join(root, path), "utf8").startsWith(MADE),
  );
}

const pathOf = ({ file }: ResourceSource): string => `${folder}/resources/${file}.md`;

/** The hand-written pages, by file name and title. */
function writtenPages(root: string): [string, string][] {
  return markdownFiles(root, folder).flatMap((path) => {
    const text = readFileSync(join(root, path), "utf8");
    const title = /^# (.+)$/m.exec(text)?.[1];
    return text.startsWith(MADE) || title === undefined ? [] : [[path.slice(folder.length + 1), title]];
  });
}

function markdownFiles(root: string, path: string): string[] {
  if (!existsSync(join(root, path))) return [];
  return readdirSync(join(root, path))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `${path}/${name}`);
}
