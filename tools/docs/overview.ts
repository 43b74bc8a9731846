import { needsRows } from "../../provider/engine/needs";
import type { Handlers } from "../../provider/handlers";
import { oneLine } from "../sources/docstring";
import type { FunctionSource } from "../sources/functions";
import { type ResourceSource, resourceTextOf } from "../sources/resource";
import { anchor, cell, code, MADE, page, table } from "./markdown";
import { needsCells, needsHeadings } from "./needs";

/** What applying each resource needs, from the handlers' declarations. */
export function permissionsPage(resources: readonly ResourceSource[], handlers: Handlers): string {
  return page([
    `${MADE} from the handlers' declarations. -->`,
    "# Permissions",
    "What the caller needs to apply each resource: scopes of the API key, organization level of the key's owner, features of the organization's plan, and a session (`posthog:email` and `posthog:password`) if PostHog refuses API keys. `write` includes `read`. Previews and `pulumi-posthog doctor` check the same declarations. A refresh needs the same scopes, with `read` instead of `write`.",
    table(
      ["Resource", "With", ...needsHeadings],
      resources.flatMap((resource) => {
        const handler = handlers.get(resource.name);
        const rows = handler === undefined ? [] : needsRows(handler.definition.needs);
        return rows.map(({ when, needs }) => [
          when === "" ? `[${resource.name}](resources/${resource.file}.md)` : "",
          code(when),
          ...needsCells(needs),
        ]);
      }),
    ),
  ]);
}

/** The page that links to all others. */
export function indexPage(
  resources: readonly ResourceSource[],
  functions: readonly FunctionSource[],
  written: readonly (readonly [file: string, title: string])[],
): string {
  return page([
    `${MADE}. -->`,
    "# Reference",
    "## Resources",
    table(
      ["Resource", "What"],
      resources.map(({ name, file, docstring }) => [
        `[${name}](resources/${file}.md)`,
        cell(oneLine(resourceTextOf(docstring).summary)),
      ]),
    ),
    ...(functions.length === 0
      ? []
      : [
          "## Functions",
          table(
            ["Function", "What"],
            functions.map(({ name, summary }) => [`[${name}](functions.md${anchor(name)})`, cell(summary)]),
          ),
        ]),
    "## More",
    [["permissions.md", "Permissions"] as const, ...written]
      .map(([file, title]) => `- [${title}](${file})`)
      .join("\n"),
  ]);
}
