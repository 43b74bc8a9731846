import type { Backend } from "../server/backend";
import {
  EVERYONE,
  enforcesRules,
  isAdmin,
  memberSubject,
  type ResolvedAccess,
  type RuleHolder,
  resolveProject,
  rulesOn,
} from "../server/effectiveAccess";
import type { Membership, Organization, Project } from "../store/entities";
import type { Store } from "../store/store";
import { badge, count, type Extent, html, left, levelBadge, type Markup, row, section, table } from "./parts";
import { levelName, membersOf, projectsOf } from "./people";

/** People by projects: their access, and why they have it. */
export function accessSection({ store }: Backend, organization: Organization, extent: Extent): Markup {
  const [projects, members] = [projectsOf(store, organization), membersOf(store, organization)];
  const groups = groupsOf(projects, extent);
  const missing = projects.length - groups.flat().length;
  const rest = missing === 0 ? null : left(count(missing, "more project", "more projects"));
  const note = `${count(members.length, "person", "people")} × ${count(projects.length, "project", "projects")}`;
  const tables = groups.map((group) => accessTable({ store }, group, members, extent));
  return section("Who can do what", note, [...tables, rest], true);
}

/** The projects in each table. People are shown even if there are no projects. */
function groupsOf(projects: readonly Project[], { columns, tables }: Extent): Project[][] {
  const number = Math.max(1, Math.min(tables, Math.ceil(projects.length / columns)));
  return Array.from({ length: number }, (_, at) => projects.slice(at * columns, (at + 1) * columns));
}

function accessTable(
  { store }: Pick<Backend, "store">,
  projects: readonly Project[],
  members: readonly Membership[],
  extent: Extent,
): Markup {
  const heads = projects.map(
    (project) =>
      html`${project.name} <small>${project.id} · default ${defaultAccess(store, project)}</small>${
        project.is_pending_deletion ? badge("being deleted", "bad") : null
      }`,
  );
  const memberRow = (membership: Membership): Markup => {
    const holder = memberSubject(store, membership);
    return row(`member-${membership.id}`, [
      person({ store }, membership),
      levelBadge(levelName(membership.level)),
      ...projects.map((project) => accessCell(explainAccess(store, project, membership, holder))),
    ]);
  };
  return table(
    { heads: ["Person", "Level", ...heads], items: members, row: memberRow, empty: "Nobody." },
    extent,
  );
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

function accessCell({ level, reason }: ExplainedAccess): Markup {
  return html`${levelBadge(level)}<span class="why line-of-own">${reason}</span>`;
}

/** The level that people without a rule have in a project. */
function defaultAccess(store: Store, project: Project): string {
  return resolveProject(store, project, EVERYONE).access_level;
}

/** A member's level in a project, and why. */
interface ExplainedAccess {
  readonly level: string;
  readonly reason: string;
}

function explainAccess(
  store: Store,
  project: Project,
  membership: Membership,
  holder: RuleHolder,
): ExplainedAccess {
  const organization = store.organizations.get(project.organization_id);
  if (!isAdmin(membership) && organization !== undefined && !enforcesRules(store, organization)) {
    return { level: "member", reason: "rules not in plan" };
  }
  const resolved = resolveProject(store, project, holder);
  const reason = isAdmin(membership)
    ? `organization ${levelName(membership.level)}`
    : reasonFor(store, project, holder, resolved);
  return { level: resolved.access_level, reason };
}

function reasonFor(store: Store, project: Project, holder: RuleHolder, resolved: ResolvedAccess): string {
  switch (resolved.source_subject) {
    case "member":
      return "own rule";
    case "role":
      return `role ${roleThatGives(store, project, holder, resolved)}`;
    case "default":
      return "project default";
    default:
      return "no rule";
  }
}

function roleThatGives(
  store: Store,
  project: Project,
  { roleIds }: RuleHolder,
  resolved: ResolvedAccess,
): string {
  const rule = rulesOn(store, project, "project", String(project.id)).find(
    ({ role, access_level }) =>
      access_level === resolved.access_level && role !== null && roleIds.includes(role),
  );
  return store.roles.get(rule?.role)?.name ?? "";
}
