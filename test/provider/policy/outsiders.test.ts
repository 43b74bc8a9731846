import type { DeclaredResource, Values } from "../../../provider/policy/rules/declared";
import { noOutsideOwners } from "../../../provider/policy/rules/outsiders";
import { declare, found, later } from "./support";

const company = { domains: ["acme.test", "Acme.example"] };
const withAdmins = { ...company, levels: ["owner", "admin"] };

const member = (values: Values): DeclaredResource => declare("OrganizationMember", "bob", values);

describe("owners", () => {
  test.each<[string, Values, boolean]>([
    ["of the company", { user: "bob@acme.test", level: "owner" }, false],
    ["of the company, in capitals", { user: "Bob@ACME.Example", level: 15 }, false],
    ["of another company", { user: "bob@partner.test", level: "owner" }, true],
    ["of another company, by number", { user: "bob@partner.test", level: 15 }, true],
    ["of a subdomain", { user: "bob@eu.acme.test", level: "owner" }, true],
    ["of a domain that ends alike", { user: "bob@notacme.test", level: "owner" }, true],
    [
      "by UUID, whose address PostHog returned",
      { user: "0d4f", email: "bob@partner.test", level: "owner" },
      true,
    ],
    [
      "by UUID, whose address is of the company",
      { user: "0d4f", email: "Bob@Acme.test", level: "owner" },
      false,
    ],
    [
      "of the company, who has another address in PostHog by now",
      { user: "bob@acme.test", email: "bob@partner.test", level: "owner" },
      true,
    ],
    ["whose address is not known yet", { user: later, level: "owner" }, false],
    ["perhaps: the level is not known yet", { user: "bob@partner.test", level: later }, false],
  ])("%s", (_name, values, broken) => {
    expect(found(noOutsideOwners, [member(values)], company)).toEqual(
      broken ? [expect.stringMatching(/^OrganizationMember "bob": level gives ownership to bob@/)] : [],
    );
  });

  test("admins and members from outside are allowed, unless the settings say otherwise", () => {
    const outside = { user: "bob@partner.test", level: "admin" };
    expect(found(noOutsideOwners, [member(outside)], company)).toEqual([]);
    expect(found(noOutsideOwners, [member(outside)], withAdmins)).toEqual([
      'OrganizationMember "bob": level gives admin rights to bob@partner.test, who is outside acme.test and acme.example',
    ]);
    expect(found(noOutsideOwners, [member({ ...outside, level: "member" })], withAdmins)).toEqual([]);
  });
});

describe("admins of a project, where admins", () => {
  test.each<[string, DeclaredResource, string[]]>([
    [
      "by a rule of their own",
      declare("ProjectMember", "bob", { user: "bob@partner.test", accessLevel: "admin" }),
      ["accessLevel gives admin rights to bob@partner.test"],
    ],
    [
      "by a policy, each of them",
      declare("ProjectAccess", "bob", {
        members: {
          "a@partner.test": "admin",
          "b@acme.test": "admin",
          "c@partner.test": "member",
          "d@x.test": 8,
        },
      }),
      ["members gives admin rights to a@partner.test", "members gives admin rights to d@x.test"],
    ],
    [
      "by an invite",
      declare("OrganizationMember", "bob", {
        user: "bob@partner.test",
        level: "member",
        invite: {
          projectAccess: [
            { projectId: 1, accessLevel: "member" },
            { projectId: later, accessLevel: 8 },
          ],
        },
      }),
      ["invite.projectAccess[1] gives admin rights to bob@partner.test"],
    ],
    [
      "by a role, which is nobody's own",
      declare("ProjectMember", "bob", { role: "Ops", accessLevel: "admin" }),
      [],
    ],
    ["by a policy that is not known yet", declare("ProjectAccess", "bob", { members: later }), []],
    [
      "by a policy, of someone who is not known yet",
      declare("ProjectAccess", "bob", { members: { [later]: "admin" } }),
      [],
    ],
  ])("%s", (_name, resource, expected) => {
    const outside = ", who is outside acme.test and acme.example";
    expect(found(noOutsideOwners, [resource], withAdmins)).toEqual(
      expected.map((what) => `${resource.kind} "bob": ${what}${outside}`),
    );
    expect(found(noOutsideOwners, [resource], company)).toEqual([]);
  });
});

describe("people by UUID, whose address no resource has", () => {
  const nobodyKnows =
    "gives ownership to 0d4f, whose e-mail address is unknown, so they may be outside the company";
  const byUuid = member({ user: "0d4f", level: "owner" });
  const policy = declare("ProjectAccess", "policy", {
    members: { "0D4F": "admin", "77aa": "member", "b@acme.test": "admin" },
  });

  test("are reported at the end, with how to get them checked", () => {
    expect(noOutsideOwners.judge([byUuid], company)).toEqual([
      {
        resource: byUuid,
        what: `OrganizationMember "bob": level ${nobodyKnows}`,
        fix: "use the person's e-mail address instead of the UUID",
      },
    ]);
    expect(found(noOutsideOwners, [policy], withAdmins)).toEqual([
      expect.stringMatching(/^ProjectAccess "policy": members gives admin rights to 0d4f, whose e-mail/),
    ]);
  });

  test.each([
    ["the stack manages", declare("OrgSsoSettings", "sso", { domain: "acme.test" }), nobodyKnows],
    ["unknown to all", declare("Project", "shop", {}), "no company domain is known"],
  ])("are also reported if the company's domains are those that %s", (_name, other, expected) => {
    expect(found(noOutsideOwners, [byUuid, other])).toEqual([expect.stringContaining(expected)]);
  });

  test("are not reported before anything changes, since the end may resolve them", () => {
    expect(found(noOutsideOwners, [{ ...byUuid, outputs: undefined }], company)).toEqual([]);
  });

  test("are not reported below the levels that", () => {
    expect(found(noOutsideOwners, [policy, member({ user: "0d4f", level: "admin" })], company)).toEqual([]);
  });

  test.each([
    ["bob@acme.test", []],
    [
      "bob@partner.test",
      ["level gives ownership to bob@partner.test", "members gives admin rights to bob@partner.test"],
    ],
  ])("are checked if another resource shows that they are %s", (email, expected) => {
    const other = declare("ProjectMember", "other", { user: email, accessLevel: "member" });
    const known = { ...other, outputs: { ...other.values, email, userUuid: "0d4f" } };
    expect(found(noOutsideOwners, [byUuid, policy, known], withAdmins)).toEqual(
      expected.map((what) => expect.stringContaining(`: ${what}, who is outside`)),
    );
  });
});

describe("without configured domains", () => {
  const outside = member({ user: "bob@partner.test", level: "owner" });
  const inside = declare("OrganizationMember", "ann", { user: "ann@acme.test", level: "owner" });

  test("the company's domains are those whose sign-on the stack manages", () => {
    const managed = [
      declare("OrgSsoSettings", "sso", { domain: "acme.test" }),
      declare("OrganizationDomain", "old", { domain: "Acme.Example" }),
    ];
    expect(found(noOutsideOwners, [...managed, outside, inside])).toEqual([
      'OrganizationMember "bob": level gives ownership to bob@partner.test, who is outside acme.test and acme.example',
    ]);
  });

  test("an unknown domain may be anyone's", () => {
    const managed = declare("OrgSsoSettings", "sso", { domain: later });
    expect(found(noOutsideOwners, [managed, outside])).toEqual([]);
  });

  test("and without managed ones, the rule reports once that it cannot decide, instead of passing", () => {
    expect(noOutsideOwners.judge([outside, inside], {})).toEqual([
      {
        what: 'OrganizationMember "bob" gives ownership to a person, but no company domain is known',
        fix: 'set domains: ["acme.com"] in the settings of no-outside-owners',
      },
    ]);
    expect(found(noOutsideOwners, [member({ user: "bob@partner.test", level: "admin" })])).toEqual([]);
  });

  test("the rule checks the whole stack; with them, also each resource before it changes", () => {
    expect(noOutsideOwners.reach({})).toBe("stack");
    expect(noOutsideOwners.reach(company)).toBe("both");
  });
});
