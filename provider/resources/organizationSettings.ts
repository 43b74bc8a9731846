import type * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";
import { sameAsId } from "./previews";

/** The arguments of {@link OrganizationSettings}. */
export interface OrganizationSettingsArgs extends CommonArgs {
  /** Name of the organization, 1 to 64 characters, without web addresses. Renaming keeps the slug. Updated in place. */
  name?: pulumi.Input<string>;
  /** Id of the uploaded picture for the organization's logo, or `null` for none. Updated in place. */
  logoMediaId?: pulumi.Input<string | null>;
  /**
   * Whether everyone has to use two-factor authentication. The preview lists the members without it. PostHog's default
   * is false, which `null` restores. Plan feature `2fa_enforcement`. Updated in place.
   */
  enforce2fa?: pulumi.Input<boolean | null>;
  /**
   * Whether only people with an e-mail address of a verified domain may sign in and be invited. Locking out the key's
   * owner, or every owner of the organization, is an error. PostHog's default is false, which `null` restores. Not
   * supported by servers up to July 2026. Updated in place.
   */
  enforceVerifiedDomains?: pulumi.Input<boolean | null>;
  /**
   * Whether plain members may invite people. PostHog's default is true; `null` means false. Plan feature
   * `organization_invite_settings`. Updated in place.
   */
  membersCanInvite?: pulumi.Input<boolean | null>;
  /**
   * Whether plain members may create projects. PostHog's default is false, which `null` restores. Plan feature
   * `organization_invite_settings`. Not supported by servers from before mid 2026. Updated in place.
   */
  membersCanCreateProjects?: pulumi.Input<boolean | null>;
  /**
   * Whether plain members may use personal API keys with the organization. PostHog's default is true. Plan feature
   * `organization_security_settings`. Updated in place.
   */
  membersCanUsePersonalApiKeys?: pulumi.Input<boolean>;
  /**
   * Whether plain members see the other members of the organization. PostHog's default is true. Takes effect with the
   * plan feature `organization_security_settings`. Not supported by servers up to July 2026. Updated in place.
   */
  membersCanSeeOrgMembers?: pulumi.Input<boolean>;
  /**
   * Whether insights, dashboards and recordings may be shared with anyone who has the link. PostHog's default is
   * true. Plan feature `organization_security_settings`. Updated in place.
   */
  allowPubliclySharedResources?: pulumi.Input<boolean>;
  /**
   * Whether third parties may process data for PostHog's AI features. Initially undecided (`null`). Updated in place.
   */
  isAiDataProcessingApproved?: pulumi.Input<boolean | null>;
  /**
   * Whether PostHog may train AI models with the organization's data. Initially undecided (`null`). Not supported by
   * servers from before mid 2026. Updated in place.
   */
  isAiTrainingOptedIn?: pulumi.Input<boolean | null>;
  /** How new experiments are evaluated: `bayesian` or `frequentist`; `null` for PostHog's default. Updated in place. */
  defaultExperimentStatsMethod?: pulumi.Input<"bayesian" | "frequentist" | null>;
  /** Whether new projects drop clients' IP addresses. PostHog's default is false. Updated in place. */
  defaultAnonymizeIps?: pulumi.Input<boolean>;
  /** The role that new members get, as id or name, or `null` for none. Updated in place. */
  defaultRoleId?: pulumi.Input<string | null>;
  /**
   * Names of settings to clear, such as `["defaultRoleId"]`: the same as `null` for each of them, for languages that
   * cannot express `null`. Only settings that allow it. Updated in place.
   */
  unset?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * Settings of the organization itself.
 *
 * ```ts
 * new posthog.OrganizationSettings("acme", { enforce2fa: true, membersCanInvite: false });
 * ```
 *
 * A default role for new members:
 *
 * ```ts
 * const everyone = new posthog.Role("everyone", { name: "Everyone" });
 * new posthog.OrganizationSettings("acme", { defaultRoleId: everyone.roleId });
 * ```
 *
 * Only declared settings are managed; everything else stays unchanged, and an update sends only the values that differ.
 * The resource remembers the value that a setting had before it was declared, and restores it when the setting is
 * removed from the program. Several of these resources may share an organization, as long as each setting is in only
 * one of them.
 *
 * Every organization has its settings, so `adopt` has no effect. A setting that the plan does not include, or that an
 * older server does not support, is an error in the preview.
 *
 * Destroying it restores the earlier values; the organization stays.
 *
 * `OrganizationSettings.get(name, id)` takes the organization's UUID, or its slug.
 *
 * Scopes: `organization:write`; with `enforce2fa` or `enforceVerifiedDomains` also `organization_member:read`. Level:
 * organization admin. PostHog: organizations API.
 */
export class OrganizationSettings extends PosthogResource {
  declare public readonly name: pulumi.Output<string | undefined>;
  declare public readonly logoMediaId: pulumi.Output<string | null | undefined>;
  declare public readonly enforce2fa: pulumi.Output<boolean | null | undefined>;
  declare public readonly enforceVerifiedDomains: pulumi.Output<boolean | null | undefined>;
  declare public readonly membersCanInvite: pulumi.Output<boolean | null | undefined>;
  declare public readonly membersCanCreateProjects: pulumi.Output<boolean | null | undefined>;
  declare public readonly membersCanUsePersonalApiKeys: pulumi.Output<boolean | undefined>;
  declare public readonly membersCanSeeOrgMembers: pulumi.Output<boolean | undefined>;
  declare public readonly allowPubliclySharedResources: pulumi.Output<boolean | undefined>;
  declare public readonly isAiDataProcessingApproved: pulumi.Output<boolean | null | undefined>;
  declare public readonly isAiTrainingOptedIn: pulumi.Output<boolean | null | undefined>;
  declare public readonly defaultExperimentStatsMethod: pulumi.Output<string | null | undefined>;
  declare public readonly defaultAnonymizeIps: pulumi.Output<boolean | undefined>;
  declare public readonly defaultRoleId: pulumi.Output<string | null | undefined>;
  declare public readonly unset: pulumi.Output<string[] | undefined>;
  /** UUID of the organization. */
  declare public readonly organizationId: pulumi.Output<string>;
  /** How many members the organization has. */
  declare public readonly memberCount: pulumi.Output<number | undefined>;
  /** The earlier values of the declared settings, by their names here; a destroy restores them. */
  declare public readonly earlier: pulumi.Output<Record<string, string | boolean | null>>;

  constructor(name: string, args: OrganizationSettingsArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, args, opts);
  }

  /** Reads an organization's settings by its UUID or slug without managing them. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args?: GetArgs,
    opts?: pulumi.CustomResourceOptions,
  ): OrganizationSettings {
    return new OrganizationSettings(name, { ...args } as OrganizationSettingsArgs, getOptions(id, opts));
  }
}

const shape = {
  type: "OrganizationSettings",
  args: [
    "name",
    "logoMediaId",
    "enforce2fa",
    "enforceVerifiedDomains",
    "membersCanInvite",
    "membersCanCreateProjects",
    "membersCanUsePersonalApiKeys",
    "membersCanSeeOrgMembers",
    "allowPubliclySharedResources",
    "isAiDataProcessingApproved",
    "isAiTrainingOptedIn",
    "defaultExperimentStatsMethod",
    "defaultAnonymizeIps",
    "defaultRoleId",
    "unset",
  ],
  outputs: ["organizationId", "memberCount", "earlier"],
  known: { organizationId: sameAsId },
};
