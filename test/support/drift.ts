import { writeFileSync } from "node:fs";
import type { ProjectSources } from "../../cli/common/matrix";
import { findDrift, type RunOptions } from "../../cli/drift/run";
import type { Source } from "../../cli/drift/sources";
import type { Emulator } from "../../emulator";
import type { Actor } from "../../emulator/store/collection";
import { dynamicType } from "../../provider/access/typeTokens";
import type { AttributedDifference, Difference } from "../../provider/drift/model";
import { type DriftReport, describeCause, describeDifference, subjectOf } from "../../provider/drift/report";
import { parseState } from "../../provider/drift/state";
import type { Properties } from "../../provider/engine/state";
import { withFolder } from "./command";
import type { Driven, World } from "./driver";

/** One resource as in a state. */
export interface Stated {
  readonly type: string;
  readonly name?: string;
  readonly driven: Pick<Driven, "id" | "state">;
  /** More fields of its entry. */
  readonly more?: Properties;
}

/** A stack's state with these resources, as `pulumi stack export` writes it. */
export function stateText(resources: readonly Stated[], modified = new Date().toISOString()): string {
  const entries = resources.map(({ type, name = "it", driven, more }) => ({
    urn: `urn:pulumi:dev::acme::${dynamicType(type)}::${name}`,
    custom: true,
    id: driven.id,
    type: dynamicType(type),
    inputs: { __provider: "text" },
    outputs: { __provider: "text", ...driven.state },
    modified,
    ...more,
  }));
  const stack = { urn: "urn:pulumi:dev::acme::pulumi:pulumi:Stack::acme-dev", type: "pulumi:pulumi:Stack" };
  return JSON.stringify({ version: 3, deployment: { manifest: {}, resources: [stack, ...entries] } }, byName);
}

/** The engine writes the properties of every object by name, whatever their order was. */
function byName(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Compares the state that the world's resources left with its PostHog, in a new run. */
export async function driftOf(
  world: World,
  resources: readonly Stated[],
  options: Partial<RunOptions> & { modified?: string } = {},
): Promise<DriftReport> {
  const { modified, ...rest } = options;
  const source: Source = {
    kind: "stack",
    name: "stack dev",
    resources: parseState(stateText(resources, modified), "stack dev"),
  };
  return driftFrom(world, source, rest);
}

/** Compares anything with the world's PostHog, in a new run. */
export async function driftFrom(
  world: World,
  source: Source,
  options: Partial<RunOptions> = {},
): Promise<DriftReport> {
  world.run();
  return (await findDrift(world.host(), source, { unmanaged: "ignore", ...options })).report;
}

/** Differences with their causes, as in a report. */
export function shown(differences: readonly AttributedDifference[]): string[] {
  return differences.map((one) => `${shownDifference(one)} | ${describeCause(one.cause)}`);
}

/** A difference as in a report. */
function shownDifference(difference: Difference): string {
  return `${subjectOf(difference)} ${describeDifference(difference)}`.trim();
}

/** A signed-in person who changes things outside Pulumi, with or without a program that names itself. */
export function actor(emulator: Emulator, email: string, client: string | null = null): Actor {
  const user = emulator.store.users.where("email", email)[0];
  if (user === undefined) throw new Error(`nobody is called ${email}`);
  return { user, with_key: false, client, ip_address: "203.0.113.9", was_impersonated: false };
}

/** Gives a person a level on project 1 outside Pulumi, with a rule like an existing one. */
export function grantBehind({ emulator: { store } }: World, email: string, by: Actor): void {
  const userId = store.users.where("email", email)[0]?.id;
  const membership = store.memberships.all().find(({ user_id }) => user_id === userId);
  const [rule] = store.accessRules.all();
  if (rule === undefined || membership === undefined) throw new Error(`${email} cannot be given a level`);
  const id = store.uuid();
  store.accessRules.insert(
    { ...rule, id, role: null, organization_member: membership.id, access_level: "admin" },
    by,
  );
}

/** An organization without projects, and a stack without outputs. */
export const noProjects: ProjectSources = projectsOf(async () => []);

/** An organization with these projects, and a stack with these outputs. */
export function projectsOf(
  listProjects: ProjectSources["listProjects"],
  outputs: Readonly<Record<string, number>> = {},
): ProjectSources {
  return { listProjects, readOutputs: async () => new Map(Object.entries(outputs)) };
}

/** Runs a test with a file of that text, and removes it afterwards. */
export function withFile<T>(name: string, text: string, body: (path: string) => Promise<T>): Promise<T> {
  return withFolder((pathOf) => {
    writeFileSync(pathOf(name), text);
    return body(pathOf(name));
  });
}

/** Someone's request through PostHog's API, with their own key and a program that names itself. */
export function program(
  { url }: Pick<Emulator, "url">,
  key: string,
  name: string,
): (method: string, path: string, body?: unknown) => Promise<void> {
  const headers = {
    Authorization: `Bearer ${key}`,
    "Content-Type": "application/json",
    "x-posthog-client": name,
  };
  return async (method, path, body) => {
    const answer = await fetch(`${url}/api/${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}`);
  };
}
