import type * as z from "zod";
import {
  domain,
  httpsUrl,
  label,
  organizationLevelArg,
  projectId,
  projectIdOf,
  projectLevelArg,
  projectName,
  roleArg,
  sameOrganizationLevel,
  sameProjectId,
  sameProjectLevel,
  sameText,
  timezone,
  userArg,
  wholeDays,
} from "../../../provider/arguments/fields";
import { timeZones } from "../../../provider/arguments/timeZones";

const someUuid = "0190a1b2-c3d4-0000-0abc-1234567890AB";

function message(schema: z.ZodType, value: unknown): string | undefined {
  return schema.safeParse(value).error?.issues[0]?.message;
}

describe("arguments accept", () => {
  test.each<[string, z.ZodType, unknown[]]>([
    ["e-mail addresses", userArg, ["ann@acme.com", "Ann.O'Neil+x@Mail.Acme.CO.UK", "a@b-c.io"]],
    ["UUIDs, also those without a version", userArg, [someUuid, someUuid.toLowerCase()]],
    ["people by e-mail address or UUID", userArg, ["ann@acme.com", someUuid]],
    ["names", projectName, ["A", "Production (EU) – new", "x".repeat(200)]],
    ["roles by id or name", roleArg, [someUuid, "Engineering"]],
    ["labels", label, ["ci", "x".repeat(40)]],
    ["projects by number, or number as text", projectId, [1, 123, "123"]],
    ["project levels by name and number", projectLevelArg, ["none", "member", "admin", 1, 8]],
    ["organization levels by name and number", organizationLevelArg, ["member", "admin", "owner", 1, 8, 15]],
    [
      "time zones, links and UTC",
      timezone,
      [
        "UTC",
        "Europe/Berlin",
        "US/Pacific",
        "Europe/Kyiv",
        "Europe/Kiev",
        "Asia/Kolkata",
        "Asia/Calcutta",
        "Etc/GMT-14",
        "America/Argentina/Ushuaia",
      ],
    ],
    ["names, with blanks that PostHog trims", projectName, [" Production", "Production\n", "x".repeat(200)]],
    ["domains", domain, ["acme.com", "mail.acme-corp.co.uk", "x1.io"]],
    [
      "web addresses",
      httpsUrl,
      [
        "https://idp.acme.com/metadata?x=1",
        "http://localhost:8010/m",
        "http://127.0.0.1/m",
        "http://[::1]:1/",
      ],
    ],
    ["whole days", wholeDays, [1, 90, 3650]],
  ])("%s", (_, schema, values) => {
    for (const value of values) expect(message(schema, value)).toBeUndefined();
  });
});

describe("arguments refuse", () => {
  test.each<[z.ZodType, unknown, string]>([
    [userArg, "ann", "must be an e-mail address"],
    [userArg, "Ann <ann@acme.com>", "must be an e-mail address"],
    [userArg, "ann@acme", "must be an e-mail address"],
    [userArg, " ann@acme.com", "must be an e-mail address"],
    [userArg, `${"x".repeat(250)}@acme.com`, "must be an e-mail address"],
    [userArg, 7, "must be an e-mail address"],
    [userArg, "0190a1b2", "must be an e-mail address"],
    [userArg, "ann", "must be an e-mail address, such as ann@acme.com, or a user's UUID"],
    [userArg, "", "must be an e-mail address"],
    [userArg, null, "must be an e-mail address or a user's UUID"],
    [projectName, "", "must not be empty"],
    [projectName, "x".repeat(201), "must be at most 200 characters long"],
    [projectName, " ", "must not be empty"],
    [projectName, 5, "must be text"],
    [label, "x".repeat(41), "must be at most 40 characters long"],
    [projectId, 0, "must be a project's number, such as 12345"],
    [projectId, -1, "must be a project's number"],
    [projectId, 1.5, "must be a project's number"],
    [projectId, Number.NaN, "must be a project's number"],
    [projectId, 3_000_000_000, "must be a project's number"],
    [projectId, "@current", "must be a project's number"],
    [projectId, "012", "must be a project's number"],
    [projectId, "", "must be a project's number"],
    [projectLevelArg, "viewer", "must be none, member or admin"],
    [projectLevelArg, "Admin", "must be none, member or admin"],
    [projectLevelArg, 15, "must be none, member or admin"],
    [organizationLevelArg, "none", "must be member, admin or owner"],
    [organizationLevelArg, 3, "must be member, admin or owner"],
    [timezone, "Europe/Berln", 'must be an IANA time zone; did you mean "Europe/Berlin"?'],
    [timezone, "europe/berlin", 'did you mean "Europe/Berlin"?'],
    [timezone, "Berlin", 'did you mean "Europe/Berlin"?'],
    [timezone, "utc", 'did you mean "UTC"?'],
    [timezone, "Middle-earth/Shire", 'must be an IANA time zone, such as "Europe/Berlin" or "UTC"'],
    [timezone, "", "must be an IANA time zone, such as"],
    [timezone, "+02:00", "must be an IANA time zone"],
    [timezone, 2, "must be the name of a time zone"],
    [domain, "Acme.com", "must be in lower case: acme.com"],
    [domain, "https://acme.com/", "must be the domain alone: acme.com"],
    [domain, "ann@Acme.com", "must be the domain alone: acme.com"],
    [domain, "müller.de", "neither müller.de nor xn--mller-kva.de, its form in DNS"],
    [domain, "acme.com.", "must be the domain alone: acme.com"],
    [domain, " acme.com", "must be the domain alone: acme.com"],
    [domain, "acme", "must be a domain, such as acme.com"],
    [domain, "a_b.com", "must be a domain"],
    [domain, "-acme.com", "must be a domain"],
    [domain, "acme.c0m", "must be a domain"],
    [domain, "*.acme.com", "must be a domain"],
    [domain, "", "must be a domain"],
    [domain, `${"a.".repeat(70)}com`, "must be at most 128 characters long"],
    [httpsUrl, "idp.acme.com/metadata", "must be a web address"],
    [httpsUrl, "http://idp.acme.com/metadata", "must begin with https://"],
    [httpsUrl, "http://localhost.evil.example/", "must begin with https://"],
    [httpsUrl, "file:///etc/passwd", "must begin with https://"],
    [httpsUrl, "https://ann:secret@idp.acme.com/", "must not hold a user name or password"],
    [httpsUrl, "", "must be a web address"],
    [wholeDays, 0, "must be a whole number of days, 1 to 3650"],
    [wholeDays, 1.5, "must be a whole number of days"],
    [wholeDays, 4000, "must be a whole number of days"],
    [wholeDays, "90", "must be a whole number of days"],
    [wholeDays, Number.POSITIVE_INFINITY, "must be a whole number of days"],
  ])("%#: a wrong value, saying what is right", (schema, value, expected) => {
    expect(message(schema, value)).toContain(expected);
  });

  test("checking a domain stays fast on hostile text", () => {
    const started = Date.now();
    for (const hostile of ["a-".repeat(60_000), `${"a.".repeat(60_000)}!`, "@".repeat(100_000)]) {
      expect(message(domain, hostile)).toBe("must be at most 128 characters long");
      expect(message(userArg, `${hostile}@x`)).toBeDefined();
      expect(message(timezone, hostile.slice(0, 2_000))).toBeDefined();
    }
    expect(Date.now() - started).toBeLessThan(2_000);
  });
});

describe("the list of time zones", () => {
  test("has every name of the tz database once, correctly spelled, whatever the JavaScript engine", () => {
    expect(timeZones().size).toBeGreaterThanOrEqual(597);
    expect([...timeZones()].filter((name) => !/^[A-Z][A-Za-z0-9_+/-]*$/.test(name))).toEqual([]);
    for (const name of timeZones())
      expect(() => new Intl.DateTimeFormat("en", { timeZone: name })).not.toThrow();
  });
});

describe("values are the same", () => {
  test.each<[(one: unknown, other: unknown) => boolean, unknown, unknown, boolean]>([
    [sameText, "Ann@Acme.com", "ann@acme.com", true],
    [sameText, "ann@acme.com", "bob@acme.com", false],
    [sameText, undefined, undefined, false],
    [sameProjectId, 7, "7", true],
    [sameProjectId, 7, 8, false],
    [sameProjectId, "x", "x", false],
    [sameProjectLevel, "member", 1, true],
    [sameProjectLevel, 8, "admin", true],
    [sameProjectLevel, "none", 1, false],
    [sameProjectLevel, "nonsense", "nonsense", false],
    [sameOrganizationLevel, 15, "owner", true],
    [sameOrganizationLevel, 8, "member", false],
  ])("%p: %j and %j: %j", (same, one, other, expected) => {
    expect(same(one, other)).toBe(expected);
    expect(same(other, one)).toBe(expected);
  });

  test("the number of a project is a number", () => {
    expect(projectIdOf("12")).toBe(12);
    expect(projectIdOf(12)).toBe(12);
  });
});
