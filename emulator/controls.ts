import { acceptInvite } from "./people/joining";
import type { SeededOwner } from "./seed/accounts";
import type { Backend } from "./server/backend";
import type { Controls } from "./server/control";
import type { ServerSettings } from "./server/server";
import { SYSTEM } from "./store/collection";
import type { Store } from "./store/store";

/** The controls of one embedded PostHog; call it when the store is as the seed wants it. */
export function controlsOf(
  backend: Backend,
  owner: SeededOwner,
  { faults, requests }: Pick<ServerSettings, "faults" | "requests">,
): Controls {
  const { store, sessions, dns, limiter, ignoredFields } = backend;
  const restoreSeed = store.checkpoint();
  const clearRequests = () => {
    requests.length = 0;
    ignoredFields.length = 0;
  };
  return {
    faults,
    dns,
    requests,
    ignoredFields,
    clearRequests,
    reset: () => {
      restoreSeed();
      for (const memory of [sessions, faults, dns, limiter]) {
        memory?.clear();
      }
      clearRequests();
    },
    state: () => ({ ...connection(backend.siteUrl, owner), ...contents(backend) }),
    finishDeletions: () => finishDeletions(store),
    markIngested: (projectId) => {
      store.projects.update(projectId, { ingested_event: true }, SYSTEM);
    },
    acceptInvite: (email) => {
      const invite = store.invites.find(({ target_email }) => target_email === email);
      return invite !== undefined && acceptInvite(store, invite, SYSTEM) !== undefined;
    },
  };
}

function connection(url: string, { organizationId, email, password, totpSecret, apiKey }: SeededOwner) {
  return { url, organizationId, apiKey, email, password, ...(totpSecret ? { totpSecret } : {}) };
}

function contents({ store, generation, cloud }: Backend) {
  return {
    generation,
    cloud,
    organizations: store.organizations.all().map(({ id, name, slug }) => ({
      id,
      name,
      slug,
      members: store.memberships.where("organization_id", id).length,
      projects: store.projects.where("organization_id", id).map(({ id: project, name: called }) => ({
        id: project,
        name: called,
      })),
      roles: store.roles.where("organization_id", id).length,
      domains: store.domains.where("organization_id", id).length,
    })),
    personalApiKeys: store.personalApiKeys.size,
    activityRows: store.activity.size,
  };
}

function finishDeletions(store: Store): { projects: number[]; organizations: string[] } {
  const projects = store.projects.where("deletion_queued", true).map(({ id }) => id);
  const organizations = store.organizations.where("is_pending_deletion", true).map(({ id }) => id);
  for (const id of projects) {
    store.projects.delete(id, SYSTEM);
  }
  for (const id of organizations) {
    store.organizations.delete(id, SYSTEM);
  }
  return { projects, organizations };
}
