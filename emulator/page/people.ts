import { isExpired } from "../people/invites";
import type { Backend } from "../server/backend";
import { rulesOn } from "../server/effectiveAccess";
import {
  type Invite,
  LEVEL,
  type Membership,
  type Organization,
  type Project,
  type Role,
} from "../store/entities";
import type { Store } from "../store/store";
import {
  badge,
  count,
  type Extent,
  html,
  levelBadge,
  list,
  type Markup,
  moment,
  row,
  section,
  table,
} from "./parts";

/** Roles with their members and the projects they give access to. */
export function rolesSection({ store }: Backend, organization: Organization, extent: Extent): Markup {
  const roles = store.roles.where("organization_id", organization.id);
  const projects = projectsOf(store, organization);
  const roleRow = (role: Role): Markup => {
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
  };
  return section(
    "Roles",
    count(roles.length, "role", "roles"),
    table({ heads: ["Role", "People", "Projects"], items: roles, row: roleRow, empty: "No roles." }, extent),
  );
}

/** Pending invites. */
export function invitesSection({ store }: Backend, organization: Organization, extent: Extent): Markup {
  const invites = store.invites.where("organization_id", organization.id);
  const inviteRow = (invite: Invite): Markup =>
    row(`invite-${invite.id}`, [
      html`<b>${invite.target_email}</b>`,
      levelBadge(levelName(invite.level)),
      isExpired(store.now(), invite) ? badge("expired", "bad") : badge("pending"),
      moment(invite.created_at),
    ]);
  const heads = ["Person", "Level", "State", "Invited"];
  return section(
    "Invites",
    count(invites.length, "invite", "invites"),
    table({ heads, items: invites, row: inviteRow, empty: "No invites." }, extent),
  );
}

/** The name of a membership level. */
export function levelName(level: number): string {
  return level === LEVEL.owner ? "owner" : level === LEVEL.admin ? "admin" : "member";
}

/** An organization's projects, oldest first. */
export function projectsOf(store: Store, organization: Organization): Project[] {
  return store.projects.where("organization_id", organization.id).sort((left, right) => left.id - right.id);
}

/** An organization's members, highest level first. */
export function membersOf(store: Store, organization: Organization): Membership[] {
  return store.memberships
    .where("organization_id", organization.id)
    .sort((left, right) => right.level - left.level || left.user_id - right.user_id);
}
