import { isDeepStrictEqual } from "node:util";
import type { User } from "./entities";

/** Who makes a write, and through which client, as the activity log records it. */
export interface Actor {
  readonly user: User | null;
  /** Whether the person acts through a personal API key instead of a session. */
  readonly with_key: boolean;
  readonly client: string | null;
  readonly ip_address: string | null;
  readonly was_impersonated: boolean;
}

/** The actor of changes without a person: seeds, background work, tests that write directly to the store. */
export const SYSTEM: Actor = {
  user: null,
  with_key: false,
  client: null,
  ip_address: null,
  was_impersonated: false,
};

/** One write, as hooks see it. */
export type Change<T> =
  | { readonly kind: "created"; readonly before: null; readonly after: T }
  | { readonly kind: "updated"; readonly before: T; readonly after: T }
  | { readonly kind: "deleted"; readonly before: T; readonly after: null };

/** Called after each write, in the order in which the hooks were added. */
type Hook<T> = (change: Change<T>, actor: Actor) => void;

export interface Row {
  readonly id: string | number;
}

/**
 * A table: rows by id and by indexed columns, with hooks on every write. Rows are frozen and replaced as a whole, so a
 * row never changes while someone reads it.
 */
export class Collection<T extends Row> {
  private readonly rows = new Map<T["id"], T>();
  private readonly indexes = new Map<keyof T, Map<unknown, Set<T["id"]>>>();
  private readonly hooks: Hook<T>[] = [];
  private readonly beforeDelete: ((row: T, actor: Actor) => void)[] = [];

  constructor(
    private readonly timestamp: () => string,
    indexed: readonly (keyof T)[] = [],
  ) {
    for (const column of indexed) {
      this.indexes.set(column, new Map());
    }
  }

  get size(): number {
    return this.rows.size;
  }

  /** Adds a hook that sees every later write. */
  onChange(hook: Hook<T>): void {
    this.hooks.push(hook);
  }

  /** Adds a hook that sees a row before its deletion, while everything that it refers to still exists. */
  onDelete(hook: (row: T, actor: Actor) => void): void {
    this.beforeDelete.push(hook);
  }

  get(id: T["id"] | null | undefined): T | undefined {
    return id === null || id === undefined ? undefined : this.rows.get(id);
  }

  /** Every row, oldest first. */
  all(): T[] {
    return [...this.rows.values()];
  }

  /** The rows with that value in the column, in the order in which they got it. */
  where<K extends keyof T>(column: K, value: T[K]): T[] {
    const index = this.indexes.get(column);
    if (index === undefined) {
      return this.all().filter((row) => row[column] === value);
    }
    const found: T[] = [];
    for (const id of index.get(value) ?? []) {
      const row = this.rows.get(id);
      if (row !== undefined) {
        found.push(row);
      }
    }
    return found;
  }

  find(test: (row: T) => boolean): T | undefined {
    for (const row of this.rows.values()) {
      if (test(row)) {
        return row;
      }
    }
    return undefined;
  }

  insert(row: T, actor: Actor): T {
    if (this.rows.has(row.id)) {
      throw new Error(`A row with the id ${row.id} is already there.`);
    }
    const after = Object.freeze({ ...row });
    this.put(after);
    this.notify({ kind: "created", before: null, after }, actor);
    return after;
  }

  /** Changes a row. If no value differs, writes nothing and calls no hook. */
  update(id: T["id"], patch: Partial<T>, actor: Actor): T {
    const before = this.rows.get(id);
    if (before === undefined) {
      throw new Error(`There is no row with the id ${id}.`);
    }
    if (isDeepStrictEqual({ ...before, ...patch }, { ...before })) {
      return before;
    }
    const touched = "updated_at" in before ? { updated_at: this.timestamp() } : {};
    const after = Object.freeze({ ...before, ...touched, ...patch });
    this.rows.set(id, after);
    for (const [column, index] of this.indexes) {
      if (before[column] !== after[column]) {
        index.get(before[column])?.delete(id);
        enter(index, after, column);
      }
    }
    this.notify({ kind: "updated", before, after }, actor);
    return after;
  }

  /** Removes a row; false if it did not exist. */
  delete(id: T["id"], actor: Actor): boolean {
    const before = this.rows.get(id);
    if (before === undefined) {
      return false;
    }
    for (const hook of this.beforeDelete) {
      hook(before, actor);
    }
    this.rows.delete(id);
    for (const [column, index] of this.indexes) {
      index.get(before[column])?.delete(id);
    }
    this.notify({ kind: "deleted", before, after: null }, actor);
    return true;
  }

  /** Saves the current rows and returns a function that restores them without calling hooks. */
  checkpoint(): () => void {
    const rows = this.all();
    return () => this.restore(rows);
  }

  private restore(rows: readonly T[]): void {
    this.rows.clear();
    for (const index of this.indexes.values()) {
      index.clear();
    }
    for (const row of rows) {
      this.put(row);
    }
  }

  private put(row: T): void {
    this.rows.set(row.id, row);
    for (const [column, index] of this.indexes) {
      enter(index, row, column);
    }
  }

  private notify(change: Change<T>, actor: Actor): void {
    for (const hook of this.hooks) {
      hook(change, actor);
    }
  }
}

function enter<T extends Row>(index: Map<unknown, Set<T["id"]>>, row: T, column: keyof T): void {
  const ids = index.get(row[column]) ?? new Set();
  index.set(row[column], ids.add(row.id));
}
