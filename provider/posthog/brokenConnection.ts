import * as z from "zod";
import type { Remedy } from "./errors";

/** None of PostHog's responses come near this size. */
export const mostMegabytes = 128;

/** A request without a response, as far as this side knows. */
export interface BrokenConnection {
  /** PostHog's address, such as `https://eu.posthog.com`. */
  readonly host: string;
  /** Node's error code, such as `ECONNREFUSED`. */
  readonly code: string;
  /** Node's message, only used to distinguish errors that share a code. */
  readonly message: string;
  /** The name that DNS could not resolve, if so: the host's, or a proxy's. */
  readonly hostname?: string;
  /** The port that could not be connected to, if so: the host's, or a proxy's. */
  readonly port?: number;
  /** Whether a host that is configured with http speaks TLS. */
  readonly speaksTls?: boolean;
}

/** Why a connection failed. */
export interface ConnectionFailure extends Remedy {
  /** What happened, after `... failed: `. */
  readonly what: string;
  /** Whether the request may have reached PostHog. */
  readonly sent: boolean;
  /** Whether the next attempt would fail in the same way. */
  readonly isLasting: boolean;
}

const peer = z.looseObject({ hostname: z.string().optional(), port: z.number().optional() });
/** A host with several addresses fails with the errors of all of them. */
const causeSchema = z.looseObject({ ...peer.shape, errors: z.array(peer).optional() });

/** The target of a failed connection, from Node's error. */
export function peerOf(cause: unknown): Pick<BrokenConnection, "hostname" | "port"> {
  const parsed = causeSchema.safeParse(cause);
  if (!parsed.success) return {};
  const { hostname, port } = parsed.data.errors?.[0] ?? parsed.data;
  return { hostname, port };
}

const proxyFix =
  "Check the proxy in HTTPS_PROXY (HTTP_PROXY for an http host), or except the host with NO_PROXY.";
const unknownName = new Set(["ENOTFOUND", "EAI_AGAIN", "ENODATA"]);
const untrusted = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_UNTRUSTED",
]);
const outOfTime = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);
// A canceled request has timed out.
const timeouts = new Set(["ETIMEDOUT", "ECONNABORTED", "ERR_CANCELED"]);
const unreachable = new Set(["ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EADDRNOTAVAIL"]);

/** Explains why a connection failed, and the fix. */
export function explainFailure(broken: BrokenConnection): ConnectionFailure {
  const { host, code, message, speaksTls } = broken;
  if (unknownName.has(code)) return nameNotFound(broken);
  if (code === "ECONNREFUSED") return refused(broken);
  if (untrusted.has(code)) {
    return {
      what: `the certificate of ${host} is not trusted (${code})`,
      why: "The server's own authority, or that of a proxy that inspects the traffic, signed it; Node does not know it.",
      fix: "Save that authority's certificate as a PEM file, and set NODE_EXTRA_CA_CERTS=<file> where pulumi and this command run.",
      ...never,
    };
  }
  if (outOfTime.has(code)) {
    return {
      what: `the certificate of ${host} ${code === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet"} (${code})`,
      why: "The server sends an old certificate, or this machine's clock is wrong.",
      fix: "Check the clock; else renew the server's certificate.",
      ...never,
    };
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return {
      what: `the certificate of ${host} is for another name (${code})`,
      why: "Another server answers at this address, or the certificate lacks the name.",
      fix: "Set posthog:host to a name in the certificate, or have the name added to it.",
      ...never,
    };
  }
  if (code === "EPROTO") return handshakeFailed(host, message);
  if (speaksTls === true) return needsHttps(host);
  if (timeouts.has(code)) {
    return {
      what: `${host} did not answer in time (${code})`,
      why: "The server is busy, or a firewall or proxy on the way holds the request back.",
      fix: "Run again. If it happens again, look whether the host answers elsewhere, and whether a proxy is needed (HTTPS_PROXY).",
      sent: true,
      isLasting: false,
    };
  }
  if (/maxContentLength/.test(message)) {
    return {
      what: `the answer of ${host} is longer than ${mostMegabytes} MB`,
      why: "No answer of PostHog's is: another server, or a proxy, answers in its place.",
      fix: "Check posthog:host and the proxy settings (HTTPS_PROXY, NO_PROXY).",
      sent: true,
      isLasting: false,
    };
  }
  if (unreachable.has(code)) {
    return {
      what: `${host} could not be reached from this machine (${code})`,
      why: "The network has no way there.",
      fix: "Check the network and the VPN, then run again.",
      sent: false,
      isLasting: false,
    };
  }
  return {
    what: `no answer from ${host} (${code})`,
    why: "The connection broke: the server or a proxy on the way closed it.",
    fix: "Run again. If it happens again, check posthog:host and the proxy settings (HTTPS_PROXY, NO_PROXY).",
    sent: code !== "ERR_INVALID_URL",
    isLasting: false,
  };
}

/** The host is configured with http, but the server speaks only https. */
export function needsHttps(host: string): ConnectionFailure {
  return {
    what: `${host} speaks https, not http`,
    why: "The port is one for TLS.",
    fix: `pulumi config set posthog:host ${host.replace(/^http:/, "https:")} (or set POSTHOG_HOST)`,
    ...never,
  };
}

/** Nothing was sent, and retrying does not help until someone changes the setup. */
const never = { sent: false, isLasting: true } as const;

function nameNotFound({ host, code, hostname }: BrokenConnection): ConnectionFailure {
  const isProxy = hostname !== undefined && hostname !== hostnameOf(host);
  return {
    what: `the name ${isProxy ? `of the proxy, ${hostname},` : hostnameOf(host)} was not found (${code})`,
    why:
      code === "EAI_AGAIN"
        ? "The name server did not answer."
        : "DNS does not know the name, at least from here.",
    fix: isProxy ? proxyFix : "Check the spelling of posthog:host, the network and the VPN.",
    sent: false,
    isLasting: false,
  };
}

function refused({ host, code, port }: BrokenConnection): ConnectionFailure {
  const isProxy = port !== undefined && port !== portOf(host);
  return {
    what: isProxy
      ? `the proxy on the way to ${host} refused the connection (${code}, port ${port})`
      : `${host} refused the connection (${code})`,
    why: "Nothing listens on that port, or a firewall rejects it.",
    fix: isProxy
      ? proxyFix
      : "Check posthog:host and its port, and that the server runs; a network that needs a proxy needs HTTPS_PROXY.",
    sent: false,
    isLasting: false,
  };
}

function handshakeFailed(host: string, message: string): ConnectionFailure {
  if (/wrong version number|packet length too long|http request/i.test(message)) {
    return {
      what: `${host} speaks http, not https`,
      why: "The port is one without TLS, or HTTPS_PROXY names a proxy with https:// that speaks http.",
      fix: "Set posthog:host to the https port, or to http:// on a private network. Addresses of proxies usually begin with http://.",
      ...never,
    };
  }
  return {
    what: `no encrypted connection to ${host} could be agreed on (EPROTO)`,
    why: "The server, or a proxy on the way, supports no version of TLS that Node does, or asks for a client certificate.",
    fix: "Enable TLS 1.2 or newer there, or reach the host another way.",
    ...never,
  };
}

function hostnameOf(host: string): string {
  return new URL(host).hostname.replace(/^\[|\]$/g, "");
}

function portOf(host: string): number {
  const { port, protocol } = new URL(host);
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}

/**
 * What a redirect means. It is never followed, because that would send the key to another host.
 *
 * @param location the target, as the server sends it.
 */
export function explainRedirect(host: string, status: number, location: string): ConnectionFailure {
  const target = URL.canParse(location, host) ? new URL(location, host) : undefined;
  // The rest of the address may contain a secret.
  const shown = target === undefined ? "an address that is none" : `${target.origin}${target.pathname}`;
  const what = `${host} answered ${status}: a redirect to ${shown}`;
  const isSecured = target?.origin.replace(/^https:/, "http:").replace(/:\d+$/, "") === withoutPort(host);
  if (target?.protocol === "https:" && host.startsWith("http:") && isSecured) {
    const fix = `pulumi config set posthog:host ${target.origin} (or set POSTHOG_HOST)`;
    return { what, why: "The server wants https.", fix, ...never };
  }
  if (target === undefined || target.origin === host) {
    return {
      what,
      why: "A sign-in page or a proxy answers in PostHog's place.",
      fix: "Let requests to PostHog's API (/api/) pass it, or set posthog:host to an address without it.",
      ...never,
    };
  }
  return {
    what,
    why: "PostHog has another address, or a sign-in page answers in its place. Keys never follow a redirect.",
    fix: `If PostHog is there: pulumi config set posthog:host ${target.origin}; else let requests to /api/ pass the sign-in page.`,
    ...never,
  };
}

function withoutPort(host: string): string {
  const { protocol, hostname } = new URL(host);
  return `${protocol}//${hostname}`;
}
