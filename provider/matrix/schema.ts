import * as z from "zod";
import { projectLevels, resourceLevels } from "../access/levels";
import { uuidPattern } from "../access/values";
import { never } from "./model";

/** Longest name of a team, template or project in a matrix, which is PostHog's limit for role names. */
export const longestName = 200;
/** PostHog's limit for key labels. */
export const longestLabel = 40;
const longestReason = 500;

/** An e-mail address, or a UUID. A text can match in only one way, so that matching is always fast. */
const userForm = new RegExp(`^([^\\s@]+@[^\\s@][^\\s@.]*\\.[^\\s@]+|${uuidPattern})$`);

export function isUser(text: string): boolean {
  return userForm.test(text);
}

const projectNumber = "must be a project id, such as 12345";

const projectLevel = z.enum(projectLevels, "must be none, member or admin");

const user = z
  .string("must be an e-mail address or a user's UUID")
  .max(254, "must be at most 254 characters long")
  .regex(userForm, "must be an e-mail address, such as ann@acme.com, or a user's UUID")
  .describe("E-mail address, or UUID of the user.");

const dateForm = "must be a date that exists, such as 2026-12-31";

const until = z.iso
  .date(dateForm)
  .describe("Last day of the grant, such as 2026-12-31. Previews warn from 14 days before.");

/** An entry can cancel an end that it inherits. */
const untilOrNever = z
  .union([z.iso.date(`${dateForm}, or ${never}`), z.literal(never)], `${dateForm}, or ${never}`)
  .describe("Last day of the grant, such as 2026-12-31; never cancels an end from extends or defaults.");

const because = z
  .string("must be text")
  .min(1, "must not be empty")
  .max(longestReason, `must be at most ${longestReason} characters long`)
  .describe("Reason for the grant. Shown wherever the grant is.");

const scope = z.string("must be a scope such as feature_flag:read").meta({ id: "scope" });

const resources = z
  .record(
    z
      .string()
      .max(longestName, `must be at most ${longestName} characters long`)
      .refine((type) => !type.includes("\0"), "is not a type of resource"),
    z.enum(resourceLevels, "must be none, viewer, editor or manager"),
    "must map types of resource to levels, such as {feature_flag: editor}",
  )
  .describe("PostHog's levels by type of resource: {feature_flag: editor}.")
  .meta({ id: "resources" });

/** How a policy treats what the matrix does not list; the same three settings everywhere. */
const treatment = {
  mode: z
    .enum(["additive", "exclusive"], "must be additive or exclusive")
    .optional()
    .describe("additive (default) keeps what is not listed; exclusive removes it."),
  removalLimit: z
    .number("must be a share from 0 to 1, such as 0.25")
    .min(0, "must be a share from 0 to 1, such as 0.25")
    .max(1, "must be a share from 0 to 1, such as 0.25")
    .optional()
    .describe("Largest share of the existing grants that one update may remove. Default 0.25."),
  ignore: z
    .array(z.string("must be text").min(1, "must not be empty"), "must be a list of people and roles")
    .optional()
    .describe("People and roles to leave alone, such as those that SCIM manages."),
};

const waitForMembers = z
  .boolean("must be true or false")
  .describe(
    "true waits for people who have not joined the organization yet. Default false: they are an error.",
  );

const grant = {
  role: projectLevel.optional().describe("Access to the project: none, member or admin."),
  resources: resources.optional(),
  until: until.optional(),
  because: because.optional(),
};

/** A name such as 2024 is a number in YAML. */
const anyName = z.union([z.string(), z.number()]);
const names = z.union([anyName, z.array(anyName)], "must be a name, or a list of names");
const previously = names
  .optional()
  .describe("Earlier names in this matrix, so that renaming does not recreate everything.");

/** What one person has in one project; capabilities (`can_<verb>_<thing>`) are siblings of these. */
export const personSettings = z.object(grant, "must be a mapping, such as {role: member}");

const person = personSettings.catchall(z.unknown()).meta({ id: "person" });

/** What a team has in one project; capabilities (`can_<verb>_<thing>`) are siblings of these. */
export const entrySettings = z.object(
  {
    ...grant,
    until: untilOrNever.optional(),
    api_key_scopes: z
      .array(scope, "must be a list of scopes")
      .optional()
      .describe("Makes the team a service account: it gets an API key with these scopes, and no role."),
    label: z
      .string("must be text")
      .min(1, "must not be empty")
      .max(longestLabel, `must be at most ${longestLabel} characters long`)
      .optional()
      .describe("Label of the key in PostHog. Default: <team>/<project>."),
    rotateAfterDays: z
      .int("must be a whole number of days, 1 to 3650")
      .min(1, "must be a whole number of days, 1 to 3650")
      .max(3650, "must be a whole number of days, 1 to 3650")
      .optional()
      .describe("Days after which the key gets a new value. Default: never."),
    inherit: z
      .boolean("must be true or false")
      .optional()
      .describe("false drops what extends and defaults give in this project. Default true."),
  },
  "must be a mapping, such as {role: member}",
);

/** The settings of one project; capabilities for everybody are siblings of these. */
export const projectSettings = z.object(
  {
    id: z
      .union(
        [z.int(projectNumber).min(1, projectNumber), z.string().regex(/^[1-9]\d{0,9}$/, projectNumber)],
        projectNumber,
      )
      .optional()
      .describe("The project's id in PostHog, if the program does not set it."),
    defaultAccess: projectLevel
      .optional()
      .describe("Access of everybody who is not named: none makes the project private. Default: unchanged."),
    resources: resources.optional(),
    previously,
    members: z
      .record(user, person, "must map people to their access, such as {ann@acme.com: {role: member}}")
      .optional()
      .describe("People with access of their own, alongside the teams."),
    ...treatment,
  },
  "must be a mapping, such as {defaultAccess: none}",
);

/** A member of a team, with or without an end. */
const member = z.union(
  [user, z.strictObject({ user, until: until.optional(), because: because.optional() })],
  "must be an e-mail address, a user's UUID, or {user: ..., until: ...}",
);

const extending = {
  extends: z
    .union([anyName, z.array(anyName)], "must be the name of a template or team, or a list of them")
    .optional()
    .describe("Templates or teams to inherit projects from; settings here take precedence."),
};

/** The settings of a template, apart from its projects. */
export const templateSettings = z.object(extending, "must be a mapping of projects");

/** The settings of a team, apart from its projects. */
export const teamSettings = z.object(
  {
    ...extending,
    previously,
    name: z
      .string("must be text")
      .min(1, "must not be empty")
      .max(longestName, `must be at most ${longestName} characters long`)
      .regex(/^(\S([\s\S]*\S)?)?$/, "must not start or end with a space")
      .optional()
      .describe("Name of the role in PostHog. Default: the team's name."),
    members: z
      .array(member, "must be a list of e-mail addresses or user UUIDs")
      .optional()
      .describe("Members of the team. If missing, the role's members stay unchanged."),
    ...treatment,
    waitForMembers: waitForMembers.optional(),
  },
  "must be a mapping of projects, such as {staging: {role: member}}",
);

const entry = entrySettings.catchall(z.unknown()).meta({ id: "entry" });
const project = projectSettings.catchall(z.unknown()).meta({ id: "project" });
const template = templateSettings.catchall(entry).meta({ id: "template" });
const team = teamSettings.catchall(entry).meta({ id: "team" });
const named = z.string();

/** A whole matrix. Only its names (projects, teams, things) are checked separately. */
export const matrixSchema = z
  .strictObject(
    {
      $schema: z.string().optional().describe("Address of this schema for editors; for JSON files."),
      ...treatment,
      waitForMembers: waitForMembers.optional(),
      defaults: z
        .record(named, entry, "must be a mapping of projects, such as {staging: {role: member}}")
        .optional()
        .describe("Access of every team, unless the team overrides it; not for service accounts."),
      projects: z
        .record(named, project, "must be a mapping of projects, such as {production: {defaultAccess: none}}")
        .optional()
        .describe("Settings of a project as a whole."),
      templates: z
        .record(named, template, "must be a mapping of templates")
        .optional()
        .describe("Teams to be extended: they get no role of their own."),
      access_matrix: z
        .record(named, team, "must be a mapping of teams")
        .describe("Teams, and their access in each project."),
    },
    "must be a mapping with access_matrix in it",
  )
  .meta({ title: "Access matrix of pulumi-posthog" });

/** A matrix with a valid structure. */
export type MatrixData = z.infer<typeof matrixSchema>;
