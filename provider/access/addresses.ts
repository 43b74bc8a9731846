/** Whether the host name of a URL is this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

const link = /[a-z][a-z0-9+.-]*:\/\/|\b(?:javascript|data|vbscript|file|ftp|mailto|tel|sms):|www\./i;
const bareDomain = /\b(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\b/i;
const invisible = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
const lineBreaks = { name: /[\p{Cc}\u2028\u2029]/u, message: /(?![\t\n])[\p{Cc}\u2028\u2029]/u };

/**
 * Why servers since 2026 reject a text that they put into e-mails; undefined if they accept it. Names of organizations
 * and people must not even contain a bare domain name (PostHog: email utils).
 */
export function mailedTextProblem(text: string, kind: "name" | "message"): string | undefined {
  const normal = text.normalize("NFKC");
  if (lineBreaks[kind].test(text)) return "must not hold line breaks or control characters";
  if (invisible.test(normal)) return "must not hold invisible characters";
  if (/[<>]/.test(normal)) return "must not hold < or >";
  if (link.test(normal)) return "must not hold a web address";
  return kind === "name" && bareDomain.test(normal) ? "must not hold the name of a domain" : undefined;
}

/** What is wrong with a web address; undefined for one whose traffic nobody on the way can read or change. */
export function addressProblem(address: string): string | undefined {
  if (!URL.canParse(address)) return "must be a web address, such as https://idp.acme.com/metadata";
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== "" || password !== "") return "must not hold a user name or password";
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) return undefined;
  return "must begin with https://";
}
