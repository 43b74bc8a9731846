import { contradictions } from "../../support/contradictions";
import { forms } from "./forms";
import { cases, ends, namesIn, recordedText, worlds } from "./recorded";
import { throughSchema } from "./schemas";
import { type RunningWorld, startWorld } from "./world";

/** Names in texts that came from entries that PostHog does not write: those of access rules. */
const unsaid: ReadonlyMap<string, string> = new Map([
  ["drift-table", "ben@acme.test"],
  ["drift-markdown", "ben@acme.test"],
]);

const isUnsaid = (output: string, name: string): boolean => unsaid.get(output) === name;

/** Expects a report to have its version, and only fields that its schema describes. */
function expectSchema(form: Parameters<typeof throughSchema>[0], text: string): void {
  const { reports = [], read = [] } = throughSchema(form, text) ?? {};
  expect(read).toEqual(reports);
  for (const report of reports) expect(report).toMatchObject({ schemaVersion: 1 });
}

// People's scripts, dashboards and code scanning read what version 0.1.0 printed, so only sentences may change.
describe.each(worlds)("in the world $name, as in version 0.1.0", (world) => {
  let running: RunningWorld;
  beforeAll(async () => {
    running = await startWorld(world);
  });
  afterAll(() => running.close());

  test.each(cases.filter((one) => one.world === world.name))("$name", async (one) => {
    const names = namesIn(world.name);
    const before = ends[one.name];
    const { exitCode, stdout, stderr, files, leaks } = await running.run(one);
    expect({ exitCode, isSilent: stdout === "" }).toEqual({
      exitCode: before?.exitCode,
      isSilent: before?.stdout === false,
    });
    // The emulator prints how to sign in to it.
    if (one.prints !== "exports") expect(leaks).toEqual([]);
    // A command that fails without a report says why.
    if (exitCode !== 0 && stdout === "") expect(stderr).toMatch(/\w/);
    const form = one.prints && forms[one.prints];
    if (form !== undefined) {
      const recorded = form.read(
        recordedText(one.name),
        names.filter((name) => !isUnsaid(one.name, name)),
      );
      expect(contradictions(recorded, form.read(stdout, names), form)).toEqual([]);
    }
    if (one.prints !== undefined) expectSchema(one.prints, stdout);
    for (const [file, { form: name, as }] of Object.entries(one.writes)) {
      const { read, ...freedom } = forms[name];
      const recorded = read(as === undefined ? recordedText(one.name, file) : recordedText(as), names);
      expect(contradictions(recorded, read(files.get(file) ?? "", names), freedom)).toEqual([]);
      expectSchema(name, files.get(file) ?? "");
    }
  });
});
