import type * as pulumi from "@pulumi/pulumi";
import { type Inputs, type LookupArgs, lookUp, lookUpOutput } from "./lookup";

/** Somebody in a role. */
export interface RoleMemberResult {
  readonly userUuid: string;
  readonly email: string;
  /** When they got the role, ISO 8601. */
  readonly joinedAt?: string;
}

/** A role of the organization. */
export interface RoleResult {
  readonly roleId: string;
  readonly name: string;
  /** Whether newcomers get it. */
  readonly isDefault: boolean;
  readonly members: readonly RoleMemberResult[];
}

/** What {@link getRoles} answers. */
export interface GetRolesResult {
  readonly roles: readonly RoleResult[];
}

/**
 * Looks up the roles of the organization and who is in them.
 *
 * Scopes: `organization:read`. PostHog: roles API.
 */
export function getRoles(args: LookupArgs = {}): Promise<GetRolesResult> {
  return lookUp((readers) => readers.getRoles, args);
}

/** {@link getRoles} with outputs of resources as arguments. */
export function getRolesOutput(args: Inputs<LookupArgs> = {}): pulumi.Output<GetRolesResult> {
  return lookUpOutput((readers) => readers.getRoles, args);
}
