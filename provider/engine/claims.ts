/** Ends a claim that covers everything below it: `project/42/*`. */
const everything = "*";

/**
 * Which resource of the program manages what, within one run. Two that manage the same thing would undo each other
 * on every update, and deleting one would take the other's away.
 */
export class Claims {
  private readonly owners = new Map<string, Map<string, string>>();

  /**
   * Claims addresses for a resource, and returns the other resource that has one of them, if any. Claiming again for
   * the same resource replaces its earlier claims.
   *
   * @param connection what the addresses are relative to: one organisation of one account.
   */
  claim(connection: string, resource: string, addresses: readonly string[]): string | undefined {
    const known = this.owners.get(connection) ?? new Map<string, string>();
    this.owners.set(connection, known);
    for (const [address, owner] of known) {
      if (owner === resource) known.delete(address);
    }
    const wanted = new Set(addresses);
    for (const [address, owner] of known) {
      if ([...wanted].some((one) => overlap(one, address))) return owner;
    }
    for (const address of wanted) known.set(address, resource);
    return undefined;
  }
}

/** Whether two addresses are the same, or one covers the other. */
export function overlap(one: string, other: string): boolean {
  return one === other || covers(one, other) || covers(other, one);
}

function covers(wide: string, narrow: string): boolean {
  return wide.endsWith(everything) && narrow.startsWith(wide.slice(0, -everything.length));
}
