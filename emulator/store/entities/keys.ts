/** A personal API key; only a hash of its value is kept (PostHog: personal API keys). */
export interface PersonalApiKey {
  readonly id: string;
  readonly user_id: number;
  readonly label: string;
  readonly description: string | null;
  readonly secure_value: string;
  readonly mask_value: string;
  readonly scopes: readonly string[];
  readonly scoped_teams: readonly number[];
  readonly scoped_organizations: readonly string[];
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly last_rolled_at: string | null;
}

/** A project secret API key; only a hash of its value is kept (PostHog: project secret API keys). */
export interface ProjectSecretApiKey {
  readonly id: string;
  readonly team_id: number;
  readonly label: string;
  readonly secure_value: string;
  readonly mask_value: string;
  readonly scopes: readonly string[];
  readonly created_by_id: number | null;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly last_rolled_at: string | null;
}
