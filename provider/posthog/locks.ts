import { AsyncLocalStorage } from "node:async_hooks";

/** What takes locks: a connection. */
export interface LockTaker {
  /** Resolves once some requests could pass without waiting for the rate limit. */
  room(): Promise<void>;
  /** Reserves that room until the returned function is called; undefined if the room is used up. */
  reserve(): (() => void) | undefined;
  /** Forces new reads: someone else with their own reads held one of the locks last. */
  forgetReads(): void;
}

/**
 * The last lock that the running work holds, in their order. Node visits every storage that was ever used at each
 * asynchronous step, so all `Locks` share one.
 */
const held = new AsyncLocalStorage<{ readonly locks: Locks; readonly last: string }>();

/**
 * The locks of one process. Pulumi runs resources side by side; only one of them at a time reads, decides and writes
 * about one thing. Nothing else is serialized, and other processes are not covered.
 */
export class Locks {
  private readonly locks = new Map<string, Lock>();

  /** Whether the running work holds any lock. */
  get isHeld(): boolean {
    return this.lastHeld !== undefined;
  }

  private get lastHeld(): string | undefined {
    const store = held.getStore();
    return store?.locks === this ? store.last : undefined;
  }

  /**
   * Runs work while nobody else holds these locks; first come, first served. Locks are taken in the order of their
   * names, so that two pieces of work never wait for each other. Work that holds some may take others only if they come
   * later in that order: taking one that it already holds is an error, because it would wait for itself.
   */
  async exclusive<T>(names: readonly string[], taker: LockTaker, work: () => Promise<T>): Promise<T> {
    const order = [...new Set(names)].sort();
    const [first, last] = [order[0], order.at(-1)];
    if (first === undefined || last === undefined) return work();
    const before = this.lastHeld;
    if (before !== undefined && first <= before)
      throw new Error(`the lock ${first} comes before ${before}, which is held`);
    const locks = order.map((name) => this.lockOf(name));
    const release = await takeAll(locks, taker, before === undefined);
    try {
      return await held.run({ locks: this, last }, work);
    } finally {
      release();
    }
  }

  private lockOf(name: string): Lock {
    const known = this.locks.get(name) ?? new Lock();
    this.locks.set(name, known);
    return known;
  }
}

/** Something that one piece of work at a time may hold. */
class Lock {
  private last: Promise<void> = Promise.resolve();
  /** Who held it last. */
  taker: LockTaker | undefined;

  /** Waits for everyone who asked before; the returned function releases the lock. */
  async take(): Promise<() => void> {
    const before = this.last;
    let release = (): void => {};
    this.last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return release;
  }
}

/**
 * Takes locks in the given order.
 *
 * @param waitsForRoom whether to release them, and try again later, if the rate limit would make the work wait.
 */
async function takeAll(locks: readonly Lock[], taker: LockTaker, waitsForRoom: boolean): Promise<() => void> {
  while (true) {
    if (waitsForRoom) await taker.room();
    const releases: (() => void)[] = [];
    for (const lock of locks) releases.push(await lock.take());
    const release = (): void => {
      for (const one of releases) one();
    };
    const leave = waitsForRoom ? taker.reserve() : (): void => {};
    if (leave === undefined) {
      release();
      continue;
    }
    if (locks.some((lock) => lock.taker !== undefined && lock.taker !== taker)) taker.forgetReads();
    for (const lock of locks) lock.taker = taker;
    return () => {
      leave();
      release();
    };
  }
}
