import { z } from "zod";
import { listed } from "../../access/wording";
import { isUnknown } from "../../engine/unknown";
import { type DeclaredResource, entriesOf, textOf, titleOf } from "../declared";
import { defineRule, domainsSetting, exceptSetting, type Violation } from "../rule";
import { isSignOn } from "./signOn";

type Power = "owner" | "admin";

/** Something that a resource gives one person by name. */
interface DirectGrant {
  /** Their e-mail address, where it is known. */
  readonly email: string | undefined;
  /** The argument that gives it. */
  readonly argument: string;
  readonly power: Power | undefined;
}

const powers = z.enum(["owner", "admin"], 'must be a list of "owner" and "admin"');

/** Nobody outside of the company is made an owner. */
export const noOutsideOwners = defineRule({
  name: "no-outside-owners",
  description: "Only people of the company's own domains are made owners.",
  why: "whoever owns an organisation can give it away, and the company cannot end another company's account",
  severity: "critical",
  settings: z.object({
    domains: domainsSetting.describe(
      "The company's e-mail domains. Without any: those whose sign-on the stack manages.",
    ),
    levels: z
      .array(powers, 'must be a list of "owner" and "admin"')
      .default(["owner"])
      .describe("What outsiders may not be."),
    except: exceptSetting,
  }),
  // Configured domains allow a verdict on each resource alone, before it is changed.
  reach: ({ domains }) => (domains.length > 0 ? "resource" : "stack"),
  judge: (resources, { domains, levels }) => {
    const company = domains.length > 0 ? domains : managedDomains(resources);
    return company === undefined ? [] : judgeGrants(resources, company, levels);
  },
});

function judgeGrants(
  resources: readonly DeclaredResource[],
  company: readonly string[],
  levels: readonly Power[],
): Violation[] {
  const outside = resources.flatMap((resource) =>
    directGrants(resource)
      .filter(({ power }) => power !== undefined && levels.includes(power))
      .filter(({ email }) => email !== undefined && !company.includes(domainOf(email)))
      .map((grant) => ({ resource, ...grant })),
  );
  const [first] = outside;
  if (first !== undefined && company.length === 0) {
    return [
      {
        what: `${titleOf(first.resource)} gives ${levelName(first.power)} to a person, and no domain of the company is known to compare with`,
        fix: 'say which they are, domains: ["acme.com"], in the settings of no-outside-owners',
      },
    ];
  }
  return outside.map(({ resource, argument, power, email = "" }) => ({
    resource,
    what: `${titleOf(resource)}: ${argument} gives ${levelName(power)} to ${email}, who is outside of ${listed(company, "and")}`,
    fix: "grant a lower level, or use an account of the company; a domain that is the company's too belongs in domains of no-outside-owners",
  }));
}

/** The domains that the stack manages; undefined where one of them is not known yet. */
function managedDomains(resources: readonly DeclaredResource[]): string[] | undefined {
  const domains = resources.filter(isSignOn).map(({ values }) => values.domain);
  if (domains.some(isUnknown)) return undefined;
  return [...new Set(domains.flatMap((domain) => textOf(domain)?.toLowerCase() ?? []))];
}

function directGrants({ kind, values, outputs }: DeclaredResource): DirectGrant[] {
  const email = [values.user, outputs.email].map(emailOf).find((address) => address !== undefined);
  const grant = (argument: string, level: unknown): DirectGrant => ({
    email,
    argument,
    power: powerOf(level),
  });
  switch (kind) {
    case "OrganizationMember": {
      const opened = entriesOf(Object.fromEntries(entriesOf(values.invite)).projectAccess);
      const projects = opened.map(([index, project]) =>
        grant(`invite.projectAccess[${index}]`, Object.fromEntries(entriesOf(project)).accessLevel),
      );
      return [grant("level", values.level), ...projects];
    }
    case "ProjectMember":
      return [grant("accessLevel", values.accessLevel)];
    case "ProjectAccess":
      return entriesOf(values.members).map(([user, level]) => ({
        email: emailOf(user),
        argument: "members",
        power: powerOf(level),
      }));
    default:
      return [];
  }
}

function powerOf(level: unknown): Power | undefined {
  if (level === "owner" || level === 15) return "owner";
  return level === "admin" || level === 8 ? "admin" : undefined;
}

function levelName(power: Power | undefined): string {
  return power === "owner" ? "ownership" : "admin rights";
}

function emailOf(user: unknown): string | undefined {
  const text = textOf(user)?.toLowerCase();
  return text?.includes("@") ? text : undefined;
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1);
}
