import { memberOf } from "../../../provider/posthog/members";

const person = (email: string, uuid: string) => ({ user: { id: 1, email, uuid } });
const ann = person("ann@acme.test", "018f0000-0000-0000-0000-00000000000a");
const Ann = person("Ann@acme.test", "018f0000-0000-0000-0000-00000000000b");
const bob = person("Bob@acme.test", "018f0000-0000-0000-0000-00000000000c");

describe("the member that a program means", () => {
  test.each([
    ["an address as PostHog has it", "ann@acme.test", ann],
    ["the same address in other capitals, where that is someone else's", "Ann@acme.test", Ann],
    ["an address in any case, where nobody else has it", "BOB@ACME.TEST", bob],
    ["a UUID in any case", Ann.user.uuid.toUpperCase(), Ann],
    ["an address of nobody", "eve@acme.test", undefined],
  ])("%s", (_, name, expected) => {
    expect(memberOf(name, [ann, Ann, bob])).toBe(expected);
  });

  test("is not guessed if two addresses differ only in case", () => {
    expect(() => memberOf("ANN@acme.test", [ann, Ann, bob])).toThrow(/address of 2 people/);
  });
});
