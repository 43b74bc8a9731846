/** How many ids are remembered: more than the entries of one moment, or those that appear while a page is read. */
const mostRemembered = 20_000;

/** The latest ids of a log that is read in order, so that memory does not grow with the log. */
export class RecentIds {
  private readonly ids = new Set<string>();

  /** Remembers an id; false if it was seen recently. */
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
