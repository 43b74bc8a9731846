import { Claims } from "../../../provider/engine/program";

const ownerOf = (held: string[], wanted: string[]): string | undefined => {
  const claims = new Claims();
  claims.claim("acme", "first", held);
  return claims.claim("acme", "second", wanted);
};

describe("two resources of a program", () => {
  const collisions: [string, string[], string[]][] = [
    ["the same address", ["project/1/user/ann"], ["project/1/user/ann"]],
    [
      "one of several spellings",
      ["role/r1/members/ann", "role/analysts/members/ann"],
      ["role/r1/members/ann"],
    ],
    ["one that the other covers", ["role/r1/members/*"], ["role/r1/members/ann"]],
    ["one that covers the other", ["role/r1/members/ann"], ["role/r1/members/*"]],
    ["two that cover the same", ["role/r1/*"], ["role/r1/members/*"]],
    ["the whole organization", ["*"], ["role/r1"]],
  ];
  test.each(collisions)("collide on %s", (_, held, wanted) => {
    expect(ownerOf(held, wanted)).toBe("first");
  });

  const separate: [string, string[], string[]][] = [
    ["other people", ["role/r1/members/ann"], ["role/r1/members/bob"]],
    ["names that begin alike", ["project/4/*"], ["project/42/user/ann"]],
    ["an object and what is below it", ["role/r1"], ["role/r1/members/ann"]],
    ["nothing at all", [], []],
  ];
  test.each(separate)("do not collide on %s", (_, held, wanted) => {
    expect(ownerOf(held, wanted)).toBeUndefined();
  });

  test("may contain each other's addresses", () => {
    const claims = new Claims();
    claims.claim("acme", "first", ["role/analysts"]);
    expect(claims.isClaimed("acme", "role/analysts")).toBe(true);
    expect(claims.isClaimed("acme", "role/analysts/members")).toBe(false);
    expect(claims.isClaimed("globex", "role/analysts")).toBe(false);
  });

  test("may have the same address in different organizations", () => {
    const claims = new Claims();
    claims.claim("acme", "first", ["role/analysts"]);
    expect(claims.claim("globex", "second", ["role/analysts"])).toBeUndefined();
  });

  test("release their earlier claims when they claim again", () => {
    const claims = new Claims();
    claims.claim("acme", "first", ["role/analysts"]);
    expect(claims.claim("acme", "first", ["role/analysts"])).toBeUndefined();
    claims.claim("acme", "first", ["role/engineers"]);
    expect(claims.claim("acme", "second", ["role/analysts"])).toBeUndefined();
    expect(claims.claim("acme", "third", ["role/engineers"])).toBe("first");
  });

  test("are distinguished quickly, however many people they name", () => {
    const claims = new Claims();
    const people = (role: number): string[] =>
      Array.from({ length: 400 }, (_, index) => `role/${role}/members/person-${index}`);
    const started = performance.now();
    for (let role = 0; role < 100; role++)
      expect(claims.claim("acme", `r${role}`, people(role))).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
