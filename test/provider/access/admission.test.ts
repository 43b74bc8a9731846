import { judgeVerifiedDomains } from "../../../provider/access/membership";

const members = [
  { email: "olivia@acme.com", level: 15 },
  { email: "Ada@ACME.com", level: 8 },
  { email: "eve@partner.com", level: 1 },
];

describe("admitting only verified e-mail domains", () => {
  test("is fine where the caller and an owner are inside, and names who is not", () => {
    expect(judgeVerifiedDomains(members, "Ada@ACME.com", ["acme.com"])).toEqual({
      lockedOut: ["eve@partner.com"],
    });
  });

  test("is refused where it would shut out the caller", () => {
    const { refusal } = judgeVerifiedDomains(members, "eve@partner.com", ["acme.com"]);
    expect(refusal?.why).toMatch(
      /lock out eve@partner.com, the key's owner: the verified e-mail domains are acme.com/,
    );
  });

  test("is refused where no domain is verified at all", () => {
    expect(judgeVerifiedDomains(members, "olivia@acme.com", []).refusal?.why).toMatch(
      /no verified e-mail domain/,
    );
  });

  test("is refused where it would shut out every owner", () => {
    expect(judgeVerifiedDomains(members, undefined, ["partner.com"]).refusal?.why).toMatch(/every owner/);
  });

  test("does not take a subdomain for the domain", () => {
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
