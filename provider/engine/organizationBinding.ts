import type { Connection } from "../posthog/connection";
import { RefusedError } from "../posthog/errors";
import { organizationId } from "../posthog/organizations";
import type { Properties } from "./state";
import { containsUnknown } from "./unknown";

/** Whether the object would belong to another organization than before. */
export async function changesOrganization(
  connection: Connection,
  state: Properties,
  properties: Properties,
): Promise<boolean> {
  const from = state.organizationUuid;
  if (typeof from !== "string" || containsUnknown(properties.organizationId)) return false;
  // A resource with the organization's id among its outputs has it in state even if it is not declared.
  const spelledAlike =
    (state.organizationId ?? from) === (properties.organizationId ?? from) &&
    state.account === properties.account;
  if (!connection.configuration.preflight && spelledAlike) return false;
  const to = await organizationId(connection);
  if (to === from.toLowerCase()) return false;
  if (!spelledAlike) return true;
  throw elsewhere(from, to);
}

/**
 * Refuses to work on an object whose organization is not the configured one: not finding the object there would not
 * prove that it is gone.
 */
export async function requireSameOrganization(connection: Connection, state: Properties): Promise<void> {
  const own = state.organizationUuid;
  if (typeof own !== "string") return;
  const configured = await organizationId(connection);
  if (configured !== own.toLowerCase()) throw elsewhere(own, configured);
}

/**
 * The arguments whose new spelling has to be stored, because a refresh or destroy uses it: the old account may no
 * longer be configured, and the old slug may no longer exist. An organization's UUID never changes.
 */
export function respellsOrganization(state: Properties, properties: Properties): string[] {
  const { account, organizationId: organization, organizationUuid: own } = state;
  const bySlug = organization !== undefined && organization !== own;
  return [
    ...(account === properties.account ? [] : ["account"]),
    ...(bySlug && organization !== properties.organizationId ? ["organizationId"] : []),
  ];
}

export function isOrganizationUnknown({ account, organizationId: organization }: Properties): boolean {
  return containsUnknown([account, organization]);
}

function elsewhere(from: string, to: string): RefusedError {
  return new RefusedError(
    `this resource belongs to organization ${from}, and the configuration now names ${to}`,
    {
      why: "Changing posthog:organizationId would move every object of the stack, which PostHog cannot do.",
      fix: "Set it back. To start over in the other organization, first destroy the stack with the earlier setting.",
    },
  );
}
