import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { shellText } from "../../provider/engine/shell";
import { handlers } from "../../provider/handlers";
import * as posthog from "../../provider/index";
import { PosthogResource } from "../../provider/resources/base";
import { readDeclarations } from "../../tools/sources/declarations";
import { readResources } from "../../tools/sources/resource";
import { allMembers } from "../../tools/sources/types";
import { root } from "../support/sources";

type ResourceClass = new (name: string, args: object) => PosthogResource;

const exported: Record<string, unknown> = { ...posthog };
/** The exported classes, by name. */
const classes = Object.entries(exported).flatMap(([name, value]): [string, ResourceClass][] =>
  isResourceClass(value) ? [[name, value]] : [],
);
const documented = readResources(readDeclarations([join(root, "provider", "resources")]));

function isResourceClass(value: unknown): value is ResourceClass {
  return typeof value === "function" && value.prototype instanceof PosthogResource;
}

/** What resources register with the engine, by name. */
const registered = new Map<string, { type: string; provider: unknown }>();

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, type, inputs }) => {
      registered.set(name, { type, provider: inputs.__provider });
      return { id: name, state: inputs };
    },
    call: ({ inputs }) => inputs,
  });
});

test("every declared resource can be used: it is exported and has a handler", () => {
  const declared = documented.map(({ name }) => name).sort();
  expect(classes.map(([name]) => name).sort()).toEqual(declared);
  expect([...handlers.keys()].sort()).toEqual(declared);
});

describe.each(classes)("%s", (name, Resource) => {
  const source = documented.find((candidate) => candidate.name === name);

  test("registers only its own type and provider", async () => {
    const resource = new Resource(name, {});
    await new Promise((resolve) => resource.urn.apply(resolve));
    expect(registered.get(name)).toEqual({
      type: `pulumi-nodejs:dynamic/posthog:${name}`,
      provider: shellText(name),
    });
  });

  test("has every output that it declares", () => {
    const resource = new Resource(`${name}-outputs`, {});
    const missing = source?.properties.filter(
      (property) => !pulumi.Output.isInstance(Reflect.get(resource, property)),
    );
    expect(missing).toEqual([]);
  });

  test("declares an output for each of its own arguments", () => {
    const args =
      source === undefined ? [] : [...source.args.members, ...source.args.bases.flatMap(allMembers)];
    const common = ["account", "organizationId", "adopt"];
    const declared = new Set(source?.properties);
    expect(
      args.map((member) => member.name).filter((arg) => !declared.has(arg) && !common.includes(arg)),
    ).toEqual([]);
  });

  test("rejects an entry called __proto__ in any of its arguments, which Pulumi would drop", () => {
    const lost = Object.fromEntries([["__proto__", "member"]]);
    for (const { name: arg } of source?.args.members ?? []) {
      const declare = () => new Resource(`${name}-lost-${arg}`, { [arg]: [{ inner: lost }] });
      expect(declare).toThrow(`${arg}.0.inner.__proto__ cannot be sent`);
    }
  });
});
