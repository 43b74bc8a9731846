import type * as z from "zod";
import type {
  MatrixEntry,
  MatrixObject,
  MatrixPerson,
  MatrixProject,
  TeamSettings,
  TemplateSettings,
} from "../../../provider/matrix/matrixObject";
import {
  type entrySettings,
  matrixSchema,
  type personSettings,
  type projectSettings,
  type teamSettings,
  type templateSettings,
} from "../../../provider/matrix/schema";

/** The members of a type without its capabilities. */
type Settings<T> = { [Key in keyof T as Key extends `can_${string}` ? never : Key]: T[Key] };

/** The members that only one of two types has, or that the types do not accept or require in the same way. */
type Differences<Written, Parsed> =
  | Exclude<keyof Written, keyof Parsed>
  | Exclude<keyof Parsed, keyof Written>
  | {
      [Key in keyof Written & keyof Parsed]-?: [Pick<Written, Key>, Pick<Parsed, Key>] extends [
        Pick<Parsed, Key>,
        Pick<Written, Key>,
      ]
        ? never
        : Key;
    }[keyof Written & keyof Parsed];

/** The compiler rejects it if anything differs. */
type NoDifference<Difference extends never> = Difference[];

/** The members that consist of other types: projects and people by name. */
type Parts = "$schema" | "defaults" | "projects" | "templates" | "access_matrix";

const differences: [
  NoDifference<Differences<Settings<MatrixPerson>, z.input<typeof personSettings>>>,
  NoDifference<Differences<Settings<MatrixEntry>, z.input<typeof entrySettings>>>,
  NoDifference<
    Differences<Settings<Omit<MatrixProject, "members">>, Omit<z.input<typeof projectSettings>, "members">>
  >,
  NoDifference<Differences<TemplateSettings, z.input<typeof templateSettings>>>,
  NoDifference<Differences<TeamSettings, z.input<typeof teamSettings>>>,
  NoDifference<Differences<Omit<MatrixObject, Parts>, Omit<z.input<typeof matrixSchema>, Parts>>>,
] = [[], [], [], [], [], []];

test("the schema accepts an object with every setting that the types have", () => {
  const person: Required<Settings<MatrixPerson>> = {
    role: "member",
    resources: { survey: "viewer" },
    until: "2026-12-31",
    because: "INC-42",
  };
  const entry: Required<Settings<MatrixEntry>> = {
    ...person,
    api_key_scopes: ["survey:read"],
    label: "CI",
    rotateAfterDays: 90,
    inherit: false,
  };
  const policy = { mode: "exclusive" as const, removalLimit: 0.5, ignore: ["ann@acme.com"] };
  const project: Required<Settings<MatrixProject>> = {
    ...policy,
    id: 1,
    defaultAccess: "none",
    resources: { survey: "viewer" },
    previously: ["production", 2024],
    members: { "ann@acme.com": person },
  };
  const template: Required<TemplateSettings> = { extends: "engineering" };
  const team: Required<TeamSettings> = {
    ...template,
    ...policy,
    ignore: [...policy.ignore],
    previously: "web",
    name: "Web",
    members: ["ann@acme.com", { user: "bob@acme.com", until: "2026-12-31", because: "INC-42" }],
    waitForMembers: true,
  };
  const matrix: Required<MatrixObject> = {
    ...policy,
    waitForMembers: true,
    defaults: { prod: entry },
    projects: { prod: project },
    templates: { base: { ...template, prod: entry } },
    access_matrix: { web: { ...team, prod: entry } },
  };
  expect(matrixSchema.safeParse(matrix).error).toBeUndefined();
  expect(differences.flat()).toEqual([]);
});
