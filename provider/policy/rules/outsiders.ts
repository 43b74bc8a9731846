import * as z from "zod";
import { listed } from "../../access/messages";
import { emailDomain } from "../../access/values";
import { isUnknown } from "../../engine/unknown";
import { type DeclaredResource, entriesOf, textOf, titleOf } from "./declared";
import { defineRule, domainsSetting, exceptSetting, type Violation } from "./rule";
import { isSignOn } from "./signOn";

type Power = "owner" | "admin";

/** Something that a resource gives one specific person. */
interface DirectGrant {
  /** Their known e-mail addresses: the declared one, and the one that PostHog returned. */
  readonly emails: readonly string[];
  /** Their UUID, if the program refers to them by it. */
  readonly uuid: string | undefined;
  /** The argument that gives it. */
  readonly argument: string;
  readonly power: Power | undefined;
}

const powers = z.enum(["owner", "admin"], 'must be a list of "owner" and "admin"');

/** Nobody outside the company becomes an owner. */
export const noOutsideOwners = defineRule({
  name: "no-outside-owners",
  description: "Only people on the company's domains are owners.",
  why: "an owner can give the organization away, and the company cannot close another company's account",
  severity: "critical",
  settings: z.object({
    domains: domainsSetting.describe(
      "The company's e-mail domains. Default: the domains whose sign-on the stack manages.",
    ),
    levels: z
      .array(powers, 'must be a list of "owner" and "admin"')
      .default(["owner"])
      .describe("Levels that outsiders must not have."),
    except: exceptSetting,
  }),
  // With configured domains, a declared address can be checked before anything is changed; a person referred to by UUID
  // has an address only at the end.
  reach: ({ domains }) => (domains.length > 0 ? "both" : "stack"),
  judge: (resources, { domains, levels }) => {
    const company = domains.length > 0 ? domains : managedDomains(resources);
    return company === undefined ? [] : judgeGrants(resources, company, levels);
  },
});

/** A grant with the address that is outside the company; without an address, it is unknown where the person belongs. */
interface DoubtfulGrant {
  readonly resource: DeclaredResource;
  readonly grant: DirectGrant;
  readonly email: string | undefined;
}

function judgeGrants(
  resources: readonly DeclaredResource[],
  company: readonly string[],
  levels: readonly Power[],
): Violation[] {
  const addresses = addressesInProgram(resources);
  const doubtful = resources.flatMap((resource) =>
    directGrants(resource, addresses)
      .filter(({ power }) => power !== undefined && levels.includes(power))
      .flatMap((grant): DoubtfulGrant[] => {
        const email = grant.emails.find((address) => !company.includes(emailDomain(address)));
        if (email !== undefined) return [{ resource, grant, email }];
        const isNobodys = grant.emails.length === 0 && grant.uuid !== undefined;
        return isNobodys && resource.outputs !== undefined ? [{ resource, grant, email }] : [];
      }),
  );
  const [first] = doubtful;
  if (first !== undefined && company.length === 0) return [withoutCompany(first)];
  return doubtful.map((one) => (one.email === undefined ? unknownAddress(one) : outside(one, company)));
}

function withoutCompany({ resource, grant }: DoubtfulGrant): Violation {
  return {
    what: `${titleOf(resource)} gives ${levelName(grant.power)} to a person, but no company domain is known`,
    fix: 'set domains: ["acme.com"] in the settings of no-outside-owners',
  };
}

function unknownAddress({ resource, grant: { argument, power, uuid } }: DoubtfulGrant): Violation {
  return {
    resource,
    what: `${titleOf(resource)}: ${argument} gives ${levelName(power)} to ${uuid}, whose e-mail address is unknown, so they may be outside the company`,
    fix: "use the person's e-mail address instead of the UUID",
  };
}

function outside(
  { resource, grant: { argument, power }, email }: DoubtfulGrant,
  company: readonly string[],
): Violation {
  return {
    resource,
    what: `${titleOf(resource)}: ${argument} gives ${levelName(power)} to ${email}, who is outside ${listed(company, "and")}`,
    fix: "grant a lower level, or use a company account; if the domain belongs to the company, add it to domains of no-outside-owners",
  };
}

/** The domains that the stack manages; undefined if one of them is not known yet. */
function managedDomains(resources: readonly DeclaredResource[]): string[] | undefined {
  const domains = resources.filter(isSignOn).map(({ values }) => values.domain);
  if (domains.some(isUnknown)) return undefined;
  return [...new Set(domains.flatMap((domain) => textOf(domain)?.toLowerCase() ?? []))];
}

/** The addresses of people by UUID, from any resource about them. */
function addressesInProgram(resources: readonly DeclaredResource[]): ReadonlyMap<string, string> {
  const known = resources.flatMap(({ outputs }): [string, string][] => {
    const [uuid, email] = [textOf(outputs?.userUuid), emailOf(outputs?.email)];
    return uuid === undefined || email === undefined ? [] : [[uuid.toLowerCase(), email]];
  });
  return new Map(known);
}

function directGrants(
  { kind, values, outputs }: DeclaredResource,
  addresses: ReadonlyMap<string, string>,
): DirectGrant[] {
  const grant = (
    argument: string,
    level: unknown,
    user = values.user,
    email = outputs?.email,
  ): DirectGrant => {
    const name = textOf(user)?.toLowerCase();
    const uuid = emailOf(name) === undefined ? name : undefined;
    const known = emailOf(email) ?? (uuid === undefined ? undefined : addresses.get(uuid));
    return {
      emails: [emailOf(name), known].flatMap((one) => one ?? []),
      uuid,
      argument,
      power: powerOf(level),
    };
  };
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
      return entriesOf(values.members).map(([user, level]) => grant("members", level, user));
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
