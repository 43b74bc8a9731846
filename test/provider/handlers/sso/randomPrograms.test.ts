import type { Emulator, FaultOptions } from "../../../../emulator";
import type { Properties } from "../../../../provider/engine/state";
import { seededNumbers } from "../../../../tools/sweep/sample";
import { currentCertificate, longerCertificate } from "../../../fixtures/sso/certificates";
import { type Driven, type World, withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

type Program = ReadonlyMap<string, Properties>;
type Draw = <T>(...values: readonly T[]) => T;
type Generation = "2025-08" | "2026-07" | "current";

const saml = [currentCertificate, longerCertificate].map((x509Cert, index) => ({
  entityId: `https://idp.acme.com/${index}`,
  ssoUrl: "https://idp.acme.com/sso",
  x509Cert,
}));

const faults: readonly FaultOptions[] = [
  { kind: "dropBefore" },
  { kind: "dropAfter" },
  { kind: "status", status: 500 },
  { kind: "spoilAfter" },
  { kind: "dropAfter", thenDown: true },
  { kind: "dropBefore", thenDown: true },
];

const typeOf = (name: string): string => name.split(" ")[0] ?? "";
const [domain, secondDomain, signIn] = [
  "OrganizationDomain acme.com",
  "OrganizationDomain acme.de",
  "OrganizationDomain sign-in",
];

/** A random next program: resources come and go, and values and enforcement change. */
function drawProgram(draw: Draw, generation: Generation, isSettings: boolean): Program {
  const signOn = () => ({
    saml: draw(undefined, ...saml),
    scim: draw(undefined, { enabled: draw(true, false) }),
  });
  const all = new Map<string, Properties>();
  if (isSettings) {
    for (const name of draw(["acme.com"], ["acme.com", "acme.de"], ["acme.de"])) {
      const { scim, ...values } = signOn();
      const args = { domain: name, ...values, enforcement: draw(undefined, "saml", "saml", "off") };
      all.set(`OrgSsoSettings ${name}`, generation === "2025-08" ? args : { ...args, scim });
    }
    return all;
  }
  all.set(domain, { domain: "acme.com" }).set(secondDomain, { domain: "acme.de" });
  const domains = draw(["acme.com"], ["acme.com", "acme.de"], ["acme.de"], []);
  if (draw(true, true, false))
    all.set("IdentityProvider one", { name: draw("One", "First"), domains, ...signOn() });
  if (draw(true, false))
    all.set("IdentityProvider two", { name: "Two", domains: draw(["acme.com"], []), ...signOn() });
  if (draw(true, true, false))
    all.set(signIn, { domain: "acme.com", signInOnly: true, enforcement: draw("saml", "saml", "off") });
  return all;
}

/** The domains whose people have no way to sign in. */
function lockedOut({ store }: Emulator, generation: Generation): string[] {
  const has = (row: { saml_entity_id: string | null; saml_x509_cert: string | null }): boolean =>
    Boolean(row.saml_entity_id && row.saml_x509_cert);
  const enforced = store.domains
    .all()
    .filter((row) => row.verified_at !== null && row.sso_enforcement === "saml");
  const isOpen = (row: (typeof enforced)[number]): boolean => {
    if (generation === "2025-08") return has(row);
    return store.identityProviders
      .all()
      .some(
        (provider) =>
          has(provider) &&
          (row.identity_provider_config === provider.id || provider.organization_domain_ids.includes(row.id)),
      );
  };
  return enforced.filter((row) => !isOpen(row)).map((row) => row.domain);
}

/** A sequence of programs, run as the engine would. */
class Runs {
  /** Whether an outage lost the answer about a created object, which no program could find again. */
  hasLostOne = false;

  constructor(
    private readonly world: World,
    private readonly declared = new Set<string>(),
  ) {}

  get left(): readonly string[] {
    return [...this.declared];
  }

  private resource(name: string): Driven {
    return this.world.resource(typeOf(name), name);
  }

  async refresh(): Promise<void> {
    for (const name of this.declared) {
      const seen = await this.resource(name).refresh();
      if (seen !== undefined) continue;
      this.resource(name).remember("", {}, {});
      this.declared.delete(name);
    }
  }

  /** Resources without dependencies run concurrently, and these programs declare none. */
  async up(program: Program, isParallel: boolean): Promise<void> {
    const names = [...program.keys()];
    const first = names.filter((name) => name === domain || name === secondDomain);
    const gone = [...this.declared].filter((name) => !program.has(name)).reverse();
    const ups = (some: readonly string[]) =>
      some.map((name) => () => this.write(name, program.get(name) ?? {}));
    await inOrder(ups(first), false);
    this.publish();
    await inOrder(ups(names.filter((name) => !first.includes(name))), isParallel);
    await inOrder(
      gone.map((name) => () => this.remove(name)),
      isParallel,
    );
    this.publish();
  }

  /** The way out: turns enforcement off, then removes everything. */
  async end(): Promise<void> {
    for (const name of this.declared) {
      const { saml: kept, scim, ...args } = this.resource(name).inputs;
      if (typeOf(name) !== "IdentityProvider") await this.write(name, { ...args, enforcement: "off" });
    }
    this.world.run();
    for (const kind of ["sign-in", "IdentityProvider", "Org"]) {
      for (const name of [...this.declared].filter((one) => one.includes(kind))) await this.remove(name);
    }
  }

  private async write(name: string, args: Properties): Promise<void> {
    const it = this.resource(name);
    const error = await it.breakOff(args).catch(() => undefined);
    if (/looking for what it has made failed too/.test(error?.message ?? "")) this.hasLostOne = true;
    if (it.id !== "") this.declared.add(name);
  }

  private async remove(name: string): Promise<void> {
    await this.resource(name)
      .leave()
      .then(
        () => this.declared.delete(name),
        () => undefined,
      );
  }

  private publish(): void {
    for (const row of this.world.emulator.store.domains.all())
      this.world.emulator.publishDns(`_posthog-challenge.${row.domain}`, row.verification_challenge);
  }
}

async function inOrder(works: readonly (() => Promise<void>)[], isParallel: boolean): Promise<void> {
  if (isParallel) await Promise.all(works.map((work) => work()));
  else for (const work of works) await work();
}

const clock = { now: () => Date.now(), sleep: async () => {} };

describe.each(["2025-08", "2026-07", "current"] as const)(
  "random programs on a server of %s",
  (generation) => {
    test.each([0, 1, 10])("lock nobody out, whatever fails, and leave nothing behind (seed %s)", (seed) =>
      withWorld(
        async (world) => {
          const { emulator } = world;
          const { store } = emulator;
          const random = seededNumbers(seed);
          const draw: Draw = (...values) =>
            values[Math.floor(random() * values.length)] as (typeof values)[number];
          const locked: string[] = [];
          const watch = () => locked.push(...lockedOut(emulator, generation));
          store.domains.onChange(watch);
          store.identityProviders.onChange(watch);

          const runs = new Runs(world);
          const isSettings = generation === "2025-08" || seed % 4 === 1;
          for (let run = 0; run < 6; run += 1) {
            world.run();
            if (draw(true, false)) await runs.refresh();
            if (run > 0 && draw(true, false)) {
              const skip = Math.floor(random() * 12);
              emulator.faults.add({
                ...draw(...faults),
                path: /domains|identity_provider/,
                skip,
                times: draw(1, 2),
              });
            }
            await runs.up(drawProgram(draw, generation, isSettings), draw(true, true, false));
            emulator.faults.clear();
          }
          expect(locked).toEqual([]);

          world.run();
          await runs.refresh();
          await runs.end();
          expect(runs.left).toEqual([]);
          if (!runs.hasLostOne)
            expect([store.domains.all(), store.identityProviders.all()]).toEqual([[], []]);
        },
        { ...acmeWorld({ generation }), clock },
      ),
    );
  },
);
