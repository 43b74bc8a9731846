import fc from "fast-check";
import {
  bypassOf,
  type DomainSignIn,
  type EnforcementFacts,
  enforcementFromApi,
  enforcements,
  enforcementToApi,
  judgeEnforcement,
  lockOutOf,
  outside,
} from "../../../provider/sso/enforcement";
import { challengeRecordName, serviceProvider } from "../../../provider/sso/serviceProvider";
import { currentCertificate, expiredCertificate } from "../../fixtures/sso/certificates";

/** A domain that can enforce SAML without a remark. */
const ready: EnforcementFacts = {
  enforcement: "saml",
  domain: "acme.com",
  isVerified: true,
  samlComplete: true,
  hasFeature: () => true,
  admins: ["ann@acme.com", "break-glass@acme.example"],
};

const without = (missing: string) => (feature: string) => feature !== missing;

describe("enforcement as PostHog spells it", () => {
  test.each([
    ["off", ""],
    ["saml", "saml"],
    ["google-oauth2", "google-oauth2"],
  ] as const)("stores %s as %j", (enforcement, stored) => {
    expect(enforcementToApi(enforcement)).toBe(stored);
    expect(enforcementFromApi(stored)).toBe(enforcement);
  });

  test("survives a round trip for every value", () => {
    for (const enforcement of enforcements) {
      expect(enforcementFromApi(enforcementToApi(enforcement))).toBe(enforcement);
    }
  });

  test("keeps an unknown value, so that it shows as a difference", () => {
    expect(enforcementFromApi("okta")).toBe("okta");
    expect(enforcementFromApi(null)).toBe("off");
    expect(enforcementFromApi(undefined)).toBe("off");
  });
});

describe("what the identity provider and the DNS need", () => {
  test("names the DNS record and the service provider's addresses", () => {
    expect(challengeRecordName("acme.com")).toBe("_posthog-challenge.acme.com");
    expect(serviceProvider("https://eu.posthog.com")).toEqual({
      entityId: "https://eu.posthog.com",
      acsUrl: "https://eu.posthog.com/complete/saml/",
    });
  });
});

describe("switching on enforcement", () => {
  test("is allowed if everything is in place and someone outside the domain can help", () => {
    expect(judgeEnforcement(ready)).toEqual({ warnings: [] });
  });

  test.each<[string, Partial<EnforcementFacts>, string]>([
    ["an unverified domain", { isVerified: false }, "acme.com is not verified"],
    [
      "an unverified domain, whatever the method",
      { isVerified: false, enforcement: "github" },
      "not verified",
    ],
    [
      "SAML without a provider",
      { samlComplete: false },
      "nobody of acme.com could sign in: SAML is not set up",
    ],
    [
      "a certificate that is none",
      { certificateProblem: "this is not a certificate" },
      "nobody of acme.com could sign in: this is not a certificate",
    ],
    [
      "a plan without enforcement",
      { hasFeature: without("sso_enforcement") },
      'the plan lacks "sso_enforcement"',
    ],
    ["a plan without SAML", { hasFeature: without("saml") }, 'the plan lacks "saml"'],
    [
      "oidc on a server that shows none",
      { enforcement: "oidc", hasWay: false },
      "nobody of acme.com could sign in",
    ],
    [
      "github on a server without it",
      { enforcement: "github", hasWay: false },
      "github is not set up on this server",
    ],
  ])("is refused for %s", (_, facts, expected) => {
    const verdict = judgeEnforcement({ ...ready, ...facts });
    expect(verdict.refusal).toContain(expected);
    expect(verdict.warnings).toEqual([]);
  });

  test.each<[string, Partial<EnforcementFacts>]>([
    ["a server that does not list its features", { hasFeature: () => undefined }],
    [
      "another method than SAML, without the SAML feature",
      { enforcement: "github", hasFeature: without("saml") },
    ],
    ["another method than SAML, with nothing of SAML set up", { enforcement: "oidc", samlComplete: false }],
    [
      "another method than SAML, with a damaged certificate",
      { enforcement: "gitlab", certificateProblem: "damaged" },
    ],
  ])("is not refused for %s", (_, facts) => {
    expect(judgeEnforcement({ ...ready, ...facts }).refusal).toBeUndefined();
  });

  test.each<[string, Partial<EnforcementFacts>, string[]]>([
    [
      "every admin lives on the domain",
      { admins: ["ann@acme.com", "Bob@ACME.com"] },
      ["every admin and owner has an address of acme.com"],
    ],
    [
      "the program itself signs in there",
      { sessionEmail: "Robot@acme.com" },
      ["posthog:email is an address of acme.com"],
    ],
    ["both", { admins: ["ann@acme.com"], sessionEmail: "ann@acme.com" }, ["every admin", "posthog:email"]],
    [
      "the method is one that PostHog cannot check",
      { enforcement: "google-oauth2" },
      ["with google-oauth2 only"],
    ],
    [
      "an admin has an address of a subdomain, which is another domain",
      { admins: ["ann@mail.acme.com"] },
      [],
    ],
    ["an admin's domain only ends alike", { admins: ["ann@notacme.com"] }, []],
    ["the admins are not known", { admins: [] }, []],
    ["the program signs in from elsewhere", { sessionEmail: "robot@acme.example" }, []],
  ])("gives the right warnings if %s", (_, facts, expected) => {
    const { refusal, warnings } = judgeEnforcement({ ...ready, ...facts });
    expect(refusal).toBeUndefined();
    expect(warnings).toHaveLength(expected.length);
    expected.forEach((part, index) => {
      expect(warnings[index]).toContain(part);
    });
  });
});

describe("for any situation", () => {
  const facts = fc.record({
    enforcement: fc.constantFrom(...enforcements),
    domain: fc.constant("acme.com"),
    isVerified: fc.boolean(),
    samlComplete: fc.boolean(),
    certificateProblem: fc.option(fc.constant("damaged"), { nil: undefined }),
    hasFeature: fc.func(fc.constantFrom(true, false, undefined)),
    admins: fc.array(fc.constantFrom("ann@acme.com", "bob@other.example")),
    sessionEmail: fc.option(fc.constant("ann@acme.com"), { nil: undefined }),
  });

  test("switching it off is always allowed, without a warning", () => {
    fc.assert(
      fc.property(facts, (any) => {
        expect(judgeEnforcement({ ...any, enforcement: "off" })).toEqual({ warnings: [] });
      }),
    );
  });

  test("nobody is sent to a SAML provider that cannot work, nor to any from an unverified domain", () => {
    fc.assert(
      fc.property(facts, (any) => {
        if (any.enforcement === "off") return;
        const { refusal } = judgeEnforcement(any);
        const broken =
          any.enforcement === "saml" && (!any.samlComplete || any.certificateProblem !== undefined);
        if (!any.isVerified || broken) expect(refusal).toBeDefined();
      }),
    );
  });
});

const saml = { entityId: "https://idp", ssoUrl: "https://idp/sso", x509Cert: currentCertificate };
const enforced: DomainSignIn = { domain: "acme.com", isVerified: true, enforcement: "saml", saml };
const everything = () => true;
const lacking = (key: string) => (feature: string) => feature !== key;

describe("single sign-on of a domain can be bypassed", () => {
  const ways: [string, DomainSignIn, (key: string) => boolean | undefined, RegExp][] = [
    ["when nothing is enforced", { ...enforced, enforcement: "off" }, everything, /sign in with a password/],
    ["while the domain is not verified", { ...enforced, isVerified: false }, everything, /not verified/],
    ["when the plan lacks enforcement", enforced, lacking("sso_enforcement"), /lacks "sso_enforcement"/],
    ["when the plan lacks SAML", enforced, lacking("saml"), /lacks "saml"/],
    [
      "when the server lacks the way",
      { ...enforced, enforcement: "gitlab", hasWay: false },
      everything,
      /gitlab is not set up on this server/,
    ],
  ];
  test.each(ways)("%s", (_, signIn, hasFeature, reason) => {
    expect(bypassOf(signIn, hasFeature)).toMatch(reason);
    expect(lockOutOf(signIn, hasFeature)).toBeUndefined();
  });

  test("never, if it is enforced, verified and in the plan, or the server does not show the plan", () => {
    expect(bypassOf(enforced, everything)).toBeUndefined();
    expect(bypassOf(enforced, () => undefined)).toBeUndefined();
    expect(bypassOf({ ...enforced, enforcement: "github" }, lacking("saml"))).toBeUndefined();
  });
});

describe("nobody in a domain can sign in", () => {
  const ways: [string, Partial<DomainSignIn["saml"]>, RegExp][] = [
    ["without SAML", {}, /SAML is enforced, and not set up/],
    ["with half of SAML", { ...saml, ssoUrl: undefined }, /SAML is enforced, and not set up/],
    ["with something that is no certificate", { ...saml, x509Cert: "x" }, /not a certificate/],
  ];
  test.each(ways)("%s", (_, values, reason) => {
    expect(lockOutOf({ ...enforced, saml: values }, everything)).toMatch(reason);
  });

  test("with OpenID Connect on a server that shows none", () => {
    const signIn = { ...enforced, enforcement: "oidc", hasWay: false };
    expect(lockOutOf(signIn, everything)).toMatch(/nobody of acme\.com could sign in/);
    expect(lockOutOf({ ...signIn, hasWay: true }, everything)).toBeUndefined();
  });

  test("unless all is well, a certificate has expired, or another method is enforced", () => {
    const ended = { ...saml, x509Cert: expiredCertificate };
    expect(lockOutOf({ ...enforced, saml: ended }, everything)).toBeUndefined();
    expect(lockOutOf(enforced, everything)).toBeUndefined();
    expect(lockOutOf({ ...enforced, enforcement: "github", saml: {} }, everything)).toBeUndefined();
  });
});

test("addresses outside the enforced domains are listed, whatever their case", () => {
  expect(outside(["ann@ACME.com", "bob@other.org", "cy@sub.acme.com"], ["acme.com"])).toEqual([
    "bob@other.org",
    "cy@sub.acme.com",
  ]);
});
