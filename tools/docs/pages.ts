import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ResourceHandler } from "../../provider/engine/handler";
import { contradictions } from "./consistency";
import { readDeclarations } from "./declarations";
import { oneLine } from "./docstring";
import { code, page, table } from "./markdown";
import { needsCells, needsHeadings, needsRows } from "./needs";
import { type ResourceSource, readResources, resourceTextOf } from "./resource";
import { resourcePage } from "./resourcePage";

/** What the sources say: pages by their path in the repository, and where the sources disagree with themselves. */
export interface Documentation {
  readonly pages: ReadonlyMap<string, string>;
  readonly contradictions: readonly string[];
}

const folder = "docs";
const made = "<!-- Made by `npm run docs`";

/** The handlers by the name of their resource. */
export type Handlers = ReadonlyMap<string, ResourceHandler>;

/** Makes every page from the sources of a repository. */
export function makeDocumentation(root: string, handlers: Handlers): Documentation {
  const resources = readResources(readDeclarations(join(root, "provider", "resources")));
  const pages = new Map<string, string>();
  const problems: string[] = [];
  for (const resource of resources) {
    const handler = handlers.get(resource.name);
    if (handler === undefined) {
      problems.push(`${resource.name}: it has no handler`);
      continue;
    }
    problems.push(...contradictions(resource, handler));
    pages.set(pathOf(resource), resourcePage(resource, handler));
  }
  pages.set(`${folder}/permissions.md`, permissionsPage(resources, handlers));
  pages.set(`${folder}/README.md`, indexPage(resources, writtenPages(root)));
  return { pages, contradictions: problems };
}

/** Pages that are there but are not made any more, such as that of a renamed resource. */
export function leftOver(root: string, pages: ReadonlyMap<string, string>): string[] {
  return markdownFiles(root, `${folder}/resources`).filter(
    (path) => !pages.has(path) && readFileSync(join(root, path), "utf8").startsWith(made),
  );
}

const pathOf = ({ file }: ResourceSource): string => `${folder}/resources/${file}.md`;

function permissionsPage(resources: readonly ResourceSource[], handlers: Handlers): string {
  return page([
    `${made} from the handlers' declarations. -->`,
    "# What applying takes",
    "What PostHog asks of whoever applies a resource: scopes of the API key, level of the key's owner in the organisation, features of the organisation's plan, and a session (`posthog:email` and `posthog:password`) where PostHog refuses API keys. `write` includes `read`. Previews and `pulumi-posthog doctor` check the same declarations. A refresh takes the same scopes, with `read` in place of `write`.",
    table(
      ["Resource", "With", ...needsHeadings],
      resources.flatMap((resource) => {
        const handler = handlers.get(resource.name);
        const rows = handler === undefined ? [] : needsRows(handler);
        return rows.map(({ when, needs }) => [
          when === "" ? `[${resource.name}](resources/${resource.file}.md)` : "",
          code(when),
          ...needsCells(needs),
        ]);
      }),
    ),
  ]);
}

function indexPage(
  resources: readonly ResourceSource[],
  written: readonly (readonly [string, string])[],
): string {
  return page([
    `${made}. -->`,
    "# Reference",
    "## Resources",
    table(
      ["Resource", "What"],
      resources.map((resource) => [
        `[${resource.name}](resources/${resource.file}.md)`,
        oneLine(resourceTextOf(resource.docstring).summary),
      ]),
    ),
    "## More",
    [["permissions.md", "What applying takes"] as const, ...written]
      .map(([file, title]) => `- [${title}](${file})`)
      .join("\n"),
  ]);
}

/** The pages that people write, by file name and title. */
function writtenPages(root: string): [string, string][] {
  return markdownFiles(root, folder).flatMap((path) => {
    const text = readFileSync(join(root, path), "utf8");
    const title = /^# (.+)$/m.exec(text)?.[1];
    return text.startsWith(made) || title === undefined ? [] : [[path.slice(folder.length + 1), title]];
  });
}

function markdownFiles(root: string, path: string): string[] {
  if (!existsSync(join(root, path))) return [];
  return readdirSync(join(root, path))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `${path}/${name}`);
}
