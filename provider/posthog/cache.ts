/** Something whose reads are kept for one run. Another `run` object begins a new one, which knows nothing yet. */
interface RunOwner {
  readonly run: object;
}

/** Keeps one thing for each owner and key, such as a project's number; it is made on first use in a run. */
export function perRun<Owner extends RunOwner, Keys extends readonly (string | number)[], Kept>(
  make: (owner: Owner, ...keys: Keys) => Kept,
): (owner: Owner, ...keys: Keys) => Kept {
  const runs = new WeakMap<object, Map<string, Kept>>();
  return (owner, ...keys) => {
    const kept = runs.get(owner.run) ?? new Map<string, Kept>();
    runs.set(owner.run, kept);
    const name = JSON.stringify(keys);
    const one = kept.get(name) ?? make(owner, ...keys);
    kept.set(name, one);
    return one;
  };
}

/**
 * A value that is read once however many resources ask for it at the same time, and follows what is written. A failed
 * read is forgotten, so that the next one tries again.
 */
export class Cached<T> {
  private known: Promise<T> | undefined;

  constructor(private readonly read: () => Promise<T>) {}

  /** The value, read on first use. */
  get(): Promise<T> {
    return this.known ?? this.keep(this.read());
  }

  /** Applies a write to what is known or being read: the read may have been answered before the write. */
  async change(apply: (known: T) => T): Promise<void> {
    if (this.known === undefined) return;
    await this.keep(this.known.then(apply)).catch(() => {});
  }

  /** Takes what a write answered in place of what was read, or is being read. */
  set(value: T): void {
    this.keep(Promise.resolve(value));
  }

  /** Makes the next `get` read again. */
  forget(): void {
    this.known = undefined;
  }

  private keep(value: Promise<T>): Promise<T> {
    this.known = value;
    value.catch(() => {
      if (this.known === value) this.known = undefined;
    });
    return value;
  }
}

/** A list that is read once a run and follows what is written. `Absent` is what servers without such a list have. */
export class CachedList<T, Absent extends undefined = never> {
  private readonly cached: Cached<T[] | Absent>;

  constructor(
    read: () => Promise<T[] | NoInfer<Absent>>,
    private readonly idOf: (item: T) => string | number,
  ) {
    this.cached = new Cached(read);
  }

  /** All items. */
  list(): Promise<T[] | Absent> {
    return this.cached.get();
  }

  /** The item of that id, or undefined. */
  async get(id: string | number): Promise<T | undefined> {
    return (await this.list())?.find((item) => this.idOf(item) === id);
  }

  /** Adds an item, or puts it in the place of the one with its id. */
  upsert(item: T): Promise<void> {
    const id = this.idOf(item);
    return this.change((items) =>
      items.some((one) => this.idOf(one) === id)
        ? items.map((one) => (this.idOf(one) === id ? item : one))
        : [...items, item],
    );
  }

  /** Changes the item with that id, if it exists. */
  update(id: string | number, apply: (item: T) => T): Promise<void> {
    return this.change((items) => items.map((one) => (this.idOf(one) === id ? apply(one) : one)));
  }

  /** Takes the item of that id out. */
  remove(id: string | number): Promise<void> {
    return this.change((items) => items.filter((item) => this.idOf(item) !== id));
  }

  /** Makes the next look at the list read it again. */
  forget(): void {
    this.cached.forget();
  }

  /** Whether the list, read again now, has the item of that id. */
  async stillHas(id: string | number): Promise<boolean> {
    this.forget();
    return (await this.get(id)) !== undefined;
  }

  /** A write shows that the server has the list, whatever was read. */
  private change(apply: (items: readonly T[]) => T[]): Promise<void> {
    return this.cached.change((items) => apply(items ?? []));
  }
}
