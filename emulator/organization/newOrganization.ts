import type { Backend } from "../server/backend";
import { atLeast } from "../server/generations";
import type { Organization } from "../store/entities";
import { randomToken } from "../store/secrets";
import type { Store } from "../store/store";

type Server = Pick<Backend, "store" | "generation" | "cloud">;

/** A new organization as PostHog makes it. */
export function newOrganization(server: Server, name: string): Organization {
  const { store } = server;
  const now = store.timestamp();
  return {
    id: store.uuid(),
    name,
    slug: freeSlug(store, name),
    logo_media_id: null,
    created_at: now,
    updated_at: now,
    plugins_access_level: server.cloud ? 3 : 9,
    available_product_features: [],
    is_member_join_email_enabled: true,
    customer_id: null,
    has_active_subscription: false,
    has_plan: !server.cloud,
    enforce_2fa: null,
    enforce_verified_domains: null,
    members_can_invite: true,
    members_can_create_projects: false,
    members_can_use_personal_api_keys: true,
    members_can_see_org_members: true,
    allow_publicly_shared_resources: true,
    is_ai_data_processing_approved: atLeast(server, "2026-07") ? true : null,
    is_ai_training_opted_in: true,
    is_ai_training_locked: false,
    is_ai_training_cta_shown: true,
    is_hipaa: false,
    default_experiment_stats_method: "bayesian",
    default_anonymize_ips: false,
    default_role_id: null,
    is_active: true,
    is_not_active_reason: null,
    is_pending_deletion: false,
    uses_most_specific_access_resolution: false,
  };
}

function freeSlug(store: Store, name: string): string {
  const base =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 48) || "organization";
  const taken = store.organizations.where("slug", base).length > 0;
  return taken ? `${base.slice(0, 41)}-${randomToken(6).toLowerCase()}` : base;
}
