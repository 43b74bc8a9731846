import * as http from "node:http";
import * as https from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { gzipSync } from "node:zlib";
import * as z from "zod";
import {
  type BrokenConnection,
  explainFailure,
  explainRedirect,
  mostMegabytes,
} from "../../../provider/posthog/brokenConnection";
import { ConnectionError } from "../../../provider/posthog/errors";
import { type Clock, Gate } from "../../../provider/posthog/gate";
import { Http, type Request } from "../../../provider/posthog/http";
import { untrustedCertificate } from "../../support/certificate";

const host = "https://posthog.acme.test";

test.each<[code: string, more: Partial<BrokenConnection>, what: RegExp, fix: RegExp]>([
  ["ENOTFOUND", { hostname: "posthog.acme.test" }, /^the name posthog\.acme\.test was not found/, /spelling/],
  ["ENOTFOUND", { hostname: "proxy.test" }, /^the name of the proxy, proxy\.test, was not/, /HTTPS_PROXY/],
  ["EAI_AGAIN", {}, /^the name posthog\.acme\.test was not found \(EAI_AGAIN\)/, /network/],
  ["ECONNREFUSED", { port: 443 }, /^https:\/\/posthog\.acme\.test refused the connection/, /its port/],
  ["ECONNREFUSED", { port: 3128 }, /^the proxy on the way .* refused the connection .*3128/, /HTTPS_PROXY/],
  ["SELF_SIGNED_CERT_IN_CHAIN", {}, /^the certificate of .* is not trusted/, /NODE_EXTRA_CA_CERTS/],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", {}, /is not trusted/, /NODE_EXTRA_CA_CERTS/],
  ["CERT_HAS_EXPIRED", {}, /^the certificate of .* has expired/, /clock/],
  ["CERT_NOT_YET_VALID", {}, /is not valid yet/, /clock/],
  ["ERR_TLS_CERT_ALTNAME_INVALID", {}, /is for another name/, /posthog:host/],
  ["EPROTO", { message: "SSL routines: wrong version number" }, /speaks http, not https/, /port/],
  ["EPROTO", { message: "tlsv1 alert protocol version" }, /^no encrypted connection/, /TLS 1\.2/],
  ["ETIMEDOUT", {}, /did not answer in time/, /Run again/],
  ["ECONNABORTED", {}, /did not answer in time/, /Run again/],
  ["ENETUNREACH", {}, /could not be reached from this machine/, /network/],
  ["ECONNRESET", {}, /^no answer from .*\(ECONNRESET\)/, /Run again/],
])("%s %j is recognized", (code, more, what, fix) => {
  const failure = explainFailure({ host, code, message: "", ...more });
  expect(failure.what).toMatch(what);
  expect(failure.fix).toMatch(fix);
});

test.each([
  ["http://posthog.acme.test", "https://posthog.acme.test/api/", /host https:\/\/posthog\.acme\.test \(or/],
  [
    "http://posthog.acme.test:8000",
    "https://posthog.acme.test/api/",
    /host https:\/\/posthog\.acme\.test \(or/,
  ],
  [
    host,
    "https://login.acme.test/start?state=secret",
    /PostHog is there: .*host https:\/\/login\.acme\.test;/,
  ],
  [host, "/login?next=secret", /let requests to PostHog's API/i],
  [host, "http://[", /let requests to PostHog's API/i],
])("a redirect from %s to %s names its target without what may be secret", (from, to, fix) => {
  const failure = explainRedirect(from, 302, to);
  expect(failure.fix).toMatch(fix);
  expect(failure.what).toMatch(/^\S+ answered 302: a redirect to \S+/);
  expect(failure.what).not.toContain("secret");
});

const clock: Clock = { now: () => 0, sleep: async () => undefined };
const opened: Server[] = [];
const listening = async (server: Server): Promise<number> => {
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return port;
};
const tls = untrustedCertificate();
const answering = (answer: http.RequestListener): http.Server => http.createServer(answer);
const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_PROXY", "no_proxy"];
const environment = { ...process.env };

beforeEach(() => {
  for (const name of proxies) delete process.env[name];
});
afterEach(() => {
  for (const server of opened.splice(0)) server.close();
  process.env = { ...environment };
});

/** A request's error. By default, a fifth of a second is too long for its answer. */
async function failureOf(
  url: string,
  method: Request<unknown>["method"] = "GET",
  timeout = 200,
): Promise<ConnectionError> {
  const client = new Http(url, new Gate({ perMinute: false, concurrency: 1 }, clock), clock, timeout);
  const request = { method, path: "/api/users/@me/", schema: z.unknown(), what: "reading it" };
  try {
    await client.send(request, { headers: async () => ({}) });
  } catch (error) {
    if (error instanceof ConnectionError) return error;
    throw error;
  }
  throw new Error("it was answered");
}

test("nothing listens", async () => {
  const { message } = await failureOf("http://127.0.0.1:9");
  expect(message).toMatch(
    /reading it failed: http:\/\/127\.0\.0\.1:9 refused the connection \(ECONNREFUSED\)/,
  );
});

test("the server takes too long", async () => {
  const url = `http://127.0.0.1:${await listening(answering(() => undefined))}`;
  const read = await failureOf(url);
  expect(read.message).toMatch(/did not answer in time/);
  expect(read.message).not.toMatch(/reach|carried out/);
  const write = await failureOf(url, "POST");
  expect(write.message).toMatch(/did not answer in time[\s\S]*may or may not have carried out/);
  expect(write.mayHaveArrived).toBe(true);
});

test("a response that never ends is aborted", async () => {
  const endless = answering((request, response) => {
    const drops = setInterval(() => response.write(" "), 50);
    request.socket.once("close", () => clearInterval(drops));
  });
  const error = await failureOf(`http://127.0.0.1:${await listening(endless)}`, "POST");
  expect(error.message).toMatch(/did not answer in time[\s\S]*may or may not have carried out/);
  expect(error.mayHaveArrived).toBe(true);
});

test("a response that is too large is aborted", async () => {
  const bomb = gzipSync(Buffer.alloc((mostMegabytes + 1) * 1_048_576));
  const answer = answering((_, response) =>
    response.writeHead(200, { "Content-Encoding": "gzip" }).end(bomb),
  );
  const error = await failureOf(`http://127.0.0.1:${await listening(answer)}`, "POST", 10_000);
  expect(error.message).toMatch(/longer than 128 MB[\s\S]*may or may not have carried out/);
  expect(error.mayHaveArrived).toBe(true);
});

test("Node does not know the certificate's issuer", async () => {
  const port = await listening(https.createServer(tls, (_, response) => response.end("{}")));
  const error = await failureOf(`https://127.0.0.1:${port}`, "POST");
  expect(error.message).toMatch(/certificate of .* is not trusted[\s\S]*NODE_EXTRA_CA_CERTS/);
  expect(error.mayHaveArrived).toBe(false);
});

test("a server speaks http to a request in https, and the reverse", async () => {
  const plain = await listening(answering((_, response) => response.end("{}")));
  expect((await failureOf(`https://127.0.0.1:${plain}`)).message).toMatch(/speaks http, not https/);
  const secure = await listening(https.createServer(tls, (_, response) => response.end("{}")));
  expect((await failureOf(`http://127.0.0.1:${secure}`)).message).toMatch(
    new RegExp(`speaks https, not http[\\s\\S]*posthog:host https://127.0.0.1:${secure}`),
  );
  const words = "The plain HTTP request was sent to HTTPS port";
  const nginx = await listening(answering((_, response) => response.writeHead(400).end(words)));
  expect((await failureOf(`http://127.0.0.1:${nginx}`)).message).toMatch(/speaks https, not http/);
});

test("a dropped connection is none of these", async () => {
  const port = await listening(createServer((socket) => socket.once("data", () => socket.destroy())));
  expect((await failureOf(`http://127.0.0.1:${port}`)).message).toMatch(/no answer from .*\(ECONNRESET\)/);
});

test("a redirect is not followed, and its target is named", async () => {
  const to = "https://127.0.0.1/api/";
  const port = await listening(answering((_, response) => response.writeHead(301, { location: to }).end()));
  expect((await failureOf(`http://127.0.0.1:${port}`)).message).toMatch(
    /answered 301: a redirect to https:\/\/127\.0\.0\.1\/api\/[\s\S]*wants https/,
  );
});

describe("a proxy", () => {
  test("refuses the connection", async () => {
    process.env.HTTPS_PROXY = "http://127.0.0.1:9";
    expect((await failureOf(host)).message).toMatch(/the proxy on the way .* refused .*port 9/);
    process.env.HTTP_PROXY = "http://127.0.0.1:9";
    expect((await failureOf("http://posthog.acme.test")).message).toMatch(/the proxy .* refused .*port 9/);
  });

  test("requires a login", async () => {
    const proxy = http.createServer((_, response) => response.writeHead(407).end());
    proxy.on("connect", (_, socket) => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
    const address = `http://127.0.0.1:${await listening(proxy)}`;
    process.env.HTTPS_PROXY = address;
    process.env.HTTP_PROXY = address;
    for (const url of [host, "http://posthog.acme.test"])
      expect((await failureOf(url)).message).toMatch(
        /the proxy requires authentication[\s\S]*<user>:<password>/,
      );
  });
});
