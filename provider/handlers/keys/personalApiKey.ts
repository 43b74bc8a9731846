import * as z from "zod";
import { checkScopes } from "../../access/scopes";
import { isUuid, sameSet } from "../../access/values";
import { projectId, projectIdOf, sameProjectId } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { ArgsOf, Live, Review } from "../../engine/definition";
import { type Finding, problem, warning } from "../../engine/finding";
import { outputSecrecy } from "../../engine/secretOutputs";
import type { Properties } from "../../engine/state";
import { type PersonalApiKeyFields, type PersonalApiKeyRecord, personalApiKeys } from "../../posthog/apiKeys";
import { Cached, perRun } from "../../posthog/cache";
import { getSignedInUser } from "../../posthog/caller";
import type { Connection } from "../../posthog/connection";
import { answered, NotFoundError } from "../../posthog/errors";
import { chooseOrganization, listOrganizations, organizationOf } from "../../posthog/organizations";
import {
  findByLabel,
  isEarlierScope,
  keyArgFields,
  keyArgs,
  keyOutputs,
  keyPendingReason,
  keyUpdateReason,
  onKeyDeletedExternally,
  reviewKey,
  reviewScopes,
  scopeFindings,
  unreadableKey,
  writeKey,
} from "./apiKeys";

const args = z.strictObject({
  ...keyArgs,
  allowWildcard: z.boolean().optional(),
  projects: z.array(projectId, "must be a list of project numbers").optional(),
  organizations: z
    .array(z.string().min(1, "must not be empty"), "must be a list of organizations")
    .optional(),
});
type Args = ArgsOf<(typeof args)["shape"]>;

const titleOf = ({ label: name }: Partial<Args>): string =>
  name === undefined ? "a personal API key" : `personal API key "${name}"`;

async function toLive(
  connection: Connection,
  key: PersonalApiKeyRecord,
  declared: Partial<Args>,
  value: unknown,
): Promise<Live<Args>> {
  return {
    id: key.id,
    args: {
      label: key.label,
      scopes: key.scopes ?? [],
      projects: key.scoped_teams ?? [],
      organizations: await organizationsAsDeclared(
        connection,
        key.scoped_organizations ?? [],
        declared.organizations ?? [],
      ),
    },
    outputs: { ...keyOutputs(key, value), ownerId: key.user_id ?? undefined },
  };
}

/** The stored organizations, as declared if that refers to the same ones. */
async function organizationsAsDeclared(
  connection: Connection,
  stored: readonly string[],
  declared: readonly string[],
): Promise<string[]> {
  if (stored.length === 0 || declared.length === 0) return [...stored];
  const all = await listOrganizations(connection);
  const ids = declared.map((wanted) => organizationOf(wanted, all)?.id ?? wanted);
  return [...(sameSet(stored, ids) ? declared : stored)];
}

async function toFields(connection: Connection, declared: Args): Promise<PersonalApiKeyFields> {
  const organizations = declared.organizations ?? [];
  const known = organizations.every(isUuid) ? [] : await listOrganizations(connection);
  return {
    label: declared.label,
    scopes: declared.scopes,
    scoped_teams: (declared.projects ?? []).map(projectIdOf),
    scoped_organizations: organizations.map((wanted) =>
      isUuid(wanted) ? wanted.toLowerCase() : chooseOrganization(wanted, known).id,
    ),
  };
}

function changed(key: PersonalApiKeyRecord, wanted: PersonalApiKeyFields): Partial<PersonalApiKeyFields> {
  return {
    ...(key.label === wanted.label ? {} : { label: wanted.label }),
    ...(sameSet(key.scopes ?? [], wanted.scopes) ? {} : { scopes: wanted.scopes }),
    ...(sameSet(key.scoped_teams ?? [], wanted.scoped_teams) ? {} : { scoped_teams: wanted.scoped_teams }),
    ...(sameSet(key.scoped_organizations ?? [], wanted.scoped_organizations)
      ? {}
      : { scoped_organizations: wanted.scoped_organizations }),
  };
}

/** Whether two lists restrict a key to the same projects; a missing list and an empty one both mean no restriction. */
function sameProjects(one: unknown, other: unknown): boolean {
  const [left, right] = [one ?? [], other ?? []];
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
  return left.every((project) => right.some((candidate) => sameProjectId(project, candidate)));
}

/** PostHog lists only the session's own keys, so another person's key may exist without being listed. */
async function refuseForeign(connection: Connection, { ownerId, label }: Properties): Promise<void> {
  if (typeof ownerId !== "number" || ownerId === ((await getSignedInUser(connection)) ?? ownerId)) return;
  throw new NotFoundError(
    `personal API key "${String(label)}" belongs to another person than posthog:email`,
    {
      why: "PostHog shows a person's keys to nobody else, so this session cannot see whether the key still exists.",
      fix: "Sign in as the person who created it, or remove it from the stack with pulumi state delete.",
    },
  );
}

/**
 * The preview's finding about a label that another key of the program has. PostHog identifies such keys by id, but
 * nobody can distinguish them by label, to adopt or revoke one.
 */
function reviewLabel({ args: { label }, before, adopt, expectedNames, expectName }: Review<Args>): Finding[] {
  if (label === undefined) return [];
  const rival = expectedNames().find(({ after }) => after === label);
  expectName({ before: before?.label, after: label, isSecond: adopt === false });
  if (rival === undefined || before?.label === label) return [];
  const shared = `${rival.resource} of this program has the label "${label}" as well`;
  if (adopt === false) return [warning(`${shared}: nobody can tell the two apart in PostHog's settings`)];
  return [
    problem("label", shared, {
      fix: "choose another label, or set adopt: false for a second key of that label",
    }),
  ];
}

/** What PostHog would reject among the scopes, projects and organizations that the key is restricted to. */
async function review(connection: Connection, seen: Review<Args>): Promise<Finding[]> {
  const { scopes = [], projects = [], organizations = [] } = seen.args;
  return [
    ...reviewLabel(seen),
    ...(await reviewScopes(connection, scopes, isEarlierScope)),
    ...(await reviewProjects(connection, projects)),
    ...(await reviewOrganizations(connection, organizations)),
    ...(await reviewKey(personalApiKeys(connection), seen)),
  ];
}

/** The signed-in person has to be able to reach each project, and PostHog accepts each only once. */
async function reviewProjects(
  connection: Connection,
  projects: readonly (number | string)[],
): Promise<Finding[]> {
  const numbers = projects.map(projectIdOf);
  const findings = await Promise.all(
    numbers.map(async (project, index) => {
      const property = `projects[${index}]`;
      if (numbers.indexOf(project) < index) return [problem(property, `lists project ${project} twice`)];
      if (await sessionReaches(connection, `/api/projects/${project}/`)) return [];
      return [
        problem(property, `project ${project} does not exist, or the signed-in person has no access to it`, {
          fix: "correct the number, or give the person of posthog:email access to the project",
        }),
      ];
    }),
  );
  return findings.flat();
}

async function reviewOrganizations(
  connection: Connection,
  organizations: readonly string[],
): Promise<Finding[]> {
  if (organizations.length === 0) return [];
  const known = await listOrganizations(connection);
  const findings = await Promise.all(
    organizations.map(async (wanted, index) => {
      const id = organizationOf(wanted, known)?.id ?? (isUuid(wanted) ? wanted : undefined);
      const reached =
        id !== undefined && (await sessionReaches(connection, `/api/organizations/${id.toLowerCase()}/`));
      if (reached) return [];
      return [
        problem(
          `organizations[${index}]`,
          "does not exist, or the signed-in person and the configured key are not both in it",
          { fix: "give the UUID or the slug of an organization that the person of posthog:email belongs to" },
        ),
      ];
    }),
  );
  return findings.flat();
}

/** Whether the signed-in person can reach what is at a path. */
const sessionReaches = (connection: Connection, path: string): Promise<boolean> =>
  keptReach(connection, path).get();

const keptReach = perRun(
  (connection: Connection, path: string) =>
    new Cached(async () => {
      try {
        const what = `looking for ${path} as the signed-in person`;
        await connection.send({ method: "GET", path, schema: z.unknown(), what }, "session");
        return true;
      } catch (error) {
        if (answered(error, 403) || answered(error, 404)) return false;
        throw error;
      }
    }),
);

export const personalApiKey = defineResource({
  type: "PersonalApiKey",
  args,
  secrecy: outputSecrecy.PersonalApiKey,
  fields: {
    ...keyArgFields,
    allowWildcard: {},
    projects: { same: sameProjects, default: [] },
    organizations: { same: sameSet, default: [] },
  },
  existing: "mayDuplicate",
  title: titleOf,
  stable: ["createdAt"],
  needs: {
    always: [{ session: true }],
    // Organizations may be given as slugs, which the key's list of them resolves.
    when: [{ argument: "organizations", is: "filled", needs: [{ scope: "organization:read" }] }],
  },
  rules: ({ scopes, allowWildcard }) =>
    scopes === undefined ? [] : scopeFindings(checkScopes(scopes, { allowWildcard })),
  review,
  async reviewUnchanged(_, { args: { label }, expectName }) {
    if (label !== undefined) expectName({ before: label, after: label, isSecond: false });
    return [];
  },
  updateReason: keyUpdateReason,
  pendingReason: keyPendingReason,
  onExternalDelete: onKeyDeletedExternally,
  unreadable: unreadableKey,
  async find(connection, declared) {
    if (declared.label === undefined) return undefined;
    const another = ", or set adopt: false to create another one";
    const key = await findByLabel(personalApiKeys(connection), declared.label, another);
    return key === undefined ? undefined : toLive(connection, key, declared, undefined);
  },
  async observe(connection, id, state) {
    const key = await personalApiKeys(connection).get(id);
    if (key !== undefined) return toLive(connection, key, declaredIn(args, state), state.value);
    await refuseForeign(connection, state);
    return undefined;
  },
  async create(connection, declared, checkpoint) {
    const key = await personalApiKeys(connection).create(await toFields(connection, declared));
    checkpoint(key.id, keyOutputs(key, key.value));
    return toLive(connection, key, declared, key.value);
  },
  async update(connection, live, declared, state, checkpoint) {
    const keys = personalApiKeys(connection);
    const key = await keys.get(live.id);
    if (key === undefined) return live;
    const changes = changed(key, await toFields(connection, declared));
    const now = connection.clock.now();
    const written = await writeKey(keys, { id: live.id, key, changes, declared, state, now }, checkpoint);
    return toLive(connection, written.key, declared, written.value);
  },
  delete: (connection, live) => personalApiKeys(connection).revoke(live.id),
});
