import * as z from "zod";
import { listed } from "../../access/messages";
import { isUnknown } from "../../engine/unknown";
import { type DeclaredResource, isKind, isMissing, textOf, titleOf } from "./declared";
import { defineRule, domainsSetting, exceptSetting, type Violation } from "./rule";
import type { SignOnMethod } from "./settings";

/** A test for resources that manage the sign-on of a domain. */
export const isSignOn = isKind("OrgSsoSettings", "OrganizationDomain");

const methods: readonly SignOnMethod[] = ["saml", "google-oauth2", "github", "gitlab", "oidc"];
const methodMessage = `must be a list of ${listed(methods)}`;

/** People of the company's domains can sign in only one way. */
export const ssoEnforced = defineRule({
  name: "sso-enforced",
  description: "Single sign-on is enforced on every domain of the company.",
  why: "without it people can sign in with a password, even after the identity provider has removed them",
  severity: "high",
  settings: z.object({
    domains: domainsSetting.describe(
      "E-mail domains that must be enforced in addition to those in the stack.",
    ),
    methods: z
      .array(z.enum(methods, methodMessage), methodMessage)
      .min(1, methodMessage)
      .default([...methods])
      .describe("Accepted sign-in methods."),
    except: exceptSetting,
  }),
  // One resource may declare a domain and another enforce it.
  reach: "stack",
  judge: (resources, settings) => {
    const managing = resources.filter(isSignOn);
    if (managing.length === 0) return [];
    const domains = new Set([...managing.flatMap((one) => domainOf(one) ?? []), ...settings.domains]);
    return [...domains].flatMap((domain) => judgeDomain(domain, managing, settings.methods));
  },
});

function judgeDomain(
  domain: string,
  managing: readonly DeclaredResource[],
  accepted: readonly SignOnMethod[],
): Violation[] {
  const own = managing.filter((resource) => domainOf(resource) === domain);
  const possible = managing.filter((one) => own.includes(one) || isUnknown(one.values.domain));
  if (possible.some(({ values }) => enforces(values.enforcement, accepted))) return [];
  const declared = own.find(({ values }) => isMethod(values.enforcement)) ?? own[0];
  const fix = `set enforcement: ${JSON.stringify(accepted[0])} on it; PostHog enforces it once the domain is verified`;
  if (declared !== undefined) {
    return [
      { resource: declared, what: `${titleOf(declared)}: ${enforcementProblem(declared, accepted)}`, fix },
    ];
  }
  return [
    {
      what: `no resource of the stack manages the sign-on of ${domain}`,
      fix: `declare an OrgSsoSettings with domain: ${JSON.stringify(domain)}, or remove it from domains of sso-enforced`,
    },
  ];
}

function enforcementProblem({ values }: DeclaredResource, accepted: readonly SignOnMethod[]): string {
  const { enforcement } = values;
  const about = `so people of ${textOf(values.domain)} can sign in any way`;
  if (isMissing(enforcement)) return `enforcement is not set, ${about}`;
  if (!isMethod(enforcement)) return `enforcement is off, ${about}`;
  return `enforcement is ${enforcement}; accepted: ${listed(accepted)}`;
}

function enforces(enforcement: unknown, accepted: readonly SignOnMethod[]): boolean {
  return isUnknown(enforcement) || accepted.some((method) => method === enforcement);
}

function isMethod(enforcement: unknown): boolean {
  return methods.some((method) => method === enforcement);
}

function domainOf({ values }: DeclaredResource): string | undefined {
  return textOf(values.domain)?.toLowerCase();
}
