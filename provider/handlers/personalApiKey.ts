import { z } from "zod";
import { checkScopes, sameScopes } from "../access/scopes";
import { type ArgsOf, declaredIn, defineResource, type Live, type Review } from "../engine/define";
import { type Finding, notice, problem, warning } from "../engine/finding";
import type { Properties } from "../engine/state";
import { sameJson } from "../engine/state";
import type { Connection } from "../posthog/connection";
import { LookupError } from "../posthog/errors";
import { chooseOrganization, listOrganizations } from "../posthog/organizations";
import {
  createPersonalApiKey,
  deletePersonalApiKey,
  listPersonalApiKeys,
  type PersonalApiKeyFields,
  type PersonalApiKeyRecord,
  personalApiKeyLimit,
  rollPersonalApiKey,
  tooManyKeys,
  updatePersonalApiKey,
} from "../posthog/personalApiKeys";
import { label, projectId, projectIdOf, sameProjectId } from "./fields";
import { mustRoll, overdue, rotationArgs } from "./rotation";

const args = z.strictObject({
  label,
  scopes: z.array(z.string("must be a scope such as feature_flag:read"), "must be a list of scopes"),
  allowWildcard: z.boolean().optional(),
  projects: z.array(projectId, "must be a list of project numbers").optional(),
  organizations: z
    .array(z.string().min(1, "must not be empty"), "must be a list of organisations")
    .optional(),
  ...rotationArgs,
});
type Args = ArgsOf<(typeof args)["shape"]>;

const titleOf = ({ label: name }: Partial<Args>): string =>
  name === undefined ? "a personal API key" : `personal API key "${name}"`;

function toLive(key: PersonalApiKeyRecord, declared: Partial<Args>, value: unknown): Live<Args> {
  const organizations = key.scoped_organizations ?? [];
  return {
    id: key.id,
    args: {
      label: key.label,
      scopes: key.scopes ?? [],
      projects: key.scoped_teams ?? [],
      ...(declared.organizations === undefined || organizations.length === declared.organizations.length
        ? {}
        : { organizations }),
    },
    outputs: {
      value: typeof value === "string" ? value : undefined,
      maskValue: key.mask_value ?? undefined,
      keyId: key.id,
      createdAt: key.created_at ?? undefined,
      lastRolledAt: key.last_rolled_at ?? undefined,
    },
  };
}

async function toFields(connection: Connection, declared: Args): Promise<PersonalApiKeyFields> {
  const organizations = declared.organizations ?? [];
  const known = organizations.length === 0 ? [] : await listOrganizations(connection);
  return {
    label: declared.label,
    scopes: declared.scopes,
    scoped_teams: (declared.projects ?? []).map(projectIdOf),
    scoped_organizations: organizations.map((wanted) => chooseOrganization(wanted, known).id),
  };
}

function checkedScopes({ scopes, allowWildcard }: Partial<Args>): Finding[] {
  if (scopes === undefined) return [];
  const { errors, warnings } = checkScopes(scopes, { allowWildcard });
  return [
    ...errors.map(({ index, message }) =>
      problem(index === undefined ? "scopes" : `scopes[${index}]`, message),
    ),
    ...warnings.map(warning),
  ];
}

async function review(
  connection: Connection,
  { args: declared, before, existing }: Review<Args>,
): Promise<Finding[]> {
  if (existing !== undefined)
    return [notice("its value is rolled to learn it: the one in use stops working")];
  if (before !== undefined) {
    const kept = sameJson(before.keepers, declared.keepers);
    return kept ? [] : [notice("keepers changed: it gets a new value, and the old one stops working")];
  }
  const keys = await listPersonalApiKeys(connection);
  return keys.length < personalApiKeyLimit
    ? []
    : [problem(undefined, tooManyKeys(declared.label ?? "", keys).message)];
}

/** Lifecycle of `PersonalApiKey`. */
export const personalApiKey = defineResource({
  type: "PersonalApiKey",
  args,
  fields: {
    label: {},
    scopes: { same: (one, other) => sameLists(one, other, sameScopes) },
    allowWildcard: {},
    projects: { same: sameProjects, default: [] },
    organizations: { same: (one, other) => sameLists(one, other, sameScopes), default: [] },
    keepers: {},
    rotateAfterDays: {},
  },
  existing: "mayDuplicate",
  title: titleOf,
  needs: () => ({ scopes: [], session: true }),
  rules: checkedScopes,
  review,
  due: (connection, { rotateAfterDays }, state) => overdue(rotateAfterDays, state, connection.clock.now()),
  whenGone: "the next update makes a new one, with a new value",
  async find(connection, declared) {
    if (declared.label === undefined) return undefined;
    const labelled = (await listPersonalApiKeys(connection)).filter((key) => key.label === declared.label);
    const [only, ...others] = labelled;
    if (only === undefined) return undefined;
    if (others.length === 0) return toLive(only, declared, undefined);
    throw new LookupError(`there are ${labelled.length} personal API keys labelled "${declared.label}"`, {
      why: `They are ${labelled.map((key) => key.mask_value ?? key.id).join(", ")}.`,
      fix: "Rename or delete all but one to adopt that one, or set adopt: false to make another one.",
    });
  },
  async observe(connection, id, state) {
    const key = (await listPersonalApiKeys(connection)).find((candidate) => candidate.id === id);
    return key === undefined ? undefined : toLive(key, declaredIn(args, state), state.value);
  },
  async create(connection, declared, made) {
    const key = await createPersonalApiKey(connection, await toFields(connection, declared));
    const live = toLive(key, declared, key.value);
    made(live.id, live.outputs);
    return live;
  },
  update: (connection, live, declared, state, made) => write(connection, live, declared, state, made),
  delete: (connection, live) => deletePersonalApiKey(connection, live.id),
});

async function write(
  connection: Connection,
  live: Live<Args>,
  declared: Args,
  state: Properties,
  made: (id: string, outputs: Properties) => void,
): Promise<Live<Args>> {
  const key = await updatePersonalApiKey(connection, live.id, await toFields(connection, declared));
  if (!mustRoll(declared, state, connection.clock.now())) return toLive(key, declared, state.value);
  const rolled = await rollPersonalApiKey(connection, live.id, declared.label);
  const fresh = toLive(rolled, declared, rolled.value);
  made(fresh.id, fresh.outputs);
  return fresh;
}

function sameLists(
  one: unknown,
  other: unknown,
  same: (left: string[], right: string[]) => boolean,
): boolean {
  const [left, right] = [z.array(z.string()).safeParse(one), z.array(z.string()).safeParse(other)];
  return left.success && right.success && same(left.data, right.data);
}

/** Whether two lists restrict a key to the same projects; no list and an empty one both mean no restriction. */
function sameProjects(one: unknown, other: unknown): boolean {
  const [left, right] = [one ?? [], other ?? []];
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
  return left.every((project) => right.some((candidate) => sameProjectId(project, candidate)));
}
