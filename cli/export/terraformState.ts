import { readFileSync } from "node:fs";
import * as z from "zod";
import { ConfigurationError } from "../../provider/posthog/errors";
import type { MemberName } from "./terraformNames";

/** One resource of PostHog's Terraform provider. */
export interface TerraformResource {
  /** Its address, such as `module.team.posthog_role.r["Analysts"]`. */
  readonly address: string;
  /** Its kind without the provider, such as `role`. */
  readonly kind: string;
  /** Its name in programs of this package: `team-r-Analysts`. */
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The contents of a Terraform state about PostHog. */
export interface TerraformState {
  readonly resources: readonly TerraformResource[];
  /** The people in resources and data sources. */
  readonly people: readonly MemberName[];
}

const prefix = "posthog_";

const resourceSchema = z.looseObject({
  address: z.string(),
  mode: z.string(),
  type: z.string(),
  name: z.string(),
  index: z.union([z.string(), z.number()]).optional(),
  values: z.record(z.string(), z.unknown()).default({}),
});

type Resource = z.infer<typeof resourceSchema>;

interface Module {
  readonly address?: string;
  readonly resources?: readonly Resource[];
  readonly child_modules?: readonly Module[];
}

const moduleSchema: z.ZodType<Module> = z.looseObject({
  address: z.string().optional(),
  resources: z.array(resourceSchema).optional(),
  get child_modules() {
    return z.array(moduleSchema).optional();
  },
});

const stateSchema = z.looseObject({
  format_version: z.string(),
  values: z.looseObject({ root_module: moduleSchema }).optional(),
});

const howToMake = "Run terraform show -json > state.json (or tofu show -json), and give that file.";

/**
 * Reads the output of `terraform show -json` or `tofu show -json`.
 *
 * @throws ConfigurationError if it is something else.
 */
export function readTerraformState(path: string): TerraformState {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new ConfigurationError(`${path} could not be read`, {
      why: "There is no such file, or this user may not read it.",
      fix: howToMake,
    });
  }
  return parseTerraformState(text, path);
}

/** Reads the text of such a file. */
export function parseTerraformState(text: string, path: string): TerraformState {
  const state = stateSchema.safeParse(jsonOf(text));
  if (!state.success) {
    const isRaw = /"serial":/.test(text) && /"lineage":/.test(text);
    throw new ConfigurationError(`${path} is not the JSON of a Terraform state`, {
      why: isRaw
        ? "It is Terraform's own state file, whose form changes between versions."
        : "It has no format_version and values.",
      fix: howToMake,
    });
  }
  const all = resourcesIn(state.data.values?.root_module ?? {}).filter(({ type }) => type.startsWith(prefix));
  return {
    resources: all
      .filter(({ mode }) => mode === "managed")
      .map(({ address, type, values, name, index }) => ({
        address,
        kind: type.slice(prefix.length),
        name: logicalName(address, name, index),
        values,
      })),
    people: all.flatMap(({ values }) => personIn(values) ?? []),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function resourcesIn({ resources = [], child_modules: children = [] }: Module): Resource[] {
  return [...resources, ...children.flatMap(resourcesIn)];
}

/** The name in the configuration, after those of its modules and before the key of `for_each` or `count`. */
function logicalName(address: string, name: string, index: string | number | undefined): string {
  const modules = [...address.matchAll(/(?:^|\.)module\.([\w-]+)(?:\[("(?:[^"\\]|\\.)*"|\d+)\])?/g)];
  const parents = modules.flatMap(([, module = "", key]) => [
    module,
    ...(key === undefined ? [] : [keyText(key)]),
  ]);
  return [...parents, name, ...(index === undefined ? [] : [String(index)])].join("-");
}

function keyText(key: string): string {
  return key.startsWith('"') ? z.string().parse(JSON.parse(key)) : key;
}

const personSchema = z
  .looseObject({
    uuid: z.string().optional(),
    user_uuid: z.string().optional(),
    email: z.string().optional(),
    user_email: z.string().optional(),
    organization_member_id: z.string().optional(),
    id: z.unknown().optional(),
  })
  .transform((values): MemberName | undefined => {
    const userUuid = values.user_uuid ?? values.uuid;
    const email = values.user_email ?? values.email;
    if (email === undefined || userUuid === undefined) return undefined;
    // A role membership has a different id than the organization membership.
    const own = values.user_email === undefined && typeof values.id === "string" ? values.id : undefined;
    return { email, userUuid, membershipId: values.organization_member_id ?? own };
  })
  .catch(undefined);

function personIn(values: Resource["values"]): MemberName | undefined {
  return personSchema.parse(values);
}
