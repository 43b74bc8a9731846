import {
  type AccessChange,
  changeLine,
  describeChange,
  type PersonChange,
  throughWhat,
} from "../../access/change";
import type { LiveOrganization } from "../../access/liveOrganization";
import type { AccessSnapshot } from "../../access/snapshot";
import { MatrixError } from "../../matrix/problem";
import { matrixRemarks } from "../../matrix/remarks";
import { changeKeys, type ProjectKeys } from "./keys";
import type { ChangeReview, MatrixTarget, ReviewedChange, ReviewedPersonChange, RoleChange } from "./model";
import { changeProjects } from "./projects";
import { changeRoles, deleteRoles } from "./roles";
import { WorkingOrganization } from "./working";

/** What a check of a change uses in addition to the matrix. */
interface ChangeOptions {
  /** The name of the matrix file in messages. */
  readonly file?: string;
  /** The matrix that was applied last: what it granted and the new one does not is removed. */
  readonly base?: MatrixTarget;
  /** The existing secret keys; projects that are missing are unknown. */
  readonly projectKeys?: ProjectKeys;
}

/**
 * What an update to a matrix would change in a live organization: which roles and rules, and whose access.
 *
 * @throws MatrixError with all people and projects that the organization does not have.
 */
export function reviewChanges(
  live: LiveOrganization,
  target: MatrixTarget,
  options: ChangeOptions = {},
): ChangeReview {
  const { file, base, projectKeys = new Map() } = options;
  const working = new WorkingOrganization(live);
  const changedRoles = changeRoles(working, target, base);
  const projects = changeProjects(working, target, base);
  const roles = [...deleteRoles(working, target, base), ...changedRoles].sort(byLoss);
  const { keys, uncompared } = changeKeys(working, target, base, projectKeys);
  if (working.problems.length > 0) throw new MatrixError(working.problems, file);
  const before: AccessSnapshot = { ...live.access, projects: working.projects };
  const after: AccessSnapshot = { ...before, roles: working.roles, rules: working.rules };
  const remarks = matrixRemarks(target.desired);
  const remarksOf = (severity: "warn" | "info"): string[] =>
    remarks.filter((remark) => remark.severity === severity).map(({ message }) => message);
  const { id, name, host, readAt, omissions } = live;
  return {
    organization: { id, name, host },
    readAt,
    hasChanges: roles.length + projects.length + keys.length > 0,
    people: describeChange(before, after).map(personChange),
    roles,
    projects,
    keys,
    uncomparedKeys: uncompared,
    warnings: [...working.warnings, ...unenforced(live), ...remarksOf("warn")],
    notes: [...working.notes, ...remarksOf("info")],
    omissions,
  };
}

/** Sorts removals first; changes of the same kind keep their order. */
function byLoss(left: RoleChange, right: RoleChange): number {
  const rank = ({ change, leaving }: RoleChange): number =>
    change === "deleted" ? 0 : leaving.length > 0 ? 1 : change === "changed" ? 2 : 3;
  return rank(left) - rank(right);
}

function personChange(whole: PersonChange): ReviewedPersonChange {
  const { person, changes } = whole;
  const reviewed = (change: AccessChange): ReviewedChange => ({
    direction: change.direction,
    projectId: change.project.id,
    project: change.project.name,
    resource: change.resource,
    before: change.before?.level ?? "none",
    after: change.after?.level ?? "none",
    through: change.after === undefined ? "" : throughWhat(change.after, person),
  });
  return {
    email: person.email,
    summary: changeLine(whole).slice(person.email.length + 1),
    changes: changes.map(reviewed),
  };
}

function unenforced({ name, access }: LiveOrganization): string[] {
  if (!access.enforcesRules)
    return [`the plan of ${name} lacks access_control: PostHog stores the rules, but does not enforce them`];
  return access.enforcesRoleRules
    ? []
    : [`the plan of ${name} lacks role_based_access: PostHog rejects rules on roles, and enforces none`];
}
