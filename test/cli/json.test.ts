import { writeFileSync } from "node:fs";
import { createProgram } from "../../cli/program";
import { type Emulator, startEmulator } from "../../emulator";
import type { reportSchemas } from "../../tools/docs/reportSchemas";
import { withFolder } from "../support/command";
import { readBy } from "./outputs/schemas";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

/** A command's output with the emulator's key. */
async function printedBy(args: readonly string[]): Promise<string> {
  let text = "";
  const environment = { ...process.env };
  const write = (part: unknown, ...rest: unknown[]): boolean => {
    text += String(part);
    for (const done of rest) if (typeof done === "function") done();
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, "write").mockImplementation(write),
    jest.spyOn(console, "log").mockImplementation((line) => void write(`${line}\n`)),
    jest.spyOn(console, "error").mockImplementation(() => undefined),
  ];
  Object.assign(process.env, {
    POSTHOG_HOST: emulator.url,
    POSTHOG_API_KEY: emulator.apiKey,
    POSTHOG_ORGANIZATION_ID: emulator.organizationId,
  });
  try {
    await createProgram().parseAsync(args, { from: "user" });
    return text;
  } finally {
    process.env = environment;
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}

const matrix = 'access_matrix:\n  web: {"Default project": {role: member}}\n';

test.each<[schema: keyof typeof reportSchemas, args: string[]]>([
  ["audit", ["audit"]],
  ["doctor", ["doctor"]],
  ["drift", ["drift", "--matrix", "access.yaml"]],
  ["export", ["export", "--output", "program"]],
  ["export", ["export", "--format", "matrix"]],
  ["export", ["export", "--format", "matrix", "--output", "out.yaml"]],
  ["review", ["review"]],
  ["review-changes", ["review", "--changes", "--matrix", "access.yaml"]],
])("the output of %s --json matches its schema: %j", (schema, args) =>
  withFolder(async (path) => {
    writeFileSync(path("access.yaml"), matrix);
    const placed = args.map((arg) => (/\.yaml$|^program$/.test(arg) ? path(arg) : arg));
    const text = await printedBy([...placed, "--json"]);
    const reports = (schema === "audit" ? text.trimEnd().split("\n") : [text]).map((one) => JSON.parse(one));
    expect(reports.length).toBeGreaterThan(0);
    for (const report of reports) {
      expect(report).toMatchObject({ schemaVersion: 1 });
      expect(readBy(schema, report)).toEqual(report);
    }
  }),
);
