import type { DeclaredResource, Values } from "../../../provider/policy/rules/declared";
import { atLeastTwoOwners } from "../../../provider/policy/rules/owners";
import { declare, found, later } from "./support";

const member = (name: string, values: Values): DeclaredResource =>
  declare("OrganizationMember", name, { user: `${name}@acme.test`, ...values });
const owner = (name: string, values: Values = {}): DeclaredResource =>
  member(name, { level: "owner", ...values });

describe("a stack passes", () => {
  test.each<[string, DeclaredResource[]]>([
    ["that declares nobody", []],
    [
      "that declares members and admins only",
      [member("ann", { level: "member" }), member("bob", { level: 8 })],
    ],
    ["that leaves levels to PostHog", [member("ann", {}), member("bob", {})]],
    ["with two owners", [owner("ann"), owner("bob")]],
    ["with an owner by name and one by number", [owner("ann"), member("bob", { level: 15 })]],
    ["whose other owner is known only by its UUID", [owner("ann"), owner("bob", { user: "0d4f" })]],
    ["whose second owner's address is not known yet", [owner("ann"), owner("bob", { user: later })]],
    ["whose other member's level is not known yet", [owner("ann"), member("bob", { level: later })]],
  ])("%s", (_name, resources) => {
    expect(found(atLeastTwoOwners, resources)).toEqual([]);
  });
});

describe("a stack has too few", () => {
  const alone = 'OrganizationMember "ann" (level): the stack declares 1 owner; the minimum is 2';

  test.each<[string, DeclaredResource[]]>([
    ["with one", [owner("ann")]],
    ["with one, and others who are not", [owner("ann"), member("bob", { level: "admin" })]],
  ])("%s", (_name, resources) => {
    expect(found(atLeastTwoOwners, resources)).toEqual([alone]);
  });

  test.each<[string, DeclaredResource[]]>([
    ["in other capitals", [owner("ann"), owner("again", { user: "Ann@Acme.Test" })]],
    [
      "once by address and once by UUID, as PostHog shows",
      [owner("ann", { userUuid: "0D4F" }), owner("again", { user: "0d4f", userUuid: "0d4f" })],
    ],
  ])("with the same person twice, %s", (_name, resources) => {
    expect(found(atLeastTwoOwners, resources)).toEqual([alone.replace('"ann"', '"ann" and "again"')]);
  });

  test("if more are required, listing all of them", () => {
    expect(found(atLeastTwoOwners, [owner("ann"), owner("bob")], { minimum: 3 })).toEqual([
      'OrganizationMember "ann" and "bob" (level): the stack declares 2 owners; the minimum is 3',
    ]);
  });
});

describe("several organizations in one stack", () => {
  const acme = { account: "acme", organizationUuid: "aaaa" };
  const globex = { account: "globex", organizationUuid: "bbbb" };

  test("each need their owners", () => {
    expect(found(atLeastTwoOwners, [owner("ann", acme), owner("gus", globex), owner("gil", globex)])).toEqual(
      [expect.stringContaining('OrganizationMember "ann"')],
    );
  });

  test("are distinguished by what PostHog returns, in any resource", () => {
    const projects = [declare("Project", "one", acme), declare("Project", "two", globex)];
    const people = [owner("ann", { account: "acme" }), owner("gus", { account: "globex" })];
    expect(found(atLeastTwoOwners, [...people, ...projects]).length).toBe(2);
  });

  test("may be the same one under two names", () => {
    const slug = { organizationId: "acme", organizationUuid: "aaaa" };
    expect(found(atLeastTwoOwners, [owner("ann", acme), owner("bob", slug)])).toEqual([]);
  });

  test("do not count as two while the preview cannot know", () => {
    const people = [owner("ann", { account: "acme" }), owner("bob", { organizationId: "acme" })];
    expect(found(atLeastTwoOwners, people)).toEqual([]);
    expect(found(atLeastTwoOwners, [...people, declare("Project", "one", acme)])).toEqual([]);
  });
});
