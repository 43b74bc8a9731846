import type * as z from "zod";
import { objectRoutes } from "../access/resourceTypes";
import type { Connection } from "../posthog/connection";
import { messageOf } from "../posthog/errors";
import { listMembers, memberOf } from "../posthog/members";
import { addressOfObject } from "../posthog/objects";
import { organizationId } from "../posthog/organizations";
import { listRoles, roleOf } from "../posthog/roles";
import type { Aliases, ArgsOf, Definition, Live, Program } from "./definition";
import { changedFields } from "./diff";
import { type Finding, failure, notice, problem } from "./finding";
import type { Host } from "./host";

/** Only the program's own spelling is known; enough for resources that do not change. */
const asWritten: Aliases = {
  user: async (user) => [user.toLowerCase()],
  role: async (role) => [role.toLowerCase()],
  object: async (_projectId, _resource, object) => [object],
};

/** The spellings of people, roles and objects that PostHog knows. */
function resolved(connection: Connection): Aliases {
  const lower = (texts: readonly string[]): string[] => texts.map((text) => text.toLowerCase());
  return {
    async user(user) {
      const members = await listMembers(connection);
      const found = memberOf(user, members)?.user;
      if (found === undefined) return asWritten.user(user);
      const [email = "", ...others] = lower(members.map((member) => member.user.email)).filter(
        (one) => one === found.email.toLowerCase(),
      );
      // An address that someone else has in other capitals is not theirs alone.
      return lower([found.uuid, ...(others.length === 0 ? [email] : [])]);
    },
    async role(role) {
      const found = roleOf(role, await listRoles(connection));
      return found === undefined ? asWritten.role(role) : lower([found.id, found.name]);
    },
    async object(projectId, resource, object) {
      const route = objectRoutes.get(resource);
      if (route === undefined) return asWritten.object(projectId, resource, object);
      return [object, await addressOfObject(connection, { projectId, resource, route }, object)];
    },
  };
}

/** An error if another resource of the program manages the same thing. */
export async function claim<Shape extends z.ZodRawShape>(
  host: Host,
  definition: Definition<Shape>,
  connection: Connection,
  resource: string,
  scope: string,
  { args, unknown, changes }: { args: Partial<ArgsOf<Shape>>; unknown: readonly string[]; changes: boolean },
): Promise<Finding[]> {
  const aliases = changes && connection.configuration.preflight ? resolved(connection) : asWritten;
  const addresses = (await definition.claims?.(args, aliases, unknown)) ?? [];
  const name = nameOf(definition.type, resource);
  const owner = host.claims.claim(scope, name, addresses);
  if (owner === undefined) return [];
  return [
    problem(undefined, `${name} and ${owner} manage the same thing: ${definition.title(args)}`, {
      fix: "keep one of the two; each undoes the other, and deleting one deletes both",
    }),
  ];
}

/**
 * The rest of the program, as far as previews have seen it.
 *
 * @param organization the scope of claims.
 * @param dependencies the resources that this one depends on, as messages name them. A host that does not know them
 *   previews a resource after them all the same, so each one that was previewed before may be among them.
 */
export function programOf(
  { claims, expectedRoles, expectedNames }: Host,
  organization: string,
  { type }: Pick<Definition<z.ZodRawShape>, "type">,
  resource: string,
  dependencies: readonly string[] | undefined,
): Program {
  const name = nameOf(type, resource);
  const namesOfKind = `${type} ${organization}`;
  return {
    inProgram: (address) => claims.isClaimed(organization, address),
    expectedRoles: () => expectedRoles.of(organization),
    expectRole: (role) => expectedRoles.expect(organization, name, role),
    expectedNames: () =>
      expectedNames
        .of(namesOfKind)
        .filter((other) => other.resource !== name)
        .map((other) => ({ ...other, comesFirst: dependencies?.includes(other.resource) ?? true })),
    expectName: (names) => expectedNames.expect(namesOfKind, name, { ...names, resource: name }),
  };
}

const nameOf = (type: string, resource: string): string => `${type} "${resource}"`;

/**
 * The scope of claims: one organization of one server, however the program names it and whichever account it uses.
 * Without `preflight` nothing is looked up, and where it cannot be, the preview says so elsewhere: then the spelling counts.
 */
export async function claimsScope(connection: Connection): Promise<string> {
  const { host: server, organizationId: named, apiKey, preflight } = connection.configuration;
  const spelled = named?.toLowerCase() ?? apiKey ?? "";
  const organization = preflight ? await organizationId(connection).catch(() => spelled) : spelled;
  return `${server} ${organization}`;
}

/** What a preview says about a new resource whose object may already exist. */
export async function reviewNew<Shape extends z.ZodRawShape>(
  connection: Connection,
  definition: Definition<Shape>,
  title: string,
  args: Partial<ArgsOf<Shape>>,
  adopt: boolean | undefined,
  program: Program,
): Promise<{ findings: Finding[]; existing?: Live<ArgsOf<Shape>> }> {
  if (adopt === false && definition.existing === "mayDuplicate") return { findings: [] };
  let existing: Live<ArgsOf<Shape>> | undefined;
  try {
    existing = await definition.find(connection, args);
  } catch (error) {
    return { findings: [failure(undefined, messageOf(error))] };
  }
  if (existing === undefined || definition.makesWay?.(args, existing, program) === true) {
    return { findings: [] };
  }
  const changes = changedFields(definition, pick(existing.args, args), args).map(({ name }) => name);
  // What the object has no value for, such as how it is managed, is no difference of it.
  const differing = changes.filter((name) => name in existing.args);
  if (adopt === true) {
    const effect = differing.length === 0 ? "changes nothing" : `changes ${differing.join(", ")}`;
    return {
      findings: [notice(`adopts ${kindOf(definition.type)} ${existing.id}; ${effect}`)],
      existing,
    };
  }
  if (definition.existing === "acceptEqual" && changes.length === 0) return { findings: [], existing };
  const difference = differing.length === 0 ? "" : ` and differs in ${differing.join(", ")}`;
  const message = `${title} already exists (id ${existing.id})${difference}`;
  return {
    findings: [problem(undefined, message, { why: whoMadeIt, fix: howToAdopt(definition) })],
    existing,
  };
}

/** Whence an object that already exists may come. */
export const whoMadeIt =
  "it was made outside this program, by another stack, or by an earlier run that broke off before it learned the id";

/** What to do about an object that already exists. */
export function howToAdopt({
  existing,
  duplicateRemark,
}: Pick<Definition<z.ZodRawShape>, "existing" | "duplicateRemark">): string {
  const remark = duplicateRemark === undefined ? "" : `, ${duplicateRemark}`;
  const second =
    existing === "mayDuplicate" ? `; or adopt: false to create a second one on purpose${remark}` : "";
  return `set adopt: true to adopt it (the preview then says what changes)${second}`;
}

/** A kind of resource in words: `personal API key` for `PersonalApiKey`. */
function kindOf(type: string): string {
  const words = type.replace(/(?<!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
  return words.replace(/\b(api|sso)\b/g, (word) => word.toUpperCase());
}

function pick<T extends object>(from: Partial<T>, like: Partial<T>): Partial<T> {
  const picked: Partial<T> = {};
  for (const name of Object.keys(like) as (keyof T)[]) picked[name] = from[name];
  return picked;
}
