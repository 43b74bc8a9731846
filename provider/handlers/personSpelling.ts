import { sameText } from "../arguments/fields";
import type { Properties } from "../engine/state";
import type { Connection } from "../posthog/connection";
import { listMembers, memberOf } from "../posthog/members";

/** How an argument that names a person behaves: by e-mail address or user UUID, and still after a new address. */
export const personField = {
  replaces: true,
  same: (stored: unknown, declared: unknown, { email, userUuid }: Properties): boolean =>
    [stored, email, userUuid].some((known) => sameText(known, declared)),
};

/** Whether another spelling still means the person in state. */
export async function isSamePerson(
  connection: Connection,
  declared: unknown,
  { userUuid }: Properties,
): Promise<boolean> {
  return (
    typeof declared === "string" && memberOf(declared, await listMembers(connection))?.user.uuid === userUuid
  );
}
