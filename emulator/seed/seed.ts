import { readFileSync } from "node:fs";
import { Lexer, Parser, parse as parseYaml } from "yaml";
import * as z from "zod";
import { testFilters } from "../projects/newProject";
import type { ServerKind } from "../server/backend";
import { atLeast } from "../server/generations";
import { ALL_FEATURES } from "./defaults";
import type { SeedInput } from "./input";

const Level = z.enum(["member", "admin", "owner"]);
const Settings = z.record(z.string(), z.json());
const Email = z.email();
/** An id in PostHog's form, which RFC 9562 does not allow: version 0. */
const Id = z.guid().toLowerCase();

const UserSeed = z.strictObject({
  email: Email,
  id: z.int().positive().optional(),
  uuid: Id.optional(),
  firstName: z.string().default(""),
  lastName: z.string().default(""),
  password: z.string().min(1).optional(),
  /** Base32 secret of an authenticator app. Sign-in then requires its codes. */
  totpSecret: z
    .string()
    .regex(/^[A-Z2-7]+=*$/i, "a TOTP secret is base32")
    .optional(),
  socialAuth: z.boolean().default(false),
  githubLogin: z.string().optional(),
  isActive: z.boolean().default(true),
  isEmailVerified: z.boolean().default(true),
});

const MemberSeed = z.strictObject({
  email: Email,
  level: Level.default("member"),
  id: Id.optional(),
});

const ObjectSeed = z.strictObject({
  resource: z.string(),
  name: z.string(),
  id: z.union([z.int().positive(), Id]).optional(),
  shortId: z.string().optional(),
  key: z.string().optional(),
  createdBy: Email.optional(),
});

const ProjectSeed = z.strictObject({
  name: z.string().min(1),
  id: z.int().positive().optional(),
  uuid: Id.optional(),
  apiToken: z.string().optional(),
  ingestedEvent: z.boolean().default(false),
  /** Settings by PostHog's names. */
  settings: Settings.default({}),
  objects: z.array(ObjectSeed).default([]),
});

const AccessRuleSeed = z.strictObject({
  project: z.string(),
  /** `project` (the default) or any resource type. */
  resource: z.string().default("project"),
  resourceId: z.string().optional(),
  member: Email.optional(),
  role: z.string().optional(),
  level: z.string(),
});

const InviteSeed = z.strictObject({
  email: Email,
  level: Level.default("member"),
  firstName: z.string().default(""),
  message: z.string().optional(),
  invitedBy: Email.optional(),
  createdAt: z.iso.datetime().optional(),
});

const ProviderSeed = z.strictObject({
  name: z.string().default(""),
  id: Id.optional(),
  domainScope: z.enum(["all", "selected"]).optional(),
  configScope: z.enum(["saml", "scim", "xaa", "oidc"]).optional(),
  domains: z.array(z.string()).default([]),
  samlEntityId: z.string().optional(),
  samlAcsUrl: z.string().optional(),
  samlX509Cert: z.string().optional(),
});

const DomainSeed = z.strictObject({
  domain: z.string(),
  id: Id.optional(),
  verified: z.boolean().default(false),
  challenge: z.string().optional(),
  jitProvisioning: z.boolean().default(false),
  ssoEnforcement: z.string().default(""),
  samlEntityId: z.string().optional(),
  samlAcsUrl: z.string().optional(),
  samlX509Cert: z.string().optional(),
});

const Features = z.union([
  z.literal("all"),
  z.literal("none"),
  z.array(
    z.union([
      z.string(),
      z.strictObject({
        key: z.string(),
        limit: z.int().nullable(),
        /** What the limit counts, such as `months` for how long the activity log is kept. */
        unit: z.string().nullable().default(null),
      }),
    ]),
  ),
]);

const OrganizationSeed = z.strictObject({
  name: z.string().min(1),
  id: Id.optional(),
  slug: z.string().optional(),
  features: Features.default("all"),
  activeSubscription: z.boolean().default(false),
  /** Organization settings by PostHog's names. */
  settings: Settings.default({}),
  members: z.array(MemberSeed).min(1),
  projects: z.array(ProjectSeed).default([]),
  roles: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        id: Id.optional(),
        members: z.array(Email).default([]),
      }),
    )
    .default([]),
  accessRules: z.array(AccessRuleSeed).default([]),
  invites: z.array(InviteSeed).default([]),
  domains: z.array(DomainSeed).default([]),
  identityProviders: z.array(ProviderSeed).default([]),
});

const KeySeed = z.strictObject({
  user: Email,
  label: z.string().min(1).max(40),
  value: z
    .string()
    .regex(/^phx_[A-Za-z0-9_]+$/, "a personal API key starts with phx_")
    .optional(),
  id: z.string().optional(),
  scopes: z.array(z.string()).default(["*"]),
  projects: z.array(z.int()).default([]),
  organizations: z.array(z.string()).default([]),
});

/** What an emulator starts with. {@link SeedInput} is the form in which people write it. */
const SeedSchema = z.strictObject({
  users: z.array(UserSeed).default([]),
  organizations: z.array(OrganizationSeed).min(1),
  keys: z.array(KeySeed).default([]),
}) satisfies z.ZodType<unknown, SeedInput>;

/** A seed with every default filled in. */
export type Seed = z.output<typeof SeedSchema>;

export type OrganizationSeed = Seed["organizations"][number];

export type ProjectSeed = OrganizationSeed["projects"][number];

export type KeySeed = Seed["keys"][number];

/** Reads a seed from an object, or from a YAML or JSON file. Errors name the path of the problem. */
export function loadSeed(source: SeedInput | string): Seed {
  const [origin, value] =
    typeof source === "string"
      ? [`Seed file ${source}`, readFile(source)]
      : ["Seed", source satisfies z.input<typeof SeedSchema>];
  const result = SeedSchema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const lines = result.error.issues.map(
    (issue) => `  ${issue.path.join(".") || "(whole seed)"}: ${issue.message}`,
  );
  throw new Error(`${origin} is not valid:\n${lines.join("\n")}`);
}

/** How deep values can be nested. Thousands of levels overflow the stack, which ends the process. */
const DEEPEST_NESTING = 100;

function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme));
    if (parser.stack.length > DEEPEST_NESTING) {
      return true;
    }
  }
  return false;
}

function readFile(path: string): unknown {
  const text = readText(path);
  if (isTooDeep(text)) {
    throw new Error(`Seed file ${path} is nested too deeply.`);
  }
  try {
    return parseYaml(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new Error(`Seed file ${path} is neither YAML nor JSON: ${reason}`);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const reason = isMissing ? "no such file" : String(error);
    throw new Error(`Seed file ${path} cannot be read: ${reason}.`);
  }
}

/** Removes from a seed what a server of August 2025 does not have, for seeds taken from newer servers. */
export function seedOfAge(server: Pick<ServerKind, "generation">, seed: Seed): Seed {
  return atLeast(server, "2026-07")
    ? seed
    : { ...seed, organizations: seed.organizations.map((organization) => inAugust2025(organization)) };
}

function inAugust2025(organization: OrganizationSeed): OrganizationSeed {
  const { features, members, projects } = organization;
  const owner = members.find(({ level }) => level === "owner")?.email;
  return {
    ...organization,
    // Plans of that time have access rules under an earlier name.
    features: features === "all" ? ALL_FEATURES.filter((key) => key !== "access_control") : features,
    projects: projects.map((project, index) => withoutCohort(project, index === 0 ? undefined : owner)),
  };
}

const CohortFilters = z.array(z.object({ type: z.literal("cohort"), value: z.int() })).min(1);

// Newer servers keep internal users in a cohort. Older ones recognize them by the maker's address, and the project
// that the organization began with has no maker.
function withoutCohort(project: ProjectSeed, maker: string | undefined): ProjectSeed {
  const filters = CohortFilters.safeParse(project.settings.test_account_filters).data ?? [];
  const isHeld = (pk: number) =>
    project.objects.some(({ resource, id }) => resource === "cohort" && id === pk);
  return filters.some(({ value }) => !isHeld(value))
    ? { ...project, settings: { ...project.settings, test_account_filters: testFilters(maker) } }
    : project;
}
