import type { Backend } from "../server/backend";
import type { Organization, PersonalApiKey, ProjectSecretApiKey } from "../store/entities";
import { badge, count, type Extent, html, list, type Markup, moment, row, section, table } from "./parts";
import { membersOf, projectsOf } from "./people";

/** The keys of the organization's people and projects, masked. */
export function keysSection({ store }: Backend, organization: Organization, extent: Extent): Markup {
  const oldestFirst = (left: { created_at: string }, right: { created_at: string }) =>
    left.created_at.localeCompare(right.created_at);
  const personal = membersOf(store, organization).flatMap(({ user_id }) =>
    store.personalApiKeys.where("user_id", user_id).sort(oldestFirst),
  );
  const secret = projectsOf(store, organization).flatMap(({ id }) =>
    store.projectSecretApiKeys.where("team_id", id).sort(oldestFirst),
  );
  const keys = table(
    {
      heads: ["Key", "Belongs to", "Scopes", "Only for", "Last used"],
      items: [...personal, ...secret],
      row: (key) => ("user_id" in key ? personalRow({ store }, key) : secretRow({ store }, key)),
      empty: "No keys.",
    },
    extent,
  );
  return section("API keys", count(personal.length + secret.length, "key", "keys"), keys, true);
}

function personalRow({ store }: Pick<Backend, "store">, key: PersonalApiKey): Markup {
  const only = [
    ...key.scoped_teams.map((id) => store.projects.get(id)?.name ?? `project ${id}`),
    ...key.scoped_organizations.map((id) => store.organizations.get(id)?.name ?? id),
  ];
  const owner = store.users.get(key.user_id)?.email ?? "";
  return keyRow(key, owner, list(only, "everything its owner can reach"));
}

function secretRow({ store }: Pick<Backend, "store">, key: ProjectSecretApiKey): Markup {
  const project = store.projects.get(key.team_id)?.name ?? "";
  return keyRow(key, html`${project} ${badge("project secret")}`, list([project], ""));
}

function keyRow(key: PersonalApiKey | ProjectSecretApiKey, owner: string | Markup, only: Markup): Markup {
  const rolled = key.last_rolled_at === null ? null : badge("rolled", "good");
  return row(`key-${key.id}`, [
    html`<b>${key.label}</b> ${rolled}<br><code>${key.mask_value}</code>`,
    owner,
    list(
      key.scopes.map((scope) => html`<code>${scope}</code>`),
      "none",
    ),
    only,
    html`<span data-quiet>${moment(key.last_used_at)}</span>`,
  ]);
}
