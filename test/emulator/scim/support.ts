import type { Emulator, EmulatorOptions, SeedInput } from "../../../emulator";
import { asOwner, scim, textAt, withEmulator } from "../support";

const CONFIGS = "/api/organizations/@current/identity_provider_configs/";

/** An organization that an identity provider may write to: an owner, two members, and a role with both members. */
export const SEED: SeedInput = {
  users: [
    { email: "owner@acme.test", password: "owner-password" },
    { email: "ann@acme.test", firstName: "Ann", lastName: "Ash" },
    { email: "bob@acme.test" },
    { email: "eve@elsewhere.test" },
  ],
  organizations: [
    {
      name: "Acme",
      members: [
        { email: "owner@acme.test", level: "owner" },
        { email: "ann@acme.test" },
        { email: "bob@acme.test" },
      ],
      roles: [{ name: "Analysts", members: ["ann@acme.test", "bob@acme.test"] }],
      domains: [{ domain: "acme.test", verified: true }, { domain: "acme.dev" }],
      identityProviders: [{ name: "Okta", configScope: "scim", domains: ["acme.test"] }],
    },
  ],
};

/** The actions of an identity provider. */
export interface Directory {
  readonly emulator: Emulator;
  send(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }>;
  /** The SCIM id of the person with that address. */
  id(email: string): string;
  /** The addresses of a role's members. */
  inRole(name: string): string[];
}

/** Runs an emulator for a block's tests, and gives an identity provider access before each. */
export function withDirectory(options: EmulatorOptions, use: (directory: Directory) => void): void {
  let emulator: Emulator;
  withEmulator({ seed: SEED, ...options }, (running) => {
    emulator = running;
  });
  beforeEach(async () => {
    const { store, generation } = { store: emulator.store, generation: options.generation ?? "current" };
    const config = store.identityProviders.all()[0];
    const tenant = generation === "current" ? config?.scim_slug : store.domains.all()[0]?.id;
    const on = await asOwner(emulator).patch(`${CONFIGS}${config?.id}/`, { scim_enabled: true });
    const token = textAt(on, "scim_bearer_token");
    use({
      emulator,
      send: (method, path, body) => scim(emulator, `/scim/v2/${tenant}/${path}`, token, { method, body }),
      id: (email) => String(store.users.where("email", email)[0]?.id),
      inRole: (name) =>
        store.roleMemberships
          .where("role_id", store.roles.find((role) => role.name === name)?.id ?? "")
          .map(
            ({ membership_id }) =>
              store.users.get(store.memberships.get(membership_id)?.user_id)?.email ?? "",
          )
          .sort(),
    });
  });
}
