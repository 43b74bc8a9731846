import { BlockList, isIP } from "node:net";

const INTERNAL_ENDINGS = [
  ".local",
  ".internal",
  ".consul",
  ".lan",
  ".home",
  ".corp",
  ".localdomain",
  ".home.arpa",
  ".intranet",
  ".priv",
];

const PRIVATE_ADDRESSES = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["224.0.0.0", 3],
] as const) {
  PRIVATE_ADDRESSES.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
] as const) {
  PRIVATE_ADDRESSES.addSubnet(network, prefix, "ipv6");
}

/**
 * Why PostHog would not fetch an organization's URL; undefined if it would. Only the URL's text counts: names are not
 * resolved (PostHog: URL validation).
 */
export function reasonAgainstFetching(text: string): string | undefined {
  const url = parse(text);
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    return "URL must start with http:// or https://";
  }
  const host = url.hostname.replace(/^\[|\]$|\.$/g, "");
  if (["169.254.169.254", "metadata.google.internal"].includes(host)) {
    return "Local/metadata host";
  }
  if (["localhost", "127.0.0.1", "::1"].includes(host)) {
    return "Local/Loopback host not allowed";
  }
  const ending = INTERNAL_ENDINGS.find((one) => host.endsWith(one));
  if (ending !== undefined) {
    return `Internal domain pattern blocked: ${ending}`;
  }
  return isPrivateAddress(host) ? "Private IP address not allowed" : undefined;
}

/** Whether discovery can start from an OpenID Connect issuer's URL. */
export function isIssuerUrl(text: string): boolean {
  const url = parse(text);
  return url?.protocol === "https:" && `${url.username}${url.password}` === "" && !/[?#]/.test(text);
}

function isPrivateAddress(host: string): boolean {
  const version = isIP(host);
  return version !== 0 && PRIVATE_ADDRESSES.check(host, version === 6 ? "ipv6" : "ipv4");
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
