import { domainToASCII } from "node:url";
import * as z from "zod";
import { addressProblem } from "../access/addresses";
import { organizationLevelOf, projectLevelOf } from "../access/levels";
import { didYouMean } from "../access/nearest";
import { isUuid, sameSet } from "../access/values";
import { timeZones } from "./timeZones";

const emailForm = /^[^\s@<>(),;:"[\]\\]{1,64}@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/i;
/** PostHog: organization domains API. */
const domainForm = /^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$/;

const isEmail = (text: string): boolean => text.length <= 254 && emailForm.test(text);

/** Text of 1 to `longest` characters, without leading and trailing blanks, which PostHog trims. */
export function text(longest: number): z.ZodString {
  return maybeEmptyText(longest).min(1, "must not be empty");
}

/** Text of at most `longest` characters, without leading and trailing blanks, which PostHog trims. */
export function maybeEmptyText(longest: number): z.ZodString {
  return z.string("must be text").trim().max(longest, `must be at most ${longest} characters long`);
}

/** A whole number of some unit, within limits. */
export function wholeNumber(unit: string, least: number, most: number): z.ZodInt {
  const message = `must be a whole number of ${unit}, ${least} to ${most}`;
  return z.int({ error: message, abort: true }).refine((value) => value >= least && value <= most, message);
}

/** A person: e-mail address in any case, or the user's UUID. */
export const userArg = z
  .string("must be an e-mail address or a user's UUID")
  .refine(
    (user) => isEmail(user) || isUuid(user),
    "must be an e-mail address, such as ann@acme.com, or a user's UUID",
  );

/** A role: its id or its name. */
export const roleArg = text(200);

export const usersArg = z.array(userArg, "must be a list of people");

/** Whether grants or members that are not listed stay (`additive`) or are removed (`exclusive`). */
export const modeArg = z.enum(["additive", "exclusive"], "must be additive or exclusive");

const share = "must be a share from 0 to 1";

/** The largest share of the existing grants or members that one update may remove. */
export const removalLimitArg = z.number(share).min(0, share).max(1, share);

export const onOff = z.boolean("must be true or false");

export const projectName = text(200);

export const label = text(40);

export const wholeDays = wholeNumber("days", 1, 3650);

/** PostHog stores project numbers as 32-bit integers. */
const largestId = 2_147_483_647;
const projectNumber = "must be a project's number, such as 12345";

/** A project: its number, or the number as text. */
export const projectId = z
  .union([z.int(), z.string()], { error: projectNumber })
  .refine((project) => /^[1-9]\d{0,9}$/.test(String(project)) && Number(project) <= largestId, projectNumber);

/** The number of a project, in whichever form it was written. */
export function projectIdOf(project: number | string): number {
  return Number(project);
}

/** A level in a project: by name, or by the old numbers 1 for member and 8 for admin. */
export const projectLevelArg = z.union([z.enum(["none", "member", "admin"]), z.literal(1), z.literal(8)], {
  error: "must be none, member or admin (or the numbers 1 for member, 8 for admin)",
});

/** A level in the organization: by name, or by PostHog's number. */
export const organizationLevelArg = z.union(
  [z.enum(["member", "admin", "owner"]), z.literal(1), z.literal(8), z.literal(15)],
  { error: "must be member, admin or owner (or the numbers 1, 8 and 15)" },
);

/** A time zone by its IANA name, in the tz database's spelling. */
export const timezone = z.string("must be the name of a time zone").superRefine((name, context) => {
  if (timeZones().has(name)) return;
  const hint = didYouMean(name, timeZones());
  context.addIssue({
    code: "custom",
    message: `must be an IANA time zone${hint === "" ? ', such as "Europe/Berlin" or "UTC"' : hint}`,
  });
});

/** An e-mail domain as PostHog accepts it: lower case, without scheme, path or trailing dot. */
export const domain = z.string("must be a domain").superRefine((name, context) => {
  if (name.length <= 128 && domainForm.test(name)) return;
  context.addIssue({ code: "custom", message: domainProblem(name) });
});

/** A web address safe from eavesdropping; plain http only for this machine. */
export const httpsUrl = z.string("must be a web address").superRefine((address, context) => {
  const problem = addressProblem(address);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

/** Whether two texts are equal regardless of case: e-mail addresses, UUIDs, names of roles. */
export function sameText(one: unknown, other: unknown): boolean {
  return typeof one === "string" && typeof other === "string" && one.toLowerCase() === other.toLowerCase();
}

/** Whether two lists contain the same texts, regardless of order, case and repetition. */
export function sameTexts(one: unknown, other: unknown): boolean {
  const [left, right] = [texts.safeParse(one), texts.safeParse(other)];
  return left.success && right.success && sameSet(left.data, right.data);
}

const texts = z.array(z.string().toLowerCase());

/** Whether two values refer to the same project. */
export function sameProjectId(one: unknown, other: unknown): boolean {
  return sameParsed(projectId, projectIdOf, one, other);
}

/** Whether two values mean the same level in a project. */
export function sameProjectLevel(one: unknown, other: unknown): boolean {
  return sameParsed(projectLevelArg, projectLevelOf, one, other);
}

/** Whether two values mean the same level in the organization. */
export function sameOrganizationLevel(one: unknown, other: unknown): boolean {
  return sameParsed(organizationLevelArg, organizationLevelOf, one, other);
}

function sameParsed<T>(
  schema: z.ZodType<T>,
  normal: (value: T) => unknown,
  one: unknown,
  other: unknown,
): boolean {
  const [left, right] = [schema.safeParse(one), schema.safeParse(other)];
  return left.success && right.success && normal(left.data) === normal(right.data);
}

/** PostHog accepts neither other alphabets nor, because of its two hyphens in a row, their form in DNS. */
function otherAlphabet(name: string): string | undefined {
  const ascii = domainToASCII(name);
  if (!ascii.includes("xn--")) return undefined;
  return `cannot be used with PostHog, which takes a-z, 0-9 and single hyphens only: neither ${name} nor ${ascii}, its form in DNS`;
}

function domainProblem(name: string): string {
  if (name.length > 128) return "must be at most 128 characters long";
  const bare = name
    .trim()
    .toLowerCase()
    .replace(/^([a-z]+:\/\/|.*@)/, "")
    .replace(/[/.]*$/, "");
  if (!domainForm.test(bare)) return otherAlphabet(bare) ?? "must be a domain, such as acme.com";
  return bare === name.toLowerCase() ? `must be in lower case: ${bare}` : `must be the domain alone: ${bare}`;
}

/** The settings to clear, by name, out of those with these schemas: a `null` for languages that cannot express it. */
export function unsetArg(settings: Readonly<Record<string, z.ZodType>>) {
  const clearable = Object.keys(settings).filter((name) => settings[name]?.safeParse(null).success === true);
  const name = z.string("must be the name of a setting").superRefine((name, context) => {
    if (clearable.includes(name)) return;
    const message =
      name in settings
        ? `${name} cannot be cleared: declare a value`
        : `${name} is an unknown setting${didYouMean(name, clearable)}`;
    context.addIssue({ code: "custom", message });
  });
  return z.array(name, "must be a list of names of settings");
}
