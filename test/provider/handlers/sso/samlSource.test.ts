import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Properties } from "../../../../provider/engine/state";
import { readCertificate } from "../../../../provider/sso/certificate";
import {
  currentCertificate,
  expiredCertificate,
  futureCertificate,
  longerCertificate,
} from "../../../fixtures/sso/certificates";
import { entity, key, plain, role, signIn } from "../../../fixtures/sso/metadata";
import { type World, withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const fingerprint = (pem: string): string => {
  const parsed = readCertificate(pem);
  return parsed.ok ? parsed.value.fingerprint256 : "";
};
const [current, longer] = [currentCertificate, longerCertificate].map(fingerprint);
const listing = (...pems: string[]) => entity(role(...pems.map((pem) => key("signing", pem)), signIn));

/** An identity provider's document; without one it is down. */
let document: string | undefined;
let asked = 0;
let status = 200;
const server = createServer((_, response) => {
  asked += 1;
  response.writeHead(document === undefined ? 503 : status).end(document ?? "");
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  document = plain;
  asked = 0;
  status = 200;
});
const atAddress = (): Properties => ({
  metadataUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`,
});

const kinds: [string, (saml: Properties | undefined) => Properties, Properties][] = [
  ["OrgSsoSettings", (saml) => ({ domain: "acme.com", saml }), { jitProvisioning: true }],
  ["IdentityProvider", (saml) => ({ name: "Okta", domains: [], saml }), { name: "Okta of Acme" }],
];
const certificateIn = ({ emulator }: World) =>
  fingerprint(emulator.store.identityProviders.all()[0]?.saml_x509_cert ?? "");
const writes = ({ requests }: World) =>
  requests().filter((line) => /^(POST|PATCH|DELETE) \/(domains|identity)/.test(line));

describe.each(kinds)("the SAML values of %s", (kind, args, change) => {
  test("accept any dates of a certificate, which PostHog ignores", () =>
    withWorld(async (world) => {
      const it = world.resource(kind);
      await it.up(args({ metadataXml: listing(expiredCertificate) }));
      expect(world.messages.join()).toMatch(/warning: .*ended on 2020-01-01; PostHog still accepts it/);
      world.run();
      await it.up(args({ metadataXml: listing(futureCertificate) }));
      expect(world.messages.join()).toMatch(/warning: .*not valid before 2040-01-01; PostHog accepts it/);
      expect(certificateIn(world)).toBe(fingerprint(futureCertificate));
    }));

  test.each([
    ["metadataXml", () => ({ metadataXml: listing(longerCertificate, currentCertificate) })],
    [
      "metadataUrl",
      () => {
        document = listing(longerCertificate, currentCertificate);
        return atAddress();
      },
    ],
  ])("from %s show in the preview the old certificate, the new one and the other candidates", (_, source) =>
    withWorld(async (world) => {
      const it = world.resource(kind);
      await it.up(args({ metadataXml: plain }));
      world.run();
      expect(await it.refusals(args(source()))).toEqual([]);
      const said = world.messages.join("\n");
      expect(said).toContain(
        `certificate changes: SHA-256 ${current} (to 2030-01-01) goes, SHA-256 ${longer} (to 2035-01-01) comes`,
      );
      expect(said).toContain(`It also lists SHA-256 ${current}`);
      expect(said).not.toContain("MII");
    }),
  );

  test("are those of the certificate that the program names, in any spelling", () =>
    withWorld(async (world) => {
      const it = world.resource(kind);
      const metadataXml = listing(currentCertificate, longerCertificate);
      await it.up(args({ metadataXml, certificate: longer }));
      expect(certificateIn(world)).toBe(longer);
      world.run();
      const spelled = longer?.replaceAll(":", "").toLowerCase();
      expect((await it.diff(args({ metadataXml, certificate: spelled }))).changes).toBe(false);
      await it.up(args({ metadataXml, certificate: "auto" }));
      expect(certificateIn(world)).toBe(current);
      expect((await it.diff(args({ metadataXml }))).changes).toBe(false);
    }));

  test("show a renewed certificate at their address in a plain preview, with one request", () =>
    withWorld(async (world) => {
      const it = world.resource(kind);
      const declared = args(atAddress());
      await it.up(declared);
      document = listing(longerCertificate);
      world.run();
      asked = 0;
      expect(await it.refusals(declared)).toEqual([]);
      expect((await it.diff(declared)).changes).toBe(true);
      expect(asked).toBe(1);
      expect(world.messages.join()).toContain(
        `certificate changes: SHA-256 ${current} (to 2030-01-01) goes, SHA-256 ${longer} (to 2035-01-01) comes`,
      );
      await it.up(declared);
      expect(certificateIn(world)).toBe(longer);
      world.run();
      expect((await it.diff(declared)).changes).toBe(false);
    }));

  test("show a certificate that someone changed by its fingerprint", () =>
    withWorld(async (world) => {
      const it = world.resource(kind);
      const declared = args(atAddress());
      await it.up(declared);
      document = listing(longerCertificate);
      for (const _ of ["the first refresh", "the next one"]) {
        world.run();
        expect((await it.refresh())?.inputs.saml).toEqual({ ...atAddress(), certificate: current });
      }
      await it.up(declared);
      world.run();
      expect((await it.refresh())?.inputs.saml).toEqual(atAddress());
    }));

  test("keep PostHog's values while their address fails, so that other changes and removal work", () =>
    withWorld(async (world) => {
      const it = world.resource(kind);
      await it.up(args(atAddress()));
      for (const down of [undefined, "<html><body>Maintenance</body></html>"]) {
        document = down;
        world.run();
        expect((await it.diff(args(atAddress()))).changes).toBe(false);
        expect(await it.refusals({ ...args(atAddress()), ...change })).toEqual([]);
        expect(world.messages.join()).toMatch(
          /warning: .*SAML metadata from .*; the SAML settings stay as PostHog has them/,
        );
      }
      world.run();
      await it.up({ ...args(atAddress()), ...change });
      expect(world.messages.join()).toMatch(/the SAML settings stay as PostHog has them/);
      expect(certificateIn(world)).toBe(current);
      world.run();
      await it.destroy();
      expect(world.emulator.store.identityProviders.size).toBe(0);
    }));

  test("are not replaced by PostHog's values if the program uses a new address", () =>
    withWorld(async (world) => {
      const it = world.resource(kind);
      await it.up(args({ metadataXml: plain }));
      document = undefined;
      world.run();
      expect((await it.refusals(args(atAddress()))).join()).toMatch(
        /reading the SAML metadata from .* failed/,
      );
      world.run({ preflight: "false" });
      await expect(it.up(args(atAddress()))).rejects.toThrow(/reading the SAML metadata from .* failed/);
      expect(writes(world)).toEqual([]);
    }, patience()));
});

/** A clock that does not wait, and the waits that were requested. */
function patience(meanwhile: () => void = () => {}) {
  const slept: number[] = [];
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds);
    meanwhile();
  };
  return { slept, clock: { now: () => Date.now(), sleep } };
}

describe.each(kinds)("the metadata address of %s", (kind, args, change) => {
  const notThereYet: [string, string | undefined][] = [
    ["no answer", undefined],
    ["a page", "<html><body>Not found</body></html>"],
  ];

  test.each(
    notThereYet.flatMap((first) => ["true", "false"].map((preflight) => [...first, preflight] as const)),
  )(
    "is read once more after a pause if it first gives %s, as its application may have been made a moment ago",
    (_, first, preflight) => {
      const { slept, clock } = patience(() => {
        document = plain;
      });
      return withWorld(
        async (world) => {
          document = first;
          world.run({ preflight });
          await world.resource(kind).up(args(atAddress()));
          expect(certificateIn(world)).toBe(current);
          expect(asked).toBe(2);
          expect(slept).toEqual([5_000]);
        },
        { ...acmeWorld(), clock },
      );
    },
  );

  test("is asked once in a run that goes on without it", () => {
    const { slept, clock } = patience();
    return withWorld(
      async (world) => {
        const it = world.resource(kind);
        await it.up(args(atAddress()));
        document = undefined;
        world.run();
        asked = 0;
        expect((await it.diff(args(atAddress()))).changes).toBe(false);
        await it.up({ ...args(atAddress()), ...change });
        await it.refresh();
        expect([asked, slept]).toEqual([1, []]);
      },
      { ...acmeWorld(), clock },
    );
  });

  test("is reported with its path while it has no document, with the fix", () =>
    withWorld(async (world) => {
      status = 404;
      const refusals = (await world.resource(kind).refusals(args(atAddress()))).join();
      expect(refusals).toMatch(/SAML metadata from 127\.0\.0\.1:\d+\/metadata failed \(404\)/);
      expect(refusals).toMatch(/may be made in the same run[\s\S]*known only once its object is there/);
    }, patience()));
});

test("a metadata address that several resources need and that stays down is asked twice in a run", () => {
  const { slept, clock } = patience();
  return withWorld(
    async (world) => {
      document = undefined;
      const refusals = await Promise.all(
        ["Okta", "Entra", "Keycloak"].map((name) =>
          world.resource("IdentityProvider", name).refusals({ name, domains: [], saml: atAddress() }),
        ),
      );
      expect(refusals.join()).toMatch(/(reading the SAML metadata from .* failed[\s\S]*){3}/);
      expect([asked, slept]).toEqual([2, [5_000]]);
    },
    { ...acmeWorld(), clock },
  );
});

test.each(["old", "mid", "new"] as const)(
  "enforcement is switched off while the identity provider is down, with any other argument (generation %s)",
  (generation) =>
    withWorld(async (world) => {
      const it = world.resource("OrgSsoSettings");
      const declared = { domain: "acme.com", saml: atAddress(), enforcement: "saml" };
      await it.up(declared);
      world.emulator.publishDns(String(it.state.challengeRecordName), String(it.state.challengeRecordValue));
      world.run();
      await it.up(declared);
      expect(it.state.enforceSso).toBe(true);
      document = undefined;
      world.run();
      expect(await it.refusals({ ...declared, enforcement: "off" })).toEqual([]);
      await it.up({ ...declared, saml: { metadataUrl: "http://127.0.0.1:9/other" }, enforcement: "off" });
      expect(it.state).toMatchObject({ enforceSso: false, samlConfigured: true });
    }, acmeWorld({ generation })),
);
