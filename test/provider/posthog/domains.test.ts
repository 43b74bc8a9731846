import { SYSTEM } from "../../../emulator";
import { listDomains, verifyDomain } from "../../../provider/posthog/domains";
import { type World, withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

const world = acmeWorld({
  organization: { domains: [{ domain: "acme.test" }, { domain: "other.test" }] },
});

/** The domain as this run has read it, and what anyone verified since. */
async function readThenVerified({ host, emulator: { store } }: World) {
  const connection = host().connection();
  const [domain] = await listDomains(connection);
  if (domain === undefined) throw new Error("the organization has no domain");
  expect(domain.is_verified).toBe(false);
  store.domains.update(domain.id, { verified_at: store.timestamp() }, SYSTEM);
  return { connection, domain };
}

describe("a domain that someone verified since it was read", () => {
  test("is verified, and read once more in place of what this run knew", () =>
    withWorld(async (world) => {
      const { connection, domain } = await readThenVerified(world);
      world.emulator.clearRequests();
      const verified = await verifyDomain(connection, domain);
      expect(verified).toMatchObject({ id: domain.id, domain: "acme.test", is_verified: true });
      expect((await listDomains(connection)).map((one) => [one.domain, one.is_verified])).toEqual([
        ["acme.test", true],
        ["other.test", false],
      ]);
      const paths = world.requests().filter((request) => /domains/.test(request));
      expect(paths).toEqual([
        expect.stringMatching(/^POST .*verify$/),
        expect.stringMatching(/^GET .*domains/),
      ]);
    }, world));

  test("ends in an error if it was removed since, too", () =>
    withWorld(async (world) => {
      const { connection, domain } = await readThenVerified(world);
      const body = { type: "validation_error", code: "already_verified", detail: "Verified.", attr: null };
      world.emulator.faults.add({ kind: "status", status: 400, method: "POST", path: /verify/, body });
      world.emulator.store.domains.delete(domain.id, SYSTEM);
      await expect(verifyDomain(connection, domain)).rejects.toThrow("is not a domain of the organization");
    }, world));
});

test("another refusal of a verification is passed on", () =>
  withWorld(async (world) => {
    const { connection, domain } = await readThenVerified(world);
    const body = { type: "validation_error", code: "invalid_input", detail: "No.", attr: null };
    world.emulator.faults.add({ kind: "status", status: 400, method: "POST", path: /verify/, body });
    await expect(verifyDomain(connection, domain)).rejects.toThrow(
      /verifying the domain acme\.test failed.*No\./,
    );
  }, world));
