/** The TXT records of a small public DNS, as far as domain verification looks things up. */
export class Dns {
  private readonly records = new Map<string, Set<string>>();

  /** Publishes a TXT record; several may stand under one name. */
  publish(name: string, text: string): void {
    const key = canonical(name);
    this.records.set(key, (this.records.get(key) ?? new Set()).add(text));
  }

  /** Withdraws one TXT record, or all of a name. */
  withdraw(name: string, text?: string): void {
    const key = canonical(name);
    if (text === undefined) {
      this.records.delete(key);
    } else {
      this.records.get(key)?.delete(text);
    }
  }

  /** The TXT records of a name. */
  lookUp(name: string): readonly string[] {
    return [...(this.records.get(canonical(name)) ?? [])];
  }

  /** Withdraws everything. */
  clear(): void {
    this.records.clear();
  }
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
