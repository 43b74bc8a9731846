/** What a violation does: `advisory` warns, `mandatory` stops the run, `disabled` switches the rule off. */
export type RuleEnforcement = "advisory" | "mandatory" | "disabled";

/** Settings of every rule. */
export interface RuleSettings {
  /** What a violation does. Default: the pack's setting for all rules. */
  enforcement?: RuleEnforcement;
}

/** The settings of a rule on single resources. */
export interface ResourceRuleSettings extends RuleSettings {
  /** Resources that the rule skips, by their names in the program. Default: none. */
  except?: readonly string[];
}

/** The settings of `keys-rotate`. */
export interface KeysRotateSettings extends ResourceRuleSettings {
  /** Maximum age of a key's value in days, 1 to 3650. Default 90. */
  maximumDays?: number;
}

/** The settings of `at-least-two-owners`. */
export interface OwnersSettings extends RuleSettings {
  /** Minimum number of owners of an organization, 1 to 100. Default 2. */
  minimum?: number;
}

/** The settings of `no-outside-owners`. */
export interface OutsideOwnersSettings extends ResourceRuleSettings {
  /**
   * The company's e-mail domains; a subdomain counts as a separate domain. Default: those whose sign-on the stack
   * manages (`OrgSsoSettings`, `OrganizationDomain`).
   */
  domains?: readonly string[];
  /**
   * What outsiders may not be: `owner` of the organization, or `admin` of the organization or, by a grant of their own,
   * of a project. Default: only `owner`.
   */
  levels?: readonly ("owner" | "admin")[];
}

/** The settings of the rules on projects. */
export interface ProjectRuleSettings extends ResourceRuleSettings {
  /**
   * Which projects the rule applies to: a regular expression that is matched, ignoring case, against a project's name
   * and its resource's name; for `production-closed` also against the name of its `ProjectAccess`. Default: for
   * `production-closed`, names with the word `prod` or `production`; for `deletion-protected`, all projects.
   */
  projects?: string;
}

/** A way of signing in that PostHog can enforce. */
export type SignOnMethod = "saml" | "google-oauth2" | "github" | "gitlab" | "oidc";

/** The settings of `sso-enforced`. */
export interface SignOnSettings extends ResourceRuleSettings {
  /**
   * E-mail domains that have to be enforced in addition to those that the stack manages; a missing one violates the
   * rule. Ignored if the stack manages no sign-on at all. Default: none.
   */
  domains?: readonly string[];
  /** The accepted ways of signing in. Default: all. */
  methods?: readonly SignOnMethod[];
}

/** The settings of a pack. A rule that is not mentioned has its defaults; a word means `{ enforcement }`. */
export interface PosthogPolicySettings {
  /** What a violation does if the rule does not set it. Default `advisory`. */
  enforcement?: RuleEnforcement;
  /** No API key has the scope `*`. */
  "no-wildcard-scope"?: RuleEnforcement | ResourceRuleSettings;
  /** Every API key gets a new value regularly. */
  "keys-rotate"?: RuleEnforcement | KeysRotateSettings;
  /** A stack that declares owners declares enough of them. */
  "at-least-two-owners"?: RuleEnforcement | OwnersSettings;
  /** Nobody outside the company becomes an owner. */
  "no-outside-owners"?: RuleEnforcement | OutsideOwnersSettings;
  /** Production projects are private: only people who are granted access can open them. */
  "production-closed"?: RuleEnforcement | ProjectRuleSettings;
  /** People of the company's domains can sign in only one way. */
  "sso-enforced"?: RuleEnforcement | SignOnSettings;
  /** Projects with events cannot be deleted. */
  "deletion-protected"?: RuleEnforcement | ProjectRuleSettings;
}

/** The name of a rule in settings, `--policy-pack-config` and violations. */
export type RuleName = Exclude<keyof PosthogPolicySettings, "enforcement">;
