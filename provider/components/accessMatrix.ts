import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { printableLines } from "../access/messages";
import { accessMatrixType } from "../access/typeTokens";
import { dateOf, groupPairs, pathToLostName } from "../access/values";
import type { DesiredAccess, MatrixGrant, NotEnforceable } from "../matrix/desired";
import type { MatrixObject } from "../matrix/matrixObject";
import { longestText, MatrixError } from "../matrix/problem";
import { matrixRemarks } from "../matrix/remarks";
import type { CommonArgs } from "../resources/base";
import { AccessChildren } from "./accessChildren";

/** The arguments of an {@link AccessMatrix}. Account, organization and `adopt` are passed on to every resource. */
export interface AccessMatrixArgs extends CommonArgs {
  /**
   * The matrix: the path of a YAML or JSON file, relative to the program's working directory, or its text, or an
   * object. Errors in it are reported all at once, with file, line and column.
   */
  matrix: string | MatrixObject;
  /**
   * Numbers of the projects by their names in the matrix, usually `project.projectId`. May contain more projects than the
   * matrix. Default: the `id`s in the matrix.
   */
  projects?: Record<string, pulumi.Input<number | string>>;
  /**
   * Members of teams by the teams' names, as e-mail addresses or user UUIDs, usually the members of an identity
   * provider's group. Default: the members in the matrix. A team without either is a role whose members are not managed.
   */
  members?: Record<string, pulumi.Input<pulumi.Input<string | undefined>[]>>;
  /** Whether a grant that PostHog cannot enforce is an error instead of a warning. Default false. */
  strict?: boolean;
}

/**
 * Access of teams to projects as a table. A team becomes a {@link Role} with its members, a project's column a
 * {@link ProjectAccess}, and a service account a {@link ProjectSecretApiKey}, or a {@link PersonalApiKey} restricted to the
 * project if its scopes require one.
 *
 * ```ts
 * const access = new posthog.AccessMatrix("access", {
 *   matrix: "access.yaml",
 *   projects: { staging_project: staging.projectId, production_project: production.projectId },
 *   members: { engineering: ["ann@acme.com"] },
 * });
 * export const keys = access.keys;
 * ```
 *
 * With the members of an identity provider's group:
 *
 * ```ts
 * const { users } = okta.user.getUsersOutput({ groupId: group.id });
 * new posthog.AccessMatrix("access", {
 *   matrix: "access.yaml",
 *   projects: { staging_project: staging.projectId, production_project: production.projectId },
 *   members: { product: users.apply((all: { email: string }[]) => all.map(({ email }) => email)) },
 * });
 * ```
 *
 * The file, in its shortest form (docs/access-matrix.md describes the whole format):
 *
 * ```yaml
 * access_matrix:
 *   engineering:
 *     staging_project: {role: admin}
 *     production_project: {role: member, can_create_flags: true, until: 2026-12-31, because: migration}
 *   bi_service_account:
 *     production_project: {api_key_scopes: [insight:read, query:read]}
 * ```
 *
 * Previews warn about grants that PostHog cannot enforce and about grants that end within 14 days. The first update after
 * a grant's last day (in UTC) removes it.
 */
export class AccessMatrix extends pulumi.ComponentResource {
  /** Ids of the roles by team. State leaves out one called `__proto__`; the program sees it. */
  readonly roles: pulumi.Output<Record<string, string>>;
  /** Secret. The keys of service accounts, by team and then by project. State leaves out any called `__proto__`. */
  readonly keys: pulumi.Output<Record<string, Record<string, string>>>;
  /** What the matrix grants and denies today, with one entry per team, person or default and per type of resource. */
  readonly grants: pulumi.Output<readonly MatrixGrant[]>;
  /** Grants that PostHog cannot enforce, with the closest ones that it can. */
  readonly notEnforceable: pulumi.Output<readonly NotEnforceable[]>;

  constructor(name: string, args: AccessMatrixArgs, opts?: pulumi.ComponentResourceOptions) {
    const desired = evaluate(args);
    super(accessMatrixType, name, {}, opts);
    if (pulumi.runtime.isDryRun()) {
      for (const { severity, message } of matrixRemarks(desired))
        pulumi.log[severity](printableLines(message), this);
    }
    const children = new AccessChildren(name, args, this);
    const roles = desired.roles.map((role) => ({ team: role.team, id: children.role(role).roleId }));
    for (const project of desired.projects) children.policy(project);
    const keys = desired.keys.map((key) => ({
      team: key.team,
      project: key.project,
      key: pulumi.secret(children.key(key)),
    }));
    // When Pulumi copies an object, it drops an entry called __proto__, so in that case the object is built last.
    this.roles = pathToLostName(byTeam(roles))
      ? pulumi.all(roles).apply(byTeam)
      : pulumi.output(byTeam(roles));
    this.keys = pathToLostName(byTeamAndProject(keys))
      ? pulumi.all(keys).apply(byTeamAndProject)
      : pulumi.secret(byTeamAndProject(keys));
    this.grants = pulumi.output(desired.grants);
    this.notEnforceable = pulumi.output(desired.notEnforceable);
    const { roles: roleIds, keys: keyValues, grants, notEnforceable } = this;
    this.registerOutputs({ roles: roleIds, keys: keyValues, grants, notEnforceable });
  }
}

function byTeam<Id>(roles: readonly { team: string; id: Id }[]): Record<string, Id> {
  return Object.fromEntries(roles.map(({ team, id }) => [team, id]));
}

function byTeamAndProject<Key>(
  keys: readonly { team: string; project: string; key: Key }[],
): Record<string, Record<string, Key>> {
  const teams = groupPairs(keys.map(({ team, project, key }) => [team, [project, key] as const] as const));
  return Object.fromEntries([...teams].map(([team, own]) => [team, Object.fromEntries(own)]));
}

/** An error in the matrix ends the program with only its message, without a stack. */
function evaluate({ matrix, projects = {}, members = {}, strict }: AccessMatrixArgs): DesiredAccess {
  const { source, file } = readMatrixSource(matrix);
  try {
    return matrixReader().evaluateMatrix(source, {
      file,
      strict,
      today: dateOf(new Date()),
      projects: Object.keys(projects),
      members: Object.keys(members),
    });
  } catch (error) {
    throw error instanceof MatrixError ? new pulumi.RunError(error.message) : error;
  }
}

/** The matrix reader has its own libraries; programs without a matrix start faster if they do not load them. */
function matrixReader(): typeof import("../matrix/evaluate") {
  return require("../matrix/evaluate");
}

/** A matrix to evaluate: text or an object, and the file of a text. */
interface MatrixSource {
  readonly source: unknown;
  readonly file?: string;
}

/** Text has several lines, or is a mapping on one line; everything else is the path of a file. */
const textForm = /\n|^\s*\{|^[^\s:]+:(\s|$)/;

/** Reads a matrix in any form that the program may pass; a path is relative to the program's working directory. */
function readMatrixSource(matrix: unknown): MatrixSource {
  if (pulumi.Output.isInstance(matrix)) {
    throw new pulumi.RunError(
      "the access matrix is an Output: its teams and projects have to be known when the program runs.\n" +
        "  fix: pass the file's path, its text or an object; the ids of projects and the members of teams may be Outputs",
    );
  }
  if (typeof matrix !== "string" || textForm.test(matrix)) return { source: matrix };
  return { source: readMatrixFile(matrix), file: matrix };
}

function readMatrixFile(file: string): string {
  try {
    const { size } = statSync(file);
    // A character has at most four bytes.
    if (size > longestText * 4) throw new Error(`it has ${size} bytes; a matrix has ${longestText} at most`);
    return readFileSync(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new pulumi.RunError(
      `reading the access matrix ${file} failed\n  why: ${why}\n` +
        `  fix: give the path relative to ${resolve(".")}, where the program runs, or an absolute one`,
    );
  }
}
