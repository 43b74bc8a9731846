import {
  inviteRefusal,
  judgeVerifiedDomains,
  type LeveledMember,
  levelChangeRefusal,
  removalRefusal,
} from "../../../provider/access/membership";

const person = (id: string, level: number): LeveledMember => ({ id, level });
const olivia = person("olivia", 15);
const sven = person("sven", 15);
const ada = person("ada", 8);
const adam = person("adam", 8);
const ana = person("ana", 1);
const everybody = [olivia, sven, ada, adam, ana];

describe("changing a level", () => {
  const allowed: [string, LeveledMember, LeveledMember, number][] = [
    ["an owner makes a member admin", olivia, ana, 8],
    ["an owner makes a member another owner", olivia, ana, 15],
    ["an owner demotes another owner", olivia, sven, 1],
    ["an admin makes a member admin", ada, ana, 8],
    ["an admin demotes another admin", ada, adam, 1],
    ["one's own level stays what it is", ada, ada, 8],
    ["a plain member sets what someone else has anyway", ana, olivia, 15],
  ];
  test.each(allowed)("is fine when %s", (_, caller, member, level) => {
    expect(levelChangeRefusal({ caller, member, everybody }, level)).toBeUndefined();
  });

  const refused: [string, LeveledMember, LeveledMember, number, RegExp][] = [
    ["it is one's own", ada, ada, 1, /lets nobody change their own level/],
    ["it is one's own, as owner", olivia, olivia, 8, /own level/],
    ["the caller is a plain member", ana, ada, 1, /requires an organization admin, .* only member/],
    ["an admin reaches for an owner", ada, sven, 8, /requires an organization owner, .* only admin/],
    ["an admin makes an owner", ada, ana, 15, /Making someone owner requires an organization owner/],
  ];
  test.each(refused)("is refused when %s", (_, caller, member, level, why) => {
    expect(levelChangeRefusal({ caller, member, everybody }, level)?.why).toMatch(why);
  });

  test("is refused for the last owner, for every caller", () => {
    const change = { caller: undefined, member: olivia, everybody: [olivia, ada, ana] };
    expect(levelChangeRefusal(change, 8)).toMatchObject({ why: expect.stringMatching(/last owner/) });
  });
});

describe("removing someone from the organization", () => {
  test("is allowed to admins and owners for people at or below their level", () => {
    for (const [caller, member] of [
      [olivia, sven],
      [olivia, ana],
      [ada, adam],
    ] as const) {
      expect(removalRefusal({ caller, member, everybody })).toBeUndefined();
    }
  });

  const refused: [string, LeveledMember | undefined, LeveledMember, LeveledMember[], RegExp][] = [
    ["the key's own owner", ada, ada, everybody, /would lose access/],
    ["the last owner", undefined, olivia, [olivia, ada], /last owner/],
    ["an owner, asked by an admin", ada, sven, everybody, /requires an organization owner/],
    ["anyone, asked by a plain member", ana, ada, everybody, /requires an organization admin/],
  ];
  test.each(refused)("is refused for %s", (_, caller, member, all, why) => {
    expect(removalRefusal({ caller, member, everybody: all })?.why).toMatch(why);
  });
});

describe("inviting", () => {
  test("is limited to the caller's own level", () => {
    expect(inviteRefusal(ada, 8)).toBeUndefined();
    expect(inviteRefusal(ada, 15)?.why).toMatch(/Inviting someone as owner requires an organization owner/);
    expect(inviteRefusal(undefined, 15)).toBeUndefined();
  });
});

describe("admitting only verified e-mail domains", () => {
  const members = [
    { email: "olivia@acme.com", level: 15 },
    { email: "Ada@ACME.com", level: 8 },
    { email: "eve@partner.com", level: 1 },
  ];

  test("is allowed if the caller and an owner are in the domains, and lists who is not", () => {
    expect(judgeVerifiedDomains(members, "Ada@ACME.com", ["acme.com"])).toEqual({
      lockedOut: ["eve@partner.com"],
    });
  });

  test("is refused if it would lock out the caller", () => {
    const { refusal } = judgeVerifiedDomains(members, "eve@partner.com", ["acme.com"]);
    expect(refusal?.why).toMatch(
      /lock out eve@partner.com, the key's owner: the verified e-mail domains are acme.com/,
    );
  });

  test("is refused if no domain is verified", () => {
    expect(judgeVerifiedDomains(members, "olivia@acme.com", []).refusal?.why).toMatch(
      /no verified e-mail domain/,
    );
  });

  test("is refused if it would lock out every owner", () => {
    expect(judgeVerifiedDomains(members, undefined, ["partner.com"]).refusal?.why).toMatch(/every owner/);
  });

  test("does not treat a subdomain as the domain", () => {
    const { lockedOut } = judgeVerifiedDomains(
      [
        { email: "o@acme.com", level: 15 },
        { email: "x@dev.acme.com", level: 1 },
        { email: "x@notacme.com", level: 1 },
      ],
      undefined,
      ["acme.com"],
    );
    expect(lockedOut).toEqual(["x@dev.acme.com", "x@notacme.com"]);
  });
});
