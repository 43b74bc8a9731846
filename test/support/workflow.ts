import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { root } from "./sources";

const variables = z.record(z.string(), z.string());

const step = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  run: z.string().optional(),
  shell: z.literal("bash").optional(),
  env: variables.optional(),
});

const job = z.strictObject({
  if: z.string().optional(),
  "runs-on": z.string(),
  "timeout-minutes": z.number(),
  environment: z.string().optional(),
  steps: z.array(step),
});

const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.enum(["read", "write"])),
  concurrency: z.strictObject({ group: z.string(), "cancel-in-progress": z.boolean().optional() }).optional(),
  env: variables,
  jobs: z.record(z.string(), job),
});

/** The parts of a GitHub Actions workflow that the examples use. */
type Workflow = z.infer<typeof workflow>;

type WorkflowStep = z.infer<typeof step>;

/** Reads one of the example workflows by its name. */
export function readWorkflow(name: string): Workflow {
  return workflow.parse(parse(readFileSync(join(root, "examples/ci/workflows", `${name}.yml`), "utf8")));
}

/** All steps of a workflow that run a script. */
export function scriptsOf({ jobs }: Workflow): (WorkflowStep & { readonly run: string })[] {
  const steps = Object.values(jobs).flatMap((one) => one.steps);
  return steps.flatMap((one) => (one.run === undefined ? [] : [{ ...one, run: one.run }]));
}

/** A workflow's text with values for its `${{ ... }}`. An unknown one is a mistake in the workflow. */
export function expanded(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, expression: string) => {
    const value = values[expression];
    if (value === undefined) throw new Error(`nothing is known of ${expression}`);
    return value;
  });
}
