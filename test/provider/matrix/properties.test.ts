import fc from "fast-check";
import { stringify } from "yaml";
import { isAtLeast, projectLevels, resourceLevels } from "../../../provider/access/levels";
import { resourceTypes } from "../../../provider/access/resourceTypes";
import { neededLevel, plural, verbs } from "../../../provider/matrix/capabilities";
import type { DesiredAccess, Ending } from "../../../provider/matrix/desired";
import { evaluateMatrix } from "../../../provider/matrix/evaluate";
import { parseMatrix } from "../../../provider/matrix/parse";
import { MatrixError } from "../../../provider/matrix/problem";
import { desiredOf, withEntry } from "./support";

/** Matrices take long to generate and little to read: fewer of them show as much. */
const some = { numRuns: 50 };
const options = { today: "2026-11-23", projects: ["staging_project", "production_project"] };

const type = fc.constantFrom("feature_flag", "insight", "dashboard", "survey");
const date = fc.constantFrom("2026-11-22", "2026-11-23", "2026-12-07", "2026-12-08", "2030-01-01");
const ending = { until: fc.option(date, { nil: undefined }), because: fc.constantFrom(undefined, "INC-42") };

/** Random grants without contradictions: each type is decided either by a level or by one capability. */
const grant = fc
  .record({
    role: fc.constantFrom(...projectLevels.filter((level) => level !== "none")),
    resources: fc.dictionary(fc.constantFrom("notebook", "action"), fc.constantFrom("viewer", "editor")),
    capabilities: fc.dictionary(
      fc.tuple(fc.constantFrom(...verbs), type).map(([verb, name]) => `can_${verb}_${plural(name)}`),
      fc.constant(true),
    ),
    ...ending,
  })
  .map(({ capabilities, ...rest }) => ({ ...rest, ...capabilities }));
const key = fc.record({
  api_key_scopes: fc.uniqueArray(fc.constantFrom("query:read", "feature_flag:read", "insight:write"), {
    minLength: 1,
  }),
  ...ending,
});
const perProject = <T>(entry: fc.Arbitrary<T>) =>
  fc.dictionary(fc.constantFrom(...options.projects), entry, { noNullPrototype: true });
const teamName = fc.constantFrom("web", "data", "Team R&D", "ops", "2024");
const members = fc.uniqueArray(
  fc.constantFrom("ann@acme.com", "bob@acme.com", "0190a0a0-0000-4000-8000-000000000001"),
);
const matrix = fc.record({
  mode: fc.constantFrom(undefined, "additive", "exclusive"),
  removalLimit: fc.constantFrom(undefined, 0, 0.5),
  projects: perProject(
    fc.record({
      defaultAccess: fc.constantFrom(undefined, ...projectLevels),
      members: fc.dictionary(fc.constantFrom("cat@acme.com", "dan@acme.com"), grant),
    }),
  ),
  templates: fc.record({ base: perProject(grant) }),
  access_matrix: fc
    .tuple(
      fc.dictionary(
        teamName,
        fc
          .tuple(perProject(grant), fc.option(members, { nil: undefined }), fc.boolean())
          .map(([entries, people, extend]) => ({
            ...entries,
            members: people,
            extends: extend ? "base" : undefined,
          })),
        { noNullPrototype: true },
      ),
      perProject(key),
    )
    .map(([teams, bot]) => ({ ...teams, bot, lead: {} })),
});

/** The same matrix with the names of every mapping and the items of every list in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed).reverse();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}

/** A matrix as someone would write it: without undefined values. */
const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** A text's result without line numbers. */
function withoutLines({ ending: soon, ended, ...rest }: DesiredAccess): DesiredAccess {
  const bare = ({ inheritedFrom, ...one }: Ending): Ending => ({
    ...one,
    inheritedFrom: inheritedFrom?.replace(/ \(line \d+\)$/, ""),
  });
  return { ...rest, ending: soon.map(bare), ended: ended.map(bare) };
}

describe("for any matrix", () => {
  test("the order of its entries makes no difference, except that people keep it", () => {
    fc.assert(
      fc.property(matrix, (any) => {
        const anyOrder = ({ roles, ...rest }: DesiredAccess) => ({
          ...rest,
          roles: roles.map((role) => ({ ...role, members: role.members && new Set(role.members) })),
        });
        expect(anyOrder(evaluateMatrix(reversed(written(any)), options))).toEqual(
          anyOrder(evaluateMatrix(written(any), options)),
        );
      }),
      some,
    );
  });

  test("YAML, JSON and the object mean the same", () => {
    fc.assert(
      fc.property(matrix, (any) => {
        const desired = evaluateMatrix(written(any), options);
        expect(withoutLines(evaluateMatrix(stringify(written(any)), options))).toEqual(desired);
        expect(withoutLines(evaluateMatrix(JSON.stringify(any, null, 2), options))).toEqual(desired);
      }),
      some,
    );
  });

  test("every grant is in exactly one policy, at the same level", () => {
    fc.assert(
      fc.property(matrix, (any) => {
        const { grants, projects } = evaluateMatrix(written(any), options);
        const found = projects.flatMap(({ project, defaultAccess, members: people, roles, resources }) =>
          Object.entries({
            ...resources,
            project: { default: defaultAccess, members: people, roles },
          }).flatMap(([resource, levels]) => [
            ...(levels.default === undefined ? [] : [`${project} ${resource} ${levels.default}`]),
            ...Object.entries({ ...levels.members, ...levels.roles }).map(
              ([who, level]) => `${project} ${resource} ${who} ${level}`,
            ),
          ]),
        );
        const granted = grants.map(({ project, resource, team, user, level }) =>
          [project, resource, team ?? user, level].filter((part) => part !== undefined).join(" "),
        );
        expect(found.sort()).toEqual(granted.sort());
      }),
      some,
    );
  });

  test("ended grants are omitted, and only those that end within 14 days give a warning", () => {
    fc.assert(
      fc.property(matrix, (any) => {
        const { grants, ending: soon, ended } = evaluateMatrix(written(any), options);
        for (const { until = options.today } of grants) expect(until >= options.today).toBe(true);
        for (const { until } of soon) expect(until >= options.today && until <= "2026-12-07").toBe(true);
        for (const { until } of ended) expect(until).toBe("2026-11-22");
      }),
      some,
    );
  });
});

describe("for any capabilities of one type", () => {
  const asked = fc.dictionary(fc.constantFrom(...verbs), fc.boolean(), { minKeys: 1, noNullPrototype: true });

  test("each is enforced by the level, reported as not enforceable, or part of a contradiction", () => {
    fc.assert(
      fc.property(fc.constantFrom(...resourceTypes), asked, (name, capabilities) => {
        const entry = Object.fromEntries(
          Object.entries(capabilities).map(([verb, allowed]) => [`can_${verb}_${plural(name)}`, allowed]),
        );
        let desired: ReturnType<typeof desiredOf>;
        try {
          desired = desiredOf(withEntry(JSON.stringify(entry)));
        } catch (error) {
          expect(String(error)).toMatch(/contradicts/);
          return;
        }
        const level = resourceLevels.find((one) => one === desired.grants[0]?.level) ?? "none";
        for (const verb of verbs.filter((one) => capabilities[one] !== undefined)) {
          const entry = `can_${verb}_${plural(name)}: ${capabilities[verb]}`;
          const held = isAtLeast(level, neededLevel[verb]) === capabilities[verb];
          expect([entry, held]).toEqual([entry, !desired.notEnforceable.some((one) => one.asked === entry)]);
        }
      }),
    );
  });
});

describe("for any text or value", () => {
  test("parsing either succeeds or reports problems with positions in the text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "grapheme" }),
          fc.string().map((text) => `access_matrix: ${text}`),
        ),
        (text) => {
          const { problems } = parseMatrix(text);
          const lines = text.split(/\r\n?|\n/);
          for (const { position } of problems) {
            expect(position?.line).toBeGreaterThanOrEqual(1);
            expect(position?.line).toBeLessThanOrEqual(lines.length);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("any JSON gives a matrix or a list of problems", () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const shaped = fc.oneof(
      json,
      fc.record({ access_matrix: json }),
      fc.record({ access_matrix: fc.dictionary(fc.string(), fc.dictionary(fc.string(), json)) }),
      fc.record({
        access_matrix: fc.constant({}),
        projects: fc.dictionary(fc.string(), json),
        defaults: json,
      }),
    );
    fc.assert(
      fc.property(shaped, (value) => {
        try {
          evaluateMatrix(value, options);
        } catch (error) {
          expect(error).toBeInstanceOf(MatrixError);
          expect(String(error)).not.toMatch(/undefined|\[object/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
