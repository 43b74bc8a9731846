import type { Check } from "../../../cli/doctor/check";
import { SYSTEM } from "../../../emulator";
import { currentCertificate, expiredCertificate } from "../../fixtures/sso/certificates";
import { acmeWorld } from "../../support/seeds";
import { examined } from "./support";

test("an account on Cloud without two-factor codes is reported, with the fix", async () => {
  const check = await examined(acmeWorld(), { emulator: { emailCodes: true } });
  expect(check("session")).toMatchObject({
    status: "problem",
    details: [expect.stringMatching(/no two-factor codes/)],
    fix: expect.stringMatching(/posthog:totpSecret/),
  });
});

const saml = {
  samlEntityId: "https://idp",
  samlAcsUrl: "https://idp/sso",
  samlX509Cert: currentCertificate,
};
const okta = { name: "Okta", configScope: "saml" as const, domains: ["acme.test"], ...saml };
const signOn: [string, object, Partial<Record<keyof Check, unknown>>][] = [
  [
    "is enforced nowhere",
    { domains: [{ domain: "acme.test", verified: true }] },
    { status: "warning", message: "not every domain enforces it" },
  ],
  [
    "is enforced, but not verified",
    { domains: [{ domain: "acme.test", ssoEnforcement: "saml" }], identityProviders: [okta] },
    {
      status: "problem",
      message: expect.stringMatching(/is not verified, so what it enforces has no effect/),
    },
  ],
  [
    "is enforced for some people only",
    { domains: [{ domain: "acme.com", verified: true, ssoEnforcement: "github" }] },
    { status: "warning", message: "4 members have an e-mail address outside the enforced domains" },
  ],
  [
    "is enforced and not set up",
    { domains: [{ domain: "acme.test", verified: true, ssoEnforcement: "saml" }] },
    { status: "problem", message: expect.stringMatching(/nobody of acme\.test can sign in/) },
  ],
  [
    "is enforced and set up",
    {
      domains: [{ domain: "acme.test", verified: true, ssoEnforcement: "saml" }],
      identityProviders: [okta],
    },
    { status: "ok", message: "every member's e-mail domain enforces it" },
  ],
  [
    "is enforced in a way that no server has but the newest",
    { domains: [{ domain: "acme.test", verified: true, ssoEnforcement: "oidc" }] },
    { status: "problem", message: expect.stringMatching(/nobody of acme\.test could sign in/) },
  ],
  [
    "has a certificate that has ended",
    {
      domains: [{ domain: "acme.test", verified: true, ssoEnforcement: "saml" }],
      identityProviders: [{ ...okta, samlX509Cert: expiredCertificate }],
    },
    {
      status: "warning",
      message: "the SAML certificate of acme.test ended on 2020-01-01; PostHog still accepts it",
    },
  ],
];
test.each(signOn)("single sign-on that %s is reported", async (_, organization, expected) => {
  const check = await examined(acmeWorld({ organization }), { over: { email: undefined } });
  expect(check("single sign-on")).toMatchObject(expected);
});

const domains = [{ domain: "acme.com", verified: true }];
const leftovers: [string, object, object][] = [
  [
    "serve their domains, are none",
    { domains, identityProviders: [{ name: "Okta", ...saml, domains: ["acme.com"] }] },
    { status: "ok", message: "nothing is left of identity providers that were removed" },
  ],
  [
    "are named after their domain, are shown with how to remove them: someone may have meant them",
    { domains, identityProviders: [{ name: "acme.com", ...saml, domains: ["acme.com"] }] },
    {
      status: "ok",
      details: [
        'Identity provider "acme.com" is named after its domain, as PostHog names those that it makes out of a removed one.',
        expect.stringMatching(/^Keep it if it was set up on purpose.*clear its SAML values/),
      ],
    },
  ],
  [
    "serve nobody, are reported with how to remove them",
    { domains, identityProviders: [{ name: "Okta", ...saml }] },
    {
      status: "warning",
      message: 'Identity provider "Okta" serves no domain, and still has SAML.',
      fix: expect.stringMatching(/clear its SAML values and switch SCIM off first/),
    },
  ],
  [
    "PostHog made out of another one, are reported with that one",
    {
      domains,
      identityProviders: [
        { name: "Okta", ...saml },
        { name: "acme.com", ...saml, domains: ["acme.com"] },
      ],
    },
    {
      status: "warning",
      message: "2 things are left of removed identity providers",
      details: [
        'Identity provider "Okta" serves no domain, and still has SAML.',
        'Identity provider "acme.com" is a copy of "Okta": people of acme.com still sign in through it.',
      ],
    },
  ],
];
test.each(leftovers)("identity providers that %s", async (_, organization, expected) => {
  const check = await examined(acmeWorld({ organization, generation: "2026-07" }));
  expect(check("sign-on leftovers")).toMatchObject(expected);
});

test("settings of an identity provider that someone deleted are reported", async () => {
  const organization = { domains, identityProviders: [{ name: "Okta", ...saml, domains: ["acme.com"] }] };
  const check = await examined(acmeWorld({ organization, generation: "2026-07" }), {
    before: ({ store }) => {
      for (const { id } of store.identityProviders.all()) store.identityProviders.delete(id, SYSTEM);
    },
  });
  expect(check("sign-on leftovers")).toMatchObject({
    status: "warning",
    message: expect.stringMatching(/^acme\.com still holds the settings of an identity provider/),
  });
});
