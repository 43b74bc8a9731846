/** Ends a claim that covers everything below it: `project/42/*`. */
const everything = "*";

/**
 * Which resource of the program manages what, within one run. Two that manage the same object would undo each other on
 * every update, and deleting one would delete the other's object.
 */
export class Claims {
  private readonly ledgers = new Map<string, Ledger>();

  /**
   * Claims addresses for a resource, and returns the other resource that has one of them, if any. Claiming again for
   * the same resource replaces its earlier claims.
   *
   * @param connection the scope of the addresses: one organization of one server.
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

/**
 * The claims on one organization. Finding an owner takes time by the depth of an address, not by the number of claims.
 */
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

  /** The resource with this address, one that covers it, or one that it covers. */
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

/** What a resource of the program does to a role in this update. */
export interface ExpectedRole {
  /** Missing until the role exists. */
  readonly id?: string;
  /** The new name; missing if the resource does not set it. */
  readonly name?: string;
  /** UUIDs of the users who join. */
  readonly joining: readonly string[];
  /** UUIDs of the users who leave. */
  readonly leaving: readonly string[];
  /** Whether others may join or leave, because the declared members are not known yet. */
  readonly isOpen: boolean;
}

/** What a resource of the program calls its object, for kinds whose names are unique. */
export interface ExpectedName {
  /** The resource, as messages name it: `Project "staging"`. */
  readonly resource: string;
  /** The name of the last run; missing for a new resource. */
  readonly before?: string;
  /** The declared name. */
  readonly after: string;
  /** Whether the program asks for a second object of that name. */
  readonly isSecond: boolean;
}

/** What the previously previewed resources do, within one run: one entry for each. */
export class Expected<Entry> {
  private readonly known = new Map<string, Map<string, Entry>>();

  /**
   * Records what a resource does, in place of its earlier entry.
   *
   * @param connection the scope of the entry: one organization of one server.
   */
  expect(connection: string, resource: string, entry: Entry): void {
    const entries = this.known.get(connection) ?? new Map<string, Entry>();
    this.known.set(connection, entries.set(resource, entry));
  }

  of(connection: string): readonly Entry[] {
    return [...(this.known.get(connection)?.values() ?? [])];
  }
}
