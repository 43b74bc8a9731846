import type { LiveKey } from "../access/liveOrganization";

/**
 * What says that two things that nobody manages are the same. Code scanning knows a result by its fingerprint, and
 * these texts are part of it. They are the titles of version 0.1.0 and never change: with another word here, every
 * alert of that kind would be closed and opened again, and its dismissal forgotten.
 */
export const identities = {
  grant: (principal: GrantPrincipal, resource: string, project: string) => {
    const inProject = `project ${quote(project)}`;
    const place = resource === "project" ? inProject : `${resource} in ${inProject}`;
    return `grant of ${principalName(principal)} on ${place}`;
  },
  roleMembership: (email: string, role: string) => `${email} in role ${quote(role)}`,
  role: (name: string) => `role ${quote(name)}`,
  member: (email: string) => `member ${email}`,
  invite: (email: string) => `invite of ${email}`,
  project: (name: string, id: number) => `project ${quote(name)} (${id})`,
  domain: (domain: string) => `domain ${domain}`,
  key: ({ kind, owner, label, maskValue, projectIds }: LiveKey) => {
    const name = label === undefined ? (maskValue ?? "without a name") : quote(label);
    return kind === "personal"
      ? `personal API key ${name} of ${owner ?? "somebody"}`
      : `project secret API key ${name} of project ${projectIds.join(", ")}`;
  },
} as const;

/** A grant's subject: a person or a role by its name, or with neither everyone. */
interface GrantPrincipal {
  readonly person?: string;
  readonly role?: string;
}

function principalName({ person, role }: GrantPrincipal): string {
  return role === undefined ? (person ?? "everybody") : `role ${quote(role)}`;
}

/** A name in quotes; of a longer one, these many characters. */
function quote(name: string, longest = 80): string {
  return JSON.stringify(name.length > longest ? `${name.slice(0, longest)}...` : name);
}
