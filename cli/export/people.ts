import type { Person } from "../../provider/access/snapshot";
import { isUser } from "../../provider/matrix/schema";

/** How a file names a person: by the e-mail address, or by the UUID where that is none or not the person's alone. */
export type Spell = (person: Person) => string;

/** Decides for everybody how they are named. */
export function spelling(people: readonly Person[]): Spell {
  const holders = new Map<string, number>();
  for (const { email } of people) {
    const address = email.toLowerCase();
    holders.set(address, (holders.get(address) ?? 0) + 1);
  }
  return ({ email, userUuid }) =>
    isUser(email) && holders.get(email.toLowerCase()) === 1 ? email : userUuid;
}

/** Orders texts for people and for clean diffs, whatever their capitals. */
export function byText(left: string, right: string): number {
  const [one, other] = [left.toLowerCase(), right.toLowerCase()];
  return one < other ? -1 : one > other ? 1 : left < right ? -1 : left > right ? 1 : 0;
}
