import * as z from "zod";
import { earlierProjectKeyScopes } from "../../access/scopeObjects";
import { canProjectKeyHold, checkProjectKeyScopes } from "../../access/scopes";
import { sameSet } from "../../access/values";
import { projectId, projectIdOf, sameProjectId } from "../../arguments/fields";
import { defineResource } from "../../engine/define";
import type { ArgsOf, Live, Review } from "../../engine/definition";
import { type Finding, problem } from "../../engine/finding";
import { outputSecrecy } from "../../engine/secretOutputs";
import {
  type ApiKeyClient,
  type KeyFields,
  type KeyRecord,
  projectSecretApiKeys,
} from "../../posthog/apiKeys";
import type { Connection } from "../../posthog/connection";
import { NotFoundError, RefusedError } from "../../posthog/errors";
import { getProject, readOfProject } from "../../posthog/projects";
import {
  findByLabel,
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

const args = z.strictObject({ projectId, ...keyArgs });
type Args = ArgsOf<(typeof args)["shape"]>;

function titleOf({ label, projectId: project }: Partial<Args>, name?: string): string {
  const key = `project secret API key${label === undefined ? "" : ` "${label}"`}`;
  // Keys of several projects may share a label.
  if (name !== undefined) return label === name ? key : `${key} (${name})`;
  return project === undefined ? key : `${key} of project ${project}`;
}

const idOf = (project: number, key: string): string => `${project}/${key}`;

function partsOf(id: string): { project: number; key: string } {
  const [, project, key] = /^([1-9]\d*)\/(.+)$/.exec(id) ?? [];
  if (project !== undefined && key !== undefined) return { project: Number(project), key };
  throw new NotFoundError(`"${id}" is not the id of a ProjectSecretApiKey`, {
    why: "PostHog finds such a key only in its project.",
    fix: "Use <project>/<PostHog's id of the key>, e.g. 42/QzVn8sPq.",
  });
}

function toLive(project: number, key: KeyRecord, value: unknown): Live<Args> {
  return {
    id: idOf(project, key.id),
    args: { projectId: project, label: key.label, scopes: key.scopes ?? [] },
    outputs: keyOutputs(key, value),
  };
}

/** Why the key cannot have the label; PostHog crashes on a change to a label that is taken. */
async function takenLabel(
  keys: ApiKeyClient<KeyRecord, KeyFields>,
  label: string,
  key?: string,
): Promise<string | undefined> {
  const other = (await keys.list()).find((known) => known.label === label && known.id !== key);
  return other === undefined
    ? undefined
    : `${keys.place.owner} already has a key labeled "${label}" (${other.mask_value ?? other.id})`;
}

async function review(connection: Connection, seen: Review<Args>): Promise<Finding[]> {
  const { args: declared, before } = seen;
  const scopes = await reviewScopes(connection, declared.scopes ?? [], isEarlierProjectScope);
  if (declared.projectId === undefined || scopes.length > 0) return scopes;
  const rights = await reviewProjectLevel(connection, projectIdOf(declared.projectId));
  if (rights.length > 0) return rights;
  const keys = projectSecretApiKeys(connection, projectIdOf(declared.projectId));
  const findings = await reviewKey(keys, seen);
  const { label } = declared;
  const sameProject = before === undefined || sameProjectId(before.projectId, declared.projectId);
  if (before?.label === undefined || label === undefined || label === before.label || !sameProject)
    return findings;
  // If no key has the earlier label, the one with the new label is this key: a run failed after renaming it.
  if (!(await keys.list()).some((key) => key.label === before.label)) return findings;
  const taken = await takenLabel(keys, label);
  return taken === undefined ? findings : [...findings, problem("label", taken)];
}

/** Servers up to July 2026 know fewer scopes for these keys; otherwise the schema checks them. */
function isEarlierProjectScope(scope: string): boolean {
  return earlierProjectKeyScopes.includes(scope) || !canProjectKeyHold(scope);
}

/** Only project admins, by rules or because the project has none, may write its keys. */
async function reviewProjectLevel(connection: Connection, project: number): Promise<Finding[]> {
  const level = (await getProject(connection, project))?.user_access_level;
  if (level == null || level === "admin") return [];
  return [
    problem(undefined, `the key's owner may not write secret API keys of project ${project}`, {
      why: `it takes an admin of the project, and their level there is ${level}`,
      fix: "use the key of an organization admin, or have one make the owner an admin of the project",
    }),
  ];
}

export const projectSecretApiKey = defineResource({
  type: "ProjectSecretApiKey",
  args,
  secrecy: outputSecrecy.ProjectSecretApiKey,
  fields: { projectId: { replaces: true, same: sameProjectId }, ...keyArgFields },
  existing: "refuse",
  title: titleOf,
  stable: ["createdAt"],
  needs: { always: [{ scope: "project:write" }] },
  rules: ({ scopes }) => (scopes === undefined ? [] : scopeFindings(checkProjectKeyScopes(scopes))),
  claims: async ({ projectId: project, label }) =>
    project === undefined || label === undefined
      ? []
      : [`project/${projectIdOf(project)}/secret-key/${label}`],
  review,
  updateReason: keyUpdateReason,
  pendingReason: keyPendingReason,
  onExternalDelete: onKeyDeletedExternally,
  unreadable: unreadableKey,
  async find(connection, declared) {
    if (declared.label === undefined || declared.projectId === undefined) return undefined;
    const project = projectIdOf(declared.projectId);
    const key = await findByLabel(projectSecretApiKeys(connection, project), declared.label, "");
    return key === undefined ? undefined : toLive(project, key, undefined);
  },
  async observe(connection, id, state) {
    const { project, key: keyId } = partsOf(id);
    const keys = projectSecretApiKeys(connection, project);
    const key = await readOfProject(connection, project, () => keys.get(keyId));
    return key === undefined ? undefined : toLive(project, key, state.value);
  },
  async create(connection, declared, checkpoint) {
    const project = projectIdOf(declared.projectId);
    const { label, scopes } = declared;
    const key = await projectSecretApiKeys(connection, project).create({ label, scopes });
    const live = toLive(project, key, key.value);
    checkpoint(live.id, live.outputs);
    return live;
  },
  async update(connection, live, declared, state, checkpoint) {
    const { project, key: keyId } = partsOf(live.id);
    const keys = projectSecretApiKeys(connection, project);
    const key = await keys.get(keyId);
    if (key === undefined) return live;
    const changes = await changed(keys, key, declared);
    const now = connection.clock.now();
    const written = await writeKey(keys, { id: live.id, key, changes, declared, state, now }, checkpoint);
    return toLive(project, written.key, written.value);
  },
  delete(connection, live) {
    const { project, key } = partsOf(live.id);
    return projectSecretApiKeys(connection, project).revoke(key);
  },
});

async function changed(
  keys: ApiKeyClient<KeyRecord, KeyFields>,
  key: KeyRecord,
  { label, scopes }: Args,
): Promise<Partial<KeyFields>> {
  const taken = label === key.label ? undefined : await takenLabel(keys, label, key.id);
  if (taken !== undefined) {
    throw new RefusedError(`changing the label was refused: ${taken}`, {
      why: "Labels are unique within a project.",
      fix: "Choose another label, or delete or rename the other key first.",
    });
  }
  return {
    ...(label === key.label ? {} : { label }),
    ...(sameSet(key.scopes ?? [], scopes) ? {} : { scopes }),
  };
}
