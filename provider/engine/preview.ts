import type { z } from "zod";
import { objectRoutes } from "../access/resourceTypes";
import type { Connection } from "../posthog/connection";
import { messageOf } from "../posthog/errors";
import { listMembers, memberOf } from "../posthog/members";
import { addressOfObject } from "../posthog/objects";
import { listRoles, roleOf } from "../posthog/roles";
import type { Aliases, ArgsOf, Definition, Live, Program } from "./definition";
import { changedFields } from "./diff";
import { type Finding, notice, problem } from "./finding";
import type { Host } from "./host";

/** What stands in the program is all that is known; enough for resources that do not change. */
const asWritten: Aliases = {
  user: async (user) => [user.toLowerCase()],
  role: async (role) => [role.toLowerCase()],
  object: async (_projectId, _resource, object) => [object],
};

/** The ways to write people and roles, from what PostHog knows of them. */
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
      // An address that somebody else has in other capitals is not theirs alone.
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

/** Says when another resource of the program manages the same thing. */
export async function claim<Shape extends z.ZodRawShape>(
  host: Host,
  definition: Definition<Shape>,
  connection: Connection,
  resource: string,
  { args, unknown, changes }: { args: Partial<ArgsOf<Shape>>; unknown: readonly string[]; changes: boolean },
): Promise<Finding[]> {
  const lookUp = changes && connection.configuration.preflight;
  const spellings = lookUp ? resolved(connection) : asWritten;
  const addresses = (await definition.claims?.(args, spellings, unknown)) ?? [];
  const name = nameOf(definition.type, resource);
  const owner = host.claims.claim(claimsOf(connection), name, addresses);
  if (owner === undefined) return [];
  return [
    problem(
      undefined,
      `${name} and ${owner} manage the same thing: ${definition.title(args)}\n` +
        "  fix: keep one of the two; each would undo the other, and deleting one would take away both",
    ),
  ];
}

/** What there is to know of the rest of the program. */
export function programOf(
  { claims, expectedRoles }: Host,
  connection: Connection,
  { type }: Pick<Definition<z.ZodRawShape>, "type">,
  resource: string,
): Program {
  const name = nameOf(type, resource);
  const home = claimsOf(connection);
  return {
    inProgram: (address) => claims.isClaimed(home, address),
    expectedRoles: () => expectedRoles.of(home),
    expectRole: (role) => expectedRoles.expect(home, name, role),
  };
}

const nameOf = (type: string, resource: string): string => `${type} "${resource}"`;

/** What claims are relative to: one organization of one server. */
function claimsOf({ configuration: { host: server, organizationId, apiKey } }: Connection): string {
  return `${server} ${organizationId ?? apiKey ?? ""}`;
}

/** What a preview says of a new resource whose object may exist already. */
export async function reviewNew<Shape extends z.ZodRawShape>(
  connection: Connection,
  definition: Definition<Shape>,
  args: Partial<ArgsOf<Shape>>,
  adopt: boolean | undefined,
): Promise<{ findings: Finding[]; existing?: Live<ArgsOf<Shape>> }> {
  if (adopt === false && definition.existing === "mayDuplicate") return { findings: [] };
  let existing: Live<ArgsOf<Shape>> | undefined;
  try {
    existing = await definition.find(connection, args);
  } catch (error) {
    return { findings: [problem(undefined, messageOf(error))] };
  }
  if (existing === undefined) return { findings: [] };
  const changes = changedFields(definition.fields, pick(existing.args, args), args).map(({ name }) => name);
  if (adopt === true) {
    const effect =
      changes.length === 0 ? "nothing on it would change" : `would change: ${changes.join(", ")}`;
    return { findings: [notice(`would adopt the existing one (${existing.id}); ${effect}`)], existing };
  }
  if (definition.existing === "acceptEqual" && changes.length === 0) return { findings: [], existing };
  return {
    findings: [
      problem(
        undefined,
        `exists already (${existing.id})${changes.length === 0 ? "" : `, and differs in ${changes.join(", ")}`}\n` +
          `  fix: ${howToGoOn(definition.existing)}`,
      ),
    ],
    existing,
  };
}

/** How to go on when an object exists already. */
export function howToGoOn(existing: Definition<z.ZodRawShape>["existing"]): string {
  const second =
    existing === "mayDuplicate" ? "; or adopt: false to make a second one beside it on purpose" : "";
  return `set adopt: true to take it over (the preview then says what would change on it)${second}`;
}

function pick<T extends object>(from: Partial<T>, like: Partial<T>): Partial<T> {
  const picked: Partial<T> = {};
  for (const name of Object.keys(like) as (keyof T)[]) picked[name] = from[name];
  return picked;
}
