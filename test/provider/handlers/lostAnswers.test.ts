import type { Emulator, FaultKind, Generation } from "../../../emulator";
import { handlers } from "../../../provider/handlers";
import { type World, withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

/** A kind of object whose id comes with PostHog's answer. Two are created with one natural key. */
interface Kind {
  readonly type: string;
  readonly generation?: Generation;
  readonly args: Record<string, unknown>;
  /** The path that creates them. */
  readonly path: RegExp;
  /** The ids of all objects with the natural key. */
  ids(store: Emulator["store"]): readonly (string | number)[];
  /** How many PostHog creates if two are requested concurrently. */
  readonly made: 1 | 2;
}

const kinds: Kind[] = [
  {
    type: "PersonalApiKey",
    args: { label: "CI", scopes: ["insight:read"], adopt: false },
    path: /\/personal_api_keys\/$/,
    ids: (store) => store.personalApiKeys.where("label", "CI").map(({ id }) => id),
    made: 2,
  },
  {
    type: "Project",
    generation: "2026-07",
    args: { name: "Twin", adopt: false },
    path: /\/projects\/$/,
    ids: (store) => store.projects.where("name", "Twin").map(({ id }) => String(id)),
    made: 2,
  },
  {
    type: "IdentityProvider",
    args: { name: "IdP", domains: [], scim: { enabled: true } },
    path: /\/identity_provider_configs\/$/,
    ids: (store) => store.identityProviders.where("name", "IdP").map(({ id }) => id),
    made: 2,
  },
  {
    type: "ProjectSecretApiKey",
    args: { projectId: 1, label: "CI", scopes: ["feature_flag:read"] },
    path: /\/project_secret_api_keys\/$/,
    ids: (store) => store.projectSecretApiKeys.where("label", "CI").map(({ id }) => `1/${id}`),
    made: 1,
  },
  {
    type: "Role",
    args: { name: "Twins" },
    path: /\/roles\/$/,
    ids: (store) => store.roles.where("name", "Twins").map(({ id }) => id),
    made: 1,
  },
  {
    type: "OrganizationDomain",
    args: { domain: "twin.com" },
    path: /\/domains\/$/,
    ids: (store) => store.domains.where("domain", "twin.com").map(({ id }) => id),
    made: 1,
  },
];

/** Creates two concurrently, like two resources in one program, and returns the ids in their states. */
async function createTwo(world: World, { type, args }: Kind): Promise<string[]> {
  const handler = handlers.get(type);
  if (handler === undefined) throw new Error(`there is no resource ${type}`);
  const host = world.host();
  const ends = await Promise.allSettled([handler.create(host, args), handler.create(host, args)]);
  return ends.flatMap((end) => {
    if (end.status === "fulfilled") return [end.value.id];
    expect(String(end.reason)).toContain("\n  fix: ");
    return [];
  });
}

const lost: readonly FaultKind[] = ["dropBefore", "dropAfter", "status"];

describe.each(kinds)("two resources of type $type that create the same at once", (kind) => {
  test.each(lost.flatMap((fault) => ([0, 1] as const).map((skip) => ({ fault, skip }))))(
    "have in the state exactly what PostHog created, if the response to request $skip is lost: $fault",
    ({ fault, skip }) =>
      withWorld(
        async (world) => {
          const { faults, store } = world.emulator;
          faults.add({
            kind: fault,
            method: "POST",
            path: kind.path,
            skip,
            status: fault === "status" ? 502 : undefined,
          });
          const ids = await createTwo(world, kind);
          expect(ids).toHaveLength(kind.made);
          expect([...ids].sort()).toEqual([...kind.ids(store)].map(String).sort());
        },
        acmeWorld({ generation: kind.generation }),
      ),
  );
});

test("two personal API keys with one label both work after a lost response", () =>
  withWorld(async (world) => {
    const { faults, url } = world.emulator;
    faults.add({ kind: "dropBefore", method: "POST", path: "/api/personal_api_keys/", skip: 1 });
    const handler = handlers.get("PersonalApiKey");
    const args = { label: "CI", scopes: ["insight:read"], adopt: false };
    const made = await Promise.all(["one", "other"].map(() => handler?.create(world.host(), args)));
    for (const key of made) {
      const headers = { Authorization: `Bearer ${String(key?.outputs.value)}` };
      const answer = await fetch(`${url}/api/personal_api_keys/@current/`, { headers });
      expect(answer.status).toBe(200);
    }
  }, acmeWorld()));
