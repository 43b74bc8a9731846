import { Document, isMap, isScalar, type Pair, Scalar, visit } from "yaml";
import { type NamedGrant, subjectParts } from "../../provider/access/grants";
import type { LiveOrganization } from "../../provider/access/liveOrganization";
import { escaped, printable } from "../../provider/access/messages";
import type { RoleWithMembers } from "../../provider/access/snapshot";
import type { Properties } from "../../provider/engine/state";
import { teamSettings } from "../../provider/matrix/schema";
import { RefusedError } from "../../provider/posthog/errors";
import { asComments, leftOut } from "./leftOut";
import { byText, type ProjectRules, rulesByProject, type Spell, spelling } from "./rules";

/** What a program would contain in addition to a matrix. */
const notInMatrix = [
  "projects and members of the organization: pulumi-posthog export --format typescript declares them",
  "single sign-on and settings: an access matrix does not include them",
];

/**
 * The access of a live organization as a matrix for `AccessMatrix`: a role becomes a team with its members, and
 * projects have their ids. Comments list what it leaves out.
 *
 * @throws RefusedError if the matrix would be empty, which is invalid.
 */
export function matrixOf(live: LiveOrganization): string {
  const spell = spelling(live.access.people);
  const rules = rulesByProject(live, spell);
  const projects = aliases(
    live.access.projects,
    ({ name }) => name,
    new Set(Object.keys(teamSettings.shape)),
  );
  const named = live.access.roles.filter(({ name }) => name === name.trim() && name !== "");
  const teams = aliases(
    [...named].sort((left, right) => byText(left.name, right.name)),
    ({ name }) => name,
    new Set(),
  );
  const content = {
    projects: Object.fromEntries(
      rules.map(({ project, grants }) => [projects.get(project), projectOf(project.id, grants)]),
    ),
    access_matrix: Object.fromEntries(
      [...teams].map(([role, team]) => [team, teamOf(role, team, rules, live, projects, spell)]),
    ),
  };
  if (rules.length === 0 && teams.size === 0) {
    throw new RefusedError("there is nothing to write as a matrix", {
      why: "The key sees no project and no role that a matrix can have.",
      fix: "Check posthog:organizationId and the key's access; export --format typescript writes the rest.",
    });
  }
  const remarks = [
    ...notInMatrix,
    ...rules.flatMap((one) => one.remarks),
    ...live.access.roles
      .filter((role) => !named.includes(role))
      .map(({ name }) => `the role ${JSON.stringify(name)}: its name starts or ends with a space`),
    ...leftOut(live),
  ];
  return `${header(live)}${asComments(remarks, "#")}\n${yamlOf(content)}`;
}

function header({ name, host }: LiveOrganization): string {
  return [
    "# yaml-language-server: $schema=./node_modules/pulumi-posthog/docs/access-matrix.schema.json",
    "",
    `# Access in ${printable(name)} (${host}), as pulumi-posthog export found it.`,
    "#",
    "",
  ].join("\n");
}

/** The entry of a project: default access, and access of single people. */
function projectOf(id: number, grants: readonly NamedGrant[]): Properties {
  const everybody = entryOf(grants.filter(({ subject }) => subject === "default"));
  const people = grants.flatMap(({ subject }) => {
    const who = subjectParts(subject);
    return who?.kind === "user" ? [who.name] : [];
  });
  const members = [...new Set(people)].sort(byText);
  const { role: defaultAccess, ...rest } = everybody;
  return {
    id,
    ...(defaultAccess === undefined ? {} : { defaultAccess }),
    ...rest,
    ...(members.length === 0
      ? {}
      : {
          members: Object.fromEntries(
            members.map((name) => [
              name,
              entryOf(grants.filter(({ subject }) => subject === `user/${name}`)),
            ]),
          ),
        }),
  };
}

function teamOf(
  role: RoleWithMembers,
  team: string,
  rules: readonly ProjectRules[],
  { access }: LiveOrganization,
  projects: ReadonlyMap<unknown, string>,
  spell: Spell,
): Properties {
  const inRole = new Set(role.userUuids);
  const entries = rules.flatMap(({ project, grants }) => {
    const own = grants.filter(({ subject }) => subject === `role/${role.name}`);
    return own.length === 0 ? [] : [[projects.get(project), entryOf(own)]];
  });
  return {
    ...(team === role.name ? {} : { name: role.name }),
    members: access.people
      .filter(({ userUuid }) => inRole.has(userUuid))
      .map(spell)
      .sort(byText),
    ...Object.fromEntries(entries),
  };
}

/** One entry: access to the project, and levels on types of resource. */
function entryOf(grants: readonly NamedGrant[]): Properties {
  const role = grants.find(({ resource }) => resource === "project")?.level;
  const types = grants.filter(({ resource }) => resource !== "project");
  return {
    ...(role === undefined ? {} : { role }),
    ...(types.length === 0
      ? {}
      : { resources: Object.fromEntries(types.map(({ resource, level }) => [resource, level])) }),
  };
}

/**
 * A name in the file for each thing: its own if the file allows it, with a number if two are the same. Things that keep
 * their own name come first.
 */
function aliases<T>(things: readonly T[], nameOf: (thing: T) => string, taken: Set<string>): Map<T, string> {
  const free = (name: string): string => {
    const number = [undefined, ...things.keys()].find((at) => !taken.has(numbered(name, at)));
    return numbered(name, number);
  };
  const keepsName = (thing: T): boolean => nameInFile(nameOf(thing)) === nameOf(thing);
  const given = new Map<T, string>();
  for (const thing of [...things.filter(keepsName), ...things.filter((one) => !keepsName(one))]) {
    const alias = free(nameInFile(nameOf(thing)));
    taken.add(alias);
    given.set(thing, alias);
  }
  return new Map(things.map((thing) => [thing, given.get(thing) ?? ""]));
}

/** A name without the characters that a matrix does not allow in names. */
function nameInFile(name: string): string {
  const alias = name
    .replace(/[/:]/g, "-")
    .replace(/\p{Cc}+/gu, " ")
    .replace(/^<<$/, "--")
    .trim();
  return alias === "" ? "unnamed" : alias;
}

const numbered = (name: string, at: number | undefined): string =>
  at === undefined ? name : `${name} (${at + 2})`;

/** Block style, with one entry per line. Control characters are escaped, which does not change the value. */
function yamlOf(content: { readonly projects: unknown; readonly access_matrix: unknown }): string {
  const document = new Document(content, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === "string" && printable(node.value) !== node.value)
        node.type = Scalar.QUOTE_DOUBLE;
    },
    Map(_key, node) {
      if (node.items.length > 0 && node.items.every(isSetting)) node.flow = true;
    },
    Pair(_key, { key }) {
      if (isScalar(key) && key.value === "access_matrix") key.spaceBefore = true;
    },
  });
  const lines = document.toString({ lineWidth: 110 }).split("\n");
  return lines.map((line) => escaped(line, numberOf)).join("\n");
}

/** A character's number, as escaped in YAML's double quotes. */
const numberOf = (character: string): string =>
  `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`;

function isSetting({ key, value }: Pair): boolean {
  const isLevels = isScalar(key) && key.value === "resources" && isMap(value);
  return isScalar(value) || (isLevels && value.items.every((item) => isScalar(item.value)));
}
