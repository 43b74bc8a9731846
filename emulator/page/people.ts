import { isExpired } from "../people/invites";
import type { Backend } from "../server/backend";
import {
  enforcesRules,
  isAdmin,
  memberSubject,
  projectAccess,
  resolveProject,
  rulesOn,
} from "../server/effectiveAccess";
import { LEVEL, type Membership, type Organization, type Project } from "../store/entities";
import type { Store } from "../store/store";
import { badge, count, html, levelBadge, list, type Markup, moment, row, section, table } from "./parts";

const MOST_PROJECTS = 12;

/** People by projects: who may do what, and why. */
export function accessSection({ store }: Backend, organization: Organization): Markup {
  const [allProjects, members] = [projectsOf(store, organization), membersOf(store, organization)];
  const projects = allProjects.slice(0, MOST_PROJECTS);
  const heads = projects.map(
    (project) =>
      html`${project.name} <small>${project.id} · default ${defaultAccess(store, project)}</small>${
        project.is_pending_deletion ? badge("being deleted", "bad") : null
      }`,
  );
  const rows = members.map((membership) =>
    row(`member-${membership.id}`, [
      person({ store }, membership),
      levelBadge(levelName(membership.level)),
      ...projects.map((project) => accessCell({ store }, project, membership)),
    ]),
  );
  const note = `${count(members.length, "person", "people")} × ${count(allProjects.length, "project", "projects")}`;
  return section("Who can do what", note, table(["Person", "Level", ...heads], rows, "Nobody."), true);
}

function person({ store }: Pick<Backend, "store">, membership: Membership): Markup {
  const user = store.users.get(membership.user_id);
  const name = `${user?.first_name ?? ""} ${user?.last_name ?? ""}`.trim();
  const marks = [
    user?.totp_secret ? badge("2FA", "good") : null,
    user?.is_active === false ? badge("inactive", "bad") : null,
  ];
  return html`<b>${name || "No name"}</b> ${marks}<br><span class="dim">${user?.email ?? ""}</span>`;
}

function accessCell({ store }: Pick<Backend, "store">, project: Project, membership: Membership): Markup {
  const { level, reason } = explainAccess(store, project, membership);
  return html`${levelBadge(level)}<span class="why line-of-own">${reason}</span>`;
}

/** Roles with their people and the projects they open. */
export function rolesSection({ store }: Backend, organization: Organization): Markup {
  const roles = store.roles.where("organization_id", organization.id);
  const projects = projectsOf(store, organization);
  const rows = roles.map((role) => {
    const emails = store.roleMemberships.where("role_id", role.id).map(({ membership_id }) => {
      return store.users.get(store.memberships.get(membership_id)?.user_id)?.email ?? "";
    });
    const rules = projects.flatMap((project) =>
      rulesOn(store, project, "project", String(project.id))
        .filter((rule) => rule.role === role.id)
        .map(({ access_level }) => html`${project.name} ${levelBadge(access_level)}`),
    );
    const isDefault = organization.default_role_id === role.id;
    return row(`role-${role.id}`, [
      html`<b>${role.name}</b> ${isDefault ? badge("default", "good") : null}`,
      list(emails, "nobody"),
      list(rules, "no project"),
    ]);
  });
  return section(
    "Roles",
    count(roles.length, "role", "roles"),
    table(["Role", "People", "Projects"], rows, "No roles."),
  );
}

/** Invites that wait to be accepted. */
export function invitesSection({ store }: Backend, organization: Organization): Markup {
  const invites = store.invites.where("organization_id", organization.id);
  const rows = invites.map((invite) =>
    row(`invite-${invite.id}`, [
      html`<b>${invite.target_email}</b>`,
      levelBadge(levelName(invite.level)),
      isExpired(store.now(), invite) ? badge("expired", "bad") : badge("pending"),
      moment(invite.created_at),
    ]),
  );
  const heads = ["Person", "Level", "State", "Invited"];
  return section("Invites", count(invites.length, "invite", "invites"), table(heads, rows, "No invites."));
}

function levelName(level: number): string {
  return level === LEVEL.owner ? "owner" : level === LEVEL.admin ? "admin" : "member";
}

/** The projects of an organization in the order in which they were made. */
export function projectsOf(store: Store, organization: Organization): Project[] {
  return store.projects.where("organization_id", organization.id).sort((left, right) => left.id - right.id);
}

/** The members of an organization, the most powerful first. */
export function membersOf(store: Store, organization: Organization): Membership[] {
  return store.memberships
    .where("organization_id", organization.id)
    .sort((left, right) => right.level - left.level || left.user_id - right.user_id);
}

/** What a member may do in a project, and why. */
interface ExplainedAccess {
  readonly level: string;
  readonly reason: string;
}

/** Explains a member's access to a project. */
function explainAccess(store: Store, project: Project, membership: Membership): ExplainedAccess {
  return {
    level: projectAccess(store, project, membership),
    reason: reasonFor(store, project, membership),
  };
}

/** The level in a project of everyone without a rule. */
function defaultAccess(store: Store, project: Project): string {
  return resolveProject(store, project, { membership: null, roleIds: [] }).access_level;
}

function reasonFor(store: Store, project: Project, membership: Membership): string {
  if (isAdmin(membership)) {
    return membership.level === LEVEL.owner ? "organization owner" : "organization admin";
  }
  const organization = store.organizations.get(project.organization_id);
  if (organization === undefined || !enforcesRules(store, organization)) {
    return "rules not in plan";
  }
  const { source_subject, access_level } = resolveProject(store, project, memberSubject(store, membership));
  switch (source_subject) {
    case "member":
      return "own rule";
    case "role":
      return `role ${roleThatGives(store, project, membership, access_level)}`;
    case "default":
      return "project default";
    default:
      return "no rule";
  }
}

function roleThatGives(store: Store, project: Project, membership: Membership, level: string): string {
  const { roleIds } = memberSubject(store, membership);
  const rule = rulesOn(store, project, "project", String(project.id)).find(
    ({ role, access_level }) => access_level === level && role !== null && roleIds.includes(role),
  );
  return store.roles.get(rule?.role)?.name ?? "";
}
