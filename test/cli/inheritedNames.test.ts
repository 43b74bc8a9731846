import { writeFileSync } from "node:fs";
import { readSource } from "../../cli/drift/sources";
import { readChanges } from "../../cli/review/changes";
import { readReview } from "../../cli/review/read";
import { add, log } from "../support/activity";
import { driftFrom, noProjects, withFile } from "../support/drift";
import { withWorld } from "../support/driver";
import { acmeWorld } from "../support/seeds";
import { audited, recordsOf } from "./audit/support";

/** Names that every JavaScript object has. People can still give them to roles, projects and teams. */
const inherited = ["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__"];

const seeded = (name: string) =>
  acmeWorld({
    organization: {
      projects: [{ name, id: 1 }],
      roles: [{ name, members: ["analyst@acme.test"] }],
      accessRules: [{ project: name, role: name, level: "admin" }],
    },
  });

const matrix = (name: string) => `access_matrix:\n  ${name}:\n    ${name}: {role: admin}\n`;

test.each(inherited)("drift compares a matrix with a team and a project called %s", (name) =>
  withWorld(
    (world) =>
      withFile("access.yaml", matrix(name), async (path) => {
        const flags = { matrix: path, projects: new Map([[name, 1]]) };
        const source = await readSource(flags, new Date(), noProjects);
        expect((await driftFrom(world, source, flags)).differences).toEqual([]);
        const other = { ...flags, members: new Map([[name, ["developer@acme.test"]]]) };
        const found = await driftFrom(world, await readSource(other, new Date(), noProjects), other);
        expect(found.differences).not.toEqual([]);
      }),
    seeded(name),
  ),
);

test.each(inherited)("drift shows which id is missing for a project called %s", (name) =>
  withFile("access.yaml", matrix(name), (path) =>
    expect(readSource({ matrix: path }, new Date(), noProjects)).rejects.toThrow(name),
  ),
);

test.each(inherited)(
  "review shows a role and a project called %s, and what a matrix changes for them",
  (name) =>
    withWorld(
      ({ host }) =>
        withFile("access.yaml", matrix(name), async (path) => {
          const review = await readReview(host().connection(), {});
          const analyst = review.people.find(({ email }) => email === "analyst@acme.test");
          expect(analyst?.roles).toEqual([name]);
          expect(JSON.stringify(analyst?.access)).toContain(name);
          const changes = await readChanges(host().connection(), {
            matrix: path,
            projects: new Map([[name, 1]]),
          });
          expect(changes.people).toEqual([]);
          writeFileSync(path, matrix(name).replace("admin", "member"));
          const lowered = await readChanges(host().connection(), {
            matrix: path,
            projects: new Map([[name, 1]]),
          });
          expect(lowered.people).toMatchObject([{ email: "analyst@acme.test" }]);
        }),
      seeded(name),
    ),
);

test.each(inherited)("audit shows a project, a kind of object and an activity called %s", (name) =>
  audited(
    async ({ emulator, run }) => {
      log(emulator, []);
      add(emulator, { minute: 1, scope: name, activity: name, project: 1, name });
      const { out, code } = await run({ project: name });
      expect(code).toBe(0);
      expect(recordsOf(out)).toMatchObject([{ scope: name, activity: name, project: name }]);
      expect((await run({ format: "table" })).out).toContain(name);
    },
    { organization: { projects: [{ name, id: 1 }] } },
  ),
);
