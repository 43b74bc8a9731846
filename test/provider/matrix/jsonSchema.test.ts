import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { resourceTypes } from "../../../provider/access/resourceTypes";
import { thingNames, verbs } from "../../../provider/matrix/capabilities";
import { matrixJsonSchema } from "../../../provider/matrix/jsonSchema";
import { matrixSchemaPath, matrixSchemaText } from "../../../tools/docs/matrixSchema";
import { repositoryRoot } from "../../../tools/repository";
import { plainMatrix, problemsOf } from "./support";

const root = repositoryRoot();
const schema = z.fromJSONSchema(JSON.parse(matrixSchemaText()));
const accepts = (value: unknown): boolean => schema.safeParse(value).success;
const withTeam = (team: unknown) => ({ access_matrix: { team } });
const withEntry = (entry: unknown) => withTeam({ staging_project: entry });

test("the published schema is the one that the definitions make; `npm run docs` writes it", () => {
  expect(readFileSync(join(root, matrixSchemaPath), "utf8")).toBe(matrixSchemaText());
});

test("it is a draft that editors know, and describes every setting", () => {
  const { $schema, ...rest } = matrixJsonSchema();
  expect($schema).toBe("http://json-schema.org/draft-07/schema#");
  const settings = settingsIn(rest).filter(([name]) => !resourceTypes.includes(name));
  expect(settings.length).toBeGreaterThan(100);
  const silent = settings.filter(([, { description, $ref, allOf }]) => !(description ?? $ref ?? allOf));
  expect(silent.map(([name]) => name)).toEqual([]);
});

type Part = z.core.JSONSchema.BaseSchema;

/** Every setting of a schema and of its parts, by name. */
function settingsIn(part: unknown): [string, Part][] {
  if (typeof part !== "object" || part === null) return [];
  const own = "properties" in part ? Object.entries(part.properties as Record<string, Part>) : [];
  return [...own, ...Object.values(part).flatMap(settingsIn)];
}

test("it completes capabilities by the names that people look for", () => {
  const text = matrixSchemaText();
  for (const thing of ["flags", "recordings", "insights", "dashboards", "surveys", "notebooks", "actions"])
    for (const verb of verbs) expect(text).toContain(`"can_${verb}_${thing}": {`);
});

describe("it accepts", () => {
  test.each<[string, unknown]>([
    ["the plain matrix", parse(plainMatrix)],
    [
      "every capability, offered or not",
      withEntry(Object.fromEntries(thingNames().map((thing) => [`can_edit_${thing}`, true]))),
    ],
    [
      "a type and a scope that PostHog may add",
      withTeam({
        p: { resources: { brand_new: "editor" } },
        q: { api_key_scopes: ["brand_new:read", "query:read"] },
      }),
    ],
    ["places for anchors", { ...withTeam({}), "x-anchors": [1, { two: 3 }] }],
    [
      "all settings",
      {
        $schema: "x.json",
        mode: "exclusive",
        removalLimit: 0.5,
        ignore: ["Contractors"],
        waitForMembers: true,
        defaults: { p: { role: "member" } },
        templates: { t: { extends: ["u"], p: { inherit: false } }, u: {} },
        projects: {
          p: {
            id: 5,
            defaultAccess: "none",
            can_view_flags: false,
            members: { "a@b.co": { role: "admin" } },
          },
        },
        access_matrix: {
          a: {
            extends: "t",
            name: "A",
            members: ["a@b.co", { user: "b@b.co", until: "2026-12-31" }],
            p: { role: "none" },
          },
          b: {
            p: {
              api_key_scopes: ["query:read"],
              label: "B",
              rotateAfterDays: 30,
              until: "2026-12-31",
              because: "x",
            },
          },
        },
      },
    ],
  ])("%s", (_, value) => {
    expect(schema.safeParse(value).error?.issues).toBeUndefined();
  });
});

/** Documents that differ from a valid one in one place. */
const wrong: [string, unknown][] = [
  ["an unknown section", { ...withTeam({}), acces: {} }],
  ["no teams", {}],
  ["an unknown setting", withEntry({ rolle: "admin" })],
  ["an unknown role", withEntry({ role: "editor" })],
  ["an unknown verb", withEntry({ can_craete_flags: true })],
  ["an unknown thing", withEntry({ can_create_flgs: true })],
  ["a capability that is no truth value", withEntry({ can_create_flags: "yes" })],
  ["an unknown level", withEntry({ resources: { survey: "edit" } })],
  ["a level that the type does not have", withEntry({ resources: { activity_log: "editor" } })],
  ["a misnomer of a type", withEntry({ resources: { feature_flags: "editor" } })],
  ["a popular name for a type", withEntry({ resources: { recordings: "viewer" } })],
  ["an entry with nothing in it", withEntry({})],
  ["a scope in another form", withEntry({ api_key_scopes: ["query"] })],
  ["a date that does not exist", withEntry({ role: "member", until: "2026-02-30" })],
  ["a person who is nobody", withTeam({ members: ["ann"] })],
  ["a removal limit that is no share", { ...withTeam({}), removalLimit: 25 }],
  [
    "a key's setting for a person",
    { projects: { p: { members: { "a@b.co": { label: "x" } } } }, access_matrix: {} },
  ],
];

describe("it refuses what the package refuses:", () => {
  test.each(wrong)("%s", (_, value) => {
    expect(accepts(value)).toBe(false);
    expect(problemsOf(value, { projects: ["p", "staging_project"] })).not.toEqual([]);
  });
});

describe("the example", () => {
  const file = join(root, "examples", "access-matrix", "access.yaml");
  const text = readFileSync(file, "utf8");

  test("names the schema's real path in its first line", () => {
    const [, path] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
    expect(path).toBeDefined();
    const target = join(dirname(file), path ?? "");
    expect(existsSync(target) && target === join(root, matrixSchemaPath)).toBe(true);
  });

  test("is valid by the schema and for the package", () => {
    expect(schema.safeParse(parse(text)).error?.issues).toBeUndefined();
    expect(problemsOf(text, { projects: ["staging", "production"] })).toEqual([]);
  });
});
