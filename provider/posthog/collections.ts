/**
 * What was read in this run, by name. Each collection is read once however many resources ask for it at the same
 * time; a failed read is forgotten, so that the next one tries again.
 */
export class Collections {
  private readonly entries = new Map<string, Promise<unknown>>();

  /** The collection of that name, read on first use. */
  get<T>(name: string, read: () => Promise<T>): Promise<T> {
    const known = this.entries.get(name);
    // The name decides the type: each name is used by one endpoint file, with one reader.
    if (known !== undefined) return known as Promise<T>;
    const reading = read();
    this.entries.set(name, reading);
    reading.catch(() => {
      if (this.entries.get(name) === reading) this.entries.delete(name);
    });
    return reading;
  }

  /** Applies a write to a collection that is already known, so that it need not be read again. */
  async patch<T>(name: string, change: (known: T) => T): Promise<void> {
    const known = this.entries.get(name);
    if (known === undefined) return;
    const patched = (known as Promise<T>).then(change);
    this.entries.set(name, patched);
    await patched.catch(() => this.entries.delete(name));
  }

  /** Forgets the collections whose name starts with the prefix. */
  forget(prefix: string): void {
    for (const name of this.entries.keys()) {
      if (name.startsWith(prefix)) this.entries.delete(name);
    }
  }
}
