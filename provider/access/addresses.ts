/** Whether a host name of a URL stands for this machine itself. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

/** What is wrong with a web address; undefined for one that nobody on the way can read or change. */
export function addressProblem(address: string): string | undefined {
  if (!URL.canParse(address)) return "must be a web address, such as https://idp.acme.com/metadata";
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== "" || password !== "") return "must not hold a user name or password";
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) return undefined;
  return "must begin with https://";
}
