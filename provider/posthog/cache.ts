/** Owns reads that are cached for one run. A new `run` object starts a new run with nothing cached. */
interface RunOwner {
  readonly run: object;
}

/** Keeps one value for each owner and key, such as a project's number; created on first use in a run. */
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
 * A value that is read once, however many resources ask for it at the same time, and that follows writes. A failed read
 * is forgotten, so that the next one tries again.
 */
export class Cached<T> {
  private known: Promise<T> | undefined;

  constructor(private readonly read: () => Promise<T>) {}

  /** The value, read on first use. */
  get(): Promise<T> {
    return this.known ?? this.keep(this.read());
  }

  /** Applies a write to the known value or to the running read, which may have been answered before the write. */
  async change(apply: (known: T) => T): Promise<void> {
    if (this.known === undefined) return;
    await this.keep(this.known.then(apply)).catch(() => {});
  }

  /** Replaces the known value or the running read with the response to a write. */
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

/** A list that is read once per run and follows writes. `Absent` is the value on servers without such a list. */
export class CachedList<T, Absent extends undefined = never> {
  private readonly cached: Cached<T[] | Absent>;

  constructor(
    read: () => Promise<T[] | NoInfer<Absent>>,
    private readonly idOf: (item: T) => string | number,
  ) {
    this.cached = new Cached(read);
  }

  list(): Promise<T[] | Absent> {
    return this.cached.get();
  }

  async get(id: string | number): Promise<T | undefined> {
    return (await this.list())?.find((item) => this.idOf(item) === id);
  }

  /** Adds an item, or replaces the one with its id. */
  upsert(item: T): Promise<void> {
    const id = this.idOf(item);
    return this.change((items) =>
      items.some((one) => this.idOf(one) === id)
        ? items.map((one) => (this.idOf(one) === id ? item : one))
        : [...items, item],
    );
  }

  update(id: string | number, apply: (item: T) => T): Promise<void> {
    return this.change((items) => items.map((one) => (this.idOf(one) === id ? apply(one) : one)));
  }

  remove(id: string | number): Promise<void> {
    return this.change((items) => items.filter((item) => this.idOf(item) !== id));
  }

  /** Makes the next access read the list again. */
  forget(): void {
    this.cached.forget();
  }

  /** Whether the list, read again now, contains the item. */
  async stillHas(id: string | number): Promise<boolean> {
    this.forget();
    return (await this.get(id)) !== undefined;
  }

  /** A write shows that the server has the list, whatever was read. */
  private change(apply: (items: readonly T[]) => T[]): Promise<void> {
    return this.cached.change((items) => apply(items ?? []));
  }
}
