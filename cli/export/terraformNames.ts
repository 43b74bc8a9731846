/** A person by all their names in Terraform and PostHog. */
export interface MemberName {
  readonly email: string;
  readonly userUuid: string;
  /** The id of the membership in the organization. */
  readonly membershipId?: string;
}

/** How a program refers to the person behind a user UUID or a membership id: by e-mail address. */
export function personNamed(id: unknown, people: readonly MemberName[]): string | undefined {
  if (typeof id !== "string") return undefined;
  const wanted = id.toLowerCase();
  return people.find(
    ({ userUuid, membershipId }) =>
      userUuid.toLowerCase() === wanted || membershipId?.toLowerCase() === wanted,
  )?.email;
}
