import { organizationLevelName } from "../../provider/access/levels";
import { printable } from "../../provider/access/messages";
import { Lists, listsFile, listsName } from "./code";
import type { ExportSnapshot } from "./gather";
import { asComments, leftOut } from "./leftOut";
import { nameThings } from "./names";
import { rulesByProject, spelling } from "./rules";
import {
  accessSection,
  type Context,
  domainSection,
  peopleSection,
  projectSection,
  roleSection,
  rolesIn,
  settingsSection,
} from "./sections";

/** A program of this package. */
export interface Program {
  /** Texts by file name: `index.ts`, and a file for long lists if there are any. */
  readonly files: ReadonlyMap<string, string>;
  /** Ids of the projects that share a name, by resource (`Project:production`), which `adopt` needs. */
  readonly ids: ReadonlyMap<string, string>;
  /** What the program lacks, as sentences. */
  readonly leftOut: readonly string[];
}

/**
 * A live organization as a TypeScript program: resources by section, in an order that depends only on names, and
 * comments about what is left out.
 *
 * @param account the entry of `posthog:accounts` for every resource.
 */
export function programOf(snapshot: ExportSnapshot, account?: string): Program {
  const { live, projects, settings } = snapshot;
  const roleIds = new Map(live.access.roles.map(({ id, name }) => [name, id]));
  const context: Context = { spell: spelling(live.access.people), lists: new Lists(), account, roleIds };
  const rules = rulesByProject(live, context.spell);
  const names = nameThings(snapshot);
  const governed = new Set(rules.filter(({ grants }) => grants.length > 0).map(({ project }) => project.id));
  const inRules = rules.flatMap(({ grants }) => rolesIn(grants)).map((name) => roleIds.get(name));
  const used = new Set([...inRules, settings?.defaultRoleId]);
  const sections: [string, string[]][] = [
    ["Projects", projectSection(projects, names.projects, (id) => governed.has(id), context)],
    ["People", peopleSection(snapshot, context)],
    ["Roles", roleSection(snapshot, names.roles, (id) => used.has(id), context)],
    [
      "Access",
      accessSection(rules, names.projects, (name) => names.roles.get(roleIds.get(name) ?? ""), context),
    ],
    ["Single sign-on", domainSection(snapshot, context)],
    ["Organization settings", settingsSection(snapshot, names.roles, context)],
  ];
  const remarks = [
    ...snapshot.remarks,
    ...rules.flatMap((one) => one.remarks),
    ...unknownLevels(snapshot),
    ...leftOut(live),
  ];
  const ids = namesakes(snapshot, (id) => names.projects.get(id)?.name ?? "");
  const { lists } = context;
  const index = [
    `${programHeader(`${printable(live.name)} (${live.host}), as pulumi-posthog export found it.`, ids)}${asComments(remarks, "//")}`,
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
  return { files, ids, leftOut: remarks };
}

/**
 * The comment at the start of a program.
 *
 * @param what the content of the program, as a sentence.
 * @param ids what `adopt` needs, by resource.
 */
export function programHeader(what: string, ids: ReadonlyMap<string, string>): string {
  const flags = [...ids].map(([name, id]) => ` --id ${name}=${id}`).join("");
  return [
    `// ${what}`,
    "//",
    `// To manage these objects: npx pulumi-posthog adopt${flags}`,
    "// Then pulumi preview --refresh shows no changes.",
    "//",
    "",
  ].join("\n");
}

/** Adds empty lines around statements of several lines. */
function spaced(statements: readonly string[]): string {
  return statements
    .map((statement, at) => {
      const isLong = statement.includes("\n") || (statements[at - 1]?.includes("\n") ?? false);
      return at > 0 && isLong ? `\n${statement}` : statement;
    })
    .join("\n");
}

function namesakes({ projects }: ExportSnapshot, resourceOf: (id: number) => string): Map<string, string> {
  const shared = projects.filter(({ id, name }) =>
    projects.some((other) => other.id !== id && other.name === name),
  );
  return new Map(shared.map(({ id }) => [`Project:${resourceOf(id)}`, String(id)]));
}

function unknownLevels({ live }: ExportSnapshot): string[] {
  return live.members.flatMap(({ email, level }) => {
    const name = organizationLevelName(level);
    return name.startsWith("level ") ? [`${email}: ${name} is unknown to this version`] : [];
  });
}
