/** Ends a claim that covers everything below it: `project/42/*`. */
const everything = "*";

/**
 * Which resource of the program manages what, within one run. Two that manage the same thing would undo each other
 * on every update, and deleting one would take the other's away.
 */
export class Claims {
  private readonly ledgers = new Map<string, Ledger>();

  /**
   * Claims addresses for a resource, and returns the other resource that has one of them, if any. Claiming again for
   * the same resource replaces its earlier claims.
   *
   * @param connection what the addresses are relative to: one organization of one account.
   */
  claim(connection: string, resource: string, addresses: readonly string[]): string | undefined {
    const ledger = this.ledgers.get(connection) ?? new Ledger();
    this.ledgers.set(connection, ledger);
    ledger.release(resource);
    for (const address of addresses) {
      const owner = ledger.ownerOf(address);
      if (owner !== undefined) return owner;
    }
    ledger.enter(resource, addresses);
    return undefined;
  }

  /** Whether a resource has claimed exactly this address. */
  isClaimed(connection: string, address: string): boolean {
    return this.ledgers.get(connection)?.holds(address) === true;
  }
}

/** The claims on one organization. A look-up costs the depth of an address, not the number of claims. */
class Ledger {
  private readonly owners = new Map<string, string>();
  private readonly entries = new Map<string, readonly string[]>();

  release(resource: string): void {
    for (const address of this.entries.get(resource) ?? []) this.owners.delete(address);
    this.entries.delete(resource);
  }

  enter(resource: string, addresses: readonly string[]): void {
    for (const address of addresses) this.owners.set(address, resource);
    this.entries.set(resource, addresses);
  }

  holds(address: string): boolean {
    return this.owners.has(address);
  }

  /** Who has the address itself, one that covers it, or one that it covers. */
  ownerOf(address: string): string | undefined {
    const owner = [address, ...coversOf(address)].map((known) => this.owners.get(known)).find(Boolean);
    if (owner !== undefined || !address.endsWith(everything)) return owner;
    const prefix = address.slice(0, -everything.length);
    const below = [...this.owners].find(([known]) => known.startsWith(prefix));
    return below?.[1];
  }
}

/** The addresses that would cover this one: `a/b/*` and `a/*` for `a/b/c`. */
function coversOf(address: string): string[] {
  const steps = address.split("/");
  return steps.map((_, index) => [...steps.slice(0, steps.length - 1 - index), everything].join("/"));
}
