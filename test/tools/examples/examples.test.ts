import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { handlers } from "../../../provider/handlers";
import { exampleLanguages } from "../../../tools/examples";
import { type Example, parseExample } from "../../../tools/examples/tree";
import { makeSchema } from "../../../tools/schema/document";
import type { Properties, PropertySpec, TypeSpec } from "../../../tools/schema/spec";
import { readSources } from "../../../tools/sources";
import { documentedExamples, withContext } from "../../support/examples";
import { describePart } from "../../support/parts";
import { root } from "../../support/sources";

const schema = makeSchema(readSources(root), handlers);
const documented = documentedExamples();

/** A YAML program's reference to an output. */
const output = (path: string): string => ["$", "{", path, "}"].join("");

function print(fence: string, example: Example): string {
  const language = exampleLanguages.find((candidate) => candidate.fence === fence);
  if (language === undefined) throw new Error(`no language has the fence ${fence}`);
  return language.print(example, schema);
}

describe("an example", () => {
  const example = parseExample(`
    const analysts = new posthog.Role("analysts", { name: "Analysts", removalLimit: 0.5 });
    new posthog.ProjectAccess("rules", {
      projectId: project.projectId,
      defaultAccess: "none",
      resources: { feature_flag: { default: "viewer", roles: { Analysts: "editor" } } },
    });
    new posthog.RoleMembership("ann", { roleId: analysts.roleId, user: "ann@acme.com" });
    export const analystsId = analysts.roleId;
  `);

  test("in Python has names in snake case, except the keys of maps", () => {
    expect(
      print("python", example),
    ).toBe(`analysts = posthog.Role("analysts", name="Analysts", removal_limit=0.5)
posthog.ProjectAccess(
    "rules",
    project_id=project.project_id,
    default_access="none",
    resources={"feature_flag": {"default": "viewer", "roles": {"Analysts": "editor"}}},
)
posthog.RoleMembership("ann", role_id=analysts.role_id, user="ann@acme.com")
pulumi.export("analystsId", analysts.role_id)`);
  });

  test("in Go has its types, declares only used variables, and returns errors", () => {
    expect(print("go", example)).toBe(`analysts, err := posthog.NewRole(ctx, "analysts", &posthog.RoleArgs{
	Name:         pulumi.String("Analysts"),
	RemovalLimit: pulumi.Float64(0.5),
})
if err != nil {
	return err
}
if _, err := posthog.NewProjectAccess(ctx, "rules", &posthog.ProjectAccessArgs{
	ProjectId:     project.ProjectId,
	DefaultAccess: posthog.ProjectAccessLevelNone,
	Resources: posthog.ResourceAccessMap{
		"feature_flag": &posthog.ResourceAccessArgs{
			Default: posthog.ResourceAccessLevelViewer,
			Roles:   posthog.ResourceAccessLevelMap{"Analysts": posthog.ResourceAccessLevelEditor},
		},
	},
}); err != nil {
	return err
}
if _, err := posthog.NewRoleMembership(ctx, "ann", &posthog.RoleMembershipArgs{
	RoleId: analysts.RoleId,
	User:   pulumi.String("ann@acme.com"),
}); err != nil {
	return err
}
ctx.Export("analystsId", analysts.RoleId)`);
  });

  test("in C# has its classes", () => {
    expect(
      print("csharp", example),
    ).toBe(`var analysts = new Posthog.Role("analysts", new() { Name = "Analysts", RemovalLimit = 0.5 });
new Posthog.ProjectAccess("rules", new() {
    ProjectId = project.ProjectId,
    DefaultAccess = Posthog.ProjectAccessLevel.None,
    Resources = {
        ["feature_flag"] = new Posthog.Inputs.ResourceAccessArgs {
            Default = Posthog.ResourceAccessLevel.Viewer,
            Roles = { ["Analysts"] = Posthog.ResourceAccessLevel.Editor },
        },
    },
});
new Posthog.RoleMembership("ann", new() { RoleId = analysts.RoleId, User = "ann@acme.com" });
return new Dictionary<string, object?>
{
    ["analystsId"] = analysts.RoleId,
};`);
  });

  test("in YAML has one name for a resource and for references to it", () => {
    const program =
      'new posthog.RoleMembership("analysts", { roleId: analysts.roleId, user: "ann@acme.com" });';
    expect(parse(print("yaml", parseExample(program)))).toEqual({
      resources: {
        roleMembership: {
          type: "posthog:RoleMembership",
          name: "analysts",
          properties: { roleId: output("analysts.roleId"), user: "ann@acme.com" },
        },
      },
    });
  });

  test.each([
    ["an apply", "export const id = role.roleId.apply((id) => id);"],
    ["another provider's resource", 'new dns.Record("challenge", {});'],
    ["a separate variable", "const project = 2;"],
    ["options", 'new posthog.Role("a", { name: "A" }, { dependsOn: project });'],
    ["a short form", 'new posthog.Role("a", { name });'],
  ])("with %s is rejected, because not every language can express it", (_, text) => {
    expect(() => parseExample(text)).toThrow("not every language has a form for");
  });

  test("with an argument that is not in the schema is rejected", () => {
    const example = parseExample('new posthog.Role("a", { title: "A" });');
    expect(() => print("python", example)).toThrow("title is not in the schema");
  });
});

const yamlProgram = z.strictObject({
  resources: z.record(
    z.string(),
    z.strictObject({
      type: z.string(),
      name: z.string().optional(),
      properties: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
  outputs: z.record(z.string(), z.string()).default({}),
});
type YamlProgram = z.infer<typeof yamlProgram>;

describe("the documentation's first example in YAML", () => {
  test.each(documented)("of $name matches the schema", ({ example }) => {
    const program = yamlProgram.parse(parse(print("yaml", withContext(example))));
    expect(problemsIn(program)).toEqual([]);
  });

  test.each([
    [
      "an unknown property",
      { type: "posthog:Role", properties: { name: "A", title: "B" } },
      "a.title: unknown",
    ],
    ["a missing one", { type: "posthog:Role", properties: {} }, "a.name: missing"],
    [
      "text for a list",
      { type: "posthog:Role", properties: { name: "A", members: "b" } },
      "a.members: no list",
    ],
    [
      "an unknown level",
      { type: "posthog:OrganizationMember", properties: { user: "a", level: "boss" } },
      "a.level: not one of member, admin, owner",
    ],
    [
      "another resource's text for a number",
      { type: "posthog:ProjectMember", properties: { projectId: output("a.email"), accessLevel: "none" } },
      `a.projectId: ${output("a.email")} is string, not integer`,
    ],
  ])("is checked: %s is found", (_, resource, problem) => {
    expect(problemsIn(yamlProgram.parse({ resources: { a: resource } }))).toEqual([problem]);
  });
});

/** The schema's errors for a program. */
function problemsIn({ resources, outputs }: YamlProgram): string[] {
  const specOf = (type: string) => schema.resources[type.replace("posthog:", "posthog:index:")];
  const outputOf = (text: string): PropertySpec | undefined => {
    const [, resource = "", output = ""] = /^\$\{(.+)\.(.+)\}$/.exec(text) ?? [];
    return specOf(resources[resource]?.type ?? "")?.properties[output];
  };
  const object = (
    path: string,
    value: object,
    properties: Properties,
    required: readonly string[],
  ): string[] => [
    ...required.filter((name) => !(name in value)).map((name) => `${path}.${name}: missing`),
    ...Object.entries(value).flatMap(([name, member]) => {
      const property = properties[name];
      return property === undefined
        ? [`${path}.${name}: unknown`]
        : check(`${path}.${name}`, member, property);
    }),
  ];
  const check = (path: string, value: unknown, type: TypeSpec): string[] => {
    if (typeof value === "string" && value.startsWith("${")) {
      const output = outputOf(value);
      if (output === undefined) return [`${path}: ${value} is no output`];
      const isSame = JSON.stringify(kindOf(output)) === JSON.stringify(kindOf(type));
      return isSame ? [] : [`${path}: ${value} is ${kindOf(output)}, not ${kindOf(type)}`];
    }
    if ("$ref" in type) {
      const spec = schema.types[type.$ref.replace("#/types/", "")];
      if (spec === undefined) return [];
      if (spec.type === "object")
        return object(path, z.object().loose().parse(value), spec.properties, spec.required);
      const values = spec.enum.map((member) => member.value);
      return values.some((member) => member === value) ? [] : [`${path}: not one of ${values.join(", ")}`];
    }
    if (type.type === "array") {
      if (!Array.isArray(value)) return [`${path}: no list`];
      return value.flatMap((item, index) => check(`${path}[${index}]`, item, type.items));
    }
    if (type.type === "object") {
      const entries = Object.entries(z.object().loose().parse(value));
      return entries.flatMap(([key, item]) => check(`${path}.${key}`, item, type.additionalProperties));
    }
    const kinds: readonly string[] = Number.isInteger(value) ? ["integer", "number"] : [typeof value];
    return kinds.includes(type.type) ? [] : [`${path}: ${kinds[0]}, not ${type.type}`];
  };
  return [
    ...Object.entries(resources).flatMap(([name, { type, properties }]) => {
      const spec = specOf(type);
      if (spec === undefined) return [`${name}: unknown type ${type}`];
      return object(name, properties, spec.inputProperties, spec.requiredInputs);
    }),
    ...Object.entries(outputs).flatMap(([name, text]) =>
      outputOf(text) ? [] : [`${name}: ${text} is no output`],
    ),
  ];
}

const kindOf = (type: TypeSpec): string => ("$ref" in type ? type.$ref : type.type);

function lacking(program: string): string | undefined {
  return spawnSync(program, ["--version"]).error === undefined ? undefined : `no ${program}`;
}

/** Writes the examples in a language into files, and passes the folder on. */
function withPrograms(
  fence: string,
  wrap: (program: string) => string,
  check: (files: string[]) => void,
): void {
  const folder = mkdtempSync(join(tmpdir(), "examples-"));
  try {
    const files = documented.map(({ name, example }) => {
      const file = join(folder, `${name}.${fence}`);
      writeFileSync(file, wrap(print(fence, withContext(example))));
      return file;
    });
    check(files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describePart("python", lacking("python3"), () => {
  test("Python compiles the documentation's first examples", () => {
    withPrograms(
      "python",
      (program) => `import pulumi\nimport pulumi_posthog as posthog\n\n${program}\n`,
      (files) => execFileSync("python3", ["-m", "py_compile", ...files], { encoding: "utf8", stdio: "pipe" }),
    );
  });
});

describePart("gofmt", spawnSync("gofmt", ["-h"]).error === undefined ? undefined : "no gofmt", () => {
  test("Go parses the documentation's first examples, and gofmt would not change them", () => {
    const indented = (program: string): string => program.replace(/^(?=.)/gm, "\t");
    withPrograms(
      "go",
      (program) =>
        `package main\n\nfunc declare(ctx *pulumi.Context) error {\n${indented(program)}\n\treturn nil\n}\n`,
      (files) =>
        expect(execFileSync("gofmt", ["-d", ...files], { encoding: "utf8", stdio: "pipe" })).toBe(""),
    );
  });
});
