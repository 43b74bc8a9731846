import type { ResourceHandler } from "../../provider/engine/handler";
import { needsRows } from "../../provider/engine/needs";
import { fieldTextOf } from "../sources/docstring";
import { ownMembers, type ResourceSource, resourceTextOf } from "../sources/resource";
import { allMembers } from "../sources/types";

/** What a resource's docstrings lack, or say differently than its handler. */
export function contradictions(resource: ResourceSource, handler: ResourceHandler): string[] {
  return [
    ...undocumented(resource),
    ...unlikeSchema(resource, handler),
    ...unlikeFields(resource, handler),
    ...unlikeSecrecy(resource, handler),
    ...unlikeNeeds(resource, handler),
  ].map((problem) => `${resource.name}: ${problem}`);
}

function undocumented({ docstring, args, nested, outputs }: ResourceSource): string[] {
  const { destroying, get, needs } = resourceTextOf(docstring);
  const members = [args, ...nested].flatMap((type) =>
    allMembers(type).map((member) => ({ ...member, name: `${type.name}.${member.name}` })),
  );
  const silent = [...members, ...nested, ...outputs].filter((item) => item.docstring === "");
  return [
    ...silent.map(({ name }) => `${name} has no docstring`),
    ...(destroying === "" ? ["the class's docstring has no paragraph that begins with `Destroying`"] : []),
    ...(get === "" ? ["the class's docstring does not say what `get` takes"] : []),
    ...(needs === "" ? ["the class's docstring has no paragraph that begins with `Scopes:`"] : []),
  ];
}

function unlikeSchema({ args }: ResourceSource, { definition }: ResourceHandler): string[] {
  const documented = ownMembers(args);
  const known = Object.keys(definition.args.shape);
  const required = requiredBy(definition.args);
  return [
    ...known
      .filter((name) => !documented.some((member) => member.name === name))
      .map((name) => `the argument ${name} is not in ${args.name}`),
    ...documented.flatMap((member) => {
      const { name } = member;
      if (!known.includes(name)) return [`${args.name}.${name} is unknown to the handler`];
      if (member.required === required.has(name)) return [];
      return [`${name} is ${member.required ? "optional" : "required"} for the handler`];
    }),
  ];
}

/** The arguments that a schema reports as missing if it gets none. */
function requiredBy(schema: ResourceHandler["definition"]["args"]): ReadonlySet<string> {
  const { error } = schema.safeParse({});
  return new Set(error?.issues.map(({ path }) => String(path[0])));
}

function unlikeFields({ args }: ResourceSource, { definition }: ResourceHandler): string[] {
  return ownMembers(args).flatMap(({ name, docstring }) => {
    const documented = fieldTextOf(docstring).replaces;
    const replaces = definition.fields[name]?.replaces === true;
    if (documented === undefined ? !replaces : documented === replaces) return [];
    return [
      `a change of ${name} ${replaces ? "replaces" : "is made in place"}, and its docstring does not say so`,
    ];
  });
}

function unlikeSecrecy({ outputs }: ResourceSource, { definition }: ResourceHandler): string[] {
  const secrets: readonly string[] = definition.secrecy?.secrets ?? [];
  return outputs.flatMap(({ name, docstring }) => {
    const isSecret = secrets.includes(name);
    if (docstring.startsWith("Secret.") === isSecret) return [];
    return [`the output ${name} is ${isSecret ? "secret" : "not secret"}, and its docstring says otherwise`];
  });
}

function unlikeNeeds({ docstring }: ResourceSource, handler: ResourceHandler): string[] {
  const documented = resourceTextOf(docstring).needs;
  const declared = needsRows(handler.definition.needs).flatMap(({ needs }) => [...needs.scopes]);
  return [...new Set(declared)]
    .filter((scope) => !documented.includes(`\`${scope}\``))
    .map((scope) => `it declares the scope ${scope}, and the paragraph on scopes does not name it`);
}
