import type * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, type GetArgs, getOptions, PosthogResource } from "./base";

/** The arguments of {@link OrganizationSettings}. */
export interface OrganizationSettingsArgs extends CommonArgs {
  /** Name of the organization, 1 to 64 characters. Its slug stays. Updated in place. */
  name?: pulumi.Input<string>;
  /** Id of the uploaded picture that is the organization's logo, or `null` for none. Updated in place. */
  logoMediaId?: pulumi.Input<string | null>;
  /**
   * Whether everybody has to use two-factor authentication. The preview names who has none yet. PostHog's own default
   * is false. Plan feature `2fa_enforcement`. Updated in place.
   */
  enforce2fa?: pulumi.Input<boolean>;
  /**
   * Whether only people with an e-mail address of a verified domain may sign in and be invited. Refused where it would
   * shut out the key's own owner, or every owner of the organization. PostHog's own default is false. Servers from
   * before mid 2026 do not know it. Updated in place.
   */
  enforceVerifiedDomains?: pulumi.Input<boolean>;
  /**
   * Whether plain members may invite people. PostHog's own default is true. Plan feature `organization_invite_settings`.
   * Updated in place.
   */
  membersCanInvite?: pulumi.Input<boolean>;
  /**
   * Whether plain members may create projects. PostHog's own default is false. Servers from before mid 2026 do not know
   * it. Updated in place.
   */
  membersCanCreateProjects?: pulumi.Input<boolean>;
  /**
   * Whether plain members may use personal API keys with the organization. PostHog's own default is true. Plan feature
   * `organization_security_settings`. Updated in place.
   */
  membersCanUsePersonalApiKeys?: pulumi.Input<boolean>;
  /**
   * Whether plain members see everybody in the organization. PostHog's own default is true. Effective with the plan
   * feature `organization_security_settings`. Servers from before mid 2026 do not know it. Updated in place.
   */
  membersCanSeeOrgMembers?: pulumi.Input<boolean>;
  /**
   * Whether insights, dashboards and recordings may be shared with anybody who has the link. PostHog's own default is
   * true. Plan feature `organization_security_settings`. Updated in place.
   */
  allowPubliclySharedResources?: pulumi.Input<boolean>;
  /** Whether PostHog may have third parties process data for its AI features. Undecided at first. Updated in place. */
  isAiDataProcessingApproved?: pulumi.Input<boolean>;
  /**
   * Whether PostHog may train AI models with the organization's data. Undecided at first. Servers from before mid 2026
   * do not know it. Updated in place.
   */
  isAiTrainingOptedIn?: pulumi.Input<boolean>;
  /** How new experiments are evaluated: `bayesian` (PostHog's own default) or `frequentist`. Updated in place. */
  defaultExperimentStatsMethod?: pulumi.Input<"bayesian" | "frequentist">;
  /** Whether new projects drop clients' IP addresses. PostHog's own default is false. Updated in place. */
  defaultAnonymizeIps?: pulumi.Input<boolean>;
  /** The role that newcomers get, as id or name, or `null` for none. Updated in place. */
  defaultRoleId?: pulumi.Input<string | null>;
}

/**
 * Settings of the organization itself.
 *
 * ```ts
 * new posthog.OrganizationSettings("acme", { enforce2fa: true, membersCanInvite: false });
 * ```
 *
 * A default role for newcomers:
 *
 * ```ts
 * const everybody = new posthog.Role("everybody", { name: "Everybody" });
 * new posthog.OrganizationSettings("acme", { defaultRoleId: everybody.roleId });
 * ```
 *
 * Only what is declared is managed; everything else stays as it is, and nothing that is so already is sent. What a
 * declared setting was before is remembered, and put back when it is taken out of the program or the resource is
 * destroyed. Several of these may share an organization as long as no setting is in two of them. It makes and deletes no
 * organization, and since every organization has its settings, `adopt` has nothing to do here.
 *
 * A setting that the plan does not include is refused in the preview, with the feature's name; one that an older server
 * does not know is named as well.
 *
 * `OrganizationSettings.get(name, id)` takes the organization's UUID, or its slug.
 *
 * Scopes: `organization:write`; with `enforce2fa` or `enforceVerifiedDomains` also `organization_member:read`. Takes an
 * organization admin. PostHog: organizations API.
 */
export class OrganizationSettings extends PosthogResource {
  declare public readonly name: pulumi.Output<string | undefined>;
  declare public readonly logoMediaId: pulumi.Output<string | null | undefined>;
  declare public readonly enforce2fa: pulumi.Output<boolean | undefined>;
  declare public readonly enforceVerifiedDomains: pulumi.Output<boolean | undefined>;
  declare public readonly membersCanInvite: pulumi.Output<boolean | undefined>;
  declare public readonly membersCanCreateProjects: pulumi.Output<boolean | undefined>;
  declare public readonly membersCanUsePersonalApiKeys: pulumi.Output<boolean | undefined>;
  declare public readonly membersCanSeeOrgMembers: pulumi.Output<boolean | undefined>;
  declare public readonly allowPubliclySharedResources: pulumi.Output<boolean | undefined>;
  declare public readonly isAiDataProcessingApproved: pulumi.Output<boolean | undefined>;
  declare public readonly isAiTrainingOptedIn: pulumi.Output<boolean | undefined>;
  declare public readonly defaultExperimentStatsMethod: pulumi.Output<string | undefined>;
  declare public readonly defaultAnonymizeIps: pulumi.Output<boolean | undefined>;
  declare public readonly defaultRoleId: pulumi.Output<string | null | undefined>;
  /** UUID of the organization. */
  declare public readonly organizationId: pulumi.Output<string>;
  /** How many people are in the organization. */
  declare public readonly memberCount: pulumi.Output<number | undefined>;
  /** What the declared settings were before, by their names here; destroying puts it back. */
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
  ],
  outputs: ["organizationId", "memberCount", "earlier"],
};
