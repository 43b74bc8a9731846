/** What a resource of the program makes of a role in this update. */
export interface ExpectedRole {
  /** Missing while the role is not made. */
  readonly id?: string;
  /** The name that it has afterwards; missing where the resource does not say. */
  readonly name?: string;
  /** User UUIDs of those who join. */
  readonly joining: readonly string[];
  /** User UUIDs of those who leave. */
  readonly leaving: readonly string[];
  /** Whether somebody else may join or leave: who is declared is not known yet. */
  readonly isOpen: boolean;
}

/** What the resources of the program that were looked at before make of the roles, within one run. */
export class ExpectedRoles {
  private readonly known = new Map<string, Map<string, ExpectedRole>>();

  /**
   * Notes what a resource makes of a role, in place of what it said before.
   *
   * @param connection what the role is in: one organization of one account.
   */
  expect(connection: string, resource: string, role: ExpectedRole): void {
    const roles = this.known.get(connection) ?? new Map<string, ExpectedRole>();
    this.known.set(connection, roles.set(resource, role));
  }

  /** All that is expected in an organization. */
  of(connection: string): readonly ExpectedRole[] {
    return [...(this.known.get(connection)?.values() ?? [])];
  }
}
