import type { ConfigurationReader } from "../../posthog/configuration";
import type { Functions } from "../contract";
import { type Answer, answer, type Reader } from "./reader";

type Readers = { readonly [Name in keyof Functions]: () => Reader<Name> };

/** How to load the reader behind each function, by the function's name: a program loads only those that it calls. */
const readers: Readers = {
  getAccessReview: () => (require("./getAccessReview") as typeof import("./getAccessReview")).getAccessReview,
  getActivityLog: () => (require("./getActivityLog") as typeof import("./getActivityLog")).getActivityLog,
  getOrganization: () => (require("./getOrganization") as typeof import("./getOrganization")).getOrganization,
  getOrganizationMembers: () =>
    (require("./getOrganizationMembers") as typeof import("./getOrganizationMembers")).getOrganizationMembers,
  getPersonalApiKeys: () =>
    (require("./getPersonalApiKeys") as typeof import("./getPersonalApiKeys")).getPersonalApiKeys,
  getProjectAccess: () =>
    (require("./getProjectAccess") as typeof import("./getProjectAccess")).getProjectAccess,
  getProjects: () => (require("./getProjects") as typeof import("./getProjects")).getProjects,
  getRoles: () => (require("./getRoles") as typeof import("./getRoles")).getRoles,
  getSamlServiceProvider: () =>
    (require("./getSamlServiceProvider") as typeof import("./getSamlServiceProvider")).getSamlServiceProvider,
  getSsoStatus: () => (require("./getSsoStatus") as typeof import("./getSsoStatus")).getSsoStatus,
};

export function isFunction(name: string): name is keyof Functions {
  return Object.hasOwn(readers, name);
}

/**
 * Calls a function's reader.
 *
 * @param nothingChanges whether later calls may reuse what this one reads.
 */
export function read<Name extends keyof Functions>(
  name: Name,
  args: unknown,
  config: ConfigurationReader,
  nothingChanges: () => boolean = () => false,
): Promise<Answer<Name>> {
  return answer(name, readers[name](), args, config, nothingChanges);
}
