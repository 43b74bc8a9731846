import type { Backend } from "../server/backend";
import { conflict } from "../server/errors";
import { atLeast } from "../server/generations";
import type { Organization, Project } from "../store/entities";

const DEFAULT_NAME = "Default project";

/**
 * The name of a new project. Newer servers keep names unique in the organization, and number unnamed projects
 * (PostHog pull request 77399).
 */
export function nameFor(backend: Backend, organization: Organization, asked: string | undefined): string {
  if (asked !== undefined) {
    checkName(backend, organization, asked);
    return asked;
  }
  let name = DEFAULT_NAME;
  for (let number = 2; isTaken(backend, organization, name); number += 1) {
    name = `${DEFAULT_NAME} ${number}`;
  }
  return name;
}

/** Rejects a name that another project has, in any case. Projects that are pending deletion do not count. */
export function checkName(backend: Backend, organization: Organization, name: string, own?: Project): void {
  if (name !== own?.name && isTaken(backend, organization, name, own)) {
    throw conflict(
      `There is already a project called "${name}" in this organization. Choose a different name.`,
    );
  }
}

function isTaken(backend: Backend, organization: Organization, name: string, own?: Project): boolean {
  const spelled = (text: string) => text.trim().toLowerCase();
  return (
    atLeast(backend, "current") &&
    backend.store.projects
      .where("organization_id", organization.id)
      .some(
        (other) =>
          other.id !== own?.id && !other.is_pending_deletion && spelled(other.name) === spelled(name),
      )
  );
}
