import { currentCertificate } from "../../fixtures/sso/certificates";
import { accessWorld, rulesIn } from "../../support/access";
import { type Driven, type World, withWorld } from "../../support/driver";
import { peopleIn } from "../../support/people";
import { acmeWorld } from "../../support/seeds";

/** A step of a run. A guard judges it by the other step's changes. */
type Step = () => Promise<unknown>;

/** Two steps of which only one may succeed, in either order. */
interface Siblings {
  readonly steps: string;
  readonly world: Parameters<typeof withWorld>[1];
  /** Sets up what exists before, and returns the two steps of the next run. */
  prepare(world: World): Promise<readonly [Step, Step]>;
  /** What exists afterwards. */
  after(world: World): readonly string[];
}

const analyst = "analyst@acme.test";
const roles = [{ name: "Leads", members: [analyst] }];
const saml = {
  entityId: "https://idp.acme.com/e",
  ssoUrl: "https://idp.acme.com/s",
  x509Cert: currentCertificate,
};
const team = ["one@acme.test", "two@acme.test", "three@acme.test", "four@acme.test"];

/** A world where a plain member, whose key is configured, manages project 1. */
const leadsWorld = () =>
  accessWorld([{ member: analyst, level: "admin" }, { role: "Leads", level: "admin" }, { level: "none" }], {
    caller: analyst,
    organization: { roles },
  });

const second = "second@acme.test";

/** A world with two owners, whose keys are both configured: the second one's as an account. */
function twoOwners(): Parameters<typeof withWorld>[1] {
  const owners = ["owner@acme.test", second].map((email) => ({ email, level: "owner" as const }));
  const { emulator, config } = acmeWorld({ people: [second], organization: { members: owners } });
  const key = { user: second, label: "second", value: "phx_second0key", scopes: ["*"], projects: [] };
  const accounts = JSON.stringify({ second: { apiKey: key.value } });
  return {
    emulator: { seed: { ...emulator.seed, keys: [...(emulator.seed.keys ?? []), key] } },
    config: { ...config, accounts },
  };
}

async function made(
  world: World,
  type: string,
  name: string,
  args: Record<string, unknown>,
): Promise<Driven> {
  const resource = world.resource(type, name);
  await resource.up(args);
  return resource;
}

const rule = (world: World, whose: Record<string, string>, more: Record<string, unknown> = {}) =>
  made(world, "ProjectMember", JSON.stringify([whose, more]), {
    projectId: 1,
    accessLevel: "admin",
    ...whose,
    ...more,
  });

const guarded: Siblings[] = [
  {
    steps: "two ProjectMembers that keep the key's owner as admin are destroyed",
    world: leadsWorld(),
    async prepare(world) {
      const [own, group] = [await rule(world, { user: analyst }), await rule(world, { role: "Leads" })];
      return [() => own.destroy(), () => group.destroy()];
    },
    after: ({ emulator }) => rulesIn(emulator),
  },
  {
    steps: "two ProjectMembers become plain ones, of which one names the organization by its slug",
    world: leadsWorld(),
    async prepare(world) {
      const bySlug = { organizationId: "acme" };
      const [own, group] = [
        await rule(world, { user: analyst }),
        await rule(world, { role: "Leads" }, bySlug),
      ];
      const plain = { projectId: 1, accessLevel: "member" };
      return [
        () => own.up({ ...plain, user: analyst }),
        () => group.up({ ...plain, role: "Leads", ...bySlug }),
      ];
    },
    after: ({ emulator }) => rulesIn(emulator),
  },
  {
    steps: "a ProjectMember and a ProjectAccess that keep the key's owner as admin are destroyed",
    world: leadsWorld(),
    async prepare(world) {
      const own = await rule(world, { user: analyst });
      const group = await made(world, "ProjectAccess", "group", { projectId: 1, roles: { Leads: "admin" } });
      return [() => own.destroy(), () => group.destroy()];
    },
    after: ({ emulator }) => rulesIn(emulator),
  },
  {
    steps: "the only two owners demote each other, each with an account of their own",
    world: twoOwners(),
    async prepare(world) {
      const demote = (who: string, account?: string) => () =>
        world.resource("OrganizationMember", who).up({ user: who, level: "member", adopt: true, account });
      return [demote(second), demote("owner@acme.test", "second")];
    },
    after: ({ emulator: { store } }) =>
      store.memberships.all().map(({ user_id, level }) => `${store.users.get(user_id)?.email} ${level}`),
  },
  {
    steps: "SAML becomes the only way to sign in, and its provider is destroyed",
    world: acmeWorld({ organization: { domains: [{ domain: "acme.com", verified: true }] } }),
    async prepare(world) {
      const provider = await made(world, "IdentityProvider", "idp", {
        name: "IdP",
        domains: ["acme.com"],
        saml,
      });
      const signIn = world.resource("OrganizationDomain");
      const args = { domain: "acme.com", signInOnly: true, enforcement: "saml" };
      return [() => provider.destroy(), () => signIn.up(args)];
    },
    after: ({ emulator: { store } }) => [
      ...store.domains.all().map(({ sso_enforcement }) => `enforces ${sso_enforcement}`),
      ...store.identityProviders.all().map(({ name }) => name),
    ],
  },
  {
    steps: "two RoleMembers of one role let people go, together more than one of them may",
    world: acmeWorld({
      people: team,
      organization: {
        members: [{ email: "owner@acme.test", level: "owner" }, ...team.map((email) => ({ email }))],
        roles: [{ name: "Team" }],
      },
    }),
    async prepare(world) {
      const [half, rest] = [team.slice(0, 2), team.slice(2)];
      const one = await made(world, "RoleMembers", "one", { roleId: "Team", members: half });
      const other = await made(world, "RoleMembers", "other", { roleId: "Team", members: rest });
      const shrink = { roleId: "Team", members: [], removalLimit: 0.5 };
      return [() => one.up(shrink), () => other.up(shrink)];
    },
    after: ({ emulator }) => peopleIn(emulator, "Team"),
  },
];

function numbers(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Gives every request a random delay, and writes the longest ones, so that reads in between are out of date. */
function shuffle({ emulator }: World, seed: number): void {
  const next = numbers(seed);
  for (let write = 0; write < 20; write++) {
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      emulator.faults.add({ kind: "delay", method, delayMs: 150 + Math.floor(next() * 80) });
    }
  }
  for (let request = 0; request < 100; request++) {
    emulator.faults.add({ kind: "delay", method: "GET", delayMs: Math.floor(next() * 15) });
  }
}

interface Outcome {
  readonly refused: number;
  readonly after: readonly string[];
}

/** The outcome of two steps. */
async function outcomeOf(
  { world: options, prepare, after }: Siblings,
  run: (world: World, steps: readonly [Step, Step]) => Promise<PromiseSettledResult<unknown>[]>,
): Promise<Outcome> {
  let outcome: Outcome = { refused: 0, after: [] };
  await withWorld(async (world) => {
    const steps = await prepare(world);
    world.run();
    const ends = await run(world, steps);
    const refusals = ends.flatMap((end) => (end.status === "rejected" ? [String(end.reason)] : []));
    for (const refusal of refusals) {
      expect(refusal).toContain("\n  fix: ");
      expect(refusal).not.toContain("PostHog answered");
    }
    outcome = { refused: refusals.length, after: after(world) };
  }, options);
  return outcome;
}

/** One step after the other. */
const inTurn =
  (first: 0 | 1) =>
  async (_: World, steps: readonly [Step, Step]): Promise<PromiseSettledResult<unknown>[]> => {
    const [one] = await Promise.allSettled([steps[first]()]);
    const [other] = await Promise.allSettled([steps[first === 0 ? 1 : 0]()]);
    return [one, other];
  };

describe.each(guarded)("if $steps", (siblings) => {
  test("concurrently, the result is the same as in sequence, at any speed", async () => {
    const possible = [await outcomeOf(siblings, inTurn(0)), await outcomeOf(siblings, inTurn(1))];
    expect(possible.map(({ refused }) => refused)).toEqual([1, 1]);
    for (const seed of [1, 2, 3]) {
      const atOnce = await outcomeOf(siblings, (world, [one, other]) => {
        shuffle(world, seed);
        return Promise.allSettled(seed % 2 === 0 ? [other(), one()] : [one(), other()]);
      });
      expect(possible).toContainEqual(atOnce);
    }
  });
});

test("a removal that was applied despite an error counts for the next check", () =>
  withWorld(async (world) => {
    const [own, group] = [await rule(world, { user: analyst }), await rule(world, { role: "Leads" })];
    world.run();
    world.emulator.faults.add({ kind: "dropAfter", method: "PUT", times: 5 });
    await expect(own.destroy()).rejects.toThrow("may or may not have carried out");
    await expect(group.destroy()).rejects.toThrow("could no longer manage the project");
    expect(rulesIn(world.emulator)).toEqual(["project default: none", "project role Leads: admin"]);
  }, leadsWorld()));
