import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { BlockList, isIPv6 } from "node:net";
import axios from "axios";
import { addressProblem, isLoopback } from "../access/addresses";
import { Cached, perRun } from "./cache";
import type { Connection } from "./connection";
import { ConnectionError, PosthogError, RefusedError } from "./errors";

/** No identity provider's metadata comes near this size. */
const mostBytes = 1_048_576;
const mostRedirects = 3;
/** For the document and all its redirects. */
const timeoutMs = 15_000;
/** Identity providers take some seconds to publish what was just created. */
const pauseBeforeRetryMs = 5_000;

/** An address's response in this run, including failures: each attempt may take as long as the timeout. */
const keptMetadata = perRun(
  (_: Connection, url: string) => new Cached(() => download(url).then(succeeded, failed)),
);

const secondAttempts = perRun(
  (connection: Connection, url: string) =>
    new Cached(async () => {
      await connection.clock.sleep(pauseBeforeRetryMs);
      keptMetadata(connection, url).forget();
    }),
);

type Answer = { readonly document: string } | { readonly error: unknown };
const succeeded = (document: string): Answer => ({ document });
const failed = (error: unknown): Answer => ({ error });

/**
 * An identity provider's published SAML metadata, fetched once per run without PostHog.
 *
 * The host that responds decides who can sign in to PostHog, so a redirect may not lead to another host, leave https,
 * or end in a private network that the address itself is not in.
 */
export async function fetchSamlMetadata(connection: Connection, url: string): Promise<string> {
  const answer = await keptMetadata(connection, url).get();
  if ("error" in answer) throw answer.error;
  return answer.document;
}

/**
 * Makes the next fetch ask the address again, after a pause. This happens once per run, however many resources need the
 * document.
 */
export function retrySamlMetadata(connection: Connection, url: string): Promise<void> {
  return secondAttempts(connection, url).get();
}

async function download(start: string): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs);
  const hosts = new Resolver();
  let url = new URL(start);
  try {
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const { status, headers, data } = await axios.get<string>(url.href, {
        signal,
        maxRedirects: 0,
        maxContentLength: mostBytes,
        responseType: "text",
        transformResponse: (body: unknown) => body,
        validateStatus: (code) => code >= 200 && code < 400,
        // A proxy cannot reach this machine's local servers.
        proxy: isLoopback(url.hostname) ? false : undefined,
        lookup: async (name: string) => [await hosts.resolve(name)],
      });
      if (status < 300) return data;
      url = redirected(start, url, headers.location);
    }
  } catch (error) {
    if (hosts.hasRefused) throw refused(start, "it redirects into a private network");
    if (error instanceof PosthogError) throw error;
    throw unanswered(url, error);
  }
  throw refused(start, `it redirects more than ${mostRedirects} times`);
}

/** The target of a redirect; throws if it may not be followed. */
export function redirected(start: string, from: URL, location: unknown): URL {
  if (typeof location !== "string" || !URL.canParse(location, from.href))
    throw refused(start, "it redirects to nowhere");
  const to = new URL(location, from);
  if (to.host !== from.host) throw refused(start, `it redirects to another host, ${to.host}`);
  const problem = addressProblem(to.href);
  if (problem !== undefined) throw refused(start, `it redirects to an address that ${problem}`);
  return to;
}

/** Resolves host names. After returning an internet address, it returns none in a private network. */
export class Resolver {
  hasRefused = false;
  private isOnInternet = false;

  constructor(
    private readonly ask: (name: string) => Promise<LookupAddress[]> = (name) => lookup(name, { all: true }),
  ) {}

  async resolve(name: string): Promise<LookupAddress[]> {
    const addresses = await this.ask(name);
    const isPrivate = addresses.some(({ address }) => isPrivateAddress(address));
    this.hasRefused = isPrivate && this.isOnInternet;
    if (this.hasRefused) throw new Error("a private address");
    this.isOnInternet = !isPrivate;
    return addresses;
  }
}

const privateNetworks = new BlockList();
privateNetworks.addSubnet("0.0.0.0", 8, "ipv4");
privateNetworks.addSubnet("10.0.0.0", 8, "ipv4");
privateNetworks.addSubnet("100.64.0.0", 10, "ipv4");
privateNetworks.addSubnet("127.0.0.0", 8, "ipv4");
privateNetworks.addSubnet("169.254.0.0", 16, "ipv4");
privateNetworks.addSubnet("172.16.0.0", 12, "ipv4");
privateNetworks.addSubnet("192.168.0.0", 16, "ipv4");
privateNetworks.addSubnet("::", 127, "ipv6");
privateNetworks.addSubnet("fc00::", 7, "ipv6");
privateNetworks.addSubnet("fe80::", 10, "ipv6");

/** Whether an IP address is loopback, private or link-local; IPv4 addresses within IPv6 count too. */
function isPrivateAddress(address: string): boolean {
  return privateNetworks.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

function refused(start: string, how: string): RefusedError {
  return new RefusedError(`reading the SAML metadata from ${new URL(start).host} was refused: ${how}`, {
    why: "The host that answers there decides whom PostHog lets in.",
    fix: "Check where the address leads. If that is your identity provider, set metadataUrl to the target itself.",
  });
}

function unanswered({ host, pathname }: URL, error: unknown): ConnectionError {
  const status = axios.isAxiosError(error) ? (error.response?.status ?? error.code) : undefined;
  const what = `reading the SAML metadata from ${host}${pathname} failed (${status ?? "no answer"})`;
  if (status === 404 || status === 410) {
    return new ConnectionError(
      what,
      {
        why: "There is nothing at that address, or not yet: what it belongs to may be made in the same run.",
        fix: "Build the address from an output that is known only once its object is there (of Keycloak's realm: id, not realm), so that the preview does not ask for it. Otherwise open it in a private browser window.",
      },
      false,
    );
  }
  return new ConnectionError(
    what,
    {
      why: "The identity provider does not answer this machine at that address, or asks for a sign-in.",
      fix: "Open the address in a private browser window; if it is not public, set metadataXml instead.",
    },
    false,
  );
}
