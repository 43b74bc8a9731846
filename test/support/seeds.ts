import type { EmulatorOptions, SeedInput } from "../../emulator";

/** The password of every seeded person. */
export const password = "a-long-enough-password";

/** The caller's key in seeds. */
const callerKey = "phx_caller0key";

/** How a test's organization Acme differs from the usual one. */
export interface AcmeOptions {
  /** The owner of the configured key; by default the first person with a password. */
  readonly caller?: "owner@acme.test" | "admin@acme.test" | "analyst@acme.test";
  /** Scopes of that key. Default: all. */
  readonly scopes?: string[];
  /** Projects that the key is restricted to. */
  readonly keyProjects?: number[];
  /** Everything else in the organization, by the seed's names. */
  readonly organization?: Partial<SeedInput["organizations"][number]>;
  /** More people, with passwords. */
  readonly people?: string[];
}

/** Organization Acme with an owner, an admin, an analyst and a developer, and one project. */
function acme(options: AcmeOptions = {}): SeedInput {
  const people = [
    "owner@acme.test",
    "admin@acme.test",
    "analyst@acme.test",
    "developer@acme.test",
    ...(options.people ?? []),
  ];
  const { caller = "owner@acme.test", scopes = ["*"], keyProjects = [] } = options;
  return {
    users: people.map((email) => ({ email, password })),
    organizations: [
      {
        name: "Acme",
        slug: "acme",
        id: "018f0000-0000-4000-8000-000000000001",
        members: [
          { email: "owner@acme.test", level: "owner" },
          { email: "admin@acme.test", level: "admin" },
          { email: "analyst@acme.test" },
          { email: "developer@acme.test" },
        ],
        projects: [{ name: "Default project", id: 1 }],
        ...options.organization,
      },
    ],
    keys: [{ user: caller, label: "caller", value: callerKey, scopes, projects: keyProjects }],
  };
}

/** A world of organization Acme with the caller's key and password configured. */
export function acmeWorld(options: AcmeOptions & { generation?: EmulatorOptions["generation"] } = {}): {
  emulator: Pick<EmulatorOptions, "generation"> & { seed: SeedInput };
  config: Record<string, string>;
} {
  const email = options.caller ?? "owner@acme.test";
  return {
    emulator: { seed: acme(options), generation: options.generation },
    config: { apiKey: callerKey, email, password },
  };
}
