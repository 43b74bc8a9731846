/** What a broken rule does: `advisory` warns, `mandatory` stops the run, `disabled` switches the rule off. */
export type RuleEnforcement = "advisory" | "mandatory" | "disabled";

/** Settings that every rule takes. */
export interface RuleSettings {
  /** What breaking the rule does. Default: what the pack says for all rules. */
  enforcement?: RuleEnforcement;
}

/** The settings of a rule on single resources. */
export interface ResourceRuleSettings extends RuleSettings {
  /** Resources that the rule leaves out, by their names in the program. Default: none. */
  except?: readonly string[];
}

/** The settings of `keys-rotate`. */
export interface KeysRotateSettings extends ResourceRuleSettings {
  /** Most days between two values of a key, 1 to 3650. Default 90. */
  maximumDays?: number;
}

/** The settings of `at-least-two-owners`. */
export interface OwnersSettings extends RuleSettings {
  /** Fewest owners of an organization, 1 to 100. Default 2. */
  minimum?: number;
}

/** The settings of `no-outside-owners`. */
export interface OutsideOwnersSettings extends ResourceRuleSettings {
  /**
   * The company's e-mail domains; a subdomain is a domain of its own. Default: those whose sign-on the stack manages
   * (`OrgSsoSettings`, `OrganizationDomain`).
   */
  domains?: readonly string[];
  /**
   * What outsiders may not be: `owner` of the organization, `admin` of the organization or, by a grant of their own, of
   * a project. Default: only `owner`.
   */
  levels?: readonly ("owner" | "admin")[];
}

/** The settings of the rules on projects. */
export interface ProjectRuleSettings extends ResourceRuleSettings {
  /**
   * Which projects the rule is about: a regular expression that is looked for in a project's name and in its resource's
   * name, whatever the capitals; for `production-closed` also in the name of its `ProjectAccess`. Default:
   * `production-closed` takes names with the word `prod` or `production`, `deletion-protected` all projects.
   */
  projects?: string;
}

/** A way of signing in that PostHog can enforce. */
export type SignOnMethod = "saml" | "google-oauth2" | "github" | "gitlab" | "oidc";

/** The settings of `sso-enforced`. */
export interface SignOnSettings extends ResourceRuleSettings {
  /**
   * E-mail domains that have to be enforced besides those that the stack manages; one that is missing breaks the rule.
   * A stack that manages no sign-on at all is left alone. Default: none.
   */
  domains?: readonly string[];
  /** The ways of signing in that count. Default: all. */
  methods?: readonly SignOnMethod[];
}

/** What a pack asks for. A rule that is not mentioned holds with its defaults; a word means `{ enforcement }`. */
export interface PosthogPolicySettings {
  /** What breaking a rule does where the rule does not say. Default `advisory`. */
  enforcement?: RuleEnforcement;
  /** No API key holds the scope `*`. */
  "no-wildcard-scope"?: RuleEnforcement | ResourceRuleSettings;
  /** Every API key gets a new value every so many days. */
  "keys-rotate"?: RuleEnforcement | KeysRotateSettings;
  /** A stack that declares owners declares enough of them. */
  "at-least-two-owners"?: RuleEnforcement | OwnersSettings;
  /** Nobody outside of the company is made an owner. */
  "no-outside-owners"?: RuleEnforcement | OutsideOwnersSettings;
  /** Production projects are private: only people who are granted access can open them. */
  "production-closed"?: RuleEnforcement | ProjectRuleSettings;
  /** People of the company's domains sign in one way only. */
  "sso-enforced"?: RuleEnforcement | SignOnSettings;
  /** Projects with events cannot be deleted. */
  "deletion-protected"?: RuleEnforcement | ProjectRuleSettings;
}

/** The name of a rule in settings, `--policy-pack-config` and violations. */
export type RuleName = Exclude<keyof PosthogPolicySettings, "enforcement">;
