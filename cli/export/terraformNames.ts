/** A person by all names that Terraform and PostHog have for them. */
export interface MemberName {
  readonly email: string;
  readonly userUuid: string;
  /** The id of the membership in the organization. */
  readonly membershipId?: string;
}

/** How a program names the person behind a user UUID or the id of a membership: by e-mail address. */
export function personNamed(id: unknown, people: readonly MemberName[]): string | undefined {
  if (typeof id !== "string") return undefined;
  const wanted = id.toLowerCase();
  return people.find(
    ({ userUuid, membershipId }) =>
      userUuid.toLowerCase() === wanted || membershipId?.toLowerCase() === wanted,
  )?.email;
}
