import type * as pulumi from "@pulumi/pulumi";
import type { OrganizationSetting } from "../handlers/organization/organizationSettingRules";
import { type Inputs, type LookupArgs, lookUp, lookUpOutput } from "./lookup";

/** A feature of an organization's plan. */
export interface PlanFeature {
  /** PostHog's key of it, such as `saml`. */
  readonly key: string;
  /** How much of it the plan includes; missing for no limit. */
  readonly limit?: number;
  /** What the limit counts, such as `months`. */
  readonly unit?: string;
}

/** What {@link getOrganization} answers. */
export interface GetOrganizationResult {
  /** UUID of the organization. */
  readonly organizationId: string;
  readonly name: string;
  readonly slug?: string;
  /** What the key's owner is in it: `member`, `admin` or `owner`. */
  readonly level?: string;
  readonly memberCount?: number;
  /** When it was created, ISO 8601. */
  readonly createdAt?: string;
  /** The features of its plan; missing where the server does not say. */
  readonly features?: readonly PlanFeature[];
  /** Its settings by the names of the arguments of `OrganizationSettings`; those that the server does not know are missing. */
  readonly settings: Readonly<Partial<Record<OrganizationSetting, string | boolean | null>>>;
}

/**
 * Looks up the organization: its plan's features, its settings, and what the key's owner is in it.
 *
 * Scopes: `organization:read`. PostHog: organizations API.
 */
export function getOrganization(args: LookupArgs = {}): Promise<GetOrganizationResult> {
  return lookUp((readers) => readers.getOrganization, args);
}

/** {@link getOrganization} with outputs of resources as arguments. */
export function getOrganizationOutput(args: Inputs<LookupArgs> = {}): pulumi.Output<GetOrganizationResult> {
  return lookUpOutput((readers) => readers.getOrganization, args);
}
