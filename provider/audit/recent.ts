/** How many ids are remembered: more than entries of one moment, or than appear while a page is read. */
const mostRemembered = 20_000;

/** The latest ids of a log that is read in order, so that a log of any length takes the same memory. */
export class RecentIds {
  private readonly ids = new Set<string>();

  /** Remembers an id; false if it was there lately. */
  add(id: string): boolean {
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    if (this.ids.size > mostRemembered) {
      const [oldest] = this.ids;
      if (oldest !== undefined) this.ids.delete(oldest);
    }
    return true;
  }
}
