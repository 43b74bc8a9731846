import { organizationLevelName } from "../../provider/access/levels";
import { asComments, leftOut } from "./leftOut";
import { Lists, listsFile, listsName } from "./lists";
import { spelling } from "./people";
import { rulesByProject } from "./rules";
import {
  accessSection,
  type Context,
  domainSection,
  nameThings,
  peopleSection,
  projectSection,
  roleSection,
  rolesIn,
  settingsSection,
} from "./sections";
import type { Portrait } from "./snapshot";

/** A program of this package. */
export interface Program {
  /** Texts by file name; `index.ts` is the program, beside it the long lists where there are any. */
  readonly files: ReadonlyMap<string, string>;
  /** Numbers of the projects that share a name, by resource (`Project:production`): `adopt` has to be told which is which. */
  readonly ids: ReadonlyMap<string, string>;
}

/**
 * A live organization as a TypeScript program: resources by section, in an order that only depends on names, and
 * comments on what is left out.
 *
 * @param account the entry of `posthog:accounts` that every resource is to name.
 */
export function programOf(portrait: Portrait, account?: string): Program {
  const { live, projects, settings } = portrait;
  const roleIds = new Map(live.access.roles.map(({ id, name }) => [name, id]));
  const context: Context = { spell: spelling(live.access.people), lists: new Lists(), account, roleIds };
  const rules = rulesByProject(live, context.spell);
  const names = nameThings(portrait);
  const governed = new Set(rules.filter(({ grants }) => grants.length > 0).map(({ project }) => project.id));
  const inRules = rules.flatMap(({ grants }) => rolesIn(grants)).map((name) => roleIds.get(name));
  const used = new Set([...inRules, settings?.defaultRoleId]);
  const sections: [string, string[]][] = [
    ["Projects", projectSection(projects, names.projects, (id) => governed.has(id), context)],
    ["People", peopleSection(portrait, context)],
    ["Roles", roleSection(portrait, names.roles, (id) => used.has(id), context)],
    [
      "Access",
      accessSection(rules, names.projects, (name) => names.roles.get(roleIds.get(name) ?? ""), context),
    ],
    ["Single sign-on", domainSection(portrait, context)],
    ["Settings of the organization", settingsSection(portrait, names.roles, context)],
  ];
  const remarks = [
    ...portrait.remarks,
    ...rules.flatMap((one) => one.remarks),
    ...strangeLevels(portrait),
    ...leftOut(live),
  ];
  const ids = namesakes(portrait, (id) => names.projects.get(id)?.name ?? "");
  const { lists } = context;
  const index = [
    `${header(portrait, ids)}${asComments(remarks, "//")}`,
    [
      'import * as posthog from "pulumi-posthog";',
      ...(lists.text === undefined ? [] : [`import * as ${listsName} from "./people";`]),
    ].join("\n"),
    ...sections.flatMap(([title, statements]) =>
      statements.length === 0 ? [] : [`\n// ${title}\n\n${spaced(statements)}`],
    ),
  ].join("\n");
  const files = new Map([["index.ts", `${index}\n`]]);
  if (lists.text !== undefined) files.set(listsFile, lists.text);
  return { files, ids };
}

function header({ live }: Portrait, ids: ReadonlyMap<string, string>): string {
  const told = [...ids].map(([name, id]) => ` --id ${name}=${id}`).join("");
  return [
    `// ${live.name.replace(/\s+/g, " ")} (${live.host}), as pulumi-posthog export found it.`,
    "//",
    `// To manage what is there: npx pulumi-posthog adopt${told}`,
    "// Then pulumi preview --refresh finds nothing to change.",
    "//",
    "",
  ].join("\n");
}

/** Statements of several lines stand apart. */
function spaced(statements: readonly string[]): string {
  return statements
    .map((statement, at) => {
      const isLong = statement.includes("\n") || (statements[at - 1]?.includes("\n") ?? false);
      return at > 0 && isLong ? `\n${statement}` : statement;
    })
    .join("\n");
}

function namesakes({ projects }: Portrait, resourceOf: (id: number) => string): Map<string, string> {
  const shared = projects.filter(({ id, name }) =>
    projects.some((other) => other.id !== id && other.name === name),
  );
  return new Map(shared.map(({ id }) => [`Project:${resourceOf(id)}`, String(id)]));
}

function strangeLevels({ live }: Portrait): string[] {
  return live.members.flatMap(({ email, level }) => {
    const name = organizationLevelName(level);
    return name.startsWith("level ") ? [`${email}, who has ${name}, which this version does not know`] : [];
  });
}
