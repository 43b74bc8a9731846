import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Resolver, redirected } from "../../../provider/posthog/samlMetadata";
import { plain } from "../../fixtures/sso/metadata";
import { withWorld } from "../../support/driver";

describe("where a redirect of a metadata address may lead", () => {
  const start = "https://idp.acme.com/metadata";
  const target = (location: unknown) => redirected(start, new URL(start), location).href;

  test.each([
    ["/app/metadata.xml", "https://idp.acme.com/app/metadata.xml"],
    ["https://IDP.acme.com/app", "https://idp.acme.com/app"],
    ["https://idp.acme.com:443/app", "https://idp.acme.com/app"],
  ])("to %s on the same host", (location, expected) => {
    expect(target(location)).toBe(expected);
  });

  test.each([
    ["https://evil.example/metadata", "to another host, evil.example"],
    ["//evil.example/metadata", "to another host, evil.example"],
    ["https://idp.acme.com.evil.example/", "to another host"],
    ["https://idp.acme.com:8443/metadata", "to another host, idp.acme.com:8443"],
    ["http://127.0.0.1/metadata", "to another host"],
    ["http://idp.acme.com/metadata", "begin with https://"],
    ["ftp://idp.acme.com/metadata", "begin with https://"],
    ["https://ann:secret@idp.acme.com/", "must not hold a user name or password"],
    ["http://[", "to nowhere"],
    [undefined, "to nowhere"],
  ])("not to %s", (location, why) => {
    expect(() => target(location)).toThrow(why);
    expect(() => target(location)).toThrow(/set metadataUrl to the target itself/);
  });
});

describe("a metadata address", () => {
  const answers = new Map<string, string>();
  const server = createServer((request, response) => {
    const location = answers.get(request.url ?? "");
    if (location === undefined) return response.end(plain);
    return response.writeHead(302, { location }).end();
  });
  const other = createServer((_, response) => response.end(plain));
  beforeAll(async () => {
    for (const each of [server, other])
      await new Promise<void>((resolve) => each.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    for (const each of [server, other]) {
      each.close();
      each.closeAllConnections();
    }
  });
  const at = (one: typeof server, path: string) =>
    `http://127.0.0.1:${(one.address() as AddressInfo).port}${path}`;

  const refusalsOf = async (path: string) => {
    let refusals: string[] = [];
    await withWorld(async ({ resource, emulator }) => {
      const sso = resource("OrgSsoSettings");
      const declared = { domain: "acme.com", saml: { metadataUrl: at(server, path) } };
      refusals = await sso.refusals(declared);
      if (refusals.length > 0) await expect(sso.up(declared)).rejects.toThrow();
      const writes = emulator.requests.filter(
        ({ method, path: to }) => method !== "GET" && !to.includes("login"),
      );
      expect(writes).toEqual([]);
    });
    return refusals.join();
  };

  test("may redirect on its own host", async () => {
    answers.set("/old", "/metadata");
    expect(await refusalsOf("/old")).toBe("");
  });

  test("that redirects to another server is refused in the preview, and nothing is written", async () => {
    answers.set("/elsewhere", at(other, "/metadata"));
    expect(await refusalsOf("/elsewhere")).toMatch(/was refused: it redirects to another host/);
  });

  test("with a redirect loop is refused", async () => {
    answers.set("/circle", "/circle");
    expect(await refusalsOf("/circle")).toMatch(/redirects more than 3 times/);
  });

  test("on this machine is not reached through a proxy", async () => {
    process.env.HTTP_PROXY = "http://127.0.0.1:9";
    try {
      expect(await refusalsOf("/metadata")).toBe("");
    } finally {
      delete process.env.HTTP_PROXY;
    }
  });
});

describe("names on the way to metadata", () => {
  const resolving = (...addresses: string[]) => {
    const resolver = new Resolver(async () => [{ address: addresses.shift() ?? "", family: 4 }]);
    return async () => {
      const [first] = await resolver.resolve("idp.acme.com");
      return first?.address;
    };
  };

  test.each([
    "10.1.2.3",
    "127.0.0.1",
    "169.254.169.254",
    "172.31.0.1",
    "192.168.1.1",
    "::1",
    "fd00::1",
    "fe80::1",
    "::ffff:127.0.0.1",
  ])("may not lead from the internet to %s", async (address) => {
    const resolve = resolving("93.184.216.34", address);
    await resolve();
    await expect(resolve()).rejects.toThrow();
  });

  test("may stay in a private network, or on the internet", async () => {
    const inside = resolving("10.1.2.3", "10.1.2.3");
    expect([await inside(), await inside()]).toEqual(["10.1.2.3", "10.1.2.3"]);
    const outside = resolving("93.184.216.34", "2606:2800::1");
    expect([await outside(), await outside()]).toEqual(["93.184.216.34", "2606:2800::1"]);
  });
});
