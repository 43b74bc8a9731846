import { parseEvents } from "../../../tools/stack/events";
import { configFlags, Secret } from "../../../tools/stack/project";

test("configuration becomes flags: secrets are marked, nested keys are paths", () => {
  const config = {
    "posthog:host": "http://localhost",
    "posthog:preflight": false,
    "posthog:apiKey": new Secret("phx_a=b"),
    "posthog:accounts": { eu: { host: "https://eu", apiKey: new Secret("phx_2") } },
  };
  expect(configFlags(config)).toEqual([
    ...["--plaintext", "posthog:host=http://localhost"],
    ...["--plaintext", "posthog:preflight=false"],
    ...["--secret", "posthog:apiKey=phx_a=b"],
    ...["--plaintext", 'posthog:accounts["eu"]["host"]=https://eu'],
    ...["--secret", 'posthog:accounts["eu"]["apiKey"]=phx_2'],
  ]);
});

describe("an event log", () => {
  const step = (op: string, type: string, name: string, states: object = {}) =>
    JSON.stringify({
      resourcePreEvent: { metadata: { op, type, urn: `urn:pulumi:dev::p::${type}::${name}`, ...states } },
    });
  const box = "pulumi-nodejs:dynamic/stock:Box";

  test("gives the program's resources with the inputs that differ, without the provider's text", () => {
    const { steps } = parseEvents(
      [
        step("create", "pulumi:pulumi:Stack", "p-dev"),
        step("create", "pulumi:providers:pulumi-nodejs", "default"),
        step("update", box, "a", {
          old: { inputs: { size: 1, same: ["x"], gone: true, __provider: "old text" } },
          new: { inputs: { size: 2, same: ["x"], fresh: 1, __provider: "new text" } },
        }),
        step("delete", box, "b", { old: { inputs: { size: 1 }, outputs: { size: 1, made: "now" } } }),
      ].join("\n"),
    );
    expect(steps.map(({ op, name, diffs }) => [op, name, diffs])).toEqual([
      ["update", "a", ["fresh", "gone", "size"]],
      ["delete", "b", []],
    ]);
    expect(steps[0]?.inputs).toEqual({ size: 2, same: ["x"], fresh: 1 });
    expect(steps[1]?.outputs).toEqual({ size: 1, made: "now" });
  });

  test("gives messages without colors, progress and debugging, and the closing counts", () => {
    const message = (severity: string, text: string, more = {}) =>
      JSON.stringify({ diagnosticEvent: { severity, message: text, ...more } });
    const { diagnostics, changes } = parseEvents(
      [
        message("info", "<{%fg 1%}>hello<{%reset%}>\n", { urn: "urn:x" }),
        message("warning", "still waiting", { ephemeral: true }),
        message("debug", "noise"),
        message("error", "no"),
        JSON.stringify({ summaryEvent: { resourceChanges: { same: 1, create: 2 } } }),
        "",
      ].join("\n"),
    );
    expect(diagnostics).toEqual([
      { severity: "info", message: "hello", urn: "urn:x" },
      { severity: "error", message: "no" },
    ]);
    expect(changes).toEqual({ same: 1, create: 2 });
  });

  test("of a run that never started is empty", () => {
    expect(parseEvents("")).toEqual({ steps: [], diagnostics: [], changes: {} });
  });
});
