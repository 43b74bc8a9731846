import { createHash } from "node:crypto";
import type { Store } from "../../emulator";
import type { Properties } from "../../provider/engine/state";
import { scim } from "../../provider/handlers/sso/signOnSettings";

/** Everything that resources manage, as sorted lines without ids and times, so that two results can be compared. */
export function contentsOf(store: Store): string[] {
  const person = (membershipId: string | null): string =>
    store.users.get(store.memberships.get(membershipId ?? "")?.user_id)?.email ?? "?";
  const roleName = (id: string | null): string => store.roles.get(id ?? "")?.name ?? "none";
  const lines: [string, unknown][] = [
    ...store.organizations.all().map(({ id: _id, slug: _slug, updated_at: _updated, ...settings }) => {
      const { available_product_features: _features, default_role_id: role, ...rest } = settings;
      return ["organization", { ...rest, defaultRole: roleName(role) }] as [string, unknown];
    }),
    ...store.memberships.all().map(({ id, level }) => [`member ${person(id)}`, level] as [string, unknown]),
    ...store.invites
      .all()
      .map(
        ({ target_email, level, private_project_access }) =>
          [`invite ${target_email}`, [level, private_project_access]] as [string, unknown],
      ),
    ...store.projects
      .all()
      .filter(({ deletion_queued, is_pending_deletion }) => !deletion_queued && !is_pending_deletion)
      .map(({ name, settings }) => {
        // They contain ids of a cohort and a dashboard that PostHog creates with the project.
        const { test_account_filters: _cohort, primary_dashboard: _dashboard, ...rest } = settings;
        return [`project ${name}`, rest] as [string, unknown];
      }),
    ...store.roles.all().map(({ name }) => [`role ${name}`, ""] as [string, unknown]),
    ...store.roleMemberships
      .all()
      .map(
        ({ role_id, membership_id }) =>
          [`role ${roleName(role_id)} has ${person(membership_id)}`, ""] as [string, unknown],
      ),
    ...store.accessRules
      .all()
      .filter(({ team_id }) => store.projects.get(team_id)?.deletion_queued === false)
      .map((rule) => {
        const whom =
          rule.organization_member !== null
            ? person(rule.organization_member)
            : rule.role === null
              ? "everybody"
              : `role ${roleName(rule.role)}`;
        const on = rule.resource === "project" ? "project" : `${rule.resource} ${rule.resource_id ?? ""}`;
        return [`rule of ${whom} on ${on}`, rule.access_level] as [string, unknown];
      }),
    ...store.personalApiKeys
      .all()
      .map(({ label, scopes }) => [`personal key ${label}`, scopes] as [string, unknown]),
    ...store.projectSecretApiKeys
      .all()
      .map(({ label, scopes }) => [`project key ${label}`, scopes] as [string, unknown]),
    ...signOnLines(store),
  ];
  return lines.map(([what, value]) => `${what}: ${JSON.stringify(value)}`).sort();
}

function signOnLines(store: Store): [string, unknown][] {
  const domainName = (id: string): string => store.domains.get(id)?.domain ?? "?";
  return [
    ...store.domains.all().map((domain) => {
      const { jit_provisioning_enabled, sso_enforcement, saml_entity_id, scim_enabled } = domain;
      const linked = store.identityProviders.get(domain.identity_provider_config ?? "")?.name ?? null;
      const isVerified = domain.verified_at !== null;
      const value = [
        isVerified,
        jit_provisioning_enabled,
        sso_enforcement,
        saml_entity_id,
        scim_enabled,
        linked,
      ];
      return [`domain ${domain.domain}`, value] as [string, unknown];
    }),
    ...store.identityProviders.all().map((provider) => {
      const { name, config_scope, organization_domain_ids, saml_entity_id, scim_enabled } = provider;
      const value = [config_scope, organization_domain_ids.map(domainName), saml_entity_id, scim_enabled];
      return [`identity provider ${name}`, value] as [string, unknown];
    }),
  ];
}

const hashOf = (secret: string): string => `sha256$${createHash("sha256").update(secret).digest("hex")}`;

/** The secrets that a resource's state should have but lacks, and those that do not work. */
export function deadSecrets(store: Store, type: string, args: Properties, outputs: Properties): string[] {
  const dead: string[] = [];
  if (type.endsWith("ApiKey")) {
    const { value } = outputs;
    const hash = typeof value === "string" ? hashOf(value) : "";
    const keys = [...store.personalApiKeys.all(), ...store.projectSecretApiKeys.all()];
    if (!keys.some(({ secure_value }) => secure_value === hash)) dead.push("value");
  }
  const scimIsOn = [...store.identityProviders.all(), ...store.domains.all()].filter(
    ({ scim_enabled }) => scim_enabled,
  );
  if (scim.safeParse(args.scim).data?.enabled === true) {
    const { scimToken } = outputs;
    const hash = typeof scimToken === "string" ? hashOf(scimToken) : "";
    if (!scimIsOn.some(({ scim_token_hash }) => scim_token_hash === hash)) dead.push("scimToken");
  }
  return dead;
}
